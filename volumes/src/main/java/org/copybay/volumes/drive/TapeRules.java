package org.copybay.volumes.drive;

import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** What of a loaded tape may be changed. Asked before each change, with the drive's lock held. */
public interface TapeRules {
  /** Why nothing of the tape may be changed now, in words, or null. */
  @Nullable String refusal();

  /**
   * Refuses a change at some object that {@link #refusal} does not refuse. DENIED, TAPE_END.
   *
   * @param object number of the first object that would be written
   * @param objects how many there are: what is behind the change would be gone
   * @param drive to be named in a remedy
   */
  void requireChange(long object, long objects, String drive) throws StorageException;

  /** Refuses to erase from some object on, as {@link #requireChange} does, and more. */
  void requireErase(long object, long objects, String drive) throws StorageException;
}
