package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One object of a tape, as its index tells of it: a record, or a filemark.
 *
 * @param kind what it is
 * @param compressed whether the tape file has a zstd frame instead of the bytes of the record
 * @param synced whether the bytes of all objects before it survived power loss before its entry was
 *     written
 * @param tapeOffset where it begins in the tape file
 * @param imageOffset where it begins in the image, which holds every record as it was written
 * @param dataOffset bytes of all records before it
 * @param length bytes of the record; 0 for a filemark
 * @param storedLength bytes of it in the tape file, without words and padding
 * @param crc CRC32C of the bytes of the record
 * @param marksBefore how many filemarks there are before it
 */
record TapeObject(
    Kind kind,
    boolean compressed,
    boolean synced,
    long tapeOffset,
    long imageOffset,
    long dataOffset,
    int length,
    int storedLength,
    int crc,
    int marksBefore) {

  /** What an object is, with the number that an index has for it. */
  enum Kind {
    RECORD(1),
    /** A record that its first reader could not read right: it came with an image like that. */
    DAMAGED_RECORD(2),
    FILEMARK(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    /** The kind of that number, or null. */
    static @Nullable Kind of(int number) {
      return number >= 1 && number <= KINDS.length ? KINDS[number - 1] : null;
    }
  }

  private static final Kind[] KINDS = Kind.values();

  /** No file of Linux is so long, and what comes behind an object does not overflow. */
  private static final long MOST_OFFSET = Long.MAX_VALUE / 2;

  /** Bytes of a word of the image. */
  static final int WORD_BYTES = 4;

  /** A filemark behind the end. */
  static TapeObject filemark(TapeEnd end, boolean synced) {
    return new TapeObject(
        Kind.FILEMARK,
        false,
        synced,
        end.tapeBytes(),
        end.imageBytes(),
        end.dataBytes(),
        0,
        0,
        0,
        end.marks());
  }

  /**
   * Whether a tape can have it. A checksum that is right does not say so: an index may lie in a
   * directory where others write.
   */
  boolean isPossible() {
    boolean placed =
        isPlace(tapeOffset) && isPlace(imageOffset) && isPlace(dataOffset) && marksBefore >= 0;
    boolean sized =
        isMark()
            ? length == 0 && storedLength == 0 && !compressed
            : length > 0
                && length <= Cartridge.MAX_RECORD
                && (compressed
                    ? storedLength > 0 && storedLength < length
                    : storedLength == length);
    return placed && sized && marksBefore < Integer.MAX_VALUE;
  }

  /** The checksum of the bytes of a record, from their position to their limit, which stay. */
  static int crcOf(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  private static boolean isPlace(long offset) {
    return offset >= 0 && offset < MOST_OFFSET;
  }

  boolean isMark() {
    return kind == Kind.FILEMARK;
  }

  /** Where the next object begins in the tape file. */
  long tapeEnd() {
    return tapeOffset + framedBytes(isMark(), storedLength);
  }

  /** Where the next object begins in the image. */
  long imageEnd() {
    return imageOffset + framedBytes(isMark(), length);
  }

  /** Bytes of all records up to its end. */
  long dataEnd() {
    return dataOffset + length;
  }

  /** How many filemarks there are up to its end. */
  int marksAfter() {
    return marksBefore + (isMark() ? 1 : 0);
  }

  /** Bytes of an object with its words: a filemark is one; a record is padded to an even length. */
  static long framedBytes(boolean mark, int length) {
    return mark ? WORD_BYTES : 2L * WORD_BYTES + length + (length & 1);
  }
}
