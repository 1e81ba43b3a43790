package org.copybay.volumes.store;

import org.copybay.volumes.StorageException;

/**
 * Where the files of one volume lie: its home, and beside it what the track engine keeps (spill,
 * journal, map, bitmaps). The seam to other kinds of storage: everything above names files and
 * offsets, never a path. A store promises no rename, no append and no listing; a write is atomic
 * for other callers within a piece of {@link #PIECE_BYTES}, and nothing spans pieces.
 *
 * <p>Any thread may call any method. What {@link #create} and {@link #delete} did survives power
 * loss after {@link #syncNames}.
 */
public interface TrackStore extends AutoCloseable {
  /** The largest write, and the boundary that a write does not cross: its caller cuts it there. */
  int PIECE_BYTES = 4 << 20;

  /** The plain image, always there; the same object at every call. */
  StoreFile home();

  /** Where it is now; bytes of the same origin outlived their writer in the page cache. */
  Origin origin() throws StorageException;

  /** Whether there is a file of that name. STORE_FAILED. */
  boolean exists(String name) throws StorageException;

  /** Makes an empty file in place of any that has the name. */
  StoreFile create(String name) throws StorageException;

  /** Opens a file. NOT_FOUND. */
  StoreFile open(String name) throws StorageException;

  /** Removes a file; one that is not there is no error. */
  void delete(String name) throws StorageException;

  /** Makes what was created and deleted survive power loss. */
  void syncNames() throws StorageException;

  /** Closes the home. */
  @Override
  void close();
}
