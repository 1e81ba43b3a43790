package org.copybay.volumes.bay;

import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open bay: its volumes by name, and every change of what volumes there are. Any thread may call
 * any method. Each change is one transaction of the catalogue (P7).
 */
public final class Bay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bay.class);

  private static final long KERNEL_WAIT_MILLIS = 30_000;

  // set once
  private final BayLayout layout;
  private final BayFile file;
  private final Catalogue catalogue;
  private final BlockCache cache;
  private final Clock clock;
  private final boolean readOnly;
  private final Roster roster;
  private final Sizing sizing;
  private final JobTargets targets;

  // volatile: set once after the mount, before requests arrive
  private volatile KernelView kernel = KernelView.NONE;

  Bay(
      BayLayout layout,
      BayFile file,
      Catalogue catalogue,
      BlockCache cache,
      Clock clock,
      boolean readOnly) {
    this.layout = layout;
    this.file = file;
    this.catalogue = catalogue;
    this.cache = cache;
    this.clock = clock;
    this.readOnly = readOnly;
    this.roster = new Roster(this, catalogue, new VolumeFiles(layout, cache, readOnly));
    this.sizing = new Sizing(roster);
    this.targets = new JobTargets(roster);
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

  /** The block cache of all volumes with cache=block. */
  public BlockCache cache() {
    return cache;
  }

  /** The time that everything in this bay uses. */
  public Clock clock() {
    return clock;
  }

  BayLayout layout() {
    return layout;
  }

  /** Total and free bytes of the backing file system. */
  public Space space() throws StorageException {
    File root = layout.root().toFile(); // statfs(2) alone; a FileStore would walk the mounts
    long total = root.getTotalSpace();
    if (total == 0) {
      throw new StorageException(Fault.STORE_FAILED, "space of " + path() + " cannot be read");
    }
    return new Space(total, root.getFreeSpace(), root.getUsableSpace());
  }

  /**
   * Space of the backing file system in bytes.
   *
   * @param total all of it
   * @param free not allocated
   * @param available free for this user
   */
  public record Space(long total, long free, long available) {}

  /** The volumes that have a name in the mount, by name. */
  public List<Volume> volumes() {
    return roster.visible();
  }

  /** The volume of that name, or null. */
  public @Nullable Volume findOrNull(String name) {
    return roster.visible(name);
  }

  /** The volume of that name. NOT_FOUND. */
  public Volume find(String name) throws StorageException {
    Volume volume = findOrNull(name);
    if (volume == null) {
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

  /** The volumes that jobs are making. */
  public List<Volume> reservedVolumes() {
    return roster.reserved();
  }

  /** The hidden volume of that id, which belongs to a job, or null. */
  public @Nullable Volume findReserved(UUID id) {
    return roster.reserved(id);
  }

  /** Says who must hear of changes that do not come through the mount. */
  public void setKernelView(KernelView view) {
    kernel = view;
  }

  /** The one who must hear of changes that do not come through the mount. */
  public KernelView kernelView() {
    return kernel;
  }

  // ---- making volumes

  /** Makes a volume of fixed size, all zeros. EXISTS, BUSY, NO_SPACE, OUT_OF_RANGE, BAD_REQUEST. */
  public Volume create(NewVolume wanted) throws StorageException {
    Sizing.require(wanted.size());
    try (var held = roster.enter()) {
      requireMakeable(wanted);
      return roster.make(wanted, VolumeState.READY);
    }
  }

  /** Makes a volume in the making, open for its maker. */
  public OpenVolume createMaking(NewVolume wanted, Opener maker) throws StorageException {
    try (var held = roster.enter()) {
      requireMakeable(wanted);
      Openers gate = roster.make(wanted, VolumeState.MAKING).gate();
      OpenVolume open = gate.openMaking(maker);
      gate.settled();
      return open;
    }
  }

  private void requireMakeable(NewVolume wanted) throws StorageException {
    requireChangeable();
    VolumeName.require(wanted.name());
    requireAbsolute(wanted.directory());
    roster.requireNotReserved(wanted.name());
    roster.requireFree(wanted.name());
  }

  private static void requireAbsolute(@Nullable Path directory) throws StorageException {
    if (directory != null && !directory.isAbsolute()) {
      throw new StorageException(
          Fault.BAD_REQUEST, "the directory of a volume is an absolute path, got " + directory);
    }
  }

  /**
   * Makes the target of a job: it has no name in the mount before {@link #reveal}.
   *
   * @param replace whether it may take the place of a volume of that name
   */
  public Volume reserve(NewVolume wanted, boolean replace, Hold owner) throws StorageException {
    requireChangeable();
    Sizing.require(wanted.size());
    VolumeName.require(wanted.name());
    return targets.reserve(wanted, replace, owner);
  }

  /** Holds the target of a job, and the volume whose place it will take, for that job. */
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

  /** Lays a hold on a volume: no change of its row can slip in between. */
  void hold(Volume volume, Hold hold) throws StorageException {
    try (var held = roster.enter()) {
      volume.gate().hold(hold);
    }
  }

  /** Makes the target of a job visible, in one step, in place of the old volume of its name. */
  public void reveal(Volume volume, boolean replace, Catalogue.Change also)
      throws StorageException {
    targets.reveal(volume, replace, also);
  }

  /**
   * Removes the target of a job that will not become whole. What cannot be recorded now is found
   * and removed at the next mount, because no job goes on with it.
   */
  public void discard(Volume volume) {
    targets.discard(volume);
  }

  // ---- changing volumes

  /** Ends the making of a volume that nobody has open; it gets the size that it has now. */
  public void finish(Volume volume) throws StorageException {
    sizing.finish(volume);
  }

  /** Called when the last handle of a volume was closed, which cannot be opened meanwhile. */
  void lastClosed(Volume volume) {
    if (readOnly) {
      return;
    }
    sizing.lastClosed(volume);
    if (volume.state() == VolumeState.DROPPING) {
      roster.purge(volume);
    }
  }

  /**
   * Changes the size of a volume. Growing adds zeros, also while it is open; shrinking must be
   * asked for in words and needs it closed. BUSY, BAD_REQUEST, OUT_OF_RANGE.
   */
  public void resize(Volume volume, long size, boolean shrink) throws StorageException {
    sizing.resize(volume, size, shrink);
    awaitKernel(volume);
  }

  /**
   * The command returns when no reader sees the old size; a kernel that hangs is not waited for.
   */
  private void awaitKernel(Volume volume) {
    try {
      kernel.contentChanged(volume, volume.extent()).get(KERNEL_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("volume={} the kernel may show its old size for a second: {}", volume.name(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }

  /** Gives a volume another name. A volume that has that name is deleted, unless noReplace. */
  public void rename(String from, String to, boolean noReplace) throws StorageException {
    requireChangeable();
    VolumeName.require(to);
    Volume volume = findMade(from, "rename it");
    Volume old;
    try (var held = roster.enter()) {
      roster.requireNamed(volume, from);
      if (from.equals(to)) {
        return;
      }
      if (volume.state() == VolumeState.MAKING && volume.isOpen()) {
        throw new StorageException(
            Fault.BUSY, "volume " + from + " is being made: cannot rename it");
      }
      volume.requireNoHold("rename it");
      roster.requireNotReserved(to);
      old = findOrNull(to);
      if (old != null) {
        if (noReplace) {
          throw new StorageException(Fault.EXISTS, "volume " + to + " exists");
        }
        old.requireNoHold("be replaced");
      }
      roster.place(volume, volume.row().withName(to), old, connection -> {});
    }
    roster.purge(old);
  }

  /** Deletes a volume; who has it open keeps its bytes until the last close. BUSY while held. */
  public void remove(String name) throws StorageException {
    requireChangeable();
    Volume volume;
    try (var held = roster.enter()) {
      volume = find(name);
      volume.requireNoHold("delete it");
      roster.drop(volume);
    }
    roster.purge(volume);
  }

  /** chmod and chown. */
  public void setOwner(Volume volume, Owner owner) throws StorageException {
    requireChangeable();
    try (var held = roster.enter()) {
      roster.put(volume, volume.row().withOwner(owner));
    }
  }

  /** Says who keeps the live blocks of the volume in memory from now on. */
  public void setCacheMode(Volume volume, CacheMode mode) throws StorageException {
    requireChangeable();
    volume.awaitMade("change its cache");
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      roster.put(volume, volume.row().withCache(mode));
    }
  }

  /** A fence succeeded while that row was in force: its size needs no care after power loss. */
  void sizeSynced(Volume volume, VolumeRecord before) {
    if (readOnly) {
      return;
    }
    try (var held = roster.enter()) {
      if (volume.row().generation() == before.generation()) {
        roster.put(volume, before.withSizeSynced());
      }
    } catch (StorageException e) {
      // The bytes are safe all the same; the next fence tries to record it again.
      LOG.warn("size of volume={} not recorded as synced: {}", volume.name(), e.getMessage());
    }
  }

  /** Remembers that the store lost writes: the volume takes none until it has been checked. */
  void failed(Volume volume, String why) {
    try (var held = roster.enter()) {
      if (volume.row().failure() != null) {
        return;
      }
      VolumeRecord row = volume.row().withFailure(why);
      volume.setRow(row);
      LOG.error("volume={} takes no writes any more: {}", volume.name(), why);
      if (!readOnly) {
        catalogue.change(connection -> VolumeTable.update(connection, row));
      }
    } catch (StorageException e) {
      LOG.error("failure of volume={} not recorded: {}", volume.name(), e.getMessage());
    }
  }

  /** Opens the home of a damaged volume again, after somebody brought it back. CORRUPT if not. */
  public void reopen(Volume volume) throws StorageException {
    try (var held = roster.enter()) {
      if (!volume.damaged()) {
        return;
      }
      try {
        roster.open(volume);
      } catch (StorageException e) {
        throw new StorageException(
            Fault.CORRUPT,
            "volume " + volume.name() + " is still damaged: " + e.getMessage(),
            "bring its file back, then: check volume=" + volume.name(),
            e);
      }
    }
    awaitKernel(volume);
  }

  /** Ends the failure of a volume of which every byte could be read and that can be synced. */
  public void repaired(Volume volume) throws StorageException {
    if (volume.row().failure() == null) {
      return;
    }
    HomeFile home = volume.fill();
    home.clearSyncFailure();
    home.flush();
    try (var held = roster.enter()) {
      roster.put(volume, volume.row().withFailure(null));
    }
  }

  void requireChangeable() throws StorageException {
    if (readOnly) {
      throw new StorageException(
          Fault.READ_ONLY, "the bay is mounted read-only", "mount it again without -o ro");
    }
  }

  // ---- opening and closing

  /** Takes over the rows of the catalogue; called once, before anybody else sees the bay. */
  void load(List<VolumeRecord> rows) {
    roster.load(rows);
  }

  /** Fences every volume; an error of one does not keep the others from it. */
  public void flushAll() {
    for (Volume volume : volumes()) {
      if (!volume.damaged() && volume.row().failure() == null && !readOnly) {
        try {
          volume.flush();
        } catch (StorageException e) {
          LOG.error("flush: volume={} {}", volume.name(), e.getMessage());
        }
      }
    }
  }

  /** Closes the homes and the catalogue. Calls that are under way end, later ones are refused. */
  @Override
  public void close() {
    roster.close();
    catalogue.close();
  }
}
