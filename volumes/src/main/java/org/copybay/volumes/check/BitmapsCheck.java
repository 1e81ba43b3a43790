package org.copybay.volumes.check;

import java.util.List;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bitmap.BitmapFiles;
import org.copybay.volumes.bitmap.BitmapInspection;
import org.copybay.volumes.store.DirectoryStore;

/** The files of write bitmaps. Of a lost one the catalogue says so, and it is not looked at. */
final class BitmapsCheck implements VolumeCheck {
  @Override
  public void check(CheckedVolume volume, Findings findings) throws StorageException {
    DirectoryStore store = volume.store();
    if (store == null) {
      return;
    }
    List<BitmapInspection.Wanted> wanted =
        volume.bitmaps().stream()
            .filter(row -> row.damage() == null)
            .map(row -> new BitmapInspection.Wanted(BitmapFiles.PREFIX + row.id(), row.grain()))
            .toList();
    BitmapInspection.run(
        store,
        wanted,
        volume.row().size(),
        volume.options().recover(),
        findings.at(
            "",
            "mount the bay, then: bitmap delete volume="
                + Words.word(volume.row().name())
                + " bitmap=NAME"));
  }
}
