package org.copybay.volumes.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayFile;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.Labels;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a whole bay that nobody has mounted, without changing a byte: the bay directory, the
 * catalogue, and of each volume what {@link #CHECKS} look at. The caller has the lock of the bay.
 */
public final class BayCheck {
  /** What is looked at of each volume, in this order; a new kind of file gets a check here. */
  private static final List<VolumeCheck> CHECKS =
      List.of(
          new FilesCheck(),
          new TracksCheck(),
          new EvidenceCheck(),
          new BitmapsCheck(),
          new DataCheck());

  private final BayLayout layout;
  private final CheckOptions options;
  private final Findings findings;

  private BayCheck(BayLayout layout, CheckOptions options, Findings findings) {
    this.layout = layout;
    this.options = options;
    this.findings = findings;
  }

  /**
   * Whether there is something to look at. NOT_FOUND: no bay; UNSUPPORTED: newer than this program.
   */
  public static void requireBay(Path bay) throws StorageException {
    try {
      BayFile.read(new BayLayout(bay).bayFile());
    } catch (StorageException e) {
      if (e.fault() != Fault.CORRUPT) {
        throw e;
      }
    }
  }

  /**
   * Looks at all of it.
   *
   * @param bay the directory, absolute
   */
  public static Findings run(Path bay, CheckOptions options) {
    Findings findings = new Findings();
    new BayCheck(new BayLayout(bay), options, findings).run();
    return findings;
  }

  private void run() {
    UUID uuid = bayFile();
    Rows rows = CatalogueCheck.run(layout, uuid, findings);
    PlacesCheck.run(layout, uuid, rows, findings);
    LabelCheck.run(layout, uuid, rows, findings);
    if (rows != null) {
      RowsCheck.run(layout, rows, findings);
      for (Rows.VolumeRow volume : rows.volumes()) {
        if (volume.kept()) {
          volume(volume, rows);
        }
      }
    }
  }

  /** Which bay it is, also where its file names another one. */
  private @Nullable UUID bayFile() {
    String what = "bay file";
    String file = layout.bayFile().toString();
    try {
      UUID said = BayFile.read(layout.bayFile()).uuid();
      UUID other = Labels.otherBay(layout, said);
      if (other != null) {
        findings.damage(
            what,
            file,
            "uuid=" + other + ", as all labels of volumes say",
            "uuid=" + said,
            Labels.ownBay(other));
        return other;
      }
      return said;
    } catch (StorageException e) {
      String remedy = e.remedy();
      findings.damage(
          what,
          file,
          "lines format=, uuid= and created=",
          e.getMessage(),
          remedy == null ? "make it readable" : remedy);
      return null;
    }
  }

  private void volume(Rows.VolumeRow row, Rows rows) {
    Path directory = row.directory();
    Findings of =
        findings.at(
            "volume " + row.name() + ", " + directory + "/",
            "put back a copy of all of " + directory + " as it was at one moment");
    if (!Files.isDirectory(directory)) {
      findings.damage(
          "volume",
          row.name(),
          "directory " + directory,
          "none",
          row.chosen() ? "its disk may not be mounted" : "put back a copy of it");
      return;
    }
    HomeFile home = home(row, of);
    DirectoryStore store = home == null ? null : new DirectoryStore(home, true);
    try {
      CheckedVolume volume = checked(row, rows, store);
      for (VolumeCheck check : CHECKS) {
        try {
          check.check(volume, of);
        } catch (StorageException e) {
          of.unreadable("volume", "", e);
        }
      }
    } finally {
      if (store != null) {
        store.close();
      }
    }
  }

  private CheckedVolume checked(Rows.VolumeRow row, Rows rows, @Nullable DirectoryStore store) {
    UUID id = row.id();
    return new CheckedVolume(
        layout,
        row,
        rows.members().stream().filter(member -> member.volume().equals(id)).toList(),
        rows.points(),
        rows.bitmaps().stream().filter(b -> b.ready() && b.volume().equals(id)).toList(),
        rows.jobs().stream().anyMatch(job -> !job.ended() && id.equals(job.target())),
        options,
        store);
  }

  /** The home, opened; null when that cannot be done, or another bay has it. */
  private static @Nullable HomeFile home(Rows.VolumeRow row, Findings of) {
    HomeFile home;
    try {
      home = HomeFile.openForReading(row.directory().resolve("home"), 0);
    } catch (StorageException e) {
      if (e.fault() == Fault.DENIED) {
        of.unreadable("home", "home", e);
      } else {
        of.damage("home", "home", "a plain file", e.getMessage());
      }
      return null;
    }
    if (row.chosen() && !home.tryLock()) {
      of.damage(
          "home",
          "home",
          "this bay only",
          "another bay that uses it",
          "unmount the bay that this one was copied from, or is a copy of");
      home.close();
      return null;
    }
    return home;
  }
}
