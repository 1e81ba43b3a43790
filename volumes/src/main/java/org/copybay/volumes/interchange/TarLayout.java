package org.copybay.volumes.interchange;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;

/**
 * The names in a tar file of a cartridge: {@code cartridge.json}, then {@code t/000000000000.rec}
 * for a record, {@code .fm} for a filemark, with the number of the object, and {@code .eod} with
 * the next number behind the last one. Without that last entry nobody would see that a file was cut
 * between two entries.
 */
final class TarLayout {
  static final int BLOCK_BYTES = 512;

  /** What tar programs read and write at once, and what a file is filled up to. */
  static final int BLOCKED_BYTES = 20 * BLOCK_BYTES;

  static final String MANIFEST = "cartridge.json";
  static final int MAX_MANIFEST_BYTES = 1 << 20;

  static final String RECORD = ".rec";
  static final String MARK = ".fm";
  static final String END = ".eod";

  /**
   * Extended attributes, as GNU tar and libarchive keep them: others pass them over without a word,
   * and {@code tar --xattrs} carries them through files and back.
   */
  static final String CRC32C_KEY = "SCHILY.xattr.user.copybay.crc32c";

  static final String DAMAGED_KEY = "SCHILY.xattr.user.copybay.damaged";

  private static final int SHOWN_CHARACTERS = 100;

  private TarLayout() {}

  static String name(long number, String kind) {
    return String.format("t/%012d%s", number, kind);
  }

  /** The checksum of a record, as eight digits. */
  static String crc32c(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  /** Refuses a record whose bytes are others than those that were written. */
  static void requireCrc32c(String name, String wanted, ByteBuffer bytes, long offset)
      throws StorageException {
    String got = crc32c(bytes);
    if (!got.equals(wanted)) {
      throw Damage.at(offset, "CRC32C " + Words.word(shortened(wanted)) + " of " + name, got);
    }
  }

  /** The beginning of a text of an image, which may have any length, for a message. */
  static String shortened(String text) {
    return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) : text;
  }
}
