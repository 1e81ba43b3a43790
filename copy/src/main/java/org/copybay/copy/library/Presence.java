package org.copybay.copy.library;

import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.volumes.Aside;

/**
 * Whether the directory of a library is there, on a disk that may be away or hang. Any thread may
 * ask; one that does not answer is not there.
 */
final class Presence {
  private static final long WAIT_MILLIS = 1000;

  private final LibraryMark mark;

  // atomic: whether its disk is being asked; as long as it hangs nobody asks again
  private final AtomicBoolean asking = new AtomicBoolean();
  // volatile: what it answered last
  private volatile boolean there = true;

  Presence(LibraryMark mark) {
    this.mark = mark;
  }

  boolean isThere() {
    if (asking.compareAndSet(false, true) && !Aside.done("tape-presence", WAIT_MILLIS, this::ask)) {
      there = false;
    }
    return there;
  }

  private void ask() {
    there = mark.isThere();
    asking.set(false);
  }
}
