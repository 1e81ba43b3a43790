package org.copybay.volumes.track;

import org.copybay.volumes.StorageException;

/** Who must know of a change of a volume before it is made. */
@FunctionalInterface
public interface ChangeObserver {
  /**
   * The bytes [offset, offset + length) are about to change. Called by the writing thread before
   * the data moves; the change is made after every observer returned, and is not made when one
   * throws.
   */
  void aboutToChange(long offset, long length) throws StorageException;
}
