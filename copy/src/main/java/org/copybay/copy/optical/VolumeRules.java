package org.copybay.copy.optical;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Opener;

/** What programs may do with an optical volume. Any thread may call. */
final class VolumeRules {
  private final Bay bay;
  private final OpticalVolume volume;

  VolumeRules(Bay bay, OpticalVolume volume) {
    this.bay = bay;
    this.volume = volume;
  }

  /** BUSY where another program makes it. */
  void requireMaker(Opener opener) throws StorageException {
    for (Opener each : volume.openers()) {
      if (volume.making() && each.writing() && each.pid() != opener.pid()) {
        throw new StorageException(
            Fault.BUSY,
            "image " + volume.id() + " is being made by " + each.describe(),
            "wait until it is closed");
      }
    }
  }

  /** READ_ONLY, FORBIDDEN: what speaks against a change by a program. */
  void requireChangeable() throws StorageException {
    bay.requireChangeable();
    SideRecord now = volume.row();
    if (now.label().writeProtected()) {
      throw new StorageException(
          Fault.READ_ONLY,
          volume.path() + " is write-protected",
          "optical change volume=" + volume.id() + " protect=no");
    }
    if (now.label().type() == VolumeType.BACKUP) {
      throw new StorageException(
          Fault.FORBIDDEN,
          volume.path() + " is a *BACKUP volume: only a duplicate of its primary volume writes it",
          "optical convert volume=" + volume.id() + " makes a primary volume of it");
    }
  }

  /** CORRUPT: what a duplicate left half done is nothing that anybody could take for whole. */
  void requireReadable() throws StorageException {
    if (volume.row().state() == SideState.INCOMPLETE) {
      throw new StorageException(
          Fault.CORRUPT,
          "volume " + volume.id() + " is incomplete: a duplicate to it did not end",
          "duplicate to it again, with clear=yes or resume=yes");
    }
  }

  /** FORBIDDEN: what a duplicate left half done is erased or finished, not written to. */
  void requireWritable() throws StorageException {
    requireChangeable();
    if (volume.row().state() == SideState.INCOMPLETE) {
      throw new StorageException(
          Fault.FORBIDDEN,
          volume.path() + " is incomplete: a duplicate to it did not end",
          "truncate -s 0 erases it, or duplicate to it again");
    }
  }
}
