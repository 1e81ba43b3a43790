package org.copybay.volumes.bay;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
import org.copybay.volumes.Aside;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which volume of a bay has which name, and the row of each. Whoever looks takes no lock, so that a
 * disk that is slow to record a change keeps nobody from the other volumes; whoever changes holds
 * the lock over what he looked at, the transaction and the maps. It is never held over the files of
 * a volume, which may lie on a disk that hangs.
 *
 * <p>A row stands in the catalogue for as long as there may be files: it is put there, as one of a
 * volume to be deleted, before the files are made, and goes after them. So a crash leaves no file
 * that nobody knows, on whatever disk its owner chose.
 */
final class Roster {
  private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

  /** How long a command that meets a name in the making waits for it. */
  private static final long PENDING_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Bay bay;
  private final Catalogue catalogue;
  private final VolumeFiles files;
  private final Opening opening;
  private final VolumeNews news;
  private final Purge purge;
  private final RankedLock lock = new RankedLock(LockRank.BAY);

  /** How long the end of the bay waits for the disk of one volume. */
  private static final long STOP_WAIT_MILLIS = 4_000;

  // concurrent: changed under lock, read without it
  private final Map<String, Volume> visible = new ConcurrentSkipListMap<>();
  private final Map<String, Volume> reserved = new ConcurrentSkipListMap<>();

  // guarded by lock
  private final Set<String> pending = new HashSet<>(); // names whose files are being made
  private final Condition pendingChanged = lock.condition();
  private long lastInode;

  Roster(Bay bay, Catalogue catalogue, VolumeFiles files) {
    this.bay = bay;
    this.catalogue = catalogue;
    this.files = files;
    this.purge = new Purge(catalogue, files);
    this.news = new VolumeNews(bay.events());
    this.opening = new Opening(bay, this, catalogue, files);
  }

  /** Keeps the names and rows as they are until the result is closed. */
  RankedLock.Held enter() {
    return lock.enter();
  }

  // ---- looking

  List<Volume> visible() {
    return new ArrayList<>(visible.values());
  }

  List<Volume> reserved() {
    return new ArrayList<>(reserved.values());
  }

  @Nullable Volume visible(String name) {
    return visible.get(name);
  }

  @Nullable Volume reserved(UUID id) {
    return reserved.values().stream().filter(v -> v.id().equals(id)).findFirst().orElse(null);
  }

  /** NOT_FOUND when the volume has not that name any more. */
  void requireNamed(Volume volume, String name) throws StorageException {
    if (visible.get(name) != volume) {
      throw new StorageException(
          Fault.NOT_FOUND, "volume " + name + " was deleted or got another name");
    }
  }

  /**
   * BUSY when a job makes a volume of that name, or when the files of one are still being made
   * after 2 s. May open the lock for that time: called before anything else is looked at.
   */
  void requireNotReserved(String name) throws StorageException {
    assert lock.isHeld();
    long left = PENDING_WAIT_NANOS;
    while (pending.contains(name)) {
      if (left <= 0) {
        throw new StorageException(
            Fault.BUSY, "volume " + name + " is being made on its disk", "try again");
      }
      left = RankedLock.awaitRunning(pendingChanged, left);
    }
    Volume copying = reserved.get(name);
    if (copying != null) {
      Hold hold = copying.hold();
      throw new StorageException(
          Fault.BUSY,
          "the name " + name + " is reserved by job " + (hold == null ? "?" : hold.job()),
          hold == null ? null : "cat .control/jobs/" + hold.job() + "/wait");
    }
  }

  /** EXISTS when a volume has that name. */
  void requireFree(String name) throws StorageException {
    if (visible.containsKey(name)) {
      throw new StorageException(Fault.EXISTS, "volume " + name + " exists");
    }
  }

  /** Whether the last change may or may not have been made ({@link Catalogue#change}). */
  boolean inDoubt() {
    return catalogue.failure() != null;
  }

  /** A number in the mount that nothing had since it was mounted; called under the lock. */
  long newInode() {
    assert lock.isHeld();
    return ++lastInode;
  }

  /** A number that something has. */
  void useInode(long inode) {
    try (var held = lock.enter()) {
      lastInode = Math.max(lastInode, inode);
    }
  }

  // ---- making

  /** What a new volume needs of its maker; called under the lock. */
  @FunctionalInterface
  interface Making {
    /** Throws what speaks against it. */
    void require() throws StorageException;

    /** Takes it over before anybody else sees it. */
    default void begin(Volume volume) throws StorageException {}

    /** What else belongs into the transaction that makes it be there. */
    default void also(Connection connection) throws SQLException {}
  }

  /**
   * Makes a volume. The lock is open while its disk makes its files; its name is taken meanwhile. A
   * crash between its steps leaves a row that the next mount deletes with what there is of its
   * files. P7.
   */
  Volume make(NewVolume wanted, VolumeState state, Making making) throws StorageException {
    files.requireParent(wanted.directory());
    String name = wanted.name();
    VolumeRecord begun;
    try (var held = lock.enter()) {
      making.require();
      VolumeRecord row = newRow(wanted, state).withState(VolumeState.DROPPING);
      catalogue.change(connection -> VolumeTable.insert(connection, row));
      pending.add(name);
      begun = row;
    }
    Volume volume = new Volume(bay, begun.withState(state));
    boolean begunFiles = false;
    boolean made = false;
    try {
      files.makeDirectory(begun);
      begunFiles = true;
      take(volume, files.make(volume, wanted.size()));
      publish(volume, making);
      made = true;
      return volume;
    } finally {
      if (!made) {
        volume.setRow(begun);
        if (begunFiles) {
          purge.now(volume);
        } else {
          purge.removeRow(volume);
        }
      }
      try (var held = lock.enter()) {
        pending.remove(name);
        pendingChanged.signalAll();
      }
    }
  }

  private static void take(Volume volume, Layers layers) throws StorageException {
    boolean taken = false;
    try {
      volume.bytes().setLayers(layers);
      taken = true;
    } finally {
      if (!taken) {
        layers.close();
      }
    }
  }

  private void publish(Volume volume, Making making) throws StorageException {
    try (var held = lock.enter()) {
      VolumeRecord row = volume.row();
      catalogue.change(with(row, making::also));
      making.begin(volume);
      (row.state() == VolumeState.COPYING ? reserved : visible).put(row.name(), volume);
      bay.labels().row(volume);
      news.made(row);
    }
  }

  private VolumeRecord newRow(NewVolume wanted, VolumeState state) {
    return new VolumeRecord(
        UUID.randomUUID(),
        newInode(),
        wanted.name(),
        state,
        state == VolumeState.MAKING ? 0 : wanted.size(),
        state != VolumeState.MAKING,
        wanted.directory() == null ? null : wanted.directory().toString(),
        wanted.cache(),
        wanted.owner(),
        bay.clock().instant(),
        -1, // two changes follow before anybody sees it as 1
        null);
  }

  // ---- changing

  /** Records the row, with whatever else belongs into its transaction, then shows it. */
  void put(Volume volume, VolumeRecord row, Catalogue.Change also) throws StorageException {
    assert lock.isHeld();
    VolumeRecord before = volume.row();
    boolean takes = row.size() < before.size() || before.growing() != row.growing();
    change(takes ? volume : null, with(row, also));
    volume.setRow(row);
    bay.labels().row(volume);
    news.changed(before, row);
  }

  /**
   * Makes a change of the catalogue.
   *
   * @param loser the volume whose bytes it takes away or whose size it fixes, which it perhaps did
   *     when it fails, or null
   */
  private void change(@Nullable Volume loser, Catalogue.Change change) throws StorageException {
    boolean known = !inDoubt();
    try {
      catalogue.change(change);
    } catch (StorageException e) {
      if (known && loser != null && inDoubt()) {
        loser.setInDoubt();
      }
      throw e;
    }
  }

  private static Catalogue.Change with(VolumeRecord row, Catalogue.Change also) {
    return connection -> {
      VolumeTable.update(connection, row);
      also.run(connection);
    };
  }

  /**
   * Gives a volume a row under whose name it is seen from now on, in place of the old volume of
   * that name, if there is one: one transaction (P7), with whatever else belongs into it. The old
   * one is to be purged when the lock is open.
   */
  void place(Volume volume, VolumeRecord row, @Nullable Volume old, Catalogue.Change also)
      throws StorageException {
    assert lock.isHeld();
    VolumeRecord gone = old == null ? null : old.row().withState(VolumeState.DROPPING);
    change(old, gone == null ? with(row, also) : with(gone, with(row, also)));
    VolumeRecord before = volume.row();
    volume.setRow(row);
    visible.put(row.name(), volume);
    if (old != null && gone != null) {
      old.setRow(gone); // now that nobody finds it any more
    }
    reserved.remove(before.name(), volume);
    if (!before.name().equals(row.name())) {
      visible.remove(before.name(), volume);
    }
    bay.labels().row(volume);
    if (old != null) {
      bay.labels().row(old);
    }
    news.placed(before, row, gone);
  }

  /** Takes a volume away from the names; it is to be purged when the lock is open. */
  void drop(Volume volume, Catalogue.Change also) throws StorageException {
    assert lock.isHeld();
    VolumeRecord before = volume.row();
    VolumeRecord gone = before.withState(VolumeState.DROPPING);
    change(volume, with(gone, also));
    boolean seen = visible.remove(gone.name(), volume);
    reserved.remove(gone.name(), volume);
    volume.setRow(gone); // now that nobody finds it any more
    bay.labels().row(volume);
    news.changed(before, gone);
    if (seen) {
      news.deleted(gone);
    }
  }

  // ---- opening

  /**
   * Takes over the rows of the catalogue; called once, before anybody else sees the bay.
   *
   * @param known tells a volume what else the catalogue knows of it, before it is opened
   */
  void load(List<VolumeRecord> rows, Consumer<Volume> known) {
    long startNanos = System.nanoTime();
    for (VolumeRecord row : rows) {
      Volume volume = new Volume(bay, row);
      known.accept(volume);
      if (row.state() != VolumeState.DROPPING) {
        opening.open(volume, startNanos);
        (row.state() == VolumeState.COPYING ? reserved : visible).put(row.name(), volume);
      } else if (!bay.readOnly()) {
        purge.aside(volume);
      }
    }
    try (var held = lock.enter()) {
      lastInode = rows.stream().mapToLong(VolumeRecord::inode).max().orElse(0);
    }
  }

  /** Tells what becomes of volumes. */
  VolumeNews news() {
    return news;
  }

  /** How deleted volumes end; called with the lock open. */
  Purge purge() {
    return purge;
  }

  /** How the homes of volumes are opened. */
  Opening opening() {
    return opening;
  }

  /** Closes every home; calls that are under way end first. */
  void close() {
    for (Volume volume : visible()) {
      if (!Aside.done("stop-" + volume.id(), STOP_WAIT_MILLIS, () -> volume.bytes().stop())) {
        LOG.warn("stop: the disk of volume={} does not answer", volume.name());
      }
    }
    visible().forEach(v -> v.bytes().closeLayers());
    reserved().forEach(v -> v.bytes().closeLayers());
  }
}
