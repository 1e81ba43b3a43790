package org.copybay.copy.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.track.TrackOrigin;

/** Fills a volume of what it shows of its origin and does not hold yet, as the work of a job. */
public final class Filler {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long TRACK_BYTES = 1 << 16;

  /** How often what was copied is made safe: a power cut lets copy the rest again. */
  private static final long FENCE_NANOS = Duration.ofSeconds(10).toNanos();

  private Filler() {}

  /**
   * Fills all, unless it is told that nobody needs it any more. What was filled since the last ten
   * seconds is not durable yet. NO_SPACE, STORE_FAILED, and what the origin throws.
   *
   * @return bytes of data that were copied by the job
   */
  public static long run(Job job, Volume target, BooleanSupplier over) throws StorageException {
    TrackOrigin origin = target.origin();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    job.begin("copying", origin.unfilledTracks() * TRACK_BYTES);
    long fenced = System.nanoTime();
    while (origin.any() && !over.getAsBoolean()) {
      TrackOrigin.Filled filled = origin.fillNext(0, buffer);
      for (long track = 0;
          filled != null && !over.getAsBoolean();
          filled = origin.fillNext(track, buffer)) {
        long bytes = filled.count() * TRACK_BYTES;
        long data = Math.min(filled.dataBytes(), bytes);
        job.progress().copied(data);
        job.progress().passed(bytes - data);
        track = filled.track() + filled.count();
        job.proceed(data);
        if (System.nanoTime() - fenced > FENCE_NANOS) {
          target.flush();
          fenced = System.nanoTime();
        }
      }
    }
    return job.progress().bytesCopied();
  }
}
