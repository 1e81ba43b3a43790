package org.copybay.volumes.track;

import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Where the origin of a volume has data. The end of a run of data is looked for some way ahead, and
 * kept: a file system may look at all extents up to the next hole to tell, and the searches of a
 * copier follow each other. Any thread may call.
 */
final class OriginData {
  /** How far ahead the end of a run is looked for. */
  private static final long RUN_BYTES = 16 << 20;

  // volatile: replaced by whoever looked; the origin of a generation never changes
  private volatile Run last = new Run(-1, 0, 0);

  /** All data, in the origin of a generation. */
  private record Run(long generation, long start, long end) {}

  /** The origin of unfilled blocks. STORE_FAILED where nobody has said what it is. */
  static Image required(@Nullable Image origin) throws StorageException {
    if (origin == null) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "the copy to the volume has not ended, and what it copies is not there",
          "ls .control/quickopc shows what copies there are");
    }
    return origin;
  }

  /** The first run of data from an offset on, up to an end; empty, at the end, when none is. */
  Extent next(Unfilled.State state, long offset, long end) throws StorageException {
    Run run = last;
    if (run.generation != state.generation() || offset < run.start || offset >= run.end) {
      Image origin = required(state.origin());
      long found = origin.seek(offset, end, true);
      if (found >= end) {
        return new Extent(end, 0);
      }
      long hole = origin.seek(found, Math.max(end, found + RUN_BYTES), false);
      run = new Run(state.generation(), found, hole);
      last = run;
    }
    long start = Math.max(offset, run.start);
    return new Extent(start, Math.min(run.end, end) - start);
  }
}
