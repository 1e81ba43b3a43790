package org.copybay.volumes.check;

import java.util.List;
import java.util.stream.Collectors;
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
    List<Rows.BitmapRow> sound =
        volume.bitmaps().stream().filter(row -> row.damage() == null).toList();
    List<BitmapInspection.Wanted> wanted =
        sound.stream()
            .map(row -> new BitmapInspection.Wanted(BitmapFiles.PREFIX + row.id(), row.grain()))
            .toList();
    String deletes = // where one is lost, all are
        sound.stream().map(row -> delete(volume.row(), row)).collect(Collectors.joining(", "));
    BitmapInspection.run(
        store,
        wanted,
        volume.row().size(),
        volume.options().recover(),
        findings.at("", "in the mount: " + deletes));
  }

  static String delete(Rows.VolumeRow volume, Rows.BitmapRow bitmap) {
    return "bitmap delete volume="
        + Words.word(volume.name())
        + " bitmap="
        + Words.word(bitmap.name());
  }
}
