package org.copybay.copy.shadow;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** One volume of a mounted set that gets its writes. Any thread may call. */
final class Member {
  // set once
  private final MemberBytes bytes;
  private final boolean aside;

  // atomic: counted by the threads that read
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();

  // atomic: by trouble since when, in nanoseconds, 0 while there is none; set by whoever meets it
  private final AtomicLongArray since = new AtomicLongArray(Trouble.values().length);

  // volatile: set by whoever gives it up, looked at by all
  private volatile @Nullable String dead; // why nothing more is written to it
  private volatile boolean hung; // a leg was not waited for any more

  /** What can be wrong with a member that is given time; each ends by itself. */
  enum Trouble {
    /** It cannot be written. */
    WRITE(0),
    /** It could not be read. */
    READ(1),
    /** Its home is not where it was. */
    PLACE(2);

    private final int index;

    Trouble(int index) {
      this.index = index;
    }
  }

  Member(Volume volume) {
    this.bytes = volume.memberBytes();
    this.aside = volume.row().directory() != null;
  }

  MemberBytes bytes() {
    return bytes;
  }

  Volume volume() {
    return bytes.volume();
  }

  String name() {
    return volume().name();
  }

  /**
   * Whether it lies on a disk that its owner chose, which may hang while that of the bay does not:
   * then its requests have threads of their own.
   */
  boolean aside() {
    return aside;
  }

  /** Reads under way. */
  AtomicInteger reads() {
    return reads;
  }

  /** Legs with threads of their own that have not ended; while there are some it cannot return. */
  AtomicInteger underWay() {
    return underWay;
  }

  /** Since when it has the trouble, as System.nanoTime() has it; 0 while it has not. */
  long since(Trouble trouble) {
    return since.get(trouble.index);
  }

  /** Whether it has any. */
  boolean failing() {
    return since(Trouble.WRITE) != 0 || since(Trouble.READ) != 0 || since(Trouble.PLACE) != 0;
  }

  /** It has that trouble; the first time counts. */
  void failing(Trouble trouble) {
    since.compareAndSet(trouble.index, 0, Math.max(1, System.nanoTime()));
  }

  /** It has it no more. */
  void well(Trouble trouble) {
    if (since.get(trouble.index) != 0) {
      since.set(trouble.index, 0);
    }
  }

  /** Whether it had legs that were not waited for any more, and that have perhaps not ended. */
  boolean hung() {
    if (hung && underWay.get() == 0) {
      hung = false;
    }
    return hung;
  }

  /** A leg is not waited for any more. */
  void setHung() {
    hung = true;
  }

  /** Why nothing more is written to it, or null. */
  @Nullable String dead() {
    return dead;
  }

  /** Nothing more is written to it. */
  void kill(String why) {
    dead = why;
  }

  /** It is not given up after all. */
  void revive() {
    dead = null;
  }
}
