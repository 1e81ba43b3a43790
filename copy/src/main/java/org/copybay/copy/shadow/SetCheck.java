package org.copybay.copy.shadow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.copybay.volumes.Findings;
import org.copybay.volumes.Sql;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.CatalogueFile;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bitmap.BitmapInspection;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/** The shadow sets of a bay that nobody has mounted, looked at without changing anything. */
public final class SetCheck {
  private static final String WHAT = "shadow set";

  private final BayLayout layout;
  private final RecoverMode recover;
  private final Findings findings;

  private SetCheck(BayLayout layout, RecoverMode recover, Findings findings) {
    this.layout = layout;
    this.recover = recover;
    this.findings = findings;
  }

  /** Looks at all sets; a catalogue that cannot be read is a finding of others. */
  public static void run(Path bay, RecoverMode recover, Findings findings) {
    BayLayout layout = new BayLayout(bay);
    try (Connection catalogue = CatalogueFile.copyToMemory(layout.catalogue())) {
      new SetCheck(layout, recover, findings).sets(catalogue);
    } catch (StorageException e) {
      return;
    } catch (SQLException | RuntimeException e) {
      findings.damage(
          "row of shadow_set",
          layout.catalogue().toString(),
          "rows of shadow sets",
          String.valueOf(e.getMessage()),
          "put back a copy of catalogue.db");
    }
  }

  private void sets(Connection catalogue) throws SQLException {
    Set<String> known = new HashSet<>();
    if (Sql.hasTable(catalogue, "shadow_set")) {
      for (SetRecord set : SetTable.all(catalogue)) {
        known.add(set.id().toString());
        set(catalogue, set);
      }
    }
    stray(known);
  }

  private void stray(Set<String> known) {
    if (!Files.isDirectory(layout.shadow())) {
      return;
    }
    try {
      for (Path entry : Entries.of(layout.shadow())) {
        if (!known.contains(String.valueOf(entry.getFileName()))) {
          findings.note(
              "stray",
              entry.toString(),
              "directories of shadow sets that the catalogue knows",
              "another one",
              "it stays there, and nothing needs it");
        }
      }
    } catch (IOException e) {
      findings.unreadable(
          WHAT, layout.shadow().toString(), FileFailure.of("list " + layout.shadow(), e));
    }
  }

  private void set(Connection catalogue, SetRecord set) throws SQLException {
    List<MemberLabel> labels = new ArrayList<>();
    for (MemberRecord member : set.members()) {
      Path directory = directory(catalogue, member.volume());
      if (directory == null) {
        findings.note(
            WHAT,
            set.name() + ": " + member.volume(),
            "a volume",
            "none",
            "the set goes on without it");
      } else {
        member(set, member, directory, labels);
      }
    }
    MemberLabel newest = null;
    for (MemberLabel label : labels) {
      newest = newest == null || label.generation() > newest.generation() ? label : newest;
    }
    if (newest == null || newest.generation() < set.lineage().generation()) {
      findings.damage(
          WHAT,
          set.name(),
          "a member of generation " + set.lineage().generation(),
          newest == null ? "none" : "generation " + newest.generation(),
          "bring back the disk of a current member");
    }
    if (newest != null) {
      futures(set, newest, labels);
    }
    bitmaps(set);
  }

  /** Two of which each has what the other has not: a mount of both is refused. */
  private void futures(SetRecord set, MemberLabel newest, List<MemberLabel> labels) {
    for (MemberLabel label : labels) {
      if (label.role() != MemberRole.TARGET && !newest.descendsFrom(label)) {
        findings.damage(
            WHAT,
            set.name() + ": " + label.member(),
            "the past of the others",
            "another one, generation " + label.generation(),
            "mount set=" + set.name() + " members=OTHERS goes on without it");
      }
    }
  }

  private void member(
      SetRecord set, MemberRecord member, Path directory, List<MemberLabel> labels) {
    Path path = directory.resolve(MemberBytes.LABEL);
    boolean full = member.role() == MemberRole.FULL;
    try {
      MemberLabel label = LabelStore.read(directory);
      if (label != null && label.set().equals(set.id())) {
        labels.add(label);
        copies(path);
      } else if (full) {
        findings.damage(
            "member label",
            path.toString(),
            "that of a full member of " + set.name(),
            label == null ? "none" : "that of another set",
            "the next mount leaves it out; then mount set=" + set.name() + " members=NAME");
      }
    } catch (StorageException e) {
      findings.damage(
          "member label",
          path.toString(),
          "one of two copies that checks",
          e.getMessage(),
          "the next mount leaves it out; then mount set=" + set.name() + " members=NAME");
    }
  }

  private void copies(Path path) throws StorageException {
    if (!LabelStore.bothCheck(path)) {
      findings.note(
          "member label",
          path.toString(),
          "two copies that check",
          "one",
          "the next change of the set writes both");
    }
  }

  /**
   * Where the home of a volume lies.
   *
   * @param parent the directory that was chosen for it, or null for the bay's own
   */
  static Path directory(BayLayout layout, @Nullable String parent, String volume) {
    return (parent == null ? layout.volumes() : Path.of(parent)).resolve(volume);
  }

  private @Nullable Path directory(Connection catalogue, UUID volume) throws SQLException {
    try (PreparedStatement statement =
        catalogue.prepareStatement(
            "select directory from volume where id=? and state<>'dropping'")) {
      statement.setString(1, volume.toString());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        return directory(layout, row.getString(1), volume.toString());
      }
    }
  }

  private void bitmaps(SetRecord set) {
    Path directory = layout.shadow().resolve(set.id().toString());
    Findings of =
        findings.at(
            "shadow set " + set.name() + ", " + directory + "/",
            "nothing: the next mount makes new ones, and copies and compares all");
    List<BitmapInspection.Wanted> wanted = new ArrayList<>();
    SetBitmaps.fixed()
        .forEach(name -> wanted.add(new BitmapInspection.Wanted(name, SetBitmaps.GRAIN)));
    for (MemberRecord member : set.members()) {
      if (member.bitmap()) {
        String name = SetBitmaps.copyName(member.volume());
        wanted.add(new BitmapInspection.Wanted(name, SetBitmaps.GRAIN));
      }
    }
    try (DirectoryStore store =
        new DirectoryStore(HomeFile.openForReading(directory.resolve(SetBitmaps.ABOUT), 0), true)) {
      BitmapInspection.run(store, wanted, set.size(), recover, of);
    } catch (StorageException e) {
      of.damage(WHAT, SetBitmaps.ABOUT, "the files of its write bitmaps", e.getMessage());
    }
  }
}
