package org.copybay.volumes.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.Rebuild;
import org.copybay.volumes.bay.VolumeState;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/** What lies in the bay directory itself, and among the volumes. */
final class PlacesCheck {
  private static final String WHAT = "bay directory";
  private static final String STRAY = "stray";
  private static final String KNOWN_VOLUMES = "directories of volumes that the catalogue knows";
  private static final Set<String> KNOWN =
      Set.of(
          "copybay.bay",
          "lock",
          "catalogue.db",
          "catalogue.db-wal",
          "catalogue.db-shm",
          "reserve",
          "volumes",
          "shadow",
          "tapes",
          "orphans",
          "log");

  private final BayLayout layout;
  private final Findings findings;

  private PlacesCheck(BayLayout layout, Findings findings) {
    this.layout = layout;
    this.findings = findings;
  }

  /**
   * Looks at the directory, and, where the catalogue could be read, for what no row knows.
   *
   * @param bay its uuid, or null when that is not known
   * @param rows of the catalogue, or null
   */
  static void run(BayLayout layout, @Nullable UUID bay, @Nullable Rows rows, Findings findings) {
    PlacesCheck check = new PlacesCheck(layout, findings);
    check.lock();
    check.reserve();
    check.directory(layout.log(), "without it the daemon keeps no log");
    check.orphans();
    check.strayInBay();
    if (check.directory(layout.volumes(), "the homes of volumes lie there") && rows != null) {
      check.strayAmongVolumes(rows, bay);
    }
  }

  private void lock() {
    Path lock = layout.lockFile();
    if (!Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
      findings.note(WHAT, lock.toString(), "the file", "no file", "the next mount makes it");
    } else if (!Files.isRegularFile(lock)) {
      findings.damage(WHAT, lock.toString(), "a plain file", "another thing", "rm " + lock);
    }
  }

  private void reserve() {
    Path path = layout.reserve();
    String wanted = BayLayout.RESERVE_BYTES + " bytes with their space";
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      findings.note("reserve", path.toString(), wanted, "no file", "the next mount takes it");
      return;
    }
    try (HomeFile file = HomeFile.openForReading(path, 0)) {
      FileStatus status = file.status();
      long space = status.blocks() * 512;
      if (status.size() < BayLayout.RESERVE_BYTES || space < BayLayout.RESERVE_BYTES) {
        findings.note(
            "reserve",
            path.toString(),
            wanted,
            status.size() + " bytes with " + space + " of space",
            "the next mount takes it, if the disk has room");
      }
    } catch (StorageException e) {
      findings.damage("reserve", path.toString(), "a plain file", e.getMessage(), "rm " + path);
    }
  }

  private boolean directory(Path path, String why) {
    boolean there = Files.isDirectory(path);
    if (!there) {
      findings.damage(WHAT, path.toString(), "a directory", "none", "mkdir " + path + ": " + why);
    }
    return there;
  }

  private void orphans() {
    if (!Files.isDirectory(layout.orphans())) {
      findings.note(
          WHAT,
          layout.orphans().toString(),
          "a directory",
          "none",
          "a mount makes it when it needs it");
      return;
    }
    int count = list(layout.orphans()).size();
    if (count > 0) {
      findings.note(
          "orphans",
          layout.orphans().toString(),
          "nothing",
          count + " entries",
          "a mount has put them aside: look at them, then remove them");
    }
  }

  private void strayInBay() {
    for (Path entry : list(layout.root())) {
      String name = String.valueOf(entry.getFileName());
      if (name.startsWith(Rebuild.MADE)) {
        findings.note(
            STRAY,
            entry.toString(),
            "nothing",
            "what a stopped rebuild left",
            "the next rebuild removes it");
      } else if (!KNOWN.contains(name) && !name.startsWith(Rebuild.REPLACED)) {
        findings.note(
            STRAY, entry.toString(), "files of the bay only", "another one", "it stays there");
      }
    }
  }

  private void strayAmongVolumes(Rows rows, @Nullable UUID bay) {
    Set<String> known =
        rows.volumes().stream().map(row -> row.id().toString()).collect(Collectors.toSet());
    for (Path entry : list(layout.volumes())) {
      if (!known.contains(String.valueOf(entry.getFileName()))) {
        stray(entry, LabelCheck.state(layout, bay, entry));
      }
    }
  }

  /** A rebuild gives no row to what was no whole volume. */
  private void stray(Path entry, @Nullable VolumeState state) {
    if (state == VolumeState.COPYING || state == VolumeState.DROPPING) {
      findings.note(
          STRAY,
          entry.toString(),
          KNOWN_VOLUMES,
          state == VolumeState.COPYING ? "a copy that is not whole" : "a deleted volume",
          "the next mount moves it to orphans/");
    } else if (Files.exists(entry.resolve("home"))) {
      findings.damage(
          STRAY,
          entry.toString(),
          KNOWN_VOLUMES,
          "a volume that it does not know",
          "if an older catalogue.db was put back, put back the newer one; else it was put here by"
              + " hand, and the next mount moves it to orphans/");
    } else {
      findings.damage(
          STRAY, entry.toString(), KNOWN_VOLUMES, "another entry", "a mount moves it to orphans/");
    }
  }

  private List<Path> list(Path directory) {
    try {
      return Entries.of(directory);
    } catch (IOException e) {
      findings.unreadable(WHAT, directory.toString(), FileFailure.of("list " + directory, e));
      return List.of();
    }
  }
}
