package org.copybay.volumes.drive;

import org.copybay.volumes.StorageException;

/** What happens to tapes in drives, for whom a library has them. */
public interface DriveEvents {
  /**
   * Something of that tape is about to change; called before each change, with the drive's lock
   * held. An error refuses the change.
   */
  void beforeChange(TapeDrive drive, LoadedTape tape) throws StorageException;

  /** A program that changed that tape has closed the drive; called without the lock. */
  void sessionEnded(TapeDrive drive, LoadedTape tape);
}
