package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * A file in the mount that holds the bytes of one address space: a volume, or what else programs
 * open for reading and writing. Programs reach it through an {@link OpenFile} for each open, which
 * keeps the rule of {@link GapKeeper} before it changes a byte.
 *
 * <p>Offsets, lengths and sizes are bytes; a range is [offset, offset + length). Any thread may
 * call, several at once. A buffer is the caller's again after the call. What every operation may
 * throw besides what it names: CORRUPT where there is nothing to serve it from, STORE_FAILED.
 */
public interface BlockFile {
  /** The path below the root of the mount, for messages: volumes/NAME. */
  String path();

  /** The last part of the path. */
  String name();

  /** Bytes. */
  long size();

  /**
   * Whether its maker still writes it, so that it grows by what is written, and a maker that the
   * cut of the connection stopped in the middle leaves it as a crash does.
   */
  boolean making();

  /**
   * Whether the kernel may keep pages of it, asked at each open. Not where its bytes change behind
   * the kernel: the open drops the pages, and its reads and writes come past the page cache. An
   * earlier open goes on as it was answered.
   */
  default boolean keepsPages() {
    return true;
  }

  /** The command line that changes its size, with BYTES for the new one, or null: none can. */
  default @Nullable String resizing() {
    return null;
  }

  /** What ends the gaps of its truncating openers; the same one at every call. */
  GapKeeper gaps();

  /**
   * Reads up to target.remaining() bytes; fewer only at the end.
   *
   * @return the number of bytes read, 0 at or past the end
   */
  int read(long offset, ByteBuffer target) throws StorageException;

  /**
   * Writes; a write across the end of a fixed size is cut there. It survives the death of the
   * process when it returns (P1), and power loss after {@link #flush}. READ_ONLY, NO_SPACE past the
   * end and on a full disk.
   *
   * @return the number of bytes written, at least 1
   */
  int write(long offset, ByteBuffer source) throws StorageException;

  /**
   * Makes [offset, offset + length) read as zeros; what lies past the end is left out. READ_ONLY,
   * NO_SPACE.
   *
   * @param keepSpace whether the range keeps its space on the disk, or gives it back
   */
  void zero(long offset, long length, boolean keepSpace) throws StorageException;

  /**
   * Gives [offset, offset + length) space without changing its bytes. NO_SPACE also where the range
   * ends past a fixed size; READ_ONLY.
   *
   * @param keepSize whether a file in the making stays as long as it is
   */
  void reserve(long offset, long length, boolean keepSize) throws StorageException;

  /** Makes every change that returned before survive power loss (P2). */
  void flush() throws StorageException;

  /**
   * The first byte at or behind the offset that lies in data, or in a hole; the end counts as a
   * hole.
   *
   * @param data whether data is looked for
   * @return -1 where there is none
   */
  long seek(long offset, boolean data) throws StorageException;

  /**
   * ftruncate(2): sets the size of a file in the making; one of fixed size takes only its own.
   * FORBIDDEN otherwise, READ_ONLY, BUSY.
   */
  void setSize(long size) throws StorageException;

  /** NO_SPACE when a write at that offset lies past the end. */
  void requireRoom(long offset) throws StorageException;

  /**
   * Zeroes a gap that a truncating opener skipped, releasing its space, and tells the kernel, which
   * knows nothing of it. Called in a request of the file itself, so it waits for no reader.
   */
  void zeroGap(long offset, long length) throws StorageException;

  /** Called once for each open, when it has ended, with no lock held. */
  void closed(OpenFile open);
}
