package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.store.FileTime;
import org.copybay.volumes.store.HomeFile;
import org.jspecify.annotations.Nullable;

/*
 * States (VolumeState) and the method that performs each transition, as Bay names it:
 *
 *   (none)  --make-->   MAKING  --finish / last close with a size-->  READY
 *   (none)  --create--> READY
 *   (none)  --reserve-> COPYING --reveal-->  READY,  --discard--> (gone)
 *   MAKING, READY --remove, or replaced by rename or reveal--> DROPPING --last close--> (gone)
 *
 * INV-1 Only a volume in the making changes its size by a write; the size of every other one is
 *       that of its record, and no write passes its end.
 * INV-2 Every change of bytes of a volume that a reader may see passes AnnouncingDevice; its length
 *       is changed by the maker of one in the making and by resize only.
 * INV-3 A damaged volume (no home) answers no read and no write.
 *
 * A crash leaves the record of the last commit: MAKING keeps the bytes that were written, DROPPING
 * is finished at the next mount, COPYING belongs to its job.
 */
/**
 * One volume of an open bay: its record, its openers and the stack of layers that its bytes pass.
 * Any thread may call any method.
 */
public final class Volume {
  // set once
  private final Bay bay;
  private final ActivityCounter activity = new ActivityCounter();
  private final Openers openers = new Openers(this);
  private final RankedLock sizeLock = new RankedLock(LockRank.SIZE);

  // atomic: set by an opener that truncates, looked at by every change
  private final AtomicReference<@Nullable Gaps> gaps = new AtomicReference<>();

  // volatile: replaced as a whole under the lock of the bay, read by every request
  private volatile VolumeRecord row;
  private volatile boolean growing; // in the making, or was when it was deleted under its maker
  private volatile @Nullable Layers layers;
  private volatile @Nullable String damage;

  // atomic: grows with writes while in the making
  private final AtomicLong makingSize = new AtomicLong();

  Volume(Bay bay, VolumeRecord row) {
    this.bay = bay;
    this.row = row;
    this.growing = row.state() == VolumeState.MAKING;
  }

  // ---- facts

  /** The row of the catalogue as it is now. */
  public VolumeRecord row() {
    return row;
  }

  /** The id that names its directory. */
  public UUID id() {
    return row.id();
  }

  /** The name below volumes/. */
  public String name() {
    return row.name();
  }

  /** The state. */
  public VolumeState state() {
    return row.state();
  }

  /** Bytes. */
  public long size() {
    return growing ? makingSize.get() : row.size();
  }

  /** What is wrong with it, in a sentence, or null: damage forbids all I/O, failure only writes. */
  public @Nullable String failure() {
    String why = damage;
    return why == null ? row.failure() : why;
  }

  /** Whether its home is missing, too short or no plain file. */
  public boolean damaged() {
    return damage != null;
  }

  /** Reads and changes since the mount. */
  public ActivityCounter activity() {
    return activity;
  }

  /** What keeps it from being changed, or null. */
  public @Nullable Hold hold() {
    return openers.hold();
  }

  /** Who has it open. */
  public List<Opener> openers() {
    return openers.all();
  }

  /** Where its bytes lie. */
  public java.nio.file.Path home() {
    return bay.layout().home(row);
  }

  /** Allocated space and times. CORRUPT when damaged. */
  public FileStatus status() throws StorageException {
    return layers().home().status();
  }

  // ---- bytes

  /**
   * Reads up to target.remaining() bytes; fewer only at the end.
   *
   * @return the number of bytes read, 0 at or past the end
   */
  public int read(long offset, ByteBuffer target) throws StorageException {
    long room = size() - offset;
    if (room <= 0) {
      return 0;
    }
    if (target.remaining() > room) {
      target.limit(target.position() + (int) room);
    }
    int length = target.remaining();
    layers().top().read(offset, target);
    activity.read(length);
    return length;
  }

  /**
   * Writes, keeping P1; P2 after {@link #flush}. A write across the end of a volume of fixed size
   * is cut there.
   *
   * @return the number of bytes written, at least 1
   */
  int write(long offset, ByteBuffer source) throws StorageException {
    requireWritable();
    if (growing) {
      int written = layers().top().write(offset, source);
      makingSize.accumulateAndGet(offset + written, Math::max);
      return written;
    }
    requireRoom(offset);
    long room = row.size() - offset;
    if (source.remaining() > room) {
      source.limit(source.position() + (int) room);
    }
    return layers().top().write(offset, source);
  }

  /** NO_SPACE when a write at that offset lies past the end. */
  void requireRoom(long offset) throws StorageException {
    if (!growing && offset >= row.size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          "write at " + offset + " lies past the end of " + name() + " (" + row.size() + " bytes)",
          "resize volume=" + name() + " size=BYTES");
    }
  }

  /** Makes [offset, offset + length) read as zeros; what lies past the end is left out. */
  void zero(long offset, long length, boolean keepSpace) throws StorageException {
    requireWritable();
    long inside = Math.min(length, size() - offset);
    if (inside > 0) {
      layers().top().zero(offset, inside, keepSpace);
    }
  }

  /** An opener asked for an empty file; the gaps of an earlier one end. */
  void setGaps(Gaps newest) {
    endGapsOfOthers(newest);
    gaps.set(newest);
  }

  /** Called before every change: the bytes that follow are not for another opener to zero. */
  void endGapsOfOthers(@Nullable Gaps own) {
    Gaps now = gaps.get();
    if (now != null && !now.equals(own)) {
      now.end();
      gaps.compareAndSet(now, null);
    }
  }

  /** Zeroes the gap that a truncating opener skipped, which the kernel knows nothing of. */
  void zeroGap(long offset, long length) throws StorageException {
    zero(offset, length, false);
    var told = bay.kernelView().contentChanged(this, new Extent(offset, length));
    assert told != null; // not waited for: this is a request of the volume itself
  }

  /** Gives a range space without changing its bytes; a volume in the making may grow by it. */
  void reserve(long offset, long length, boolean keepSize) throws StorageException {
    requireWritable();
    boolean making = growing;
    if (!making && offset + length > row.size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          name() + " ends at " + row.size() + " bytes, wanted space up to " + (offset + length),
          "resize volume=" + name() + " size=" + (offset + length));
    }
    layers().home().reserve(offset, length);
    if (making && !keepSize && offset + length > size()) {
      setMakingSize(offset + length);
    }
  }

  /**
   * Fences every write that returned before (P2). A failure stops all writes to the volume, and
   * fails every later fence, also after a remount, until the volume was checked.
   */
  public void flush() throws StorageException {
    VolumeRecord before = row;
    requireNoFailure(before);
    Layers now = layers();
    try {
      now.top().flush();
    } catch (StorageException e) {
      if (e.fault() != Fault.CLOSED) {
        bay.failed(this, e.getMessage());
        throw new StorageException(e.fault(), e.getMessage(), "check volume=" + name(), e);
      }
      throw e;
    }
    if (!before.sizeSynced()) {
      bay.sizeSynced(this, before);
    }
  }

  /** The data or hole that follows: {@link HomeFile#nextData} or {@link HomeFile#nextHole}. */
  public long seek(long offset, boolean data) throws StorageException {
    HomeFile home = layers().home();
    long size = size();
    long found = offset >= size ? -1 : data ? home.nextData(offset) : home.nextHole(offset);
    return data && found >= size ? -1 : Math.min(found, size);
  }

  /** Sets access and modification time. */
  public void setTimes(FileTime access, FileTime modification) throws StorageException {
    bay.requireChangeable();
    layers().home().setTimes(access, modification);
  }

  /**
   * truncate(2): sets the size of a volume in the making; a volume of fixed size takes only its
   * own. FORBIDDEN otherwise.
   */
  public void setSize(long size) throws StorageException {
    requireWritable();
    try (var held = openers.enterSettled("set its size")) {
      if (growing) {
        setMakingSize(size);
      } else if (size != row.size()) {
        throw new StorageException(
            Fault.FORBIDDEN,
            "volume " + name() + " has a fixed size of " + row.size() + " bytes, wanted " + size,
            "dd conv=notrunc, qemu-img convert -n, or: resize volume="
                + name()
                + " size="
                + size
                + (size < row.size() ? " shrink=yes" : ""));
      }
    }
  }

  void setMakingSize(long size) throws StorageException {
    layers().home().setSize(size);
    makingSize.set(size);
  }

  /**
   * A way past the announcement, straight to the home, for the physical fill of a copy: the caller
   * owns the volume in state COPYING, or only reads.
   */
  public HomeFile fill() throws StorageException {
    return layers().home();
  }

  // ---- openers and holds

  /**
   * Opens it. Waits up to 2 s for the last close of another process that is making it.
   *
   * @param truncating whether the opener asked for an empty file (O_TRUNC)
   */
  public OpenVolume open(Opener opener, boolean truncating) throws StorageException {
    return openers.open(opener, truncating);
  }

  /** Waits until no process is making it any more. BUSY with the maker's pid after 2 s. */
  void awaitMade(String what) throws StorageException {
    openers.awaitMade(what);
  }

  /** Called by the handle when it is closed. */
  void closed(OpenVolume open) {
    if (openers.remove(open)) {
      try {
        bay.lastClosed(this, open.opener().writing());
      } finally {
        openers.settled();
      }
    }
  }

  boolean isOpen() {
    return openers.any();
  }

  /**
   * Keeps everybody from changing it until {@link #release}. BUSY when a process has it open for
   * writing, when it is in the making for longer than 2 s, or when another job holds it.
   */
  public void hold(Hold newHold) throws StorageException {
    openers.awaitMade("use it");
    bay.hold(this, newHold);
  }

  /** Ends the hold of that job; nothing happens if the hold is another's. */
  public void release(String job) {
    openers.release(job);
  }

  /** BUSY when a job holds it. */
  void requireNoHold(String what) throws StorageException {
    openers.requireNoHold(what);
  }

  // ---- what must be so

  /** NOT_FOUND when it was deleted. */
  void requirePresent() throws StorageException {
    if (row.state() == VolumeState.DROPPING) {
      throw new StorageException(Fault.NOT_FOUND, "volume " + name() + " was deleted");
    }
  }

  /** BUSY when it is in the making. */
  void requireFinished() throws StorageException {
    if (row.state() == VolumeState.MAKING) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + name() + " is still in the making (" + size() + " bytes)",
          "finish volume=" + name());
    }
  }

  /** Whether it can be opened at all. NOT_FOUND, CORRUPT, READ_ONLY. */
  void requireOpenable(boolean changing) throws StorageException {
    requirePresent();
    layers();
    if (changing) {
      bay.requireChangeable();
    }
  }

  /** READ_ONLY, or STORE_FAILED after a lost sync. */
  void requireWritable() throws StorageException {
    bay.requireChangeable();
    requireNoFailure(row);
  }

  private static void requireNoFailure(VolumeRecord row) throws StorageException {
    String why = row.failure();
    if (why != null) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "volume " + row.name() + " takes no writes: " + why,
          "check volume=" + row.name());
    }
  }

  // ---- called by the bay

  /** Keeps the length of the home as it is for others that would change it. */
  RankedLock sizeLock() {
    return sizeLock;
  }

  Openers gate() {
    return openers;
  }

  void setRow(VolumeRecord newRow) {
    Layers now = layers;
    if (now != null) {
      now.follow(newRow);
    }
    boolean grows =
        newRow.state() == VolumeState.MAKING || (growing && newRow.state() == VolumeState.DROPPING);
    row = newRow; // first: who looks at the size in between finds that of the new row
    growing = grows;
  }

  /** Takes over the layers, or closes them when their home does not answer. */
  void setLayers(Layers newLayers) throws StorageException {
    try {
      makingSize.set(newLayers.home().status().size());
    } catch (StorageException e) {
      newLayers.home().close();
      throw e;
    }
    newLayers.follow(row);
    layers = newLayers;
    damage = null;
  }

  void setDamage(String why) {
    damage = why;
  }

  void closeLayers() {
    Layers now = layers;
    layers = null;
    if (now != null) {
      now.home().close();
    }
  }

  private Layers layers() throws StorageException {
    Layers now = layers;
    if (now == null) {
      requirePresent();
      String why = damage;
      throw new StorageException(
          Fault.CORRUPT,
          "volume " + name() + " is damaged: " + (why == null ? "closed" : why),
          "bring its file back, then: check volume=" + name());
    }
    return now;
  }

  /** All of it. */
  public Extent extent() {
    return new Extent(0, size());
  }
}
