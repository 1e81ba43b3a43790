package org.copybay.copy.optical;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BlockFile;
import org.copybay.volumes.bay.GapKeeper;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.media.Limit;
import org.copybay.volumes.media.Medium;
import org.copybay.volumes.media.Writes;
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.store.FileTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of a cartridge: the file optical/ID, from its first sector to the end of the last one
 * that is written. Any thread may call.
 */
public final class OpticalVolume implements BlockFile {
  private static final Logger LOG = LoggerFactory.getLogger(OpticalVolume.class);

  // set once
  private final VolumeRules rules;
  private final Optical optical;
  private final Medium medium;
  private final GapKeeper gaps = new GapKeeper();
  private final RankedLock lock = new RankedLock(LockRank.VOLUME);

  // volatile: replaced under the lock of the optical storage, shown without it
  private volatile SideRecord row;
  private volatile @Nullable String job; // a job that keeps programs from changing it
  private volatile boolean exclusive; // and from reading it
  private volatile @Nullable String promised; // the identifier that the job will give it

  // volatile: replaced under lock, shown without it
  private volatile List<OpenFile> open = List.of();

  // atomic: last closes that have not done their work yet
  private final AtomicInteger settling = new AtomicInteger();

  // atomic: set by writers, taken by the last close
  private final AtomicBoolean written = new AtomicBoolean();

  OpticalVolume(Optical optical, SideRecord row, Medium medium) {
    this.optical = optical;
    this.row = row;
    this.medium = medium;
    this.rules = new VolumeRules(optical.bay(), this);
  }

  // ---- facts

  /** Its row. */
  public SideRecord row() {
    return row;
  }

  void setRow(SideRecord newRow) {
    row = newRow;
  }

  /** Name of the cartridge and A or B, for ever. */
  public String key() {
    return row.key();
  }

  /** Its volume identifier. */
  public String id() {
    return row.id();
  }

  /** The name of its cartridge. */
  public String cartridge() {
    return row.cartridge();
  }

  /** What programs may do with it. */
  VolumeRules rules() {
    return rules;
  }

  /** Its sectors. */
  public Medium medium() {
    return medium;
  }

  /** Whether it holds a duplicate of that volume, also where that has got another identifier. */
  boolean isDuplicateOf(OpticalVolume source) {
    Base base = row.base();
    SideRecord.Duplicate of = row.duplicate();
    return base != null
        ? base.source().equals(source.row().bytes())
        : of != null && of.of().equals(source.id());
  }

  /** How many sides its cartridge has. */
  int sides() {
    CartridgeRecord row = optical.cartridgeOrNull(cartridge());
    return row == null ? 1 : row.sides();
  }

  /** The job that holds it, or null. */
  public @Nullable String job() {
    return job;
  }

  void hold(String newJob, boolean newExclusive) {
    exclusive = newExclusive;
    job = newJob;
  }

  void release() {
    job = null;
    exclusive = false;
    promised = null;
  }

  /** Reserves the identifier that it has when the job which holds it is done. */
  void promise(String newId) {
    promised = newId;
  }

  /** Whether that will be its identifier when a job is done. */
  boolean isPromised(String otherId) {
    return otherId.equals(promised);
  }

  boolean heldExclusively() {
    return job != null && exclusive;
  }

  @Override
  public String path() {
    return "optical/" + id();
  }

  @Override
  public String name() {
    return id();
  }

  @Override
  public long size() {
    return medium.size();
  }

  @Override
  public boolean making() {
    return medium.making();
  }

  @Override
  public GapKeeper gaps() {
    return gaps;
  }

  /** Its number in the mount. */
  public long inode() {
    return row.inode();
  }

  /** User, group and permission bits. */
  public Owner owner() {
    return row.owner();
  }

  /** Space and times; never waits for a disk. CORRUPT. */
  public FileStatus status() throws StorageException {
    return medium.volume().status();
  }

  /** Who has it open. */
  public List<Opener> openers() {
    return open.stream().map(OpenFile::opener).toList();
  }

  String firstOpener() {
    List<Opener> now = openers();
    return now.isEmpty() ? "a handle on its way" : now.get(0).describe();
  }

  /** How much of it may be written. */
  public Limit limit() {
    SideRecord.Label label = row.label();
    long usable = Math.min(label.usable(), medium.capacity());
    long sectors = medium.capacity() / medium.sectorBytes();
    return new Limit(usable, sectors * label.threshold() / 100);
  }

  // ---- openers

  /**
   * Opens it; a library fetches its cartridge. NOT_FOUND when it is not there any more; BUSY when
   * no drive is free for it in 2 s; READ_ONLY, DENIED, CORRUPT.
   */
  public OpenFile open(Opener opener, boolean truncating) throws StorageException {
    boolean changing = opener.writing() || truncating;
    if (changing) {
      optical.bay().requireChangeable();
    }
    optical.drives().use(this, changing);
    boolean opened = false;
    try {
      if (truncating) {
        rules.requireChangeable();
        optical.drives().awaitClosed(this); // the kernel may tell of a close after it
        rules.requireMaker(opener);
        blank();
      }
      OpenFile made = new OpenFile(this, opener, false);
      try (var held = lock.enter()) {
        List<OpenFile> more = new ArrayList<>(open);
        more.add(made);
        open = List.copyOf(more);
      }
      made.begin();
      opened = true;
      return made;
    } finally {
      if (!opened) {
        optical.drives().unuse(this);
      }
    }
  }

  /** Erases it and what is known of it as a duplicate. */
  private void blank() throws StorageException {
    if (size() == 0 && !row.state().broken()) {
      return;
    }
    medium.requireErasable(id());
    try {
      optical.labels().blank(this);
    } finally {
      written.set(true); // the last close that comes now ends what the erasing left in doubt
    }
    optical.kernel().contentChanged(this, new Extent(0, Math.max(medium.capacity(), 1)));
  }

  @Override
  public void closed(OpenFile closed) {
    boolean last;
    boolean settle;
    try (var held = lock.enter()) {
      List<OpenFile> fewer = new ArrayList<>(open);
      fewer.remove(closed);
      open = List.copyOf(fewer);
      last = fewer.isEmpty();
      settle = last && (written.getAndSet(false) || (making() && closed.opener().writing()));
      if (last) {
        settling.incrementAndGet();
      }
    }
    try {
      if (settle) {
        settle();
      }
    } finally {
      if (last) {
        settling.decrementAndGet();
      }
      optical.drives().unuse(this);
    }
  }

  /** Whether all programs have closed it, and the end of that is on the way. */
  public boolean closing() {
    List<OpenFile> now = open;
    return settling.get() > 0 || (!now.isEmpty() && now.stream().allMatch(OpenFile::isSettled));
  }

  /** What a program wrote is the volume now. */
  private void settle() {
    try {
      optical.labels().closed(this);
    } catch (StorageException e) {
      LOG.warn("volume={} {}", path(), e.getMessage());
    }
  }

  // ---- bytes

  @Override
  public int read(long offset, ByteBuffer target) throws StorageException {
    rules.requireReadable();
    return medium.read(offset, target);
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    int length = source.remaining();
    try {
      rules.requireWritable();
      written.set(true);
      return medium.write(id(), offset, source, limit());
    } catch (StorageException e) {
      forget(offset, length);
      throw e;
    }
  }

  /**
   * A page of a mapping stays in the kernel as a program made it, also when it was refused here.
   * Not waited for: this is a request of the volume itself.
   */
  private void forget(long offset, int length) {
    if (length > 0) {
      var told = optical.kernel().view().contentChanged(this, new Extent(offset, length));
      assert told != null;
    }
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    rules.requireWritable();
    written.set(true);
    medium.zero(id(), offset, length, keepSpace);
  }

  @Override
  public void reserve(long offset, long length, boolean keepSize) throws StorageException {
    throw new StorageException(
        Fault.UNSUPPORTED, path() + " is an optical volume: its sectors need no room");
  }

  @Override
  public void flush() throws StorageException {
    medium.flush();
  }

  @Override
  public long seek(long offset, boolean data) throws StorageException {
    rules.requireReadable();
    return medium.seek(offset, data);
  }

  /** Its own size; 0 erases what can be erased; more writes the last sector. */
  @Override
  public void setSize(long size) throws StorageException {
    long now = size();
    if (size == now && !(size == 0 && row.state().broken())) {
      return;
    }
    rules.requireChangeable();
    if (size == 0) {
      blank();
    } else if (making()) {
      medium.setMakingSize(id(), size);
    } else if (size > now) {
      ByteBuffer zero = ByteBuffer.allocateDirect(1);
      write(size - 1, zero);
    } else {
      throw new StorageException(
          medium.type().writes() == Writes.AGAIN ? Fault.FORBIDDEN : Fault.READ_ONLY,
          path() + " ends with its last written sector, at " + now + " bytes; wanted " + size,
          "truncate -s 0 erases what can be erased");
    }
  }

  @Override
  public void requireRoom(long offset) throws StorageException {
    if (!making() && offset >= medium.capacity()) {
      throw new StorageException(
          Fault.NO_SPACE,
          "write at "
              + offset
              + " lies past the end of "
              + path()
              + " ("
              + medium.capacity()
              + " bytes)");
    }
  }

  @Override
  public void zeroGap(long offset, long length) {
    throw new IllegalStateException("an optical volume has no gaps");
  }

  /** Sets access and modification time. */
  public void setTimes(FileTime access, FileTime modification) throws StorageException {
    medium.volume().setTimes(access, modification);
  }
}
