package org.copybay.copy.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Findings;
import org.copybay.volumes.Sql;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayFile;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.CatalogueFile;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.Entries;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.tape.CartridgeInspection;
import org.copybay.volumes.tape.TapeEnd;
import org.jspecify.annotations.Nullable;

/** The tapes of a bay that nobody has mounted, looked at without changing anything. */
public final class TapeCheck {
  private static final String ROW = "row of tapes";
  private static final String WHAT = "cartridge";
  private static final String STRAY = "stray";
  private static final String WANTED = "directories of cartridges that the catalogue knows";
  private static final String RESTORE = "restore the cartridge from its copy";

  private final Path tapes;
  private final UUID bay;
  private final RecoverMode mode;
  private final boolean readData;
  private final Findings findings;

  private final Map<String, LibraryRecord> libraries = new HashMap<>();
  private final Set<String> known = new HashSet<>(); // directories
  private final Set<String> taken = new HashSet<>(); // barcodes and medium ids
  private final Set<String> away = new TreeSet<>();

  private TapeCheck(Path tapes, UUID bay, RecoverMode mode, boolean readData, Findings findings) {
    this.tapes = tapes;
    this.bay = bay;
    this.mode = mode;
    this.readData = readData;
    this.findings = findings;
  }

  /**
   * Looks at all cartridges; a catalogue that cannot be read is a finding of others.
   *
   * @param mode what the end of the last mount is taken for
   * @param readData whether every record is read
   */
  public static void run(Path bay, RecoverMode mode, boolean readData, Findings findings) {
    BayLayout layout = new BayLayout(bay);
    try (Connection catalogue = CatalogueFile.copyToMemory(layout.catalogue())) {
      UUID uuid = BayFile.read(layout.bayFile()).uuid();
      TapeCheck check = new TapeCheck(layout.tapes(), uuid, mode, readData, findings);
      if (Sql.hasTable(catalogue, "tape_cartridge")) {
        check.all(catalogue);
      } else { // of a program that knew no tapes, or just made anew
        check.strangers(layout.tapes());
      }
    } catch (StorageException e) {
      return;
    } catch (SQLException | RuntimeException e) {
      findings.damage(
          ROW,
          layout.catalogue().toString(),
          "rows of libraries and cartridges",
          String.valueOf(e.getMessage()),
          "put back a copy of catalogue.db");
    }
  }

  private void all(Connection catalogue) throws SQLException {
    List<TapeRecord> rows = TapeTable.cartridges(catalogue);
    libraries(TapeTable.libraries(catalogue));
    places(rows);
    TapeTable.gone(catalogue).stream()
        .filter(each -> each.isThere(tapes))
        .forEach(each -> known.add(each.files(tapes).directory().toString()));
    Set<Path> homes = new TreeSet<>(Set.of(tapes));
    libraries.values().stream()
        .map(LibraryRecord::path)
        .filter(path -> path != null)
        .forEach(path -> homes.add(Path.of(path)));
    for (TapeRecord row : rows) {
      taken.addAll(List.of(row.barcode(), row.id().toString()));
      known.add(TapeFiles.of(tapes, row).directory().toString());
      if (row.medium().job() != null) {
        TapeRecord next = row.with(row.files().next(), row.loads());
        known.add(TapeFiles.of(tapes, next).directory().toString());
      }
      if (row.files().formatted()) {
        files(row);
      }
    }
    for (Path home : homes) {
      if (home.equals(tapes) || !isAway(home.toString())) {
        strangers(home);
      }
    }
  }

  // ---- rows

  private void libraries(List<LibraryRecord> rows) {
    Map<Integer, String> drives = new HashMap<>();
    for (LibraryRecord row : rows) {
      libraries.put(row.name(), row);
      for (int number : row.drives()) {
        String other = drives.putIfAbsent(number, row.name());
        if (other != null) {
          row("drive nst" + number, "one library", other + " and " + row.name());
        }
      }
    }
  }

  private void row(String where, String wanted, String got) {
    findings.damage(ROW, where, wanted, got, "put back a copy of catalogue.db");
  }

  private void places(List<TapeRecord> rows) {
    Map<String, String> taken = new HashMap<>();
    for (TapeRecord row : rows) {
      Place place = row.place();
      String name = place.library();
      LibraryRecord library = name == null ? null : libraries.get(name);
      if (place.isInDrive()) {
        once(taken, "drive nst" + place.drive(), row);
        if (library == null || !library.drives().contains(place.drive())) {
          row("cartridge " + row.barcode(), "a drive of its library", "nst" + place.drive());
        }
      }
      if (name != null && library == null) {
        row("cartridge " + row.barcode(), "a library", name + ", which has no row");
      } else if (library != null) {
        once(taken, "Storage Element " + place.element() + " of library " + name, row);
        if (place.element() < 1 || place.element() > library.elements()) {
          row(
              "cartridge " + row.barcode(),
              "Storage Element 1 to " + library.elements(),
              String.valueOf(place.element()));
        }
      }
      once(taken, "inode " + row.inode(), row);
    }
  }

  private void once(Map<String, String> taken, String place, TapeRecord row) {
    String other = taken.putIfAbsent(place, row.barcode());
    if (other != null) {
      row(place, "one cartridge", other + " and " + row.barcode());
    }
  }

  // ---- files

  private void files(TapeRecord row) {
    Path directory = TapeFiles.of(tapes, row).directory();
    String home = row.files().home();
    if (home != null && isAway(home)) {
      if (away.add(home)) {
        findings.note(
            "tape library",
            home,
            "the directory of its cartridges",
            "none, or one without its " + LibraryMark.FILE,
            "its disk is away: they were not looked at");
      }
      return;
    }
    Findings of = findings.at("cartridge " + row.barcode() + ", " + directory + "/", RESTORE);
    if (!Files.isDirectory(directory)) {
      findings.damage(WHAT, row.barcode(), "directory " + directory, "none", RESTORE);
      return;
    }
    label(row, directory, of);
    TapeEnd end = inspected(row, directory, of);
    if (end != null && TapeOpening.lost(row, end) != null) {
      of.damage(
          WHAT,
          "",
          row.contents().objects() + " objects in life " + row.contents().lives(),
          end.objects() + " in life " + end.lives());
    } else if (end != null && !row.place().isInDrive() && !row.contents().sameAs(end)) {
      of.note(
          WHAT,
          "",
          row.contents().objects() + " objects, as its row says",
          end.objects() + " in life " + end.lives(),
          "its row is right after the next session in a drive");
    }
  }

  private boolean isAway(String home) {
    return !Files.isDirectory(Path.of(home))
        || libraries.values().stream()
            .filter(each -> home.equals(each.path()))
            .map(each -> each.mark(bay))
            .anyMatch(mark -> mark != null && !mark.isThere());
  }

  private @Nullable TapeEnd inspected(TapeRecord row, Path directory, Findings of) {
    HomeFile home;
    try {
      home = HomeFile.openForReading(directory.resolve(TapeFiles.TAPE), 0);
    } catch (StorageException e) {
      of.damage("tape file", TapeFiles.TAPE, "a plain file", e.getMessage());
      return null;
    }
    try (DirectoryStore store = new DirectoryStore(home, true)) {
      return CartridgeInspection.run(row.id(), store, mode, readData, of);
    }
  }

  private static void label(TapeRecord row, Path directory, Findings of) {
    String got = "an older one, or one that is changed";
    try {
      TapeLabel label = TapeLabel.read(directory);
      if (TapeLabel.text(row, null).equals(label.text())) {
        return;
      }
      if (!label.barcode().equals(row.barcode()) || !label.id().equals(row.id())) {
        got = "that of medium " + label.id() + ", " + label.barcode();
      }
    } catch (StorageException e) {
      got = e.getMessage();
    }
    of.note(
        "tape label",
        TapeLabel.FILE,
        "what its row says",
        String.valueOf(got),
        "the next mount writes it where a crash left it behind, the next load in any case; a"
            + " rebuild before that would not know all");
  }

  // ---- what no row knows

  private void strangers(Path home) {
    if (!Files.isDirectory(home)) {
      return;
    }
    List<Path> entries = List.of();
    try {
      entries = Entries.of(home);
    } catch (IOException e) {
      findings.unreadable(WHAT, home.toString(), FileFailure.of("list " + home, e));
    }
    for (Path each : entries) {
      if (!known.contains(each.toString()) && !each.endsWith(LibraryMark.FILE)) {
        stranger(each, home.equals(tapes));
      }
    }
  }

  private void stranger(Path directory, boolean ours) {
    TapeLabel label = null;
    try {
      label = TapeLabel.read(directory);
    } catch (StorageException e) {
      // said below
    }
    String got = label == null ? "another entry" : "cartridge " + label.barcode();
    String becomes = "it stays there";
    if (!ours) {
      becomes = label == null ? becomes : "a library that is made on this directory may have it";
    } else if (label == null && new TapeFiles(directory).isBlankWithoutLabel()) {
      becomes = "the next mount removes it";
    } else if (label != null && label.making() != null) {
      got = "files that " + label.maker() + " makes";
      becomes = "the next mount removes it, unless a job goes on with it";
    } else if (label != null && isMissed(directory, label)) {
      becomes = "after the next mount it is on the shelf";
    } else {
      findings.damage(
          STRAY,
          directory.toString(),
          WANTED,
          label == null ? "something without a label that checks" : "another " + got,
          "if an older catalogue.db was put back, put back the newer one; else its tape.tap is a"
              + " tape image of SIMH: look at it, and move it away");
      return;
    }
    findings.note(STRAY, directory.toString(), WANTED, got, becomes);
  }

  /** Whether a mount gives it a row: nothing else has its barcode or medium id. */
  private boolean isMissed(Path directory, TapeLabel label) {
    TapeFiles.Name name = TapeFiles.Name.of(String.valueOf(directory.getFileName()));
    return name != null
        && name.barcode().equals(label.barcode())
        && !taken.contains(label.barcode())
        && !taken.contains(label.id().toString());
  }
}
