package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Goes over some tracks of a point in order, and reads them in pieces of up to 1 MiB. Used by one
 * thread.
 */
final class TrackScan {
  static final int PIECE_BYTES = 1 << 20;

  // Of a thread: thousands of small scans would each leave one behind until the next collection.
  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(PIECE_BYTES));

  private final PointImage image;
  private final Tracks tracks;
  private final BooleanSupplier stopped;
  private final ByteBuffer buffer = BUFFER.get();

  private long foundFrom = -1; // the offset that was asked last
  private @Nullable Extent found;

  /** Which tracks. */
  @FunctionalInterface
  interface Tracks {
    /** The next ones at or after an offset, as a range of whole tracks; null for no more. */
    @Nullable Extent next(long offset) throws StorageException;
  }

  /** Takes what was read. */
  @FunctionalInterface
  interface Taken {
    /** A track; the buffer has what the point has of it, or is null where it cannot be read. */
    void track(long track, @Nullable ByteBuffer bytes, @Nullable StorageException why)
        throws StorageException;
  }

  /** What is done between the pieces. */
  @FunctionalInterface
  interface Between {
    void done(long nextOffset) throws StorageException;
  }

  TrackScan(PointImage image, Tracks tracks, BooleanSupplier stopped) {
    this.image = image;
    this.tracks = tracks;
    this.stopped = stopped;
  }

  /** How many bytes they are; less where it was stopped. */
  long countBytes() throws StorageException {
    long bytes = 0;
    for (Extent piece = piece(0); piece != null; piece = piece(piece.end())) {
      bytes += piece.length();
      if (stopped.getAsBoolean()) {
        return bytes;
      }
    }
    return bytes;
  }

  /** Reads them; false when it was stopped. What cannot be read is an error, or is taken too. */
  boolean run(boolean takesUnreadable, Taken taken, Between between) throws StorageException {
    for (Extent piece = piece(0); piece != null; piece = piece(piece.end())) {
      if (stopped.getAsBoolean()) {
        return false;
      }
      try {
        read(piece.offset(), piece.end());
      } catch (StorageException e) {
        if (!takesUnreadable) {
          throw e;
        }
        takeOneByOne(piece, taken);
        between.done(piece.end());
        continue;
      }
      for (long at = piece.offset(); at < piece.end(); at += TrackHash.TRACK_BYTES) {
        if (stopped.getAsBoolean()) {
          return false;
        }
        long end = Math.min(piece.end(), at + TrackHash.TRACK_BYTES);
        int from = (int) (at - piece.offset());
        ByteBuffer track = buffer.slice(from, (int) (end - at));
        taken.track(at / TrackHash.TRACK_BYTES, track, null);
      }
      between.done(piece.end());
    }
    return true;
  }

  private void takeOneByOne(Extent piece, Taken taken) throws StorageException {
    for (long at = piece.offset(); at < piece.end(); at += TrackHash.TRACK_BYTES) {
      long track = at / TrackHash.TRACK_BYTES;
      StorageException why = null;
      try {
        read(at, Math.min(piece.end(), at + TrackHash.TRACK_BYTES));
      } catch (StorageException e) {
        why = e;
      }
      taken.track(track, why == null ? buffer.slice(0, buffer.limit()) : null, why);
    }
  }

  private void read(long from, long to) throws StorageException {
    buffer.clear().limit((int) (to - from));
    image.read(from, buffer);
    buffer.flip();
  }

  /** The next bytes to read, which end with a track or with the point; null for no more. */
  private @Nullable Extent piece(long offset) throws StorageException {
    long size = image.point().sizeBytes();
    Extent first = offset >= size ? null : next(offset);
    if (first == null || first.offset() >= size) {
      return null;
    }
    long end = first.end();
    while (end < Math.min(size, first.offset() + PIECE_BYTES)) {
      Extent more = next(end);
      if (more == null || more.offset() != end) {
        break;
      }
      end = more.end();
    }
    end = Math.min(size, Math.min(end, first.offset() + PIECE_BYTES));
    return new Extent(first.offset(), end - first.offset());
  }

  /** What was found behind a piece is where the next one begins: it may have been far away. */
  private @Nullable Extent next(long offset) throws StorageException {
    if (foundFrom != offset) {
      found = tracks.next(offset);
      foundFrom = offset;
    }
    return found;
  }
}
