package org.copybay.volumes.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bitmap.BitmapFiles;
import org.copybay.volumes.evidence.EvidenceFiles;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.track.EngineFiles;

/** Which files a volume has, and how long its home is. */
final class FilesCheck implements VolumeCheck {
  private static final String HOME = "home";

  @Override
  public void check(CheckedVolume volume, Findings findings) throws StorageException {
    DirectoryStore store = volume.store();
    if (store != null) {
      length(volume, store.home().status(), findings);
    }
    names(volume, findings);
  }

  private static void length(CheckedVolume volume, FileStatus home, Findings findings) {
    Rows.VolumeRow row = volume.row();
    String got = home.size() + " bytes";
    String least = "at least " + row.size() + " bytes";
    if (home.size() < row.size()) {
      if (row.is("copying") && (home.size() == 0 || !volume.hasJob())) {
        findings.note(
            HOME, HOME, least, got, "a copy that was given up: the next mount removes it");
      } else if (row.sizeSynced()) {
        findings.damage(HOME, HOME, least, got);
      } else {
        findings.note(
            HOME,
            HOME,
            least,
            got,
            "its end was never synced: the next mount extends it with zeros");
      }
    } else if (home.size() > row.size() && !row.is("making")) {
      findings.note(
          HOME,
          HOME,
          row.size() + " bytes",
          got,
          "bytes past the end are never shown: a resize cuts them");
    }
  }

  private static void names(CheckedVolume volume, Findings findings) throws StorageException {
    Set<String> known = new TreeSet<>(EngineFiles.NAMES);
    known.addAll(EvidenceFiles.NAMES);
    known.add(HOME);
    known.add(MemberBytes.LABEL);
    known.add(MemberBytes.NEW_LABEL);
    known.add(MemberBytes.SIDE_LABEL);
    known.add(MemberBytes.NEW_SIDE_LABEL);
    known.addAll(LabelCheck.FILES);
    try {
      for (Path file : BitmapFiles.in(volume.directory())) {
        known.add(String.valueOf(file.getFileName()));
      }
      for (Path entry : Entries.of(volume.directory())) {
        String name = String.valueOf(entry.getFileName());
        if (!known.contains(name)) {
          findings.note("stray", name, "files of the volume only", "another one", "it stays there");
        } else if (isBitmap(name)
            && volume.bitmaps().stream().noneMatch(row -> name.contains(row.id().toString()))) {
          findings.note(
              "stray",
              name,
              "files of bitmaps that the catalogue knows",
              "one of another bitmap",
              "it goes with the volume");
        }
      }
    } catch (IOException e) {
      throw FileFailure.of("list " + volume.directory(), e);
    }
  }

  private static boolean isBitmap(String name) {
    return name.startsWith(BitmapFiles.PREFIX);
  }
}
