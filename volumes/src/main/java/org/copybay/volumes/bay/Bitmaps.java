package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.store.Background;
import org.copybay.volumes.track.Passages;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Steps, and what a crash after each leaves (P3, P7):
 *
 *   start   row DROPPING; the file; it sees changes; volume fenced; row READY
 *   reset   bits cleared; row with the new time
 *   delete  row DROPPING; it sees no changes; no file; no row
 *
 * A mount removes the files of rows DROPPING. A reset without its row is in the bits already.
 */
/**
 * The write bitmaps of the volumes of a bay. Any thread may call; commands of one volume wait for
 * each other, and for a resize and a freeze of it.
 */
public final class Bitmaps implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bitmaps.class);

  /** How often what power loss would set is made little again; tests choose another time. */
  private static final long ADVANCE_MILLIS = Long.getLong("copybay.bitmaps.advance", 30_000);

  /** A generation keeps the zones that were in use in the one before it. */
  private static final int SETTLE_PASSES = 3;

  private final Bay bay;
  private final Roster roster;
  private final Catalogue catalogue;
  private @Nullable Timer upkeep; // set once, before requests arrive
  private final Set<UUID> advancing = ConcurrentHashMap.newKeySet(); // concurrent: by any thread

  Bitmaps(Bay bay, Roster roster, Catalogue catalogue) {
    this.bay = bay;
    this.roster = roster;
    this.catalogue = catalogue;
  }

  // ---- facts

  /** The bitmap of that name of a volume, which may be a hidden one, or null. */
  public @Nullable BitmapRecord findOrNull(Volume volume, String name) {
    for (BitmapRecord record : volume.bitmaps()) {
      if (record.name().equals(name)) {
        return record;
      }
    }
    return null;
  }

  /** The bitmap of that name of a volume, which anybody can see. NOT_FOUND. */
  public BitmapRecord find(Volume volume, String name) throws StorageException {
    BitmapRecord found = findOrNull(volume, name);
    if (found != null && !found.hidden()) {
      return found;
    }
    throw new StorageException(
        Fault.NOT_FOUND,
        "volume " + volume.name() + " has no write bitmap " + name,
        "ls .control/volumes/" + volume.name() + "/bitmaps shows what there is");
  }

  /** CORRUPT when no bitmap of the volume can be trusted. */
  public void requireSound(Volume volume, BitmapRecord record) throws StorageException {
    if (record.damage() != null) {
      throw new StorageException(
          Fault.CORRUPT,
          "write bitmap " + record.name() + " is lost: " + record.damage(),
          "bitmap delete volume="
              + Words.word(volume.name())
              + " bitmap="
              + Words.word(record.name()));
    }
  }

  /** The set that it belongs to. CORRUPT when no bitmap of the volume can be trusted. */
  public BitmapSet set(Volume volume, BitmapRecord record) throws StorageException {
    requireSound(volume, record);
    return volume.bytes().bitmaps();
  }

  /**
   * Lets the bitmaps of a volume know, as a write would, that bytes are about to change by no write
   * (P3). It stands in no intent log: {@link OriginSwitch#flushBitmaps} makes it durable, or it is
   * told again after power loss.
   *
   * @param except names of those that are not told
   */
  public void announce(Volume volume, List<String> except, long offset, long length)
      throws StorageException {
    for (WriteBitmap told : sound(volume, except)) {
      told.aboutToChange(offset, length);
    }
  }

  /**
   * The same of all of the first bytes and the rest of their last region; it takes no memory for
   * the blocks, however many there are.
   */
  public void announceWhole(Volume volume, List<String> except, long length)
      throws StorageException {
    for (WriteBitmap told : sound(volume, except)) {
      told.setWhole(0, length);
    }
  }

  private static List<WriteBitmap> sound(Volume volume, List<String> except)
      throws StorageException {
    BitmapSet set = volume.bytes().bitmaps();
    List<WriteBitmap> found = new ArrayList<>();
    for (BitmapRecord record : volume.bitmaps()) {
      if (!except.contains(record.name()) && record.damage() == null) {
        found.add(set.find(record.file()));
      }
    }
    return found;
  }

  /** Its bits. CORRUPT; NOT_FOUND when it was deleted. */
  public WriteBitmap bits(Volume volume, BitmapRecord record) throws StorageException {
    return set(volume, record).find(record.file());
  }

  // ---- start

  /**
   * Records the changes of a volume from an instant in this call on; durable before it returns.
   * EXISTS, BUSY, NO_SPACE, BAD_REQUEST, NAME_TOO_LONG, CORRUPT.
   *
   * @param also belongs into the transaction that makes it be there, here and below
   */
  public BitmapRecord start(Volume volume, String name, Grain grain, Catalogue.Change also)
      throws StorageException {
    VolumeName.require(name);
    return startNamed(volume, name, grain, also);
  }

  /** {@link #start} of a hidden one, with blocks of 4 KiB in tracks. */
  public BitmapRecord startHidden(Volume volume, String name, Catalogue.Change also)
      throws StorageException {
    return startHidden(volume, name, Grain.TRACK, also);
  }

  /** {@link #start} of a hidden one. */
  public BitmapRecord startHidden(Volume volume, String name, Grain grain, Catalogue.Change also)
      throws StorageException {
    return startNamed(volume, name, grain, also);
  }

  /**
   * Lets no zone stand in the intent log of a volume that nothing changes meanwhile: what was
   * written is exactly what its bitmaps name, also after power loss. Each pass syncs.
   */
  public void settle(Volume volume) throws StorageException {
    BitmapSet set = volume.bytes().bitmaps();
    for (int pass = 0; pass < SETTLE_PASSES && set.zonesEntered() > 0; pass++) {
      set.advance();
    }
  }

  private BitmapRecord startNamed(Volume volume, String name, Grain grain, Catalogue.Change also)
      throws StorageException {
    try (var sized = volume.sizeLock().enter()) {
      BitmapRecord record = begin(volume, name, grain);
      WriteBitmap made = null;
      boolean started = false;
      try {
        made = volume.bytes().bitmaps().create(record.file(), grain);
        install(volume, made);
        BitmapRecord installed = record.withSince(bay.clock().instant());
        volume.flush(); // what was written before is in no log
        publish(volume, installed, also);
        started = true;
        return installed;
      } finally {
        if (!started && !roster.inDoubt()) {
          undo(volume, record, made);
        }
      }
    }
  }

  private BitmapRecord begin(Volume volume, String name, Grain grain) throws StorageException {
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      requireStart(volume, name);
      Instant now = bay.clock().instant();
      BitmapRecord record =
          new BitmapRecord(UUID.randomUUID(), volume.id(), name, grain, now, now, null);
      catalogue.change(connection -> BitmapTable.insert(connection, record));
      return record;
    }
  }

  /** Whether a bitmap of that name could be started now; what {@link #start} throws. */
  public void requireStart(Volume volume, String name) throws StorageException {
    volume.requireWritable();
    volume.requireFinished();
    volume.requireSound();
    volume.requireNoHold("record its changes");
    for (BitmapRecord other : volume.bitmaps()) {
      if (other.name().equals(name)) {
        throw new StorageException(
            Fault.EXISTS,
            "volume " + volume.name() + " has a write bitmap " + name,
            "choose another name, or: bitmap delete volume="
                + Words.word(volume.name())
                + " bitmap="
                + Words.word(name));
      }
      requireSound(volume, other); // a lost one goes first
    }
  }

  private static void install(Volume volume, WriteBitmap made) throws StorageException {
    BitmapSet set = volume.bytes().bitmaps();
    try (Passages.Closed closed = volume.bytes().tracks().gate().close()) {
      set.add(made);
    }
  }

  private static void withdraw(Volume volume, WriteBitmap bitmap) throws StorageException {
    BitmapSet set = volume.bytes().bitmaps();
    try (Passages.Closed closed = volume.bytes().tracks().gate().close()) {
      set.remove(bitmap);
    }
    set.delete(bitmap);
  }

  private void publish(Volume volume, BitmapRecord record, Catalogue.Change also)
      throws StorageException {
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      catalogue.change(
          connection -> {
            BitmapTable.update(connection, record, BitmapTable.READY);
            also.run(connection);
          });
      List<BitmapRecord> more = new ArrayList<>(volume.bitmaps());
      more.add(record);
      volume.setBitmaps(more);
      bay.labels().row(volume, record);
      tell("bitmap_started", volume, record);
    }
  }

  /** Takes back what was begun; what fails is done at the next mount. */
  private void undo(Volume volume, BitmapRecord record, @Nullable WriteBitmap made) {
    try {
      if (made != null) {
        withdraw(volume, made);
      }
      catalogue.change(connection -> BitmapTable.delete(connection, record));
    } catch (StorageException e) {
      LOG.warn("bitmap={} of volume={}: {}", record.name(), volume.name(), e.getMessage());
    }
  }

  // ---- reset and delete

  /**
   * Clears every bit, as of an instant in this call: what changes later is in it. NOT_FOUND,
   * CORRUPT; STORE_FAILED, then some of the bits are clear.
   */
  public BitmapRecord reset(Volume volume, String name, Catalogue.Change also)
      throws StorageException {
    return reset(volume, find(volume, name), also);
  }

  /** {@link #reset} of a hidden one. */
  public BitmapRecord resetHidden(Volume volume, String name, Catalogue.Change also)
      throws StorageException {
    BitmapRecord record = findOrNull(volume, name);
    if (record == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "volume " + volume.name() + " has no bitmap " + name);
    }
    return reset(volume, record, also);
  }

  private BitmapRecord reset(Volume volume, BitmapRecord wanted, Catalogue.Change also)
      throws StorageException {
    try (var sized = volume.sizeLock().enter()) {
      volume.requireWritable();
      BitmapRecord record = requireThere(volume, wanted);
      Passages gate = volume.bytes().tracks().gate();
      bits(volume, record).reset(gate::awaitEarlier);
      BitmapRecord reset = record.withSince(bay.clock().instant());
      try (var held = roster.enter()) {
        catalogue.change(
            connection -> {
              BitmapTable.update(connection, reset, BitmapTable.READY);
              also.run(connection);
            });
        volume.setBitmaps(replaced(volume.bitmaps(), record, List.of(reset)));
        bay.labels().row(volume, reset);
        tell("bitmap_reset", volume, reset);
      }
      bay.labels().fence(volume); // P3: no label brings the older instant back over clear bits
      return reset;
    }
  }

  /** Ends a bitmap. NOT_FOUND. */
  public void delete(Volume volume, String name, Catalogue.Change also) throws StorageException {
    BitmapRecord seen = find(volume, name);
    delete(volume, seen, also);
  }

  /** Ends a hidden bitmap, if there is one of that name. */
  public void deleteHidden(Volume volume, String name) throws StorageException {
    BitmapRecord found = findOrNull(volume, name);
    if (found != null) {
      delete(volume, found, Catalogue.Change.NOTHING);
    }
  }

  private void delete(Volume volume, BitmapRecord wanted, Catalogue.Change also)
      throws StorageException {
    bay.requireChangeable();
    try (var sized = volume.sizeLock().enter()) {
      BitmapRecord record;
      try (var held = roster.enter()) {
        record = requireThere(volume, wanted);
        catalogue.change(
            connection -> {
              BitmapTable.update(connection, record, BitmapTable.DROPPING);
              also.run(connection);
            });
        volume.setBitmaps(replaced(volume.bitmaps(), record, List.of()));
        bay.labels().gone(volume, record);
        tell("bitmap_deleted", volume, record);
      }
      bay.labels().fence(volume); // P3: no label brings it back once it sees no changes
      remove(volume, record);
    }
  }

  private static BitmapRecord requireThere(Volume volume, BitmapRecord wanted)
      throws StorageException {
    return volume.bitmaps().stream()
        .filter(record -> record.id().equals(wanted.id()))
        .findFirst()
        .orElseThrow(() -> new StorageException(Fault.NOT_FOUND, "the write bitmap was deleted"));
  }

  private void tell(String kind, Volume volume, BitmapRecord record) {
    if (record.hidden()) {
      return;
    }
    bay.events()
        .tell(
            kind,
            record.name(),
            Event.fact("volume", volume.name()),
            Event.fact("grain", record.grain().word()));
  }

  private static List<BitmapRecord> replaced(
      List<BitmapRecord> all, BitmapRecord old, List<BitmapRecord> by) {
    List<BitmapRecord> result = new ArrayList<>();
    for (BitmapRecord record : all) {
      if (record.equals(old)) {
        result.addAll(by);
      } else {
        result.add(record);
      }
    }
    return result;
  }

  /** Removes files and row of a bitmap that is not listed; what fails is done at the next mount. */
  private void remove(Volume volume, BitmapRecord record) {
    try {
      BitmapSet set = volume.bytes().bitmaps();
      WriteBitmap bitmap = set.findOrNull(record.file());
      if (bitmap == null) {
        set.deleteFiles(record.file());
      } else {
        withdraw(volume, bitmap);
      }
      catalogue.change(connection -> BitmapTable.delete(connection, record));
    } catch (StorageException e) {
      LOG.warn("bitmap={} of volume={}: {}", record.name(), volume.name(), e.getMessage());
    }
  }

  // ---- mount

  /** The rows, before any volume is opened. */
  List<BitmapTable.Row> load() throws StorageException {
    catalogue.change(BitmapTable::create);
    return catalogue.read(BitmapTable::all);
  }

  /** Tells a volume which bitmaps it has, before it is opened. */
  static void attach(Volume volume, List<BitmapTable.Row> rows) {
    volume.setBitmaps(
        rows.stream()
            .filter(row -> row.ready() && row.record().volume().equals(volume.id()))
            .map(BitmapTable.Row::record)
            .toList());
  }

  /** Removes what was being started or deleted, and begins the upkeep; called once. */
  void begin(List<BitmapTable.Row> rows) {
    if (bay.readOnly()) {
      return;
    }
    for (Volume volume : roster.visible()) {
      for (BitmapTable.Row row : rows) {
        if (!row.ready() && row.record().volume().equals(volume.id())) {
          remove(volume, row.record());
        }
      }
    }
    Timer timer = new Timer("bitmaps", true);
    upkeep = timer;
    TimerTask step =
        new TimerTask() {
          @Override
          public void run() {
            advanceAll();
          }
        };
    timer.schedule(step, ADVANCE_MILLIS, ADVANCE_MILLIS);
  }

  // ---- upkeep

  private void advanceAll() {
    for (Volume volume : roster.visible()) {
      if (wantsAdvance(volume) && advancing.add(volume.id())) {
        Thread thread = new Thread(() -> advance(volume), "bitmaps-" + volume.name());
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private static boolean wantsAdvance(Volume volume) {
    try {
      return !volume.bitmaps().isEmpty()
          && volume.row().failure() == null
          && volume.bytes().bitmaps().zonesEntered() > 0;
    } catch (StorageException e) {
      return false; // damaged
    }
  }

  /** In a thread of its own: a disk that hangs keeps no other volume from it. */
  private void advance(Volume volume) {
    Background.enter();
    try {
      volume.bytes().bitmaps().advance();
    } catch (StorageException e) {
      if (e.fault() == Fault.STORE_FAILED) {
        volume.bytes().failed(e.getMessage());
      }
    } finally {
      advancing.remove(volume.id());
    }
  }

  /** Begins no step of the upkeep any more. */
  @Override
  public void close() {
    if (upkeep != null) {
      upkeep.cancel();
    }
  }
}
