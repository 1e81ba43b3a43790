package org.copybay.volumes.track;

import org.copybay.volumes.StorageException;

/** Who must know of a change of a volume before it is made. */
@FunctionalInterface
public interface ChangeObserver {
  /**
   * The change is about to begin: what must wait for a disk does it now, outside of the gate, so
   * that {@link #aboutToChange}, which a freeze waits for, has none to do as a rule.
   */
  default void prepare(long offset, long length) throws StorageException {}

  /**
   * The bytes [offset, offset + length) are about to change. Called by the writing thread before
   * the data moves; the change is made after every observer returned, and is not made when one
   * throws.
   */
  void aboutToChange(long offset, long length) throws StorageException;
}
