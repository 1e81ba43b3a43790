package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash of a track: the first 16 bytes of the SHA-256 of its 64 KiB, with zeros past the end of
 * the volume; of a track of zeros, {@link #ZERO}, so that a hole and zeros are the same.
 *
 * @param high the first 8 bytes, the first one the most significant
 * @param low the others
 */
record TrackHash(long high, long low) {
  /** Bytes of a track. */
  static final int TRACK_BYTES = 1 << 16;

  /** Of zeros. */
  static final TrackHash ZERO = new TrackHash(0, 0);

  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(TrackHash::newSha256);

  /** The hash of what remains in a buffer, which stays as it is: at most a track. */
  static TrackHash of(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (length > TRACK_BYTES) {
      throw new IllegalArgumentException("length=" + length);
    }
    ByteBuffer track = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    if (isZero(track)) {
      return ZERO;
    }
    MessageDigest digest = SHA256.get();
    digest.update(track);
    if (length < TRACK_BYTES) {
      digest.update(new byte[TRACK_BYTES - length]);
    }
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new TrackHash(hash.getLong(0), hash.getLong(8));
  }

  private static boolean isZero(ByteBuffer track) {
    int at = track.position();
    for (; at + Long.BYTES <= track.limit(); at += Long.BYTES) {
      if (track.getLong(at) != 0) {
        return false;
      }
    }
    for (; at < track.limit(); at++) {
      if (track.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  boolean isZero() {
    return high == 0 && low == 0;
  }

  /** 32 hexadecimal digits, or a word for zeros. */
  @Override
  public String toString() {
    return isZero() ? "zeros" : String.format("%016x%016x", high, low);
  }

  /** A digest of its own. */
  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
