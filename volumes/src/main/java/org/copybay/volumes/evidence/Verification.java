package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** Compares all of a sealed point with what it was sealed with. Used by one thread. */
final class Verification {
  private final PointImage image;
  private final EvidenceStore evidence;
  private final Progress progress;
  private final BooleanSupplier stopped;

  private final List<Verified.Bad> bad = new ArrayList<>();
  private long badTracks;
  private long readBytes;

  Verification(
      PointImage image, EvidenceStore evidence, Progress progress, BooleanSupplier stopped) {
    this.image = image;
    this.evidence = evidence;
    this.progress = progress;
    this.stopped = stopped;
  }

  /** Does it. NOT_FOUND when the point is dropped meanwhile; CORRUPT where evidence is damaged. */
  Verified run() throws StorageException {
    long size = image.point().sizeBytes();
    progress.done(0, size);
    boolean isWhole =
        new TrackScan(image, this::next, stopped)
            .run(true, this::compare, next -> progress.done(next, size));
    image.requireThere(); // a point that was dropped is not bad
    return new Verified(readBytes, badTracks, bad, isWhole);
  }

  /** Tracks that have data, or are to have some. */
  private @Nullable Extent next(long offset) throws StorageException {
    Extent data = image.nextDataTracks(offset);
    long held = evidence.nextHeld(image.point().number(), offset / TrackHash.TRACK_BYTES);
    if (held >= 0 && (data.length() == 0 || held * TrackHash.TRACK_BYTES < data.offset())) {
      return new Extent(held * TrackHash.TRACK_BYTES, TrackHash.TRACK_BYTES);
    }
    return data.length() == 0 ? null : data;
  }

  private void compare(long track, @Nullable ByteBuffer bytes, @Nullable StorageException why)
      throws StorageException {
    if (why != null && why.fault() == Fault.NOT_FOUND) {
      throw why;
    }
    TrackHash want = evidence.expected(image.point().number(), track);
    TrackHash got = bytes == null ? null : TrackHash.of(bytes);
    readBytes += bytes == null ? 0 : bytes.remaining();
    if (!want.equals(got)) {
      badTracks++;
      if (bad.size() < Verified.MOST_NAMED) {
        String found = why == null ? String.valueOf(got) : why.getMessage();
        long offset = track * TrackHash.TRACK_BYTES;
        long length = Math.min(TrackHash.TRACK_BYTES, image.point().sizeBytes() - offset);
        bad.add(
            new Verified.Bad(offset, length, evidence.mismatch(image.point(), track, want, found)));
      }
    }
  }
}
