package org.copybay.fs.node;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.copybay.fs.transport.AttrChange;
import org.copybay.volumes.store.FileTime;

/** Times of the store as the protocol has them: nanoseconds since the epoch. */
final class Times {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private Times() {}

  static long nanos(FileTime time) {
    return time.seconds() * NANOS + time.nanos();
  }

  /** A time of the catalogue, which has milliseconds. */
  static long nanos(Instant time) {
    return TimeUnit.MILLISECONDS.toNanos(time.toEpochMilli());
  }

  /** What a setattr asks for as the time of the last read: nothing, that of now, or another. */
  static FileTime access(AttrChange change) {
    return wanted(change.hasAccessTime(), change.accessTimeIsNow(), change.accessNanos());
  }

  /** The same of the last change. */
  static FileTime modification(AttrChange change) {
    return wanted(change.hasModifyTime(), change.modifyTimeIsNow(), change.modifyNanos());
  }

  private static FileTime wanted(boolean set, boolean now, long nanos) {
    if (!set) {
      return FileTime.OMIT;
    }
    return now
        ? FileTime.NOW
        : new FileTime(Math.floorDiv(nanos, NANOS), (int) Math.floorMod(nanos, NANOS));
  }
}
