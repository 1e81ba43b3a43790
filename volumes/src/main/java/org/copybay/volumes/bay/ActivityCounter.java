package org.copybay.volumes.bay;

import java.util.concurrent.atomic.LongAdder;
import org.copybay.volumes.cache.LookUps;
import org.copybay.volumes.track.ChangeObserver;

/** Counts what happened to one volume since the mount. Any thread may count and read. */
public final class ActivityCounter implements ChangeObserver {
  private final LongAdder changes = new LongAdder();
  private final LongAdder changedBytes = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LookUps lookUps = new LookUps();

  @Override
  public void aboutToChange(long offset, long length) {
    changes.increment();
    changedBytes.add(length);
  }

  void read(long length) {
    reads.increment();
    readBytes.add(length);
  }

  /** Of its blocks in the block cache. */
  public LookUps lookUps() {
    return lookUps;
  }

  /** Announced changes. */
  public long changes() {
    return changes.sum();
  }

  /** Bytes in the announced changes. */
  public long changedBytes() {
    return changedBytes.sum();
  }

  /** Reads. */
  public long reads() {
    return reads.sum();
  }

  /** Bytes read. */
  public long readBytes() {
    return readBytes.sum();
  }
}
