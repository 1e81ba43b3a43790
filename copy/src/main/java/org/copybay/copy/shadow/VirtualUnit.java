package org.copybay.copy.shadow;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.store.FileTime;

/**
 * The file shadow/DSAn of a set: what programs open. It is there while the set is mounted; its size
 * is fixed. Any thread may call.
 */
public final class VirtualUnit implements BlockFile {
  private final ShadowSets sets;
  private final ShadowSet set;
  private final GapKeeper gaps = new GapKeeper();
  private final RankedLock lock = new RankedLock(LockRank.VOLUME);

  // guarded by lock
  private boolean closing;

  // volatile: replaced under lock, shown without it
  private volatile List<OpenFile> open = List.of();

  VirtualUnit(ShadowSets sets, ShadowSet set) {
    this.sets = sets;
    this.set = set;
  }

  /** The set. */
  public ShadowSet set() {
    return set;
  }

  @Override
  public String path() {
    return "shadow/" + name();
  }

  @Override
  public String name() {
    return set.name();
  }

  @Override
  public long size() {
    return set.record().size();
  }

  @Override
  public boolean making() {
    return false;
  }

  @Override
  public String resizing() {
    return "resize set=" + name() + " size=BYTES";
  }

  @Override
  public GapKeeper gaps() {
    return gaps;
  }

  /** Its number in the mount. */
  public long inode() {
    return set.record().inode();
  }

  /** User, group and permission bits. */
  public Owner owner() {
    return set.record().owner();
  }

  /** Space and times, those of one full member; never waits for a disk. CLOSED, CORRUPT. */
  public FileStatus status() throws StorageException {
    return set.device().source().volume().status();
  }

  // ---- openers

  /** Opens it. CLOSED when it is not mounted, BUSY while it is dismounted; READ_ONLY. */
  public OpenFile open(Opener opener, boolean truncating) throws StorageException {
    OpenFile opened;
    try (var held = lock.enter()) {
      set.mounted();
      if (closing) {
        throw new StorageException(Fault.BUSY, path() + " is being dismounted");
      }
      if (opener.writing() || truncating) {
        set.bay().requireChangeable();
      }
      opened = new OpenFile(this, opener, truncating);
      List<OpenFile> more = new ArrayList<>(open);
      more.add(opened);
      open = List.copyOf(more);
    }
    opened.begin();
    return opened;
  }

  @Override
  public void closed(OpenFile closed) {
    try (var held = lock.enter()) {
      List<OpenFile> fewer = new ArrayList<>(open);
      fewer.remove(closed);
      open = List.copyOf(fewer);
    }
  }

  /** Who has it open. */
  public List<Opener> openers() {
    return open.stream().map(OpenFile::opener).toList();
  }

  /** Keeps everybody from opening it until {@link #reopened}. BUSY when somebody has it open. */
  void close(String what) throws StorageException {
    try (var held = lock.enter()) {
      List<OpenFile> now = open;
      if (!now.isEmpty()) {
        throw new StorageException(
            Fault.BUSY,
            path() + " is open by " + now.get(0).opener().describe() + ": cannot " + what,
            "close it there, and try again");
      }
      closing = true;
    }
  }

  /** Ends {@link #close}. */
  void reopened() {
    try (var held = lock.enter()) {
      closing = false;
    }
  }

  // ---- bytes

  @Override
  public int read(long offset, ByteBuffer target) throws StorageException {
    long room = size() - offset;
    if (room <= 0) {
      return 0;
    }
    if (target.remaining() > room) {
      target.limit(target.position() + (int) room);
    }
    int length = target.remaining();
    if (length > 0) {
      set.device().read(offset, target);
    }
    return length;
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    set.bay().requireChangeable();
    requireRoom(offset);
    long room = size() - offset;
    if (source.remaining() > room) {
      source.limit(source.position() + (int) room);
    }
    int ticket = set.stall().enter();
    try {
      return set.device().write(offset, source);
    } finally {
      set.stall().leave(ticket);
    }
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    set.bay().requireChangeable();
    long inside = Math.min(length, size() - offset);
    if (inside > 0) {
      int ticket = set.stall().enter();
      try {
        set.device().zero(offset, inside, keepSpace);
      } finally {
        set.stall().leave(ticket);
      }
    }
  }

  @Override
  public void reserve(long offset, long length, boolean keepSize) throws StorageException {
    set.bay().requireChangeable();
    if (offset + length > size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          path() + " ends at " + size() + " bytes, wanted space up to " + (offset + length),
          resizing());
    }
    set.device().reserve(offset, length);
  }

  @Override
  public void flush() throws StorageException {
    set.device().flush();
  }

  @Override
  public long seek(long offset, boolean data) throws StorageException {
    long size = size();
    if (offset >= size) {
      return -1;
    }
    if (set.device().mayDiffer(new Extent(offset, size - offset))) {
      return data ? offset : size; // members may have holes at other places
    }
    UnitDevice device = set.device();
    long found = data ? device.nextData(offset) : device.nextHole(offset);
    if (data) {
      return found >= size ? -1 : found;
    }
    return found < 0 || found > size ? size : found;
  }

  @Override
  public void setSize(long size) throws StorageException {
    set.bay().requireChangeable();
    if (size != size()) {
      throw new StorageException(
          Fault.FORBIDDEN,
          path() + " has a fixed size of " + size() + " bytes, wanted " + size,
          "dd conv=notrunc"
              + (size > size() ? ", or: resize set=" + name() + " size=" + size : ""));
    }
  }

  @Override
  public void requireRoom(long offset) throws StorageException {
    if (offset >= size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          "write at " + offset + " lies past the end of " + path() + " (" + size() + " bytes)",
          resizing());
    }
  }

  @Override
  public void zeroGap(long offset, long length) throws StorageException {
    zero(offset, length, false);
    var told = sets.kernel().view().contentChanged(this, new Extent(offset, length));
    assert told != null; // not waited for: this is a request of the unit itself
  }

  /** Sets the times of all full members, or at least of one. */
  public void setTimes(FileTime access, FileTime modification) throws StorageException {
    set.bay().requireChangeable();
    List<Member> full = set.device().members().full();
    List<Legs.Failure> failed =
        Legs.run(
            full,
            ByteBuffer.allocate(0),
            set.failures().timeoutMillis(),
            (member, none) -> member.volume().setTimes(access, modification));
    if (failed.size() == full.size()) {
      throw failed.get(0).error();
    }
  }
}
