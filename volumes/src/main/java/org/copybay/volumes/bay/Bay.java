package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.cache.BlockCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open bay: its volumes by name, and every change of what volumes there are. Any thread may call
 * any method. Each change is one transaction of the catalogue (P7); files are made before the row
 * that names them and removed after it, so that a crash leaves a file without a row, never a row
 * without a file.
 */
public final class Bay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bay.class);

  private static final long KERNEL_WAIT_MILLIS = 30_000;

  // set once
  private final BayLayout layout;
  private final BayFile file;
  private final Catalogue catalogue;
  private final BlockCache cache;
  private final VolumeFiles files;
  private final Clock clock;
  private final boolean readOnly;
  private final RankedLock lock = new RankedLock(LockRank.BAY);

  // guarded by lock
  private final Map<String, Volume> visible = new TreeMap<>();
  private final Map<String, Volume> reserved = new TreeMap<>();
  private long lastInode;

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
    this.files = new VolumeFiles(layout, cache);
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
    try {
      var store = Files.getFileStore(layout.root());
      return new Space(store.getTotalSpace(), store.getUnallocatedSpace(), store.getUsableSpace());
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, "space of " + path() + ": " + e, null, e);
    }
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
    try (var held = lock.enter()) {
      return new ArrayList<>(visible.values());
    }
  }

  /** The volume of that name, or null. */
  public @Nullable Volume findOrNull(String name) {
    try (var held = lock.enter()) {
      return visible.get(name);
    }
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
    try (var held = lock.enter()) {
      return new ArrayList<>(reserved.values());
    }
  }

  /** The hidden volume of that id, which belongs to a job, or null. */
  public @Nullable Volume findReserved(UUID id) {
    try (var held = lock.enter()) {
      return reserved.values().stream().filter(v -> v.id().equals(id)).findFirst().orElse(null);
    }
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
    if (wanted.size() < 1) {
      throw new StorageException(Fault.BAD_REQUEST, "a volume has at least 1 byte");
    }
    return make(wanted, VolumeState.READY);
  }

  /** Makes a volume in the making, open for its maker. */
  public OpenVolume createMaking(NewVolume wanted, Opener maker) throws StorageException {
    try (var held = lock.enter()) {
      return make(wanted, VolumeState.MAKING).openMaking(maker);
    }
  }

  /**
   * Makes the target of a job: it has no name in the mount before {@link #reveal}.
   *
   * @param replace whether it may take the place of a volume of that name
   */
  public Volume reserve(NewVolume wanted, boolean replace, Hold owner) throws StorageException {
    Volume inTheWay = findOrNull(wanted.name());
    if (inTheWay != null) {
      inTheWay.awaitMade("be replaced");
    }
    try (var held = lock.enter()) {
      Volume old = visible.get(wanted.name());
      if (old != null) {
        requireReplaceable(old, wanted.name(), replace);
      }
      Volume volume = make(wanted, VolumeState.COPYING);
      try {
        holdReserved(volume, owner);
      } catch (StorageException e) {
        discard(volume);
        throw e;
      }
      return volume;
    }
  }

  /** Holds the target of a job, and the volume whose place it will take, for that job. */
  public void holdReserved(Volume target, Hold owner) throws StorageException {
    Volume old = findOrNull(target.name());
    if (old != null) {
      old.hold(new Hold(owner.job(), "being replaced"));
    }
    target.hold(owner);
  }

  /** Ends the hold that a job has on the volume of that name, if there is one. */
  public void releaseHold(String name, String job) {
    Volume volume = findOrNull(name);
    if (volume != null) {
      volume.release(job);
    }
  }

  private static void requireReplaceable(Volume old, String name, boolean replace)
      throws StorageException {
    if (!replace) {
      throw new StorageException(
          Fault.EXISTS,
          "volume " + name + " exists",
          "add replace=yes to put the copy in its place");
    }
    old.requireNoHold("be replaced");
    old.requireNoWriter("it cannot be replaced");
  }

  private Volume make(NewVolume wanted, VolumeState state) throws StorageException {
    requireChangeable();
    VolumeName.require(wanted.name());
    try (var held = lock.enter()) {
      requireFree(wanted.name(), state);
      VolumeRecord row = newRow(wanted, state);
      Volume volume = new Volume(this, row);
      volume.setLayers(files.make(row, wanted.size(), volume.activity()));
      try {
        catalogue.change(connection -> VolumeTable.put(connection, row));
      } catch (StorageException e) {
        volume.closeLayers();
        files.remove(row);
        throw e;
      }
      lastInode = row.inode();
      mapOf(state).put(wanted.name(), volume);
      return volume;
    }
  }

  private void requireFree(String name, VolumeState state) throws StorageException {
    Volume copying = reserved.get(name);
    if (copying != null) {
      Hold hold = copying.hold();
      throw new StorageException(
          Fault.BUSY,
          "the name " + name + " is reserved by job " + (hold == null ? "?" : hold.job()),
          hold == null ? null : "cat .control/jobs/" + hold.job() + "/wait");
    }
    if (state != VolumeState.COPYING && visible.containsKey(name)) {
      throw new StorageException(Fault.EXISTS, "volume " + name + " exists");
    }
  }

  private VolumeRecord newRow(NewVolume wanted, VolumeState state) {
    return new VolumeRecord(
        UUID.randomUUID(),
        lastInode + 1,
        wanted.name(),
        state,
        state == VolumeState.MAKING ? 0 : wanted.size(),
        state != VolumeState.MAKING,
        wanted.directory() == null ? null : wanted.directory().toString(),
        wanted.cache(),
        wanted.owner(),
        clock.instant(),
        1,
        null);
  }

  private Map<String, Volume> mapOf(VolumeState state) {
    return state == VolumeState.COPYING ? reserved : visible;
  }

  // ---- changing volumes

  /** Ends the making of a volume that nobody has open; it gets the size that it has now. */
  public void finish(Volume volume) throws StorageException {
    volume.awaitMade("finish it");
    try (var held = lock.enter()) {
      requireQuiet(volume, "finish it");
      if (volume.state() != VolumeState.MAKING) {
        throw new StorageException(Fault.ALREADY, "volume " + volume.name() + " is finished");
      }
      if (volume.size() == 0) {
        throw new StorageException(
            Fault.BAD_REQUEST,
            "volume " + volume.name() + " has no size yet",
            "truncate -s SIZE volumes/" + volume.name());
      }
      finishLocked(volume);
    }
  }

  private void finishLocked(Volume volume) throws StorageException {
    VolumeRecord row = volume.row().withSize(VolumeState.READY, volume.size(), false);
    put(volume, row);
    volume.setLayers(files.stack(row, volume.fill(), volume.activity()));
  }

  /** Called when the last handle of a volume was closed. */
  void lastClosed(Volume volume) {
    try (var held = lock.enter()) {
      if (volume.isOpen()) {
        return; // somebody came in between, whose close will be the last
      }
      if (volume.state() == VolumeState.MAKING && volume.size() > 0) {
        finishLocked(volume);
      } else if (volume.state() == VolumeState.DROPPING) {
        purge(volume);
      }
    } catch (StorageException e) {
      LOG.error("last close: volume={} {}", volume.name(), e.getMessage());
    }
  }

  /**
   * Changes the size of a volume. Growing adds zeros, also while it is open; shrinking must be
   * asked for in words and needs it closed. BUSY, BAD_REQUEST, OUT_OF_RANGE.
   */
  public void resize(Volume volume, long size, boolean shrink) throws StorageException {
    requireChangeable();
    volume.awaitMade("resize it");
    try (var held = lock.enter()) {
      requireQuiet(volume, "resize it");
      volume.requireNoHold("resize it");
      if (size < 1) {
        throw new StorageException(Fault.BAD_REQUEST, "a volume has at least 1 byte");
      }
      if (size < volume.size()) {
        shrinkLocked(volume, size, shrink);
      } else {
        volume.fill().setSize(size);
        put(volume, volume.row().withSize(VolumeState.READY, size, false));
      }
      volume.setLayers(files.stack(volume.row(), volume.fill(), volume.activity()));
    }
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

  private void shrinkLocked(Volume volume, long size, boolean asked) throws StorageException {
    if (!asked) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "volume "
              + volume.name()
              + " has "
              + volume.size()
              + " bytes: "
              + size
              + " would lose its end",
          "resize volume=" + volume.name() + " size=" + size + " shrink=yes");
    }
    List<Opener> openers = volume.openers();
    if (!openers.isEmpty()) {
      throw new StorageException(
          Fault.BUSY,
          "volume "
              + volume.name()
              + " is open by "
              + openers.get(0).describe()
              + ": it cannot be made smaller");
    }
    put(volume, volume.row().withSize(VolumeState.READY, size, false));
    volume.fill().setSize(size);
  }

  /** Gives a volume another name. A volume that has that name is deleted, unless noReplace. */
  public void rename(String from, String to, boolean noReplace) throws StorageException {
    requireChangeable();
    VolumeName.require(to);
    Volume volume = findMade(from, "rename it");
    try (var held = lock.enter()) {
      requireQuiet(volume, "rename it");
      if (from.equals(to)) {
        return;
      }
      volume.requireNoHold("rename it");
      Volume old = visible.get(to);
      if (old != null && noReplace) {
        throw new StorageException(Fault.EXISTS, "volume " + to + " exists");
      }
      if (old != null) {
        old.requireNoHold("be replaced");
      } else {
        requireFree(to, VolumeState.READY);
      }
      replaceLocked(volume, volume.row().withName(to), old);
      visible.remove(from);
    }
  }

  /** One transaction: the old volume, if any, begins to go, the new one has the name. */
  private void replaceLocked(Volume volume, VolumeRecord row, @Nullable Volume old)
      throws StorageException {
    VolumeRecord gone = old == null ? null : old.row().withState(VolumeState.DROPPING);
    catalogue.change(
        connection -> {
          if (gone != null) {
            VolumeTable.put(connection, gone);
          }
          VolumeTable.put(connection, row);
        });
    volume.setRow(row);
    visible.put(row.name(), volume);
    if (old != null && gone != null) {
      old.setRow(gone);
      purgeIfClosed(old);
    }
  }

  /** Deletes a volume; who has it open keeps its bytes until the last close. BUSY while held. */
  public void remove(String name) throws StorageException {
    requireChangeable();
    try (var held = lock.enter()) {
      Volume volume = find(name);
      volume.requireNoHold("delete it");
      put(volume, volume.row().withState(VolumeState.DROPPING));
      visible.remove(name);
      purgeIfClosed(volume);
    }
  }

  private void purgeIfClosed(Volume volume) {
    if (!volume.isOpen()) {
      try {
        purge(volume);
      } catch (StorageException e) {
        LOG.error("purge: volume={} {}", volume.name(), e.getMessage());
      }
    }
  }

  /**
   * Removes the bytes of a dropped volume, then its row; the next mount goes on where this ends.
   */
  private void purge(Volume volume) throws StorageException {
    volume.closeLayers();
    files.remove(volume.row());
    catalogue.change(connection -> VolumeTable.delete(connection, volume.id()));
  }

  /** Makes the target of a job visible, in one step, in place of the old volume of its name. */
  public void reveal(Volume volume, boolean replace, Catalogue.Change also)
      throws StorageException {
    try (var held = lock.enter()) {
      String name = volume.name();
      Volume old = visible.get(name);
      if (old != null && !replace) {
        throw new StorageException(Fault.EXISTS, "volume " + name + " exists");
      }
      VolumeRecord row = volume.row().withState(VolumeState.READY);
      VolumeRecord gone = old == null ? null : old.row().withState(VolumeState.DROPPING);
      catalogue.change(
          connection -> {
            if (gone != null) {
              VolumeTable.put(connection, gone);
            }
            VolumeTable.put(connection, row);
            also.run(connection);
          });
      volume.setRow(row);
      reserved.remove(name);
      visible.put(name, volume);
      if (old != null && gone != null) {
        old.setRow(gone);
        purgeIfClosed(old);
      }
    }
  }

  /**
   * Removes the target of a job that will not become whole. What cannot be recorded now is found
   * and removed at the next mount, because no job goes on with it.
   */
  public void discard(Volume volume) {
    try (var held = lock.enter()) {
      reserved.remove(volume.name());
      put(volume, volume.row().withState(VolumeState.DROPPING));
      purgeIfClosed(volume);
    } catch (StorageException e) {
      LOG.error("discard: volume={} {}", volume.name(), e.getMessage());
    }
  }

  /** chmod and chown. */
  public void setOwner(Volume volume, Owner owner) throws StorageException {
    requireChangeable();
    try (var held = lock.enter()) {
      put(volume, volume.row().withOwner(owner));
    }
  }

  /** Says who keeps the live blocks of the volume in memory from now on. */
  public void setCacheMode(Volume volume, CacheMode mode) throws StorageException {
    requireChangeable();
    volume.awaitMade("change its cache");
    try (var held = lock.enter()) {
      requireQuiet(volume, "change its cache");
      put(volume, volume.row().withCache(mode));
      volume.setLayers(files.stack(volume.row(), volume.fill(), volume.activity()));
    }
  }

  /** A fence succeeded while that row was in force: its size needs no care after power loss. */
  void sizeSynced(Volume volume, VolumeRecord before) throws StorageException {
    try (var held = lock.enter()) {
      if (volume.row().generation() == before.generation() && !readOnly) {
        put(volume, before.withSize(before.state(), before.size(), true));
      }
    }
  }

  /** Remembers that the store lost writes: the volume takes none until it has been checked. */
  void failed(Volume volume, String why) {
    try (var held = lock.enter()) {
      if (volume.row().failure() != null) {
        return;
      }
      VolumeRecord row = volume.row().withFailure(why);
      volume.setRow(row);
      LOG.error("volume={} takes no writes any more: {}", volume.name(), why);
      catalogue.change(connection -> VolumeTable.put(connection, row));
    } catch (StorageException e) {
      LOG.error("failure of volume={} not recorded: {}", volume.name(), e.getMessage());
    }
  }

  /** Opens the home of a damaged volume again, after somebody brought it back. CORRUPT if not. */
  public void reopen(Volume volume) throws StorageException {
    try (var held = lock.enter()) {
      if (volume.damaged()) {
        volume.setLayers(files.open(volume.row(), volume.activity()));
      }
    }
  }

  /** Ends the failure of a volume of which every byte could be read. */
  public void repaired(Volume volume) throws StorageException {
    try (var held = lock.enter()) {
      volume.fill().clearSyncFailure();
      put(volume, volume.row().withFailure(null));
    }
  }

  private void put(Volume volume, VolumeRecord row) throws StorageException {
    assert lock.isHeld();
    catalogue.change(connection -> VolumeTable.put(connection, row));
    volume.setRow(row);
  }

  /** NOT_FOUND when it was deleted meanwhile, BUSY when somebody began to make it again. */
  private void requireQuiet(Volume volume, String what) throws StorageException {
    if (visible.get(volume.name()) != volume) {
      throw new StorageException(Fault.NOT_FOUND, "volume " + volume.name() + " was deleted");
    }
    if (volume.state() == VolumeState.MAKING && volume.isOpen()) {
      throw new StorageException(
          Fault.BUSY, "volume " + volume.name() + " is being made: cannot " + what);
    }
  }

  private void requireChangeable() throws StorageException {
    if (readOnly) {
      throw new StorageException(
          Fault.READ_ONLY, "the bay is mounted read-only", "mount it again without -o ro");
    }
  }

  // ---- opening and closing

  /** Takes over the rows of the catalogue; called once, before anybody else sees the bay. */
  void load(List<VolumeRecord> rows) {
    try (var held = lock.enter()) {
      for (VolumeRecord row : rows) {
        lastInode = Math.max(lastInode, row.inode());
        Volume volume = new Volume(this, row);
        if (row.state() == VolumeState.DROPPING) {
          if (!readOnly) {
            purgeIfClosed(volume);
          }
          continue;
        }
        openOrDamaged(volume);
        mapOf(row.state()).put(row.name(), volume);
      }
    }
  }

  private void openOrDamaged(Volume volume) {
    try {
      volume.setLayers(files.open(volume.row(), volume.activity()));
    } catch (StorageException e) {
      volume.setDamage(e.getMessage());
      LOG.error("volume={} is damaged: {}", volume.name(), e.getMessage());
    }
  }

  /** Fences every volume; an error of one does not keep the others from it. */
  public void flushAll() {
    for (Volume volume : volumes()) {
      if (!volume.damaged()) {
        try {
          volume.flush();
        } catch (StorageException e) {
          LOG.error("flush: volume={} {}", volume.name(), e.getMessage());
        }
      }
    }
  }

  /** Closes the catalogue. Homes stay open for threads that are still in them; the process ends. */
  @Override
  public void close() {
    catalogue.close();
  }
}
