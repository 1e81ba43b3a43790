package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bitmap.BitmapFiles;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.store.FileTime;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.TrackOrigin;
import org.jspecify.annotations.Nullable;

/*
 * States (VolumeState) and the method that performs each transition, as Bay names it:
 *
 *   (none)  --make-->   MAKING  --finish / last close with a size-->  READY
 *   (none)  --create--> READY
 *   (none)  --reserve-> COPYING --reveal-->  READY,  --discard--> (gone)
 *   MAKING, READY --remove, or replaced by rename or reveal--> DROPPING --last close--> (gone)
 *
 * A crash leaves the record of the last commit: MAKING keeps the bytes that were written, DROPPING
 * is finished at the next mount, COPYING belongs to its job.
 */
/**
 * One volume of an open bay: its row, its openers and its bytes. Any thread may call any method.
 */
public final class Volume {
  // set once
  private final Bay bay;
  private final VolumeBytes bytes;
  private final VolumeFile file;
  private final Openers openers = new Openers(this);
  private final RankedLock sizeLock;

  private volatile VolumeRecord row; // volatile: replaced under the lock of the bay
  private volatile boolean inDoubt; // volatile: set under the lock of the bay
  private volatile List<BitmapRecord> bitmaps = List.of(); // volatile: replaced likewise

  Volume(Bay bay, VolumeRecord row) {
    this.bay = bay;
    this.row = row;
    this.bytes = new VolumeBytes(bay, this, row.id());
    this.file = new VolumeFile(bay, this);
    this.sizeLock = new RankedLock(LockRank.SIZE, row.inode());
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
    return bytes.size();
  }

  /** What is wrong with it, in a sentence, or null: damage forbids all I/O, failure only writes. */
  public @Nullable String failure() {
    String why = bytes.damage().why();
    return why == null ? row.failure() : why;
  }

  /** Whether it has no files that it can be served from: a home, and what lies beside it. */
  public boolean damaged() {
    return bytes.damage().why() != null;
  }

  /** Whether it is damaged only because its disk has not answered since the mount. */
  public boolean awaitsDisk() {
    return bytes.damage().awaitsDisk();
  }

  /** Reads and changes since the mount. */
  public ActivityCounter activity() {
    return bytes.activity();
  }

  /** What keeps it from being changed, or null. */
  public @Nullable Hold hold() {
    return openers.hold();
  }

  /** What it is to a shadow set, or null. */
  public @Nullable Relation relation() {
    return openers.relation();
  }

  /** Who has it open. */
  public List<Opener> openers() {
    return openers.all();
  }

  /** Where its bytes lie. */
  public java.nio.file.Path home() {
    return bay.layout().home(row);
  }

  /** The directory that they lie in. */
  public java.nio.file.Path directory() {
    return bay.layout().directory(row);
  }

  /**
   * Its bytes for the shadow set that it belongs to, which it is told by {@link Relations#relate},
   * or for the cartridge of which it is a side.
   */
  public MemberBytes memberBytes() {
    return new MemberBytes(this);
  }

  /** Allocated space and times; never waits for a disk. CORRUPT when damaged. */
  public FileStatus status() throws StorageException {
    return bytes.status();
  }

  // ---- bytes

  /** Its bytes, for its file and the bay. */
  VolumeBytes bytes() {
    return bytes;
  }

  /** What its openers have open. */
  VolumeFile file() {
    return file;
  }

  /**
   * Reads up to target.remaining() bytes; fewer only at the end.
   *
   * @return the number of bytes read, 0 at or past the end
   */
  public int read(long offset, ByteBuffer target) throws StorageException {
    return bytes.read(offset, target);
  }

  /**
   * Fences every write that returned before (P2). A failure stops all writes to the volume, and
   * fails every later fence, also after a remount, until the volume was checked.
   */
  public void flush() throws StorageException {
    bytes.fence();
  }

  /** The data or hole that follows: {@link HomeFile#nextData} or {@link HomeFile#nextHole}. */
  public long seek(long offset, boolean data) throws StorageException {
    return bytes.seek(offset, data);
  }

  /** Sets access and modification time. */
  public void setTimes(FileTime access, FileTime modification) throws StorageException {
    bytes.setTimes(access, modification);
  }

  /**
   * truncate(2): sets the size of a volume in the making; a volume of fixed size takes only its
   * own. FORBIDDEN otherwise.
   */
  public void setSize(long size) throws StorageException {
    file.setSize(size);
  }

  /**
   * A way past the announcement, straight to the home, for the physical fill of a copy: the caller
   * owns the volume in state COPYING, or only reads. CORRUPT when damaged.
   */
  public HomeFile fill() throws StorageException {
    return bytes.home();
  }

  /** Whether it is more than a plain image now: it has points, or had some a moment ago. */
  public boolean engaged() throws StorageException {
    return bytes.tracks().engaged();
  }

  /** Bytes whose live content is not at home, but in the spill or nowhere. */
  public long awayBytes() throws StorageException {
    return bytes.tracks().awayBytes();
  }

  /** Bytes that the spill beside its home has in use. */
  public long spillBytes() throws StorageException {
    return bytes.tracks().spillBytes();
  }

  /** Where its bytes come from that it does not hold itself yet. CORRUPT when damaged. */
  public TrackOrigin origin() throws StorageException {
    return bytes.tracks().origin();
  }

  /**
   * Why it is no whole copy, and nothing goes on with it, or null: it takes no I/O then (P6). Its
   * points that were made before are what they were.
   */
  public @Nullable String invalidity() {
    return bytes.invalidity();
  }

  /** Its write bitmaps that anybody can see. */
  public List<BitmapRecord> seenBitmaps() {
    return bitmaps.stream().filter(bitmap -> !bitmap.hidden()).toList();
  }

  /** All its write bitmaps, in the order in which they were started. */
  public List<BitmapRecord> bitmaps() {
    return bitmaps;
  }

  void setBitmaps(List<BitmapRecord> all) {
    bitmaps = List.copyOf(all);
  }

  /** Its live bytes, past the block cache, for a job. CORRUPT when damaged. */
  public Image image() throws StorageException {
    return bytes.tracks();
  }

  /**
   * CORRUPT when somebody cut its home or its spill under the bay, or put another file into the
   * place of its home. It takes no writes then: they would be lost, or make what is missing read as
   * zeros (P8).
   */
  public void requireUncut() throws StorageException {
    bytes.requireUncut();
  }

  /**
   * Reads from the disk what lies beside its home, and compares the checksums: the files of the
   * track engine, intent log and write bitmaps. CORRUPT says what is wrong and where.
   */
  public void checkBesideHome() throws StorageException {
    bytes.tracks().check();
    try (var sized = sizeLock.enter()) { // no bitmap goes meanwhile
      List<String> files =
          bitmaps.stream().filter(b -> b.damage() == null).map(BitmapRecord::file).toList();
      BitmapFiles.check(new DirectoryStore(bytes.home(), true), files);
    }
  }

  /** Lets what is read next of it, and of its points, come from the disk. CORRUPT. */
  public void dropCached() throws StorageException {
    bytes.tracks().dropCached();
  }

  // ---- openers and holds

  /**
   * Opens it. Waits up to 2 s for the last close of another process that is making it.
   *
   * @param truncating whether the opener asked for an empty file (O_TRUNC)
   */
  public OpenFile open(Opener opener, boolean truncating) throws StorageException {
    return openers.open(opener, truncating);
  }

  /** Waits until no process is making it any more. BUSY with the maker's pid after 2 s. */
  void awaitMade(String what) throws StorageException {
    openers.awaitMade(what);
  }

  boolean isOpen() {
    return openers.any();
  }

  /** BUSY when somebody has it open. */
  public void requireClosed(String what) throws StorageException {
    if (isOpen()) {
      throw openBy(what);
    }
  }

  /** The refusal of a change that needs it closed. */
  StorageException openBy(String what) {
    List<Opener> now = openers();
    return new StorageException(
        Fault.BUSY,
        "volume "
            + name()
            + " is open by "
            + (now.isEmpty() ? "a handle on its way" : now.get(0).describe())
            + ": cannot "
            + what,
        "close it there, and try again");
  }

  /** BUSY with its pid when a process has it open for writing, a loop device too. */
  public void requireNoWriter(String consequence) throws StorageException {
    openers.requireNoWriter(consequence);
  }

  /** Whether a job could lay a hold on it now. BUSY. */
  public void requireHoldable(String reason) throws StorageException {
    openers.requireHoldable(reason);
  }

  /** BAD_REQUEST when it has no byte yet. */
  public void requireSized() throws StorageException {
    if (size() == 0) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "volume " + name() + " has no size yet",
          "truncate -s SIZE volumes/" + Words.word(name()));
    }
  }

  /**
   * Keeps everybody from changing it until {@link #release}. BUSY when a process has it open for
   * writing, when it is in the making for longer than 2 s, or when another job holds it; NOT_FOUND
   * when it has not that name any more, by which the hold is ended.
   */
  public void hold(String name, Hold newHold) throws StorageException {
    openers.awaitMade("use it");
    bay.hold(this, name, newHold);
  }

  /** Ends the hold of that job; nothing happens if the hold is another's. */
  public void release(String job) {
    openers.release(job);
  }

  /** BUSY when a job holds it, or a shadow set has a relation to it. */
  public void requireNoHold(String what) throws StorageException {
    openers.requireNoHold(what);
  }

  /** BUSY when a job holds it. */
  void requireNoJob(String what) throws StorageException {
    openers.requireNoJob(what);
  }

  /** BUSY when a job holds it, or a shadow set writes to it. */
  public void requireFreezable(String what) throws StorageException {
    openers.requireFreezable(what);
  }

  // ---- what must be so

  /** NOT_FOUND when it was deleted. */
  void requirePresent() throws StorageException {
    if (row.state() == VolumeState.DROPPING) {
      throw new StorageException(Fault.NOT_FOUND, "volume " + name() + " was deleted");
    }
  }

  /** BUSY when it is in the making. */
  public void requireFinished() throws StorageException {
    if (row.state() == VolumeState.MAKING) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + name() + " is still in the making (" + size() + " bytes)",
          "finish volume=" + Words.word(name()));
    }
  }

  /** Whether it can be opened at all. NOT_FOUND, CORRUPT, READ_ONLY. */
  void requireOpenable(boolean changing) throws StorageException {
    requirePresent();
    bytes.requireHome();
    if (changing) {
      bay.requireChangeable();
    }
  }

  /** READ_ONLY, or STORE_FAILED after a lost sync and when it may be deleted already. */
  public void requireWritable() throws StorageException {
    bay.requireChangeable();
    requireNoFailure(row);
    if (inDoubt) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "volume " + name() + " takes no writes: the next mount may find them deleted or cut",
          "copybay umount and mount it again");
    }
  }

  /** Says in words why its bytes must not be copied. CORRUPT, STORE_FAILED. */
  public void requireSound() throws StorageException {
    bytes.requireHome();
    requireNoFailure(row);
  }

  /** CORRUPT where it is no whole copy, and nothing goes on with it. */
  public void requireValid() throws StorageException {
    bytes.requireValid();
  }

  /** STORE_FAILED after a lost sync. */
  static void requireNoFailure(VolumeRecord row) throws StorageException {
    String why = row.failure();
    if (why != null) {
      throw new StorageException(
          Fault.STORE_FAILED, "volume " + row.name() + " takes no writes: " + why, row.checking());
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

  /** A change that takes bytes away may have been made or not: none are added until it is known. */
  void setInDoubt() {
    inDoubt = true;
  }

  void setRow(VolumeRecord newRow) {
    bytes.follow(newRow);
    row = newRow;
  }

  /** All of it. */
  public Extent extent() {
    return new Extent(0, size());
  }
}
