package org.copybay.volumes.evidence;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * What one sealing comes to: the SHA-256 of the root before it, of the volume, of the point, and of
 * every hash that it entered. So one root that is kept elsewhere stands for all that were sealed
 * until then. As four numbers, the first byte the most significant.
 *
 * @param a the first 8 bytes
 * @param b the next
 * @param c the next
 * @param d the last
 */
public record Root(long a, long b, long c, long d) {
  /** Of the first sealing there is none before. */
  public static final Root NONE = new Root(0, 0, 0, 0);

  static final int BYTES = 32;

  /** Writes the 32 bytes in their order. */
  void put(ByteBuffer into) {
    ByteOrder order = into.order();
    into.order(ByteOrder.BIG_ENDIAN).putLong(a).putLong(b).putLong(c).putLong(d).order(order);
  }

  /** The 32 bytes that stand there. */
  static Root get(ByteBuffer from, int at) {
    ByteBuffer bytes = from.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new Root(
        bytes.getLong(at), bytes.getLong(at + 8), bytes.getLong(at + 16), bytes.getLong(at + 24));
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    return String.format("%016x%016x%016x%016x", a, b, c, d);
  }

  /** Computes one, entry by entry, by rising track. Used by one thread. */
  static final class Digest {
    private final MessageDigest sha256 = TrackHash.newSha256();
    private final ByteBuffer number = ByteBuffer.allocate(72).order(ByteOrder.LITTLE_ENDIAN);

    Digest(Root before, UUID volume, FrozenPoint point) {
      before.put(number);
      number.putLong(volume.getMostSignificantBits()).putLong(volume.getLeastSignificantBits());
      number.putLong(point.number()).putLong(point.timeMillis()).putLong(point.sizeBytes());
      sha256.update(number.flip());
    }

    void add(long track, TrackHash hash) {
      number.clear().putLong(track);
      number.order(ByteOrder.BIG_ENDIAN).putLong(hash.high()).putLong(hash.low());
      number.order(ByteOrder.LITTLE_ENDIAN);
      sha256.update(number.flip());
    }

    Root root() {
      return get(ByteBuffer.wrap(sha256.digest()), 0);
    }
  }
}
