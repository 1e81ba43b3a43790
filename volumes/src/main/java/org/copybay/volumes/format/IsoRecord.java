package org.copybay.volumes.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;

/**
 * A record of a directory of ISO 9660 (ECMA-119, 9.1: Format of a Directory Record); numbers are
 * recorded little-endian and once more big-endian, the former are read:
 *
 * <pre>
 *     0        1     2             10           18         25      26     27    28     32
 *    +--------+-----+-------------+------------+----------+-------+------+-----+------+--------+
 *    | length | xar | first block | data bytes | not ours | flags | unit | gap | not  | length |
 *    |        |     | 8           | 8          |          |       |      |     | ours | of name|
 *    +--------+-----+-------------+------------+----------+-------+------+-----+------+--------+
 *    33
 *    +------+----------------------+------------+
 *    | name | a zero to even bytes | system use |
 *    +------+----------------------+------------+
 * </pre>
 *
 * An extended attribute record of so many blocks stands before the data. An interleaved file has
 * units of so many blocks with gaps between. A file in more than one extent has a record for each.
 *
 * @param sector the sector that it stands in
 * @param at where in it
 */
record IsoRecord(Block sector, int at) {
  private static final int MIN_BYTES = 34;
  private static final int NAME_OFFSET = 33;
  private static final int DIRECTORY = 0x02;
  private static final int ASSOCIATED = 0x04;
  private static final int NOT_LAST = 0x80;
  private static final Pattern VERSION = Pattern.compile(";[0-9]*$");
  private static final Pattern DOTS = Pattern.compile("(?<=.)[.]+$");

  /** The record at that place, which lies in the sector with its name. CORRUPT. */
  static IsoRecord at(Block sector, int at) throws StorageException {
    int length = sector.u8(at);
    if (length < MIN_BYTES
        || at + length > sector.length()
        || sector.u8(at + 32) == 0
        || NAME_OFFSET + sector.u8(at + 32) > length) {
      throw FoundFiles.corrupt(
          "the directory record of ISO 9660 at byte " + (sector.offset() + at) + " is damaged");
    }
    return new IsoRecord(sector, at);
  }

  int length() {
    return sector.u8(at);
  }

  long dataBytes() {
    return sector.u32(at + 10);
  }

  boolean directory() {
    return (flags() & DIRECTORY) != 0;
  }

  /** Whether the data belongs to the file of the same name of which another record follows. */
  boolean associated() {
    return (flags() & ASSOCIATED) != 0;
  }

  /** Whether more of the same file is in the record that follows. */
  boolean continues() {
    return (flags() & (ASSOCIATED | NOT_LAST)) != 0;
  }

  private int flags() {
    return sector.u8(at + 25);
  }

  /** The name as it is recorded, one character a byte. */
  String identifier() {
    return new String(nameBytes(), StandardCharsets.ISO_8859_1);
  }

  private byte[] nameBytes() {
    return sector.bytes(at + NAME_OFFSET, sector.u8(at + 32));
  }

  /** Whether it stands for the directory itself. */
  boolean self() {
    return sector.u8(at + 32) == 1 && sector.u8(at + NAME_OFFSET) == 0;
  }

  /** Whether it stands for the directory above. */
  boolean parent() {
    return sector.u8(at + 32) == 1 && sector.u8(at + NAME_OFFSET) == 1;
  }

  /** The name without version and the dots before it, as common readers show it. */
  String name(Charset charset) {
    String name = new String(nameBytes(), charset);
    return DOTS.matcher(VERSION.matcher(name).replaceFirst("")).replaceFirst("");
  }

  /** The bytes behind the name, up to the end of the record. */
  Block systemUse() {
    int nameLength = sector.u8(at + 32);
    int start = Math.min(NAME_OFFSET + nameLength + 1 - nameLength % 2, length());
    return new Block(sector.offset() + at + start, sector.bytes(at + start, length() - start));
  }

  /** The extended attribute record; often empty. */
  Extent attributes(int blockBytes) {
    return new Extent(sector.u32(at + 2) * blockBytes, (long) sector.u8(at + 1) * blockBytes);
  }

  /** The data in whole blocks, with the gaps where it is interleaved. */
  Extent data(int blockBytes) {
    long blocks = (dataBytes() + blockBytes - 1) / blockBytes;
    int unit = sector.u8(at + 26);
    if (unit > 0) {
      blocks += Math.max(blocks - 1, 0) / unit * sector.u8(at + 27);
    }
    return new Extent(attributes(blockBytes).end(), blocks * blockBytes);
  }

  /** The records of a sector of a directory; zeros fill its rest. CORRUPT. */
  static List<IsoRecord> of(Block sector) throws StorageException {
    List<IsoRecord> records = new ArrayList<>();
    for (int at = 0; at < sector.length() && sector.u8(at) != 0; at += sector.u8(at)) {
      records.add(at(sector, at));
    }
    return records;
  }
}
