package org.copybay.copy.library;

import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.drive.LoadedTape;
import org.copybay.volumes.drive.TapeDrive;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;

/**
 * Moves cartridges between elements, drives and the shelf. Any thread may call; each move is one
 * transaction (P7).
 */
public final class Changer {
  private final Tapes tapes;

  Changer(Tapes tapes) {
    this.tapes = tapes;
  }

  private Bay bay() {
    return tapes.bay();
  }

  // ---- elements

  /** The free element of that number, or with 0 the first free slot. NOT_FOUND, BUSY, NO_SPACE. */
  int place(TapeLibrary library, int element) throws StorageException {
    LibraryRecord row = library.row();
    if (element < 0 || element > row.elements()) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "library "
              + library.name()
              + " has storage elements 1 to "
              + row.elements()
              + ", got "
              + element);
    }
    if (element == 0) {
      return firstFree(library);
    }
    TapeCartridge there = holder(library, element);
    if (there != null) {
      throw new StorageException(
          Fault.BUSY,
          there.row().place().isInDrive()
              ? "Storage Element " + element + " is kept for " + there.barcode() + " in a drive"
              : "Storage Element " + element + " is Already Full: " + there.barcode(),
          "tape transfer library=" + library.name() + " from=" + element + " to=SLOT");
    }
    return element;
  }

  private int firstFree(TapeLibrary library) throws StorageException {
    boolean[] taken = new boolean[library.row().elements() + 1];
    for (TapeCartridge each : tapes.inside(library.name())) {
      taken[each.row().place().element()] = true;
    }
    for (int slot = 1; slot <= library.row().slots(); slot++) {
      if (!taken[slot]) {
        return slot;
      }
    }
    throw new StorageException(
        Fault.NO_SPACE,
        "all " + library.row().slots() + " slots of library " + library.name() + " are full",
        "tape library name=" + library.name() + " slots=N, or tape eject barcode=BARCODE");
  }

  /** What is in that element or belongs there while it is in a drive, or null. */
  private @Nullable TapeCartridge holder(TapeLibrary library, int element) {
    return tapes.inside(library.name()).stream()
        .filter(each -> each.row().place().element() == element)
        .findFirst()
        .orElse(null);
  }

  /** What is in that element. NOT_FOUND, NO_MEDIUM. */
  public TapeCartridge inElement(TapeLibrary library, int element) throws StorageException {
    if (element < 1 || element > library.row().elements()) {
      place(library, Math.max(-1, element)); // says which there are
    }
    TapeCartridge there = tapes.inElement(library.name(), element);
    if (there == null) {
      throw new StorageException(
          Fault.NO_MEDIUM,
          "Storage Element " + element + " is Empty",
          "cat .control/tape/libraries/" + library.name() + "/changer");
    }
    return there;
  }

  // ---- load

  /** Checks {@link #load}, changing nothing. BUSY, NO_MEDIUM, NO_PAIR, READ_ONLY. */
  public void requireLoad(TapeCartridge cartridge, TapeDrive drive) throws StorageException {
    bay().requireChangeable();
    cartridge.requireNotHeld();
    Place place = cartridge.row().place();
    if (place.isInDrive()) {
      throw new StorageException(
          place.drive() == drive.number() ? Fault.ALREADY : Fault.BUSY,
          "cartridge " + cartridge.barcode() + " is in drive nst" + place.drive(),
          "tape unload drive=nst" + place.drive());
    }
    TapeLibrary library = tapes.libraryOf(drive.number());
    if (library == null || !library.name().equals(place.library())) {
      String where = place.library() == null ? "on the shelf" : "in library " + place.library();
      throw new StorageException(
          Fault.NO_PAIR,
          "cartridge "
              + cartridge.barcode()
              + " is "
              + where
              + ", drive "
              + drive.name()
              + " in library "
              + (library == null ? "-" : library.name()),
          (place.library() == null ? "" : "tape eject barcode=" + cartridge.barcode() + ", then: ")
              + "tape insert library="
              + (library == null ? "NAME" : library.name())
              + " barcode="
              + cartridge.barcode());
    }
    TapeCartridge there = tapes.inDrive(drive.number());
    if (there != null) {
      throw new StorageException(
          Fault.BUSY,
          "drive " + drive.name() + " is Full: " + there.barcode(),
          "tape unload drive=" + drive.name());
    }
  }

  /**
   * Puts a cartridge into a drive. Its files are made when it is loaded first; what it holds
   * survives power loss as it is found. A cleaning cartridge cleans the drive and goes back.
   */
  public void load(TapeCartridge cartridge, TapeDrive drive, Catalogue.Change also)
      throws StorageException {
    try (var held = tapes.enter()) {
      requireLoad(cartridge, drive);
      TapeRecord row = cartridge.row();
      if (row.kind() == MediumKind.CLEANING) {
        clean(cartridge, drive, also);
        return;
      }
      Gone left = tapes.gone(row);
      if (!row.files().formatted()) {
        tapes.opening().format(row, row.contents().lives(), null);
      }
      Cartridge opened = tapes.use(cartridge);
      boolean loaded = false;
      try {
        TapeOpening.requireLife(cartridge.row(), opened);
        tapes.record(
            cartridge,
            cartridge.row().loadedInto(drive.number()),
            connection -> {
              TapeTable.replaceGone(connection, left);
              also.run(connection);
            });
        put(cartridge, opened, drive);
        loaded = true;
      } finally {
        if (!loaded) {
          cartridge.release(opened);
        }
      }
    }
    bay().events().tell("tape_loaded", cartridge.barcode(), Event.fact("drive", drive.name()));
  }

  private void clean(TapeCartridge cartridge, TapeDrive drive, Catalogue.Change also)
      throws StorageException {
    TapeRecord row = cartridge.row();
    if (row.loads() >= CartridgeMaking.CLEANINGS) {
      throw new StorageException(
          Fault.WRONG_MEDIUM,
          "cleaning cartridge " + row.barcode() + " was used " + row.loads() + " times: it is worn",
          "tape add library=NAME kind=cleaning");
    }
    tapes.record(cartridge, row.with(row.files(), row.loads() + 1), also);
    drive.clean();
  }

  /** Shows an opened cartridge, which is in its life, in a drive. Needs the lock. */
  void put(TapeCartridge cartridge, Cartridge opened, TapeDrive drive) throws StorageException {
    TapeRecord row = cartridge.row();
    drive.load(
        new LoadedTape(
            row.barcode(),
            opened,
            new MediumRules(bay(), tapes.pools(), cartridge),
            row.capacity(),
            row.media().density(),
            row.compressed()));
  }

  // ---- unload

  /** Checks {@link #unload}, changing nothing. NO_MEDIUM, BUSY, NOT_FOUND. */
  public TapeCartridge requireUnload(TapeDrive drive, int element) throws StorageException {
    bay().requireChangeable();
    TapeCartridge there = tapes.inDrive(drive.number());
    if (there == null) {
      throw new StorageException(
          Fault.NO_MEDIUM,
          "Data Transfer Element " + elementOf(drive) + " (drive " + drive.name() + ") is Empty",
          "tape load barcode=BARCODE drive=" + drive.name());
    }
    String library = there.row().place().library();
    if (element != 0 && element != there.row().place().element() && library != null) {
      place(tapes.library(library), element);
    }
    return there;
  }

  /** The number of a drive within its library, as mtx counts. */
  public int elementOf(TapeDrive drive) {
    TapeLibrary library = tapes.libraryOf(drive.number());
    return library == null ? 0 : library.row().drives().indexOf(drive.number());
  }

  /**
   * Takes a cartridge out of a drive, all of it surviving power loss. BUSY when the drive is open,
   * FORBIDDEN when its door is locked.
   *
   * @param element where it goes, or 0: where it came from
   */
  public TapeCartridge unload(TapeDrive drive, int element, Catalogue.Change also)
      throws StorageException {
    drive.awaitClosed(); // not under the lock
    TapeCartridge there;
    try (var held = tapes.enter()) {
      there = requireUnload(drive, element);
      TapeRecord row = there.row();
      LoadedTape tape = drive.unload();
      Contents contents = there.contents(bay().clock().instant());
      boolean recorded = false;
      try {
        tape.cartridge().settle();
        String library = row.place().library();
        int target = element == 0 ? row.place().element() : element;
        Place place = library == null ? Place.shelf("") : Place.slot(library, target);
        TapeRecord written = row.holding(contents);
        tapes.record(there, written.with(tapes.pools().unloaded(written)).at(place), also);
        recorded = true;
      } finally {
        if (recorded) {
          there.release(tape.cartridge());
        } else {
          drive.load(tape); // it never left
        }
      }
    }
    bay().events().tell("tape_unloaded", there.barcode(), Event.fact("drive", drive.name()));
    tapes.news().unloaded(there);
    return there;
  }

  // ---- other moves

  /** Checks {@link #transfer}, changing nothing. NO_MEDIUM, NOT_FOUND, BUSY. */
  public TapeCartridge requireTransfer(TapeLibrary library, int from, int to)
      throws StorageException {
    bay().requireChangeable();
    TapeCartridge moved = inElement(library, from);
    if (to < 1) {
      throw new StorageException(Fault.NOT_FOUND, "no storage element " + to);
    }
    place(library, to);
    return moved;
  }

  /** Moves a cartridge from one storage element to another. */
  public TapeCartridge transfer(TapeLibrary library, int from, int to, Catalogue.Change also)
      throws StorageException {
    TapeCartridge moved;
    try (var held = tapes.enter()) {
      moved = requireTransfer(library, from, to);
      tapes.record(moved, moved.row().at(Place.slot(library.name(), to)), also);
    }
    bay().events().tell("tape_moved", moved.barcode(), Event.fact("to", to));
    return moved;
  }

  /**
   * Checks {@link #eject}, changing nothing. BUSY, ALREADY.
   *
   * @param job that may hold it, because it is being interrupted, or null
   */
  public void requireEject(TapeCartridge cartridge, @Nullable String job) throws StorageException {
    bay().requireChangeable();
    String holder = cartridge.holder();
    if (holder != null && !holder.equals(job)) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge " + cartridge.barcode() + " is in use by job " + holder,
          "tape eject barcode=" + cartridge.barcode() + " force=yes, which interrupts it");
    }
    Place place = cartridge.row().place();
    if (place.isInDrive()) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge " + cartridge.barcode() + " is in drive nst" + place.drive(),
          "tape unload drive=nst" + place.drive());
    }
    if (place.library() == null) {
      throw new StorageException(
          Fault.ALREADY, "cartridge " + cartridge.barcode() + " is on the shelf already");
    }
  }

  /** Takes a cartridge out of its library and puts it on the shelf. */
  public void eject(TapeCartridge cartridge, String location, Catalogue.Change also)
      throws StorageException {
    eject(cartridge, location, null, also);
  }

  /**
   * The same for one that is in use.
   *
   * @param job that may hold it, because it is being interrupted, or null
   */
  public void eject(
      TapeCartridge cartridge, String location, @Nullable String job, Catalogue.Change also)
      throws StorageException {
    try (var held = tapes.enter()) {
      requireEject(cartridge, job);
      tapes.record(cartridge, cartridge.row().at(Place.shelf(location)), also);
    }
    bay().events().tell("tape_ejected", cartridge.barcode(), Event.fact("location", location));
  }

  /** Checks {@link #insert}, changing nothing. BUSY, NO_SPACE, NOT_FOUND. */
  public void requireInsert(TapeCartridge cartridge, TapeLibrary library, int element)
      throws StorageException {
    bay().requireChangeable();
    String there = cartridge.row().place().library();
    if (there != null) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge " + cartridge.barcode() + " is in library " + there,
          "tape eject barcode=" + cartridge.barcode());
    }
    place(library, element);
  }

  /**
   * Puts a cartridge from the shelf into a library.
   *
   * @param element where, or 0: the first free slot
   */
  public int insert(
      TapeCartridge cartridge, TapeLibrary library, int element, Catalogue.Change also)
      throws StorageException {
    int at;
    try (var held = tapes.enter()) {
      requireInsert(cartridge, library, element);
      at = place(library, element);
      tapes.record(cartridge, cartridge.row().at(Place.slot(library.name(), at)), also);
    }
    bay()
        .events()
        .tell("tape_inserted", cartridge.barcode(), Event.fact("library", library.name()));
    return at;
  }

  // ---- what is written

  /** Records what a cartridge in a drive holds now. */
  void noteContents(TapeCartridge cartridge) throws StorageException {
    if (bay().readOnly()) {
      return;
    }
    try (var held = tapes.enter()) {
      TapeRecord row = cartridge.row();
      Contents contents = cartridge.contents(bay().clock().instant());
      if (!contents.equals(row.contents())) {
        tapes.record(cartridge, row.holding(contents), Catalogue.Change.NOTHING);
      }
    }
  }

  /** Ends the writing of a cartridge in a drive, where it stays. */
  void settle(TapeCartridge cartridge) throws StorageException {
    Cartridge opened = cartridge.opened();
    if (opened != null && !bay().readOnly()) {
      opened.settle();
      noteContents(cartridge);
    }
  }
}
