package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.copybay.volumes.tape.TapeObject.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an index, little-endian, one for each object in the order of the tape; they begin
 * behind the header ({@link IndexHeader}) and have no gaps.
 *
 * <pre>
 *     0      1       2   4     8            16            24           32       36       40      44
 *    +------+-------+---+-----+------------+-------------+------------+--------+--------+-------+------+
 *    | kind | flags | 0 | crc | tapeOffset | imageOffset | dataOffset | length | stored | marks | seal |
 *    +------+-------+---+-----+------------+-------------+------------+--------+--------+-------+------+
 * </pre>
 *
 * kind is 1 record, 2 damaged record, 3 filemark; flag 1 is compressed, flag 2 synced. seal is the
 * CRC32C over the id of the cartridge, the number of the object and the 44 bytes before it: an
 * entry of another place or of another cartridge does not check.
 */
final class IndexLayout {
  static final int ENTRY_BYTES = 48;

  private static final int COMPRESSED = 1;
  private static final int SYNCED = 2;
  private static final int SEAL_OFFSET = 44;
  private static final int PREFIX_BYTES = 24;

  private final byte[] sealed = new byte[PREFIX_BYTES + SEAL_OFFSET];
  private final ByteBuffer view = ByteBuffer.wrap(sealed).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();

  /** Of a cartridge; used by one thread at a time. */
  IndexLayout(UUID cartridge) {
    view.putLong(0, cartridge.getMostSignificantBits());
    view.putLong(8, cartridge.getLeastSignificantBits());
  }

  /** Where the entry of an object lies in the file. */
  static long offset(long number) {
    return IndexHeader.BYTES + number * ENTRY_BYTES;
  }

  /** Puts the entry of that object at the position of the target. */
  void encode(long number, TapeObject object, ByteBuffer target) {
    int at = target.position();
    target.put((byte) object.kind().number());
    target.put((byte) ((object.compressed() ? COMPRESSED : 0) | (object.synced() ? SYNCED : 0)));
    target.putShort((short) 0);
    target.putInt(object.crc());
    target.putLong(object.tapeOffset());
    target.putLong(object.imageOffset()).putLong(object.dataOffset());
    target.putInt(object.length()).putInt(object.storedLength()).putInt(object.marksBefore());
    target.putInt(seal(number, target, at));
  }

  /**
   * The entry at that position of the source, or null where none of that number checks, or none
   * that a tape can have.
   */
  @Nullable TapeObject decode(long number, ByteBuffer source, int at) {
    Kind kind = Kind.of(source.get(at));
    if (kind == null || source.getInt(at + SEAL_OFFSET) != seal(number, source, at)) {
      return null;
    }
    int flags = source.get(at + 1);
    TapeObject object =
        new TapeObject(
            kind,
            (flags & COMPRESSED) != 0,
            (flags & SYNCED) != 0,
            source.getLong(at + 8),
            source.getLong(at + 16),
            source.getLong(at + 24),
            source.getInt(at + 32),
            source.getInt(at + 36),
            source.getInt(at + 4),
            source.getInt(at + 40));
    return object.isPossible() ? object : null;
  }

  private int seal(long number, ByteBuffer entry, int at) {
    view.putLong(16, number);
    entry.get(at, sealed, PREFIX_BYTES, SEAL_OFFSET);
    crc.reset();
    crc.update(sealed);
    return (int) crc.getValue();
  }
}
