package org.copybay.volumes.drive;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;

/**
 * Reads and writes of a drive. In variable mode a call is one record. In fixed mode every record
 * has the block size, a call is any number of them, and what the kernel cut into pieces is put
 * together again. Every method needs the lock of the drive.
 */
final class TapeTransfer {
  private static final ByteBuffer NONE = ByteBuffer.allocateDirect(0);

  private final String drive;
  private final Position at;

  /** Bytes of a block, 0 in variable mode. */
  private int blockBytes;

  /**
   * Fixed mode: a block of which a part was written, ready for more; of no bytes before it is
   * needed.
   */
  private ByteBuffer half = NONE;

  /** Fixed mode: the block that is being read, its unread rest between position and limit. */
  private ByteBuffer rest = NONE;

  private boolean halfDropped;

  /** Whether the last read got all that one request can bring: the kernel may go on by itself. */
  private boolean full;

  /** The object whose error such a read was told, which the kernel may have kept; else -1. */
  private long refused = -1;

  TapeTransfer(String drive, Position at) {
    this.drive = drive;
    this.at = at;
  }

  int blockBytes() {
    return blockBytes;
  }

  /** Sets the size of a block; 0 for records of any length. */
  void setBlockBytes(int bytes) {
    blockBytes = bytes;
    half = NONE;
    rest = NONE;
  }

  /** Of the tape that was in the drive before nothing is told any more. */
  void forget() {
    halfDropped = false;
  }

  /** Whether a part of a block was written. */
  boolean isDirty() {
    return half.position() > 0;
  }

  /**
   * What was written or read of a block in part is given up: the tape moves, or it is closed. The
   * next call is told of bytes that are lost so.
   */
  void settle() {
    dropHalf();
    rest.limit(0);
    full = false;
    refused = -1;
  }

  /** What was written of a block in part is given up. */
  void dropHalf() {
    halfDropped |= half.position() > 0;
    half.clear();
  }

  /** BAD_REQUEST when a part of a block was given up. */
  void requireWhole() throws StorageException {
    if (halfDropped) {
      halfDropped = false;
      throw new StorageException(
          Fault.BAD_REQUEST,
          drive
              + ": the last write was no multiple of the block size of "
              + blockBytes
              + " bytes; its last part is not on the tape",
          "mt -f drives/" + drive + " setblk 0");
    }
  }

  // ---- reading

  /**
   * Reads from where the tape stands.
   *
   * @param maxRecord bytes that one request brings without being cut
   */
  int read(Cartridge tape, ByteBuffer target, int maxRecord) throws StorageException {
    at.last = LastTransfer.READ;
    if (at.eof == EofState.END_OF_DATA) {
      throw endOfData();
    }
    int got =
        blockBytes == 0 ? readRecord(tape, target, maxRecord) : readBlocks(tape, target, maxRecord);
    if (got > 0 && at.eof == EofState.FILEMARK) {
      at.eof = EofState.NONE;
    }
    return got;
  }

  private StorageException endOfData() {
    return new StorageException(Fault.TAPE_END, drive + ": there is no data behind this place");
  }

  /** The end of the file, or that of the data: one empty read behind a filemark, then errors. */
  private int readEnd(Cartridge tape) throws StorageException {
    if (at.object < tape.end().objects()) {
      at.passMark();
      return 0;
    }
    boolean told = at.eof == EofState.FILEMARK;
    at.eof = EofState.END_OF_DATA;
    at.block = Position.UNKNOWN;
    if (told) {
      return 0;
    }
    throw endOfData();
  }

  private boolean atEnd(Cartridge tape) throws StorageException {
    return at.object >= tape.end().objects() || tape.isMark(at.object);
  }

  private int readRecord(Cartridge tape, ByteBuffer target, int maxRecord) throws StorageException {
    if (atEnd(tape)) {
      return readEnd(tape);
    }
    int length = tape.length(at.object);
    long number = at.object++;
    at.addBlocks(1);
    if (length > target.remaining()) {
      throw new StorageException(
          Fault.RECORD_TOO_LONG,
          drive
              + ": record "
              + number
              + " has "
              + length
              + " bytes, the program read "
              + target.remaining(),
          "a block size of " + length + " or more in that program, as in dd bs=" + length);
    }
    if (length > maxRecord) { // the kernel would put the next one behind it
      throw new StorageException(
          Fault.RECORD_TOO_LONG,
          drive + ": record " + number + " has " + length + " bytes, a read has " + maxRecord,
          "mt -f drives/" + drive + " setblk " + length);
    }
    requireGood(tape, number);
    return tape.read(number, target);
  }

  /** CORRUPT for a record that came with an error; the tape stands behind it. */
  private void requireGood(Cartridge tape, long number) throws StorageException {
    if (tape.isDamaged(number)) {
      throw new StorageException(
          Fault.CORRUPT, drive + ": record " + number + " is marked as damaged on the tape");
    }
  }

  private int readBlocks(Cartridge tape, ByteBuffer target, int maxRecord) throws StorageException {
    int start = target.position();
    boolean cut = target.remaining() >= maxRecord;
    boolean goesOn = full;
    full = false;
    while (target.hasRemaining()) {
      if (!rest.hasRemaining() && !nextBlock(tape, target.position() > start, goesOn)) {
        break;
      }
      int count = Math.min(rest.remaining(), target.remaining());
      target.put(rest.slice(rest.position(), count));
      rest.position(rest.position() + count);
    }
    int got = target.position() - start;
    if (cut && !target.hasRemaining()) {
      int kept = keptBack(tape, got);
      target.position(target.position() - kept);
      return got - kept;
    }
    return got > 0 ? got : readEnd(tape);
  }

  /**
   * How many bytes of a request that was filled are left to the next read. The kernel goes on with
   * another request by itself, and would pass the end of the file for the program; so that it does
   * not, the last block before a filemark, or its second half, is kept.
   */
  private int keptBack(Cartridge tape, int got) throws StorageException {
    boolean lastOfFile =
        !rest.hasRemaining() && at.object < tape.end().objects() && tape.isMark(at.object);
    if (!lastOfFile) {
      full = true;
      return 0;
    }
    int kept = got > blockBytes ? blockBytes : Math.max(1, Math.min(got, blockBytes) / 2);
    rest.position(rest.limit() - kept);
    return kept;
  }

  /**
   * Fetches the next block.
   *
   * @param some whether blocks were read before it: an error is left to the next call then
   * @param goesOn whether the kernel may go on by itself, and keep an error
   * @return false where there is none
   */
  private boolean nextBlock(Cartridge tape, boolean some, boolean goesOn) throws StorageException {
    if (atEnd(tape)) {
      return false;
    }
    int length = tape.length(at.object);
    if (length != blockBytes) {
      if (some) {
        return false;
      }
      throw new StorageException(
          Fault.TAPE_END,
          drive
              + ": record "
              + at.object
              + " has "
              + length
              + " bytes, the drive is set to blocks of "
              + blockBytes,
          "mt -f drives/" + drive + " setblk " + length + ", or setblk 0");
    }
    return fetched(tape, some, goesOn);
  }

  private boolean fetched(Cartridge tape, boolean some, boolean goesOn) throws StorageException {
    boolean whole = false;
    boolean again = !some && goesOn && refused != at.object;
    try {
      requireGood(tape, at.object);
      rest = rest.capacity() == blockBytes ? rest : ByteBuffer.allocateDirect(blockBytes);
      rest.clear();
      tape.read(at.object, rest);
      rest.flip();
      whole = true;
    } catch (StorageException e) {
      if (!some) {
        throw e;
      }
    } finally {
      if (!whole) {
        rest.limit(0);
      }
      refused = again && !whole ? at.object : -1;
      if (whole || !(some || again)) { // the next read is told too
        at.object++;
        at.addBlocks(1);
      }
    }
    return whole;
  }

  // ---- writing

  /** Where a write that follows would put its first record. */
  @FunctionalInterface
  interface Appending {
    /** Puts one record there. */
    void append(ByteBuffer record) throws StorageException;
  }

  /**
   * BAD_REQUEST where a write of so many bytes does not end with a block.
   *
   * @param split whether it may be the beginning of a longer write, of which the rest follows
   */
  void requireBlocks(int length, boolean split) throws StorageException {
    if (blockBytes > 0 && !split && (half.position() + length) % blockBytes != 0) {
      half.clear();
      throw new StorageException(
          Fault.BAD_REQUEST,
          drive
              + ": want a multiple of the block size of "
              + blockBytes
              + " bytes, got a write of "
              + length,
          "mt -f drives/" + drive + " setblk 0");
    }
  }

  /**
   * Writes what the source has; what does not fill a block waits for more.
   *
   * @return bytes taken
   */
  int write(ByteBuffer source, Appending tape) throws StorageException {
    rest.limit(0);
    int start = source.position();
    if (blockBytes == 0) {
      tape.append(source);
      return source.limit() - start;
    }
    while (source.hasRemaining()) {
      if (half.position() == 0 && source.remaining() >= blockBytes) {
        ByteBuffer block = source.slice(source.position(), blockBytes);
        if (!appended(tape, block, source.position() > start)) {
          break;
        }
        source.position(source.position() + blockBytes);
        continue;
      }
      half = half.capacity() == blockBytes ? half : ByteBuffer.allocateDirect(blockBytes);
      int count = Math.min(half.remaining(), source.remaining());
      half.put(source.slice(source.position(), count));
      source.position(source.position() + count);
      if (!half.hasRemaining()) {
        half.flip();
        try {
          tape.append(half);
        } finally {
          half.clear();
        }
      }
    }
    return source.position() - start;
  }

  /** After some blocks an error is left to the next call. */
  private static boolean appended(Appending tape, ByteBuffer block, boolean some)
      throws StorageException {
    try {
      tape.append(block);
      return true;
    } catch (StorageException e) {
      if (some) {
        return false;
      }
      throw e;
    }
  }
}
