package org.copybay.copy.quickopc;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.VolumeName;

/** Names of groups and pairs: those that a volume could have, which are directories too. */
final class OpcName {
  private OpcName() {}

  /** BAD_REQUEST, NAME_TOO_LONG. */
  static void require(String name) throws StorageException {
    VolumeName.require(name);
    if (name.equals("ctl") || name.startsWith("status")) {
      throw new StorageException(
          Fault.BAD_REQUEST, "name " + name + " is that of a control file", "choose another one");
    }
  }
}
