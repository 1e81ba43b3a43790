package org.copybay.volumes;

/**
 * Work on a disk that may hang: it is done in a thread of its own, waited for, and left alone when
 * it takes long. Any thread may call.
 */
public final class Aside {
  private Aside() {}

  /**
   * Does the work.
   *
   * @param name of the thread
   * @param millis how long to wait for it, 1 or more
   * @return whether it has ended; if not, it will when its disk answers
   */
  public static boolean done(String name, long millis, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
    return !thread.isAlive();
  }
}
