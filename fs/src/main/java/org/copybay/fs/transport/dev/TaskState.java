package org.copybay.fs.transport.dev;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * Looks up in {@code /proc} whether a thread of this process sleeps. Belongs to one thread, because
 * it has one buffer.
 */
final class TaskState {

  private static final int LENGTH = 128; // more than pid, name and state

  private final Pointer text = Memory.allocateDirect(Posix.RUNTIME, LENGTH);
  private final byte[] bytes = new byte[LENGTH];

  /**
   * True if the thread sleeps, false if it runs or waits for a processor. If it cannot be known, it
   * sleeps.
   */
  boolean asleep(int tid) {
    int fd = Posix.LIBC.open("/proc/self/task/" + tid + "/stat", Posix.O_CLOEXEC);
    if (fd < 0) {
      return true;
    }
    long length = Posix.LIBC.read(fd, text.address(), LENGTH);
    Posix.close(fd);
    if (length <= 0) {
      return true;
    }
    text.get(0, bytes, 0, (int) length);
    return asleep(new String(bytes, 0, (int) length, StandardCharsets.ISO_8859_1));
  }

  /** The same from the text: the state follows the name, which is in parentheses. */
  static boolean asleep(String stat) {
    int end = stat.lastIndexOf(')');
    return end < 0 || end + 2 >= stat.length() || stat.charAt(end + 2) != 'R';
  }
}
