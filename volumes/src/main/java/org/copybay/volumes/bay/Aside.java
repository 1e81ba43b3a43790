package org.copybay.volumes.bay;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work on a disk that the owner of a volume chose, which may hang: it is done in a thread of its
 * own, waited for, and left alone when it takes long.
 */
final class Aside {
  private Aside() {}

  /**
   * Does the work.
   *
   * @param millis how long to wait for it
   * @return whether it is done; if not, it will be when its disk answers
   */
  static boolean done(String name, long millis, Runnable work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              work.run();
              done.complete(null);
            },
            name);
    thread.setDaemon(true);
    thread.start();
    try {
      done.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }
}
