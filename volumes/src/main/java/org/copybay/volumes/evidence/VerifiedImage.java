package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;

/*
 * INV-1 Bytes of a sealed point leave a read only after the whole tracks that have them were hashed
 *       and found equal; what was read before that is overwritten when they are not.
 * INV-2 A hole of a sealed point is one only where zeros were sealed: a copier does not read holes,
 *       and one that somebody punched would pass unseen.
 */
/**
 * A point whose bytes are compared, once it is sealed, with what it was sealed with: CORRUPT names
 * the track, and nothing of it is served. Before it is sealed, the point as it is. Any thread may
 * call.
 */
public final class VerifiedImage implements Image {
  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);
  private static final ThreadLocal<ByteBuffer> TRACK =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(TrackHash.TRACK_BYTES));

  private final Image point;
  private final EvidenceStore evidence;
  private final FrozenPoint which;

  VerifiedImage(Image point, EvidenceStore evidence, FrozenPoint which) {
    this.point = point;
    this.evidence = evidence;
    this.which = which;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    SealedPoint sealed = evidence.requireSealed(which);
    if (sealed == null || !target.hasRemaining()) {
      point.read(offset, target);
      return;
    }
    int limit = target.limit();
    int start = target.position();
    while (target.position() < limit) {
      long at = offset + (target.position() - start);
      int within = (int) (at % TrackHash.TRACK_BYTES);
      int left = limit - target.position();
      if (within == 0 && left >= TrackHash.TRACK_BYTES) {
        int most = Math.min(left, TrackScan.PIECE_BYTES);
        readWhole(at, target, most / TrackHash.TRACK_BYTES * TrackHash.TRACK_BYTES);
      } else {
        byte[] track = track(sealed, at / TrackHash.TRACK_BYTES);
        target.put(track, within, Math.min(left, track.length - within));
      }
    }
  }

  /** Reads whole tracks to where they are wanted. */
  private void readWhole(long offset, ByteBuffer target, int length) throws StorageException {
    int limit = target.limit();
    int start = target.position();
    boolean isVerified = false;
    try {
      point.read(offset, target.limit(start + length));
      for (int done = 0; done < length; done += TrackHash.TRACK_BYTES) {
        verify(
            (offset + done) / TrackHash.TRACK_BYTES,
            target.slice(start + done, TrackHash.TRACK_BYTES));
      }
      isVerified = true;
    } finally {
      target.limit(limit);
      if (!isVerified) {
        for (int i = start; i < start + length; i++) {
          target.put(i, (byte) 0);
        }
        target.position(start);
      }
    }
  }

  /** What the point has of a track, verified now or a while ago. */
  private byte[] track(SealedPoint sealed, long track) throws StorageException {
    byte[] kept = evidence.cache().track(evidence.cacheNumber(), sealed, track);
    if (kept != null) {
      point.read(0, NOTHING.duplicate()); // NOT_FOUND when the point was dropped
      return kept;
    }
    long offset = track * TrackHash.TRACK_BYTES;
    int length = (int) Math.min(TrackHash.TRACK_BYTES, which.sizeBytes() - offset);
    ByteBuffer bytes = TRACK.get().clear().limit(length);
    point.read(offset, bytes);
    verify(track, bytes.flip());
    byte[] verified = new byte[length];
    bytes.get(verified);
    evidence.cache().putTrack(evidence.cacheNumber(), sealed, track, verified);
    return verified;
  }

  /** CORRUPT; NOT_FOUND where it is another track because the point was dropped meanwhile. */
  private void verify(long track, ByteBuffer bytes) throws StorageException {
    TrackHash want = evidence.expected(which.number(), track);
    TrackHash got = TrackHash.of(bytes);
    if (!got.equals(want)) {
      point.read(0, NOTHING.duplicate());
      if (evidence.requireSealed(which) == null) {
        throw new StorageException(Fault.NOT_FOUND, "the point was dropped");
      }
      throw new StorageException(
          Fault.CORRUPT,
          evidence.mismatch(which, track, want, got.toString()),
          "recover another backup; safeguarded verify backup=ID of its session finds all tracks that"
              + " changed");
    }
  }

  // ---- holes

  @Override
  public long nextData(long offset) throws StorageException {
    long end = which.sizeBytes();
    long found = offset >= end ? end : seek(offset, end, true);
    return found >= end ? -1 : found;
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return offset >= which.sizeBytes() ? -1 : seek(offset, which.sizeBytes(), false);
  }

  @Override
  public long seek(long offset, long end, boolean data) throws StorageException {
    if (evidence.requireSealed(which) == null || offset >= end) {
      return point.seek(offset, end, data);
    }
    return data ? seekData(offset, end) : seekHole(offset, end);
  }

  /** A track that was sealed with data counts as data, all of it. */
  private long seekData(long offset, long end) throws StorageException {
    long found = point.seek(offset, end, true);
    long held = evidence.nextHeld(which.number(), offset / TrackHash.TRACK_BYTES);
    boolean isBefore = held >= 0 && held * TrackHash.TRACK_BYTES < found;
    return isBefore ? Math.max(offset, held * TrackHash.TRACK_BYTES) : found;
  }

  private long seekHole(long offset, long end) throws StorageException {
    long at = point.seek(offset, end, false);
    while (at < end && !evidence.expected(which.number(), at / TrackHash.TRACK_BYTES).isZero()) {
      long next = (at / TrackHash.TRACK_BYTES + 1) * TrackHash.TRACK_BYTES;
      at = next >= end ? end : point.seek(next, end, false);
    }
    return at;
  }
}
