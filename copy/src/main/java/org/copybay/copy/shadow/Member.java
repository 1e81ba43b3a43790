package org.copybay.copy.shadow;

import java.util.concurrent.atomic.AtomicInteger;
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

  // volatile: set by whoever meets a failure, looked at by all
  private volatile long failingSince; // nanoseconds, 0 while it is well
  private volatile @Nullable String dead; // why nothing more is written to it

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

  /** Since when it fails, as System.nanoTime() has it; 0 while it is well. */
  long failingSince() {
    return failingSince;
  }

  /** It failed; the first time counts. */
  void failing() {
    if (failingSince == 0) {
      failingSince = Math.max(1, System.nanoTime());
    }
  }

  /** It works. */
  void well() {
    if (failingSince != 0) {
      failingSince = 0;
    }
  }

  /** Why nothing more is written to it, or null. */
  @Nullable String dead() {
    return dead;
  }

  /** Nothing more is written to it. */
  void kill(String why) {
    dead = why;
  }
}
