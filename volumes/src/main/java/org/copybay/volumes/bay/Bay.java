package org.copybay.volumes.bay;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditTrail;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.event.Events;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.vault.VaultClock;
import org.jspecify.annotations.Nullable;

/**
 * An open bay: its volumes by name, and every change of what volumes there are. Any thread may call
 * any method. Each change is one transaction of the catalogue (P7).
 */
public final class Bay implements AutoCloseable {
  // set once
  private final BayLayout layout;
  private final BayFile file;
  private final Catalogue catalogue;
  private final AuditTrail audit;
  private final BlockCache cache;
  private final Clock clock;
  private final VaultClock vault;
  private final boolean readOnly;
  private final Roster roster;
  private final Sizing sizing;
  private final JobTargets targets;
  private final Naming naming;
  private final Repairs repairs;
  private final Uses uses;
  private final Points points;
  private final BackupPoints backupPoints;
  private final Bitmaps bitmaps;
  private final Labels labels;
  private final Relations relations;
  private final RecoverMode recover;
  private final KernelNews<Volume> kernel = new KernelNews<>(volume -> "volumes/" + volume.name());
  private final Events events;

  Bay(
      BayLayout layout,
      BayFile file,
      Catalogue catalogue,
      AuditTrail audit,
      BlockCache cache,
      Clock clock,
      VaultClock vault,
      RecoverMode recover,
      boolean readOnly) {
    this.layout = layout;
    this.file = file;
    this.catalogue = catalogue;
    this.audit = audit;
    this.cache = cache;
    this.clock = clock;
    this.vault = vault;
    this.readOnly = readOnly;
    this.events = new Events(clock);
    this.roster =
        new Roster(
            this,
            catalogue,
            new VolumeFiles(layout, cache, recover, readOnly, this::vaultMillis, this::notedRoot));
    this.uses = new Uses(roster);
    this.points = new Points(this, roster, catalogue);
    this.backupPoints = new BackupPoints(this, points);
    this.labels = new Labels(this, roster, catalogue);
    this.bitmaps = new Bitmaps(this, roster, catalogue);
    this.sizing = new Sizing(this, roster, points);
    this.targets = new JobTargets(this, roster, points);
    this.naming = new Naming(this, roster, points);
    this.repairs = new Repairs(this, roster, catalogue);
    this.relations = new Relations(roster, points, kernel);
    this.recover = recover;
  }

  // ---- facts

  /** The bay directory, absolute. */
  public Path path() {
    return layout.root();
  }

  /** The bay's own name. */
  public UUID uuid() {
    return file.uuid();
  }

  /** Version of the bytes on disk. */
  public int format() {
    return file.format();
  }

  /** Whether nothing may change. */
  public boolean readOnly() {
    return readOnly;
  }

  /** The database for what the rooms above keep. */
  public Catalogue catalogue() {
    return catalogue;
  }

  /** Who destroyed what, and what the bay did by itself. */
  public AuditTrail audit() {
    return audit;
  }

  /** The block cache of all volumes with cache=block. */
  public BlockCache cache() {
    return cache;
  }

  /** The time that everything in this bay uses. */
  public Clock clock() {
    return clock;
  }

  /** The time by which locks end and backups are named, which nobody sets. */
  public VaultClock vault() {
    return vault;
  }

  /** What the vault clock says, in ms since 1970. */
  public long vaultMillis() {
    return vault.now().toEpochMilli();
  }

  private @Nullable String notedRoot(UUID volume) {
    return backupPoints.noted().of(volume);
  }

  /** What happened since it was opened; whoever owns a state tells its changes there. */
  public Events events() {
    return events;
  }

  /** Where the files of tape cartridges lie. */
  public Path tapes() {
    return layout.tapes();
  }

  BayLayout layout() {
    return layout;
  }

  /** Total and free bytes of the backing file system. STORE_FAILED. */
  public Space space() throws StorageException {
    return Space.of(path());
  }

  /** The volumes that have a name in the mount, by name. */
  public List<Volume> volumes() {
    return roster.visible().stream().filter(volume -> !volume.row().hidden()).toList();
  }

  /** The volume of that name, or null; never a hidden one. */
  public @Nullable Volume findOrNull(String name) {
    Volume found = roster.visible(name);
    return found == null || found.row().hidden() ? null : found;
  }

  /** The hidden volumes, by name: the bytes of what is no file in volumes/. */
  public List<Volume> hiddenVolumes() {
    return roster.visible().stream().filter(volume -> volume.row().hidden()).toList();
  }

  /** The volume of that name. NOT_FOUND; BUSY for a virtual unit. */
  public Volume find(String name) throws StorageException {
    Volume volume = findOrNull(name);
    if (volume == null) {
      relations.requireNoUnit(name);
      throw new StorageException(
          Fault.NOT_FOUND, "no volume " + name, "ls volumes/ shows what there is");
    }
    return volume;
  }

  /** The volume of that name, once nobody is making it any more; waits 2 s. NOT_FOUND, BUSY. */
  public Volume findMade(String name, String what) throws StorageException {
    Volume volume = find(name);
    volume.awaitMade(what);
    return volume;
  }

  /**
   * Whether a new volume, or the target of a job, may have that name. BAD_REQUEST, NAME_TOO_LONG;
   * BUSY when a job makes a volume of that name.
   */
  public void requireName(String name) throws StorageException {
    relations.requireNoUnit(name);
    naming.requireName(name);
  }

  /** The volumes that jobs are making. */
  public List<Volume> reservedVolumes() {
    return roster.reserved();
  }

  /** The hidden volume of that id, which belongs to a job, or null. */
  public @Nullable Volume findReserved(UUID id) {
    return roster.reserved(id);
  }

  /** Says who must hear of changes that do not come through the mount. */
  public void setKernelView(KernelView<Volume> view) {
    kernel.tell(view);
  }

  /** The one who must hear of changes that do not come through the mount. */
  public KernelView<Volume> kernelView() {
    return kernel.view();
  }

  // ---- making volumes

  /**
   * Makes a volume of fixed size, all zeros. EXISTS, BUSY, NO_SPACE, OUT_OF_RANGE, BAD_REQUEST.
   *
   * @param also belongs into the transaction that makes it be there, here and below
   */
  public Volume create(NewVolume wanted, Catalogue.Change also) throws StorageException {
    return naming.create(wanted, also);
  }

  /**
   * Makes a hidden volume, whose name has a slash: as {@link #create}, or in the making without an
   * opener where no size is wanted.
   */
  public Volume createHidden(NewVolume wanted, Catalogue.Change also) throws StorageException {
    return naming.createHidden(wanted, also);
  }

  /** Deletes a hidden volume. BUSY while a job holds it or a point needs it. */
  public void removeHidden(Volume volume, Catalogue.Change also) throws StorageException {
    naming.removeHidden(volume, also);
  }

  /**
   * Makes a volume in the making, open for its maker. EXISTS, BUSY, NO_SPACE, READ_ONLY,
   * BAD_REQUEST, NAME_TOO_LONG.
   */
  public OpenedVolume createMaking(NewVolume wanted, Opener maker) throws StorageException {
    return naming.createMaking(wanted, maker);
  }

  /**
   * Makes the target of a job: it has no name in the mount before {@link #reveal} (P6). BUSY and
   * EXISTS for the name, and what {@link #create} throws.
   *
   * @param replace whether it may take the place of a volume of that name
   */
  public Volume reserve(NewVolume wanted, boolean replace, Hold owner) throws StorageException {
    requireChangeable();
    return targets.reserve(wanted, replace, owner);
  }

  /** Holds the target of a job, and the volume whose place it will take, for that job. BUSY. */
  public void holdReserved(Volume target, Hold owner) throws StorageException {
    targets.hold(target, owner);
  }

  /** Ends the hold that a job has on the volume of that name, if there is one. */
  public void releaseHold(String name, String job) {
    Volume volume = findOrNull(name);
    if (volume != null) {
      volume.release(job);
    }
  }

  /** Lays a hold on the volume of that name: no change of its row can slip in between. */
  void hold(Volume volume, String name, Hold hold) throws StorageException {
    targets.hold(volume, name, hold);
  }

  /**
   * Makes the target of a job visible, in one step, in place of the old volume of its name. EXISTS,
   * NO_SPACE, STORE_FAILED: then it is as hidden as before, unless the catalogue is in doubt.
   */
  public void reveal(Volume volume, boolean replace, Catalogue.Change also)
      throws StorageException {
    targets.reveal(volume, replace, also);
  }

  /**
   * Removes the target of a job that will not become whole. What cannot be recorded now is found
   * and removed at the next mount, if no job goes on with it.
   *
   * @return whether no job can go on with it: it is recorded as deleted, or has lost its bytes
   */
  @CanIgnoreReturnValue
  public boolean discard(Volume volume) {
    return targets.discard(volume);
  }

  // ---- changing volumes

  /**
   * Ends the making of a volume that nobody has open; it gets the size that it has now. BUSY,
   * ALREADY, BAD_REQUEST when it has none, NOT_FOUND, NO_SPACE.
   */
  public void finish(Volume volume, Catalogue.Change also) throws StorageException {
    sizing.finish(volume, also);
  }

  /** Called when the last handle of a volume was closed, which cannot be opened meanwhile. */
  void lastClosed(Volume volume, boolean written) {
    if (readOnly) {
      return;
    }
    if (written) {
      sizing.lastClosed(volume); // a reader ends no making that a crash interrupted
    }
    if (volume.state() == VolumeState.DROPPING) {
      roster.purge().now(volume);
    }
  }

  /**
   * Changes the size of a volume. Growing adds zeros, also while it is open; shrinking must be
   * asked for in words and needs it closed. BUSY, BAD_REQUEST, OUT_OF_RANGE.
   */
  public void resize(Volume volume, long size, boolean shrink, Catalogue.Change also)
      throws StorageException {
    long before = sizing.resize(volume, size, shrink, also);
    kernel.sizeChanged(volume);
    if (size < before) { // else the pages of its end come back when it grows again
      kernel.contentChanged(volume, new Extent(size, before - size));
    }
  }

  /** {@link #rename(String, String, boolean, Catalogue.Change)} with nothing else to note. */
  public void rename(String from, String to, boolean noReplace) throws StorageException {
    rename(from, to, noReplace, Catalogue.Change.NOTHING);
  }

  /**
   * Gives a volume another name. A volume that has that name is deleted, unless noReplace. BUSY,
   * EXISTS, NOT_FOUND, NO_SPACE, BAD_REQUEST, NAME_TOO_LONG.
   */
  public void rename(String from, String to, boolean noReplace, Catalogue.Change also)
      throws StorageException {
    naming.rename(from, to, noReplace, also);
  }

  /** {@link #remove(String, Catalogue.Change)} with nothing else to note. */
  public void remove(String name) throws StorageException {
    remove(name, Catalogue.Change.NOTHING);
  }

  /** Deletes a volume; who has it open keeps its bytes until the last close. BUSY while held. */
  public void remove(String name, Catalogue.Change also) throws StorageException {
    naming.remove(name, also);
  }

  /** chmod and chown. READ_ONLY, NO_SPACE. */
  public void setOwner(Volume volume, Owner owner) throws StorageException {
    requireChangeable();
    try (var held = roster.enter()) {
      roster.put(volume, volume.row().withOwner(owner), Catalogue.Change.NOTHING);
    }
  }

  /** Says who keeps the live blocks of the volume in memory from now on. BUSY, NOT_FOUND. */
  public void setCacheMode(Volume volume, CacheMode mode, Catalogue.Change also)
      throws StorageException {
    requireChangeable();
    volume.awaitMade("change its cache");
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      roster.put(volume, volume.row().withCache(mode), also);
    }
  }

  /** What its volumes are to shadow sets. */
  public Relations relations() {
    return relations;
  }

  /** How a start takes the last end of a mount. */
  public RecoverMode recoverMode() {
    return recover;
  }

  /** A number in the mount that nothing had since it was mounted. */
  public long newInode() {
    try (var held = roster.enter()) {
      return roster.newInode();
    }
  }

  /** Takes a number that something has: {@link #newInode} gives later ones. */
  public void useInode(long inode) {
    roster.useInode(inode);
  }

  /** The volume of that id that has a name, a hidden one too, or null. */
  public @Nullable Volume findOrNull(UUID id) {
    return roster.visible().stream().filter(v -> v.id().equals(id)).findFirst().orElse(null);
  }

  /** The directory for what a shadow set keeps besides its members. */
  public Path shadowDirectory(UUID set) {
    return layout.shadow().resolve(set.toString());
  }

  /** What else needs its volumes. */
  public Uses uses() {
    return uses;
  }

  /** Tells the kernel, and waits for it, that a volume holds something else. */
  public void contentChanged(Volume volume) {
    volume.bytes().forgetBlocks();
    kernel.contentChanged(volume, volume.extent());
  }

  /** The points in time of its volumes. */
  public Points points() {
    return points;
  }

  /** The points of safeguarded backups. */
  public BackupPoints backupPoints() {
    return backupPoints;
  }

  /** The write bitmaps of its volumes. */
  public Bitmaps bitmaps() {
    return bitmaps;
  }

  /** Why the label of a volume lacks something, or null where it says all. */
  public @Nullable String labelFailure(Volume volume) {
    return volume.bytes().label().failure();
  }

  Labels labels() {
    return labels;
  }

  /** A fence succeeded while that row was in force: its size needs no care after power loss. */
  void sizeSynced(Volume volume, VolumeRecord before) {
    repairs.sizeSynced(volume, before);
  }

  /** Remembers that the store lost writes: the volume takes none until it has been checked. */
  void failed(Volume volume, String why) {
    repairs.failed(volume, why);
  }

  /** Opens the home of a damaged volume again, after somebody brought it back. CORRUPT if not. */
  public void reopen(Volume volume) throws StorageException {
    if (repairs.reopen(volume)) {
      kernel.contentChanged(volume, volume.extent());
    }
  }

  /**
   * Ends the failure of a volume of which every byte could be read and that can be synced; from
   * then on every reader sees what its disk has (P8). STORE_FAILED, NO_SPACE.
   *
   * @param also belongs into the transaction that records it, or is one where there is no failure
   */
  public void repaired(Volume volume, Catalogue.Change also) throws StorageException {
    if (repairs.repaired(volume, also)) {
      kernel.contentChanged(volume, volume.extent());
    }
  }

  /** READ_ONLY. */
  public void requireChangeable() throws StorageException {
    if (readOnly) {
      throw new StorageException(
          Fault.READ_ONLY, "the bay is mounted read-only", "mount it again without -o ro");
    }
  }

  // ---- opening and closing

  /** Takes over the rows of the catalogue; called once, before anybody else sees the bay. */
  void load(List<VolumeRecord> rows) throws StorageException {
    backupPoints.noted().load();
    List<BitmapTable.Row> bitmapRows = bitmaps.load();
    roster.load(rows, volume -> Bitmaps.attach(volume, bitmapRows));
    points.load();
    bitmaps.begin(bitmapRows);
    labels.load();
  }

  /** Fences every volume; an error of one does not keep the others from it. */
  public void flushAll() {
    repairs.flushAll();
  }

  /** Closes the homes and the catalogue. Calls that are under way end, later ones are refused. */
  @Override
  public void close() {
    events.end(0);
    bitmaps.close();
    roster.close();
    catalogue.close();
  }
}
