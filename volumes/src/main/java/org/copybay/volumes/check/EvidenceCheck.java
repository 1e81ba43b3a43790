package org.copybay.volumes.check;

import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.evidence.EvidenceInspection;
import org.copybay.volumes.store.DirectoryStore;

/** The evidence of the backups of a volume: whether it is whole, and the one that was noted. */
final class EvidenceCheck implements VolumeCheck {
  @Override
  public void check(CheckedVolume volume, Findings findings) throws StorageException {
    DirectoryStore store = volume.store();
    if (store == null) {
      return;
    }
    String remedy =
        "safeguarded discard-evidence session=NAME volume=" + Words.word(volume.row().name());
    EvidenceInspection.run(
        store, volume.row().id(), volume.row().sealed(), remedy + " confirm=yes", findings);
  }
}
