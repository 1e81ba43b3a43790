package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;

/**
 * One file of a {@link TrackStore}: bytes [0, size()) of its own address space, holes reading as
 * zeros. A read past the end is CORRUPT: nobody reads what was never written. Any thread may call
 * any method; two calls that overlap are ordered by the callers.
 *
 * <p>A range that is zeroed or reserved has a byte at least; one of nothing is STORE_FAILED, as the
 * kernel has it. A file that was opened for reading only refuses every change with READ_ONLY.
 *
 * <p>Nothing is promised to survive power loss before a {@link #flush} that began after the call
 * returned; until then each 512-byte sector may have its old or its new bytes (P4), in any order. A
 * failed flush fails every later one too.
 */
public interface StoreFile extends BlockDevice, Image, AutoCloseable {
  /**
   * {@inheritDoc}
   *
   * <p>It crosses no boundary of {@link TrackStore#PIECE_BYTES}; {@link #writeAcross} may.
   */
  @Override
  int write(long offset, ByteBuffer source) throws StorageException;

  /** {@link #write} of any length at any offset, cut at the boundaries of pieces. */
  default int writeAcross(long offset, ByteBuffer source) throws StorageException {
    int start = source.position();
    int limit = source.limit();
    try {
      boolean whole = true;
      while (whole && source.position() < limit) {
        long at = offset + source.position() - start;
        int room = TrackStore.PIECE_BYTES - (int) (at % TrackStore.PIECE_BYTES);
        source.limit(source.position() + Math.min(room, limit - source.position()));
        whole = write(at, source) > 0 && !source.hasRemaining();
      }
    } catch (StorageException e) {
      if (source.position() == start) {
        throw e;
      } // else the error is left to the next call
    } finally {
      source.limit(limit);
    }
    return source.position() - start;
  }

  /** Writes all of the buffer; after an error any of its bytes may have been written. */
  default void writeAll(long offset, ByteBuffer source) throws StorageException {
    for (long at = offset; source.hasRemaining(); ) {
      at += writeAcross(at, source);
    }
  }

  /** Bytes. */
  long size() throws StorageException;

  /** Cuts or extends it; what is added is a hole. OUT_OF_RANGE, NO_SPACE, READ_ONLY. */
  void setSize(long size) throws StorageException;

  /** Gives a range space without changing its bytes or the size. NO_SPACE. */
  void reserve(long offset, long length) throws StorageException;

  /** The first byte of data at or after the offset; -1 when there is none, as at the end. */
  @Override
  long nextData(long offset) throws StorageException;

  /**
   * The first byte of a hole at or after the offset. The end counts as one for who asks from before
   * it; from the end on there is none, and this is -1.
   */
  @Override
  long nextHole(long offset) throws StorageException;

  /**
   * Asks that the next read of a synced range comes from the disk; a store that keeps nothing in
   * memory has nothing to do.
   */
  default void dropCached(long offset, long length) throws StorageException {}

  /** Lets flushes be tried again, after the file was found readable. */
  void forgive();

  /** Ends it; calls that are under way end first. */
  @Override
  void close();
}
