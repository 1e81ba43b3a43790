package org.copybay.volumes.bay;

import java.io.File;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Space of the backing file system in bytes.
 *
 * @param total all of it
 * @param free not allocated
 * @param available free for this user
 */
public record Space(long total, long free, long available) {
  static Space of(Path directory) throws StorageException {
    File file = directory.toFile(); // statfs(2) alone; a FileStore would walk the mounts
    long total = file.getTotalSpace();
    if (total == 0) {
      throw new StorageException(Fault.STORE_FAILED, "space of " + directory + " cannot be read");
    }
    return new Space(total, file.getFreeSpace(), file.getUsableSpace());
  }
}
