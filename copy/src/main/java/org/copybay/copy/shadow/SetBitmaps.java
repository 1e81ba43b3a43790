package org.copybay.copy.shadow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.VolumeSync;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.Passages;
import org.jspecify.annotations.Nullable;

/*
 * Which bitmaps a set has:
 *
 *   rolling-0, rolling-1   every write since the last time that all members were synced: one of them
 *                          sees changes, the other is clear; while a rotation is under way both do
 *   merge                  where full members may differ
 *   copy-ID                what the former member, or the target, of that id lacks: of a former
 *                          member it sees changes; of a target it rests, and the copier clears it
 *
 * INV-1 A region that is clear in both rolling bitmaps was synced on every member that was one when
 *       it was cleared (P3).
 * INV-2 While no write is under way, full members differ only where merge is set; what is under way
 *       when the process dies is in a rolling one.
 */
/**
 * The write bitmaps of one mounted set and the intent log that they share, in a directory of the
 * bay. Commands come one at a time (lock of the set); writes come at any time.
 */
final class SetBitmaps implements AutoCloseable {
  static final Grain GRAIN = Grain.SECTORS_127;

  static final String MERGE = "merge";
  private static final String ROLLING = "rolling-";
  private static final String COPY = "copy-";

  /** What a directory is, for people; and the file by which its disk is known. */
  static final String ABOUT = "set";

  // set once
  private final DirectoryStore store;
  private final BitmapSet set;
  private final Passages gate;
  private final VolumeSync members;
  private final WriteBitmap merge;

  // volatile: replaced under the lock of the set, shown without it
  private volatile WriteBitmap active;
  private volatile WriteBitmap idle;

  private boolean givenUp; // of the thread of the upkeep, one at a time

  // guarded by the lock of the set
  private @Nullable WriteBitmap retiring; // the older one of two that both see changes

  private SetBitmaps(DirectoryStore store, BitmapSet set, Passages gate, VolumeSync members)
      throws StorageException {
    this.members = members;
    this.store = store;
    this.set = set;
    this.gate = gate;
    this.merge = set.find(MERGE);
    this.active = set.find(ROLLING + 0);
    this.idle = set.find(ROLLING + 1);
    set.rest(merge);
  }

  /** The bitmaps that every set has, in the order in which they are made. */
  static List<String> fixed() {
    return List.of(MERGE, ROLLING + 0, ROLLING + 1);
  }

  /** The name of the bitmap of a member. */
  static String copyName(UUID member) {
    return COPY + member;
  }

  // ---- opening

  /** Of files that were just made, all clear. */
  static SetBitmaps ofNew(DirectoryStore store, BitmapSet set, Passages gate, VolumeSync members)
      throws StorageException {
    SetBitmaps bitmaps = new SetBitmaps(store, set, gate, members);
    set.rest(bitmaps.idle);
    return bitmaps;
  }

  /** Of what could not be opened, or made. */
  static void close(@Nullable BitmapSet set, @Nullable HomeFile home) {
    if (set != null) {
      set.close();
    }
    if (home != null) {
      home.close();
    }
  }

  /**
   * Opens the bitmaps of a set that was mounted before, and makes good what its last run left.
   *
   * @param copies the members that have a bitmap of their own
   * @throws StorageException NOT_FOUND, CORRUPT, UNSUPPORTED: no bitmap of the set can be trusted
   */
  static SetBitmaps open(
      Path directory,
      List<UUID> copies,
      long size,
      RecoverMode mode,
      Passages gate,
      VolumeSync members)
      throws StorageException {
    HomeFile home = HomeFile.open(directory.resolve(ABOUT), 0);
    BitmapSet set = null;
    boolean opened = false;
    try {
      DirectoryStore store = new DirectoryStore(home, false);
      List<String> names = new ArrayList<>(fixed());
      for (UUID id : copies) {
        if (store.exists(copyName(id))) { // one that is missing costs no other one
          names.add(copyName(id));
        }
      }
      set = BitmapSet.open(store, names, size, mode, gate::awaitEarlier, members);
      SetBitmaps bitmaps = new SetBitmaps(store, set, gate, members);
      bitmaps.takeUp();
      opened = true;
      return bitmaps;
    } finally {
      if (!opened) {
        close(set, home);
      }
    }
  }

  /** Of two rolling bitmaps that both saw changes one goes on; after an unclean stop both do. */
  private void takeUp() throws StorageException {
    if (idle.regionsSet() == 0) {
      set.rest(idle);
    } else {
      retiring = active;
      WriteBitmap newer = idle;
      idle = active;
      active = newer;
    }
  }

  /** Whether the last run ended cleanly. */
  boolean stoppedCleanly() {
    return set.stoppedCleanly();
  }

  // ---- writes

  /** {@link BitmapSet#prepare}. */
  void prepare(long offset, long length) throws StorageException {
    set.prepare(offset, length);
  }

  /** {@link BitmapSet#aboutToChange}. */
  void aboutToChange(long offset, long length) throws StorageException {
    set.aboutToChange(offset, length);
  }

  /** Where full members may differ. */
  WriteBitmap merge() {
    return merge;
  }

  // ---- rolling

  /**
   * Sets in that bitmap what a member may lack that was one until now: what was written since all
   * members were synced last, and where they may differ.
   */
  void includeRecent(WriteBitmap bitmap) throws StorageException {
    bitmap.include(active);
    bitmap.include(idle);
    if (!bitmap.equals(merge)) {
      bitmap.includeRegions(merge);
    }
    bitmap.flush();
  }

  /** How many regions were written since all members were synced last, at most. */
  long recentRegions() {
    return active.regionsSet() + idle.regionsSet();
  }

  /** The bitmap that every write sets. */
  WriteBitmap rolling() {
    return active;
  }

  /**
   * Begins a rotation: another bitmap sees what changes from here on, besides the one before.
   *
   * @return whether there is something to rotate
   */
  boolean beginRotation() {
    if (retiring != null) {
      return true; // the last one did not end
    }
    if (active.regionsSet() == 0) {
      return false;
    }
    try (Passages.Closed closed = gate.close()) {
      set.wake(idle);
    }
    retiring = active;
    active = idle;
    idle = retiring;
    return true;
  }

  /** Syncs members and bitmaps, and forgets zones; not under the lock of the set. */
  void advance() throws StorageException {
    set.advance();
  }

  /**
   * Ends a rotation, after {@link #advance} went well for the members that there are now, unless
   * something speaks against it while no write is under way.
   */
  void endRotation(BooleanSupplier mayEnd) throws StorageException {
    WriteBitmap ending = retiring;
    if (ending == null) {
      return;
    }
    try (Passages.Closed closed = gate.close()) {
      if (!mayEnd.getAsBoolean()) {
        return;
      }
      set.rest(ending);
    }
    ending.reset(gate::awaitEarlier);
    retiring = null;
  }

  // ---- bitmaps of members

  /** The bitmap of a member, or null. */
  @Nullable WriteBitmap copy(UUID member) {
    return set.findOrNull(copyName(member));
  }

  /** Makes a bitmap for a member; it sees no change before {@link #watch}. NO_SPACE. */
  WriteBitmap createCopy(UUID member) throws StorageException {
    WriteBitmap made = set.create(copyName(member), GRAIN);
    set.rest(made);
    return made;
  }

  /**
   * The bitmap of a member, or one that is made, with all bits set where all is wanted. NO_SPACE.
   */
  WriteBitmap copyFor(UUID member, boolean all) throws StorageException {
    WriteBitmap known = copy(member);
    WriteBitmap copy = known == null ? createCopy(member) : known;
    if (all) {
      copy.setAll();
      copy.flush();
    }
    return copy;
  }

  /** Lets it see changes from here on; called while no write is under way. */
  void watch(WriteBitmap copy) {
    set.wake(copy);
  }

  /** Lets it see no more changes; called while no write is under way. */
  void rest(WriteBitmap copy) {
    set.rest(copy);
  }

  /** Ends the bitmap of a member; called with the gate open. */
  void delete(WriteBitmap copy) throws StorageException {
    try (Passages.Closed closed = gate.close()) {
      set.remove(copy);
    }
    set.delete(copy);
  }

  // ---- size and end

  /**
   * Follows a larger size: what is added counts as changed for those who were members before, and
   * may differ on those who are.
   */
  void extend(long size) throws StorageException {
    set.extend(size);
  }

  /**
   * Saves all for a clean stop; no change comes any more.
   *
   * @param keepRecent whether what was written lately is still needed by the next mount
   * @return false when the files of the bitmaps cannot be relied on: it is no clean stop
   */
  boolean stop(boolean keepRecent) throws StorageException {
    members.sync(); // INV-1
    if (!keepRecent) {
      endRotation(() -> true);
      active.reset(gate::awaitEarlier);
    }
    set.stop();
    return set.failure() == null;
  }

  /** Why the files of the bitmaps cannot be relied on, or null. */
  @Nullable String failure() {
    return set.failure();
  }

  /**
   * Lets the next mount take all bitmaps for lost: it merges and copies all. For the upkeep.
   *
   * @return false when that was done before
   */
  boolean giveUp() throws StorageException {
    if (givenUp) {
      return false;
    }
    store.delete(ABOUT);
    store.syncNames();
    givenUp = true; // else it is tried again
    return true;
  }

  @Override
  public void close() {
    set.close();
    store.close();
  }

  /** An error that says that bitmaps are lost, not that a disk failed for now. */
  static boolean isLoss(StorageException e) {
    return e.fault() == Fault.NOT_FOUND
        || e.fault() == Fault.CORRUPT
        || e.fault() == Fault.UNSUPPORTED;
  }
}
