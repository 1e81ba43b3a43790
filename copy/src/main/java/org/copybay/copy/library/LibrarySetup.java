package org.copybay.copy.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.drive.TapeDrive;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.NativeFile;
import org.jspecify.annotations.Nullable;

/**
 * Makes and deletes libraries, and changes how many drives and slots one has while it is used. Any
 * thread may call.
 */
public final class LibrarySetup {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");

  private final Tapes tapes;

  LibrarySetup(Tapes tapes) {
    this.tapes = tapes;
  }

  private Bay bay() {
    return tapes.bay();
  }

  /**
   * How a library is to be.
   *
   * @param name of it
   * @param type what it is for
   * @param drives how many drives, or cartridges that are written at once
   * @param slots how many storage elements
   * @param mailSlots how many import/export elements
   * @param media of cartridges that are made in it
   * @param path directory of a destination library, absolute
   */
  public record Wanted(
      String name,
      LibraryType type,
      int drives,
      int slots,
      int mailSlots,
      TapeMedia media,
      @Nullable String path) {}

  /** Refuses what is no name of a library or barcode. BAD_REQUEST. */
  public static void requireName(String name) throws StorageException {
    if (!NAME.matcher(name).matches()) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a tape library or barcode is 1 to 32 of A-Z a-z 0-9 - _ . , got " + name,
          "as in VTL1 or VT0001L8");
    }
  }

  // ---- making

  /** Checks {@link #create}, changing nothing. EXISTS, BAD_REQUEST. */
  public void requireCreate(Wanted wanted) throws StorageException {
    bay().requireChangeable();
    requireName(wanted.name());
    requireCounts(wanted);
    if (tapes.libraryOrNull(wanted.name()) != null) {
      throw new StorageException(
          Fault.EXISTS,
          "tape library " + wanted.name() + " exists",
          "tape library name=" + wanted.name() + " slots=N drives=N changes it");
    }
    requireOwnDirectory(wanted.path());
  }

  /**
   * No two libraries have one directory, or one within the other's: each would adopt the other's.
   */
  private void requireOwnDirectory(@Nullable String path) throws StorageException {
    for (TapeLibrary each : tapes.libraries()) {
      String its = each.row().path();
      if (path != null
          && its != null
          && (Path.of(its).startsWith(path) || Path.of(path).startsWith(its))) {
        throw new StorageException(
            Fault.EXISTS,
            "tape library " + each.name() + " has the directory " + its,
            "a directory of its own");
      }
    }
  }

  private static void requireCounts(Wanted wanted) throws StorageException {
    requireCount("drives", wanted.drives(), 1, LibraryRecord.MAX_DRIVES);
    requireCount("slots", wanted.slots(), 1, LibraryRecord.MAX_SLOTS);
    requireCount("mail", wanted.mailSlots(), 0, LibraryRecord.MAX_SLOTS);
  }

  private static void requireCount(String what, int got, int least, int most)
      throws StorageException {
    if (got < least || got > most) {
      throw new StorageException(
          Fault.BAD_REQUEST, what + " is " + least + " to " + most + ", got " + got);
    }
  }

  /**
   * Makes a library in one transaction (P7). A virtual one is empty; the cartridges that lie in the
   * directory of a destination library come into its slots, and on the shelf what does not fit.
   */
  public TapeLibrary create(Wanted wanted, Catalogue.Change also) throws StorageException {
    TapeLibrary made;
    List<TapeRecord> adopted;
    try (var held = tapes.enter()) {
      requireCreate(wanted);
      boolean virtual = wanted.type() == LibraryType.VIRTUAL;
      List<Integer> numbers = virtual ? freeDrives(wanted.drives()) : List.of();
      LibraryRecord row =
          new LibraryRecord(
              wanted.name(),
              wanted.type(),
              numbers,
              virtual ? 0 : wanted.drives(),
              wanted.slots(),
              wanted.mailSlots(),
              wanted.media(),
              wanted.path());
      made = tapes.newLibrary(row);
      adopted = adopt(made, also);
    }
    told(made, adopted);
    bay()
        .events()
        .tell("tape_library_made", made.name(), Event.fact("type", made.row().type().word()));
    return made;
  }

  /** Records a library and what lies in its directory, and shows them. Needs the lock. */
  private List<TapeRecord> adopt(TapeLibrary made, Catalogue.Change also) throws StorageException {
    LibraryRecord row = made.row();
    String path = row.path();
    if (path == null) {
      record(row, also);
      tapes.put(made);
      return List.of();
    }
    makeDirectory(Path.of(path));
    AtomicInteger slot = new AtomicInteger();
    TapeAdoption adoption =
        new TapeAdoption(tapes, path)
            .look(
                () ->
                    slot.incrementAndGet() <= row.slots()
                        ? Place.slot(row.name(), slot.get())
                        : Place.shelf("library " + row.name() + " is full"));
    List<TapeRecord> rows = new ArrayList<>(adoption.found());
    rows.addAll(adoption.lostSources());
    mark(row); // it was that of another bay until here
    record(
        row,
        connection -> {
          adoption.record(connection, rows);
          also.run(connection);
        });
    tapes.put(made);
    adoption.show(rows);
    return adoption.found();
  }

  /** From here on it is there, or its disk is away. */
  private static void makeDirectory(Path path) throws StorageException {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw FileFailure.of("make " + path, e);
    }
    NativeFile.syncEntry(path);
  }

  private void told(TapeLibrary made, List<TapeRecord> adopted) {
    if (!adopted.isEmpty()) {
      bay()
          .events()
          .tell(
              "tape_added",
              adopted.get(0).barcode(),
              Event.fact("count", adopted.size()),
              Event.fact("library", made.name()));
    }
  }

  private void record(LibraryRecord row, Catalogue.Change also) throws StorageException {
    bay()
        .catalogue()
        .change(
            connection -> {
              TapeTable.put(connection, row);
              also.run(connection);
            });
  }

  // ---- changing

  /** Checks {@link #change}, changing nothing. BUSY, BAD_REQUEST. */
  public void requireChange(TapeLibrary library, Wanted wanted) throws StorageException {
    bay().requireChangeable();
    requireCounts(wanted);
    LibraryRecord row = library.row();
    int elements = wanted.slots() + wanted.mailSlots();
    boolean moves = wanted.slots() != row.slots() && row.mailSlots() > 0;
    for (TapeCartridge each : tapes.inside(library.name())) {
      int element = each.row().place().element();
      if (element > elements || (moves && row.isMailSlot(element))) {
        throw new StorageException(
            Fault.BUSY,
            "cartridge " + each.barcode() + " is in element " + element + ", which would go",
            "tape transfer library=" + library.name() + " from=" + element + " to=SLOT");
      }
    }
    List<TapeDrive> drives = library.drives();
    for (int i = wanted.drives(); i < drives.size(); i++) {
      requireRemovable(drives.get(i));
    }
  }

  private void requireRemovable(TapeDrive drive) throws StorageException {
    var tape = drive.tape();
    if (tape != null || drive.opener() != null) {
      throw new StorageException(
          Fault.BUSY,
          "drive "
              + drive.name()
              + (tape == null ? " is open" : " has cartridge " + tape.barcode()),
          "tape unload drive=" + drive.name());
    }
  }

  /** Changes a library while it is used: drives and slots come and go at the end (P7). BUSY. */
  public void change(TapeLibrary library, Wanted wanted, Catalogue.Change also)
      throws StorageException {
    try (var held = tapes.enter()) {
      requireChange(library, wanted);
      LibraryRecord now = library.row();
      boolean virtual = now.type() == LibraryType.VIRTUAL;
      List<Integer> numbers = new ArrayList<>(now.drives());
      if (virtual) {
        int more = wanted.drives() - numbers.size();
        if (more > 0) {
          numbers.addAll(freeDrives(more));
        } else {
          numbers.subList(wanted.drives(), numbers.size()).clear();
        }
      }
      LibraryRecord row =
          new LibraryRecord(
              now.name(),
              now.type(),
              numbers,
              virtual ? 0 : wanted.drives(),
              wanted.slots(),
              wanted.mailSlots(),
              wanted.media(),
              now.path());
      record(row, also);
      show(library, row);
    }
    bay().events().tell("tape_library_changed", library.name());
  }

  /**
   * Takes the directory that is there now for that of a destination library, as when another disk
   * is mounted in its place. What does not lie there is lost until it is restored. NOT_FOUND.
   */
  public void takeDirectory(TapeLibrary library) throws StorageException {
    bay().requireChangeable();
    mark(library.row());
  }

  /** P7: before the row of a new library, so that a crash leaves none that looks away. */
  private void mark(LibraryRecord row) throws StorageException {
    LibraryMark mark = row.mark(bay().uuid());
    if (mark != null) {
      mark.write();
    }
  }

  private void show(TapeLibrary library, LibraryRecord row) {
    List<TapeDrive> drives = new ArrayList<>();
    for (int number : row.drives()) {
      TapeDrive there = tapes.driveOrNull(number);
      drives.add(there == null ? tapes.newDrive(number) : there);
    }
    for (int number : library.row().drives()) {
      if (!row.drives().contains(number)) {
        tapes.removeDrive(number);
      }
    }
    library.set(row, drives);
    tapes.put(library);
  }

  // ---- deleting

  /** Checks {@link #delete}, changing nothing. BUSY. */
  public void requireDelete(TapeLibrary library) throws StorageException {
    bay().requireChangeable();
    List<TapeCartridge> inside = tapes.inside(library.name());
    if (!inside.isEmpty()) {
      throw new StorageException(
          Fault.BUSY,
          "tape library "
              + library.name()
              + " has "
              + inside.size()
              + " cartridges, the first is "
              + inside.get(0).barcode(),
          "tape eject barcode=" + inside.get(0).barcode());
    }
    for (TapeDrive drive : library.drives()) {
      requireRemovable(drive);
    }
  }

  /** Deletes a library that has no cartridge (P7). */
  public void delete(TapeLibrary library, Catalogue.Change also) throws StorageException {
    try (var held = tapes.enter()) {
      requireDelete(library);
      bay()
          .catalogue()
          .change(
              connection -> {
                TapeTable.delete(connection, library.row());
                also.run(connection);
              });
      tapes.remove(library);
    }
    bay().events().tell("tape_library_deleted", library.name());
  }

  /** The lowest numbers that no drive has. Needs the lock. */
  private List<Integer> freeDrives(int count) {
    List<Integer> free = new ArrayList<>();
    for (int number = 0; free.size() < count; number++) {
      if (tapes.driveOrNull(number) == null) {
        free.add(number);
      }
    }
    return free;
  }
}
