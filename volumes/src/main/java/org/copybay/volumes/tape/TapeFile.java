package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.Buffers;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.jspecify.annotations.Nullable;

/**
 * The tape file: a SIMH tape image without an end-of-medium word. A record is its length, its
 * bytes, a zero byte where they are odd, and its length again; a filemark is a word of zeros. Bit
 * 31 of a length says that the record is damaged; class 1 (bit 28), which is private, that a zstd
 * frame stands for it. One thread writes at a time; any thread may read.
 */
final class TapeFile {
  private static final int DAMAGED_BIT = 1 << 31;
  private static final int COMPRESSED_CLASS = 1 << 28;
  private static final int SMALL_BYTES = 64 * 1024;

  private final StoreFile file;

  // only by the thread that writes
  private final ByteBuffer frame =
      ByteBuffer.allocateDirect(SMALL_BYTES + 16).order(ByteOrder.LITTLE_ENDIAN);

  TapeFile(StoreFile file) {
    this.file = file;
  }

  /** Writes a record; a small one in one write, a large one without a copy. */
  void write(TapeObject object, ByteBuffer stored) throws StorageException {
    long at = object.tapeOffset();
    int length = stored.remaining();
    int word = word(object, length);
    frame.clear().putInt(word);
    if (length <= SMALL_BYTES) {
      frame.put(stored);
      end(length, word);
      file.writeAll(at, frame.flip());
      return;
    }
    file.writeAll(at, frame.flip());
    file.writeAll(at + TapeObject.WORD_BYTES, stored);
    frame.clear();
    end(length, word);
    file.writeAll(at + TapeObject.WORD_BYTES + length, frame.flip());
  }

  /** What stands before and behind the bytes of an object. */
  private static int word(TapeObject object, int storedLength) {
    int word = storedLength | (object.compressed() ? COMPRESSED_CLASS : 0);
    return word | (object.kind() == TapeObject.Kind.DAMAGED_RECORD ? DAMAGED_BIT : 0);
  }

  private void end(int length, int word) {
    if (length % 2 != 0) {
      frame.put((byte) 0);
    }
    frame.putInt(word);
  }

  void writeMark(TapeObject object) throws StorageException {
    file.writeAll(object.tapeOffset(), frame.clear().putInt(0).flip());
  }

  /**
   * Reads a record, decompressed, into the target, which it fills. CORRUPT.
   *
   * @param what it is called in messages
   */
  void read(TapeObject object, ByteBuffer target, String what) throws StorageException {
    long at = object.tapeOffset() + TapeObject.WORD_BYTES;
    if (!object.compressed()) {
      file.read(at, target);
      return;
    }
    byte[] bytes = new byte[object.storedLength()];
    ByteBuffer stored = Buffers.take(bytes.length);
    try {
      file.read(at, stored);
      stored.flip().get(bytes);
    } finally {
      Buffers.give(stored);
    }
    target.put(RecordCodec.decompress(bytes, object.length(), what));
  }

  /** The words that an object should have, in words. */
  static String wanted(TapeObject object) {
    return object.isMark()
        ? "a filemark"
        : String.format("words %08x", word(object, object.storedLength()));
  }

  /** The words that an object has instead of those, or null where they are as they should be. */
  @Nullable String misframed(TapeObject object) throws StorageException {
    ByteBuffer word =
        ByteBuffer.allocateDirect(TapeObject.WORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int first = wordAt(object.tapeOffset(), word);
    int last = wordAt(object.tapeEnd() - TapeObject.WORD_BYTES, word);
    int want = object.isMark() ? 0 : word(object, object.storedLength());
    return first == want && last == want ? null : String.format("%08x and %08x", first, last);
  }

  private int wordAt(long offset, ByteBuffer word) throws StorageException {
    file.read(offset, word.clear());
    return word.getInt(0);
  }

  long size() throws StorageException {
    return file.size();
  }

  /** Cuts it there. */
  void cut(long bytes) throws StorageException {
    file.setSize(bytes);
  }

  /** Overwrites a range with zeros. */
  void wipe(long begin, long end) throws StorageException {
    file.zero(begin, end - begin, true);
  }

  /** Asks that the next read of so many bytes comes from the disk. */
  void dropCached(long bytes) throws StorageException {
    file.dropCached(0, bytes);
  }

  void flush() throws StorageException {
    file.flush();
  }
}
