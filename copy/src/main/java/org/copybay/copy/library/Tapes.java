package org.copybay.copy.library;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.drive.TapeDrive;
import org.copybay.volumes.tape.Cartridge;
import org.copybay.volumes.tape.TapeView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tapes of a bay: libraries, drives and cartridges. Any thread may call; whoever looks takes no
 * lock.
 */
public final class Tapes {
  private static final Logger LOG = LoggerFactory.getLogger(Tapes.class);

  // set once
  private final Bay bay;
  private final RankedLock lock = new RankedLock(LockRank.LIBRARY);
  private final LibrarySetup setup;
  private final CartridgeMaking making;
  private final Changer changer;
  private final MediumInitializing initializing;
  private final Mam mam = new Mam(this);
  private final MediaPools pools = new MediaPools(this);
  private final Locations locations = new Locations(this);
  private final TapeCopies copies;
  private final TapeLabels labels;
  private final TapeImports imports;
  private final DamageNotes damage = new DamageNotes(this);
  private final TapeOpening opening;

  // concurrent: changed under lock, read without it
  private final Map<String, TapeLibrary> libraries = new ConcurrentSkipListMap<>();
  private final Map<String, TapeCartridge> cartridges = new ConcurrentSkipListMap<>();
  private final Map<Integer, TapeDrive> drives = new ConcurrentSkipListMap<>();

  // volatile: set once, before the first request
  private volatile int maxRecord = 1 << 17;
  private volatile TapeNews news = TapeNews.NONE;

  /** Those of a bay; {@link #load} brings back what the catalogue remembers. */
  public Tapes(Bay bay) throws StorageException {
    this.bay = bay;
    this.opening = new TapeOpening(this, damage);
    bay.catalogue().change(TapeTable::create);
    bay.catalogue().change(PoolTable::create);
    this.setup = new LibrarySetup(this);
    this.making = new CartridgeMaking(this);
    this.changer = new Changer(this);
    this.initializing = new MediumInitializing(this);
    this.copies = new TapeCopies(this);
    this.labels = new TapeLabels(this);
    this.imports = new TapeImports(this, lock.condition());
  }

  // ---- facts

  Bay bay() {
    return bay;
  }

  /** The time that everything in the bay uses. */
  public Instant now() {
    return bay.clock().instant();
  }

  /** All libraries, by name. */
  public List<TapeLibrary> libraries() {
    return new ArrayList<>(libraries.values());
  }

  /** The library of that name, or null. */
  public @Nullable TapeLibrary libraryOrNull(String name) {
    return libraries.get(name);
  }

  /** The library of that name. NOT_FOUND. */
  public TapeLibrary library(String name) throws StorageException {
    TapeLibrary found = libraries.get(name);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no tape library " + name, "ls .control/tape/libraries");
    }
    return found;
  }

  /** All cartridges, by barcode. */
  public List<TapeCartridge> cartridges() {
    return new ArrayList<>(cartridges.values());
  }

  /** The cartridge of that barcode, or null; one that was just imported is waited for. */
  public @Nullable TapeCartridge cartridgeOrNull(String barcode) {
    TapeCartridge found = cartridges.get(barcode);
    return found == null && imports.await(barcode) ? cartridges.get(barcode) : found;
  }

  /** The cartridge of that barcode. NOT_FOUND. */
  public TapeCartridge cartridge(String barcode) throws StorageException {
    TapeCartridge found = cartridges.get(barcode);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no cartridge " + barcode, "ls .control/tape/media");
    }
    return found;
  }

  /** The drives that programs can open, by number. */
  public List<TapeDrive> drives() {
    return drives.values().stream().sorted(Comparator.comparing(TapeDrive::number)).toList();
  }

  /** The drive of that number, or null. */
  public @Nullable TapeDrive driveOrNull(int number) {
    return drives.get(number);
  }

  /** The library that has that drive, or null. */
  public @Nullable TapeLibrary libraryOf(int drive) {
    return libraries.values().stream()
        .filter(each -> each.row().drives().contains(drive))
        .findFirst()
        .orElse(null);
  }

  /** What is in a library, in drives and elements. */
  public List<TapeCartridge> inside(String library) {
    return cartridges.values().stream()
        .filter(each -> library.equals(each.row().place().library()))
        .toList();
  }

  /** What is in that element of a library, not counting what is in a drive, or null. */
  public @Nullable TapeCartridge inElement(String library, int element) {
    return inside(library).stream()
        .filter(each -> each.row().place().equals(Place.slot(library, element)))
        .findFirst()
        .orElse(null);
  }

  /** What is in that drive, or null. */
  public @Nullable TapeCartridge inDrive(int number) {
    return cartridges.values().stream()
        .filter(each -> each.row().place().drive() == number)
        .findFirst()
        .orElse(null);
  }

  // ---- what can be done

  /** Makes, changes and deletes libraries. */
  public LibrarySetup setup() {
    return setup;
  }

  /** Makes, changes and destroys cartridges. */
  public CartridgeMaking making() {
    return making;
  }

  /** Moves cartridges. */
  public Changer changer() {
    return changer;
  }

  /** Makes cartridges of images that programs write. */
  public TapeImports imports() {
    return imports;
  }

  /** Opens what a cartridge holds, for reading, wherever it is. */
  public ShownTape show(TapeCartridge cartridge) throws StorageException {
    try (var held = lock.enter()) {
      if (!cartridge.row().files().formatted()) {
        return new ShownTape(this, cartridge, null, null);
      }
      Cartridge opened = use(cartridge);
      TapeView view = TapeView.image(opened, cartridge.cached(bay.cache()));
      return new ShownTape(this, cartridge, opened, view);
    }
  }

  /** Whether the disk that holds the files of a cartridge is there, as far as a look tells. */
  public boolean isReachable(TapeCartridge cartridge) {
    String home = cartridge.row().files().home();
    return home == null || isHomeThere(Path.of(home));
  }

  /** NO_MEDIUM where the disk that holds the files of a cartridge is away. */
  public void requireReachable(TapeCartridge cartridge, String remedy) throws StorageException {
    if (!isReachable(cartridge)) {
      throw new StorageException(
          Fault.NO_MEDIUM,
          "cartridge "
              + cartridge.barcode()
              + " lies in "
              + cartridge.row().files().home()
              + ", which is not there",
          remedy);
    }
  }

  /** Whether the directory of a destination library is there, or what once was that of one. */
  boolean isHomeThere(Path home) {
    return libraries.values().stream()
        .filter(each -> home.toString().equals(each.row().path()))
        .findFirst()
        .map(TapeLibrary::connected)
        .orElseGet(() -> new Presence(() -> LibraryMark.isOfBay(home, bay.uuid())).isThere());
  }

  /** Opens the tape files of cartridges. */
  public ShownFiles shownFiles() {
    return new ShownFiles(this);
  }

  /** What somebody was shown is not needed any more. */
  void release(TapeCartridge cartridge, Cartridge opened) {
    try (var held = lock.enter()) {
      cartridge.release(opened);
    }
  }

  /** What a cartridge holds, for one user more. Needs the lock. */
  Cartridge use(TapeCartridge cartridge) throws StorageException {
    return opening.use(cartridge);
  }

  /** Makes and opens the files of cartridges. */
  TapeOpening opening() {
    return opening;
  }

  /** The medium auxiliary memory of cartridges. */
  public Mam mam() {
    return mam;
  }

  /** The pools that cartridges are in. */
  public MediaPools pools() {
    return pools;
  }

  /** Which locations a restore prefers. */
  public Locations locations() {
    return locations;
  }

  /** Initializes cartridges. */
  public MediumInitializing initializing() {
    return initializing;
  }

  /** What is known to be damaged. */
  public DamageNotes damage() {
    return damage;
  }

  /** What copy services do with cartridges. */
  public TapeCopies copies() {
    return copies;
  }

  /** Sets how many bytes one request of the mount brings without being cut. */
  public void setMaxRecord(int bytes) {
    maxRecord = bytes;
    drives.values().forEach(drive -> drive.setMaxRecord(bytes));
  }

  /** Brings back what the catalogue remembers; cartridges are in the drives that they were in. */
  public void load() throws StorageException {
    new TapeLoading(this).run();
  }

  /** Ends what is written, before the bay is closed: all of it survives power loss then. */
  public void stop() {
    for (TapeCartridge each : cartridges()) {
      try {
        changer.settle(each);
      } catch (StorageException e) {
        LOG.warn("stop: cartridge={}: {}", each.barcode(), e.getMessage());
      }
    }
    damage.close();
    if (!bay.readOnly()) {
      try (var held = lock.enter()) {
        labels.settle();
      } catch (StorageException e) {
        LOG.warn("stop: labels of cartridges: {}", e.getMessage());
      }
    }
  }

  /** Says whom to tell what happens; called before the first request. */
  public void setNews(TapeNews wanted) {
    news = wanted;
  }

  TapeNews news() {
    return news;
  }

  // ---- for the rooms beside

  RankedLock.Held enter() {
    return lock.enter();
  }

  /** Whether the calling thread is in there. */
  boolean isEntered() {
    return lock.isHeld();
  }

  /** The files of a cartridge. */
  TapeFiles files(TapeRecord row) {
    return TapeFiles.of(bay.tapes(), row);
  }

  /** The files of a cartridge, as what is to be removed. */
  Gone gone(TapeRecord row) {
    return Gone.of(bay.tapes(), row);
  }

  /**
   * Where some lie that no row knows, none are made, but in place of those that go. EXISTS.
   *
   * @param but the cartridge whose own may lie there, left by a crash, or null
   */
  void requireNoFiles(TapeFiles files, @Nullable UUID but) throws StorageException {
    try {
      files.requireNone(but);
    } catch (StorageException e) {
      boolean goes =
          bay.catalogue().read(TapeTable::gone).stream()
              .filter(each -> each.files(bay.tapes()).equals(files))
              .anyMatch(each -> each.isThere(bay.tapes()));
      if (!goes) {
        throw e;
      }
    }
  }

  TapeLibrary newLibrary(LibraryRecord row) {
    return new TapeLibrary(row, row.drives().stream().map(this::newDrive).toList(), bay.uuid());
  }

  TapeDrive newDrive(int number) {
    TapeDrive drive = new TapeDrive(number, new DriveWatch(this));
    drive.setMaxRecord(maxRecord);
    return drive;
  }

  void put(TapeLibrary library) {
    libraries.put(library.name(), library);
    library.drives().forEach(drive -> drives.put(drive.number(), drive));
  }

  void remove(TapeLibrary library) {
    libraries.remove(library.name());
    library.row().drives().forEach(drives::remove);
  }

  void removeDrive(int number) {
    drives.remove(number);
  }

  /** Whether it is known; one that is being imported is not yet. */
  boolean isShown(TapeCartridge cartridge) {
    return cartridges.get(cartridge.barcode()) == cartridge;
  }

  void put(TapeCartridge cartridge) {
    cartridges.put(cartridge.barcode(), cartridge);
  }

  void remove(TapeCartridge cartridge) {
    cartridges.remove(cartridge.barcode());
  }

  /** Keeps the labels beside the files of cartridges. */
  TapeLabels labels() {
    return labels;
  }

  /** Records a row in one transaction, and then shows it. Needs the lock. */
  void record(TapeCartridge cartridge, TapeRecord row, Catalogue.Change also)
      throws StorageException {
    labels.change(
        TapeLabels.behind(cartridge.row(), row) ? List.of(row) : List.of(),
        connection -> {
          TapeTable.put(connection, row);
          also.run(connection);
        });
    boolean anew = row.contents().lives() != cartridge.row().contents().lives();
    cartridge.setRow(row);
    if (anew && row.files().home() != null) {
      files(row).removeChecksums(row.id());
    }
  }
}
