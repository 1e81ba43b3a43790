package org.copybay.volumes.bitmap;

import org.copybay.volumes.StorageException;

/** How what the bitmaps of a volume vouch for is made safe. */
@FunctionalInterface
public interface VolumeSync {
  /**
   * Makes every change of the volume that ended before this call survive power loss: the volume
   * itself, and every member or target that gets its writes too.
   */
  void sync() throws StorageException;
}
