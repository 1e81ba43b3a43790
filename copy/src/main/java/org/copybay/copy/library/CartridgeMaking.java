package org.copybay.copy.library;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Files;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cartridges are made and destroyed, and their tabs set. Any thread may call. */
public final class CartridgeMaking {
  /** How often a cleaning cartridge can be used. */
  public static final int CLEANINGS = 50;

  /** Most cartridges that one command makes. */
  public static final int MAX_COUNT = 60_000;

  /** Least bytes of a cartridge: some records. */
  public static final long MIN_CAPACITY = 64 << 10;

  private static final Logger LOG = LoggerFactory.getLogger(CartridgeMaking.class);

  private final Tapes tapes;

  CartridgeMaking(Tapes tapes) {
    this.tapes = tapes;
  }

  private Bay bay() {
    return tapes.bay();
  }

  /**
   * Cartridges that are to be made.
   *
   * @param barcodes of them
   * @param library they are put into
   * @param element where the first one goes, or 0; the others into the first free slots
   * @param kind what they can be used for
   * @param media their generation
   * @param capacity bytes up to the early warning
   * @param compressed whether drives compress what is written to them
   */
  public record NewCartridges(
      List<String> barcodes,
      TapeLibrary library,
      int element,
      MediumKind kind,
      TapeMedia media,
      long capacity,
      boolean compressed) {
    public NewCartridges {
      barcodes = List.copyOf(barcodes);
    }
  }

  /** Barcodes that no cartridge has, counted up from 1 behind the prefix. */
  public List<String> freeBarcodes(String prefix, String suffix, int count) {
    List<String> free = new ArrayList<>();
    int digits = Math.max(1, 6 - prefix.length());
    for (int number = 1; free.size() < count; number++) {
      String barcode = prefix + String.format("%0" + digits + "d", number) + suffix;
      if (tapes.cartridgeOrNull(barcode) == null) {
        free.add(barcode);
      }
    }
    return free;
  }

  /** Checks {@link #add}, changing nothing. EXISTS, NO_SPACE, BUSY, BAD_REQUEST. */
  public void requireAdd(NewCartridges wanted) throws StorageException {
    bay().requireChangeable();
    for (String barcode : wanted.barcodes()) {
      LibrarySetup.requireName(barcode);
      if (tapes.cartridgeOrNull(barcode) != null) {
        throw new StorageException(
            Fault.EXISTS,
            "cartridge " + barcode + " exists",
            "one on the shelf comes back by: tape insert library=NAME barcode=" + barcode);
      }
      tapes.imports().requireNone(barcode);
    }
    if (wanted.kind() == MediumKind.WORM && !wanted.media().hasWorm()) {
      throw new StorageException(
          Fault.WRONG_MEDIUM, "there is no WORM cartridge of " + wanted.media().word(), "LTO-3");
    }
    if (wanted.capacity() < MIN_CAPACITY) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "a cartridge has at least " + MIN_CAPACITY + " bytes, got " + wanted.capacity());
    }
    for (String barcode : wanted.barcodes()) {
      tapes.requireNoFiles(tapes.files(row(wanted, barcode, 0, 0)), null);
    }
    tapes.changer().place(wanted.library(), wanted.element());
    int free = wanted.library().row().slots() - tapes.inside(wanted.library().name()).size();
    if (wanted.barcodes().size() > 1 && free < wanted.barcodes().size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          "library "
              + wanted.library().name()
              + " has "
              + free
              + " free slots, want "
              + wanted.barcodes().size(),
          "tape library name=" + wanted.library().name() + " slots=N");
    }
  }

  /** Makes blank cartridges, all in one transaction (P7); their files come with the first load. */
  public void add(NewCartridges wanted, Catalogue.Change also) throws StorageException {
    try (var held = tapes.enter()) {
      requireAdd(wanted);
      List<TapeRecord> rows = new ArrayList<>();
      List<Integer> elements = elements(wanted);
      for (int i = 0; i < elements.size(); i++) {
        rows.add(row(wanted, wanted.barcodes().get(i), elements.get(i), bay().newInode()));
      }
      bay()
          .catalogue()
          .change(
              connection -> {
                for (TapeRecord row : rows) {
                  TapeTable.put(connection, row);
                }
                also.run(connection);
              });
      rows.forEach(row -> tapes.put(new TapeCartridge(row)));
    }
    bay()
        .events()
        .tell(
            "tape_added",
            wanted.barcodes().get(0),
            Event.fact("count", wanted.barcodes().size()),
            Event.fact("library", wanted.library().name()));
  }

  private List<Integer> elements(NewCartridges wanted) throws StorageException {
    List<Integer> found = new ArrayList<>();
    if (wanted.barcodes().size() == 1) {
      found.add(tapes.changer().place(wanted.library(), wanted.element()));
      return found;
    }
    boolean[] taken = new boolean[wanted.library().row().elements() + 1];
    for (TapeCartridge each : tapes.inside(wanted.library().name())) {
      taken[each.row().place().element()] = true;
    }
    int first = Math.max(1, wanted.element());
    for (int i = 0; found.size() < wanted.barcodes().size(); i++) {
      int slot = (first - 1 + i) % wanted.library().row().slots() + 1;
      if (!taken[slot]) {
        found.add(slot);
      }
    }
    return found;
  }

  private TapeRecord row(NewCartridges wanted, String barcode, int element, long inode) {
    return new TapeRecord(
        barcode,
        UUID.randomUUID(),
        inode,
        wanted.kind(),
        wanted.media(),
        wanted.capacity(),
        wanted.compressed(),
        false,
        new Files(wanted.library().row().path(), 0, false),
        Place.slot(wanted.library().name(), element),
        0,
        bay().clock().instant(),
        MediumFacts.of(""),
        Contents.BLANK);
  }

  /** The row of a cartridge on the shelf that will be filled from an image. */
  TapeRecord imported(String barcode, TapeMedia media) {
    return new TapeRecord(
        barcode,
        UUID.randomUUID(),
        bay().newInode(),
        MediumKind.DATA,
        media,
        media.capacity(),
        false,
        false,
        new Files(null, 0, false),
        Place.shelf(""),
        0,
        bay().clock().instant(),
        MediumFacts.of(""),
        Contents.BLANK);
  }

  // ---- the tab

  /** Checks {@link #setTab}, changing nothing. BUSY, ALREADY. */
  public void requireSetTab(TapeCartridge cartridge, boolean set) throws StorageException {
    bay().requireChangeable();
    if (cartridge.row().tab() == set) {
      throw new StorageException(
          Fault.ALREADY,
          "cartridge "
              + cartridge.barcode()
              + (set ? " is write-protected already" : " is not write-protected"));
    }
    requireIdle(cartridge, "set its tab");
  }

  static void requireIdle(TapeCartridge cartridge, String what) throws StorageException {
    cartridge.requireNotHeld();
    Place place = cartridge.row().place();
    if (place.isInDrive()) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge "
              + cartridge.barcode()
              + " is in drive nst"
              + place.drive()
              + ": cannot "
              + what,
          "tape unload drive=nst" + place.drive());
    }
  }

  /** Sets the write-protect tab of a cartridge that is in no drive (P7). */
  public void setTab(TapeCartridge cartridge, boolean set, Catalogue.Change also)
      throws StorageException {
    try (var held = tapes.enter()) {
      requireSetTab(cartridge, set);
      tapes.record(cartridge, cartridge.row().withTab(set), also);
    }
  }

  // ---- destroying

  /** Checks {@link #destroy}, changing nothing. BUSY, FORBIDDEN. */
  public void requireDestroy(TapeCartridge cartridge) throws StorageException {
    bay().requireChangeable();
    requireIdle(cartridge, "destroy it");
    Protection protection = cartridge.row().medium().protection();
    if (protection.holds(bay().clock().instant())) {
      throw new StorageException(
          Fault.FORBIDDEN,
          "cartridge " + cartridge.barcode() + " is protected: " + protection.word(),
          "tape set barcode=" + cartridge.barcode() + " protect=none");
    }
  }

  /**
   * Destroys a cartridge with all that it holds; the oldest of its copies that is whole and holds
   * the same takes its place (Bareos, "Migration and Copy": promotion). Steps: one transaction
   * takes its row away; its files go, which the mount does after a crash, or when their disk is
   * there again.
   */
  public void destroy(TapeCartridge cartridge, Catalogue.Change also) throws StorageException {
    try (var held = tapes.enter()) {
      requireDestroy(cartridge);
      TapeRecord row = cartridge.row();
      Gone files = tapes.gone(row);
      Map<TapeCartridge, TapeRecord> promoted = new Promotion(tapes).of(row);
      List<TapeRecord> behind =
          promoted.values().stream().filter(each -> each.files().formatted()).toList();
      tapes
          .labels()
          .change(
              behind,
              connection -> {
                TapeTable.delete(connection, row);
                TapeTable.putGone(connection, files);
                for (TapeRecord each : promoted.values()) {
                  TapeTable.put(connection, each);
                }
                also.run(connection);
              });
      tapes.remove(cartridge);
      promoted.forEach(TapeCartridge::setRow);
      removeFiles(files);
    }
    bay().events().tell("tape_destroyed", cartridge.barcode());
  }

  private void removeFiles(Gone files) {
    try {
      tapes.copies().removeGone(files);
    } catch (StorageException e) { // a later mount tries again
      LOG.warn("tape directory={} is not removed yet: {}", files.directory(), e.getMessage());
    }
  }
}
