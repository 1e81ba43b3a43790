package org.copybay.volumes.media;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeState;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.WriteBitmap;

/*
 * INV-1 A sector counts as written before a byte of it changes, and no crash makes it count as
 *       unwritten: its bit is set first, and after power loss the zones of the intent log count (P3).
 * INV-2 What a program wrote of a sector that is written once stays as it is (P5).
 * INV-3 A sector that is not written holds zeros.
 */
/**
 * One side of a cartridge as sectors that its media type lets be written, over a hidden volume of
 * the bay. A volume that is in the making takes every write and is as long as it was written; when
 * it is finished all of it is written.
 *
 * <p>Any thread may call. Changes of one medium wait for each other, as they do in a drive; {@link
 * #enter} keeps all of them out. Every call may fail with CORRUPT and STORE_FAILED.
 */
public final class Medium {
  /** The hidden bitmap that says which sectors are written. */
  static final String WRITTEN = "optical/written";

  // set once
  private final Bay bay;
  private final Volume volume;
  private final MemberBytes bytes;
  private final MediaType type;
  private final int sectorBytes;
  private final RankedLock lock;

  // volatile: set by who finishes it, looked at by every request
  private volatile boolean finishing;

  private final WriteOnce once; // guarded by lock

  /** The medium on that volume, for which {@link #format} was called, or that is in the making. */
  public Medium(Bay bay, Volume volume, MediaType type, int sectorBytes) {
    this.bay = bay;
    this.volume = volume;
    this.bytes = volume.memberBytes();
    this.type = type;
    this.sectorBytes = sectorBytes;
    this.once = new WriteOnce(bytes, type, sectorBytes);
    this.lock = new RankedLock(LockRank.MEDIUM, volume.row().inode());
  }

  /**
   * Begins to remember what is written of a volume; all that a volume which was in the making holds
   * is written. Durable before it returns; what a crash leaves half made is made by the next call.
   */
  public void format(Catalogue.Change also) throws StorageException {
    if (bay.bitmaps().findOrNull(volume, WRITTEN) == null) {
      bay.bitmaps().startHidden(volume, WRITTEN, Grain.ofSectors(sectorBytes), also);
    }
  }

  /**
   * Ends its making: its size is fixed, in whole sectors, and all of it counts as written. Steps,
   * each of which may be done again: the volume is finished; its map is made; the bits are set.
   * Meanwhile it is as long as ever.
   */
  public void finish() throws StorageException {
    finishing = true;
    try {
      if (making()) {
        long over = volume.size() % sectorBytes;
        if (over != 0) {
          volume.setSize(volume.size() + sectorBytes - over);
        }
        bay.finish(volume, Catalogue.Change.NOTHING);
      }
      format(Catalogue.Change.NOTHING);
      written().setWhole(0, capacity());
      written().flush();
    } finally {
      finishing = false;
    }
    flush();
  }

  /** Whether its making is being ended right now. */
  public boolean finishing() {
    return finishing;
  }

  // ---- facts

  /** The volume that holds its bytes. */
  public Volume volume() {
    return volume;
  }

  /** What it is made of. */
  public MediaType type() {
    return type;
  }

  /** Bytes of a sector. */
  public int sectorBytes() {
    return sectorBytes;
  }

  /** Whether its maker still writes it. */
  public boolean making() {
    return volume.state() == VolumeState.MAKING;
  }

  /** Bytes, of whole sectors; those written so far while it is in the making. */
  public long capacity() {
    return volume.size();
  }

  /** The end of its last written sector, 0 where nothing is written; all of a lost map. */
  public long size() {
    if (finishing || making()) {
      return volume.size();
    }
    try {
      return Math.min((written().lastRegion() + 1) * sectorBytes, capacity());
    } catch (StorageException e) {
      return capacity();
    }
  }

  /** How many sectors are written; of a lost map all. */
  public long sectorsWritten() {
    try {
      return finishing || making() ? sectors(volume.size()) : written().regionsSet();
    } catch (StorageException e) {
      return sectors(capacity());
    }
  }

  private long sectors(long length) {
    return (length + sectorBytes - 1) / sectorBytes;
  }

  /** Which sectors are written: region n is sector n. CORRUPT when that was lost. */
  public WriteBitmap written() throws StorageException {
    BitmapRecord record = bay.bitmaps().findOrNull(volume, WRITTEN);
    if (record == null) {
      throw new StorageException(
          Fault.CORRUPT, "which sectors of " + volume.name() + " are written is not known");
    }
    return bay.bitmaps().bits(volume, record);
  }

  /** The name of the bitmap that says it, which is no record of what changed since a time. */
  public static String writtenName() {
    return WRITTEN;
  }

  // ---- reading

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
    return volume.read(offset, target);
  }

  /** The data or hole that follows; the end counts as a hole; -1 where there is none. */
  public long seek(long offset, boolean data) throws StorageException {
    long size = size();
    if (offset >= size) {
      return -1;
    }
    long found = volume.seek(offset, data);
    if (data) {
      return found >= size ? -1 : found;
    }
    return found < 0 || found > size ? size : found;
  }

  /** Its live bytes, past the block cache, for a job. */
  public Image image() throws StorageException {
    return volume.image();
  }

  // ---- changes

  /** Keeps everybody from changing it until the result is closed. */
  public RankedLock.Held enter() {
    return lock.enter();
  }

  /**
   * Writes (P1). READ_ONLY where its type or a sector that is written already forbids it, naming
   * the sector; then nothing changed. What is there already may be written again. NO_SPACE behind
   * the limit.
   *
   * @param name of the volume, for messages
   * @return the number of bytes written, at least 1
   */
  public int write(String name, long offset, ByteBuffer source, Limit limit)
      throws StorageException {
    try (var held = lock.enter()) {
      if (making()) {
        requireSectors(name, offset + source.remaining());
        return bytes.write(offset, source);
      }
      requireWritable(name);
      cut(name, offset, source, limit);
      int length = source.remaining();
      if (type.writes() == Writes.ONCE) {
        once.write(name, offset, source, written());
      } else {
        bytes.write(offset, source);
      }
      return length;
    }
  }

  /** Sets the size of one in the making. NO_SPACE. */
  public void setMakingSize(String name, long size) throws StorageException {
    requireSectors(name, size);
    volume.setSize(size);
  }

  private void requireSectors(String name, long end) throws StorageException {
    long most = MediaType.MAX_SECTORS * sectorBytes;
    if (end > most) {
      throw new StorageException(
          Fault.NO_SPACE,
          "image " + name + " would have " + end + " bytes; one has at most " + most);
    }
  }

  /** READ_ONLY for a type that is never written. */
  public void requireWritable(String name) throws StorageException {
    if (type.writes() == Writes.NEVER) {
      throw new StorageException(
          Fault.READ_ONLY, "volume " + name + " is " + type.word() + ": it is never written");
    }
  }

  /** Cuts a write where the medium, or what may be written of it, ends. */
  private void cut(String name, long offset, ByteBuffer source, Limit limit)
      throws StorageException {
    WriteBitmap written = written();
    long end = Math.min(offset + source.remaining(), limit.end());
    long left = limit.sectors() - written.regionsSet();
    long at = offset / sectorBytes;
    long last = (end - 1) / sectorBytes;
    while (at <= last && offset < end) {
      long clear = written.nextClearRegion(at);
      long set = written.nextRegion(clear);
      long run = Math.min(set < 0 ? last + 1 : set, last + 1) - clear;
      if (run <= 0) {
        break;
      }
      if (run > left) {
        end = Math.min(end, (clear + Math.max(0, left)) * sectorBytes);
        break;
      }
      left -= run;
      at = clear + run;
    }
    if (end <= offset) {
      throw full(name, offset, limit);
    }
    source.limit(source.position() + (int) (end - offset));
  }

  private StorageException full(String name, long offset, Limit limit) {
    if (offset >= limit.end()) {
      return new StorageException(
          Fault.NO_SPACE,
          "write at "
              + offset
              + " lies past the end of volume "
              + name
              + " ("
              + limit.end()
              + " bytes)");
    }
    return new StorageException(
        Fault.NO_SPACE,
        "volume "
            + name
            + " has reached its volume-full threshold: "
            + sectorsWritten()
            + " of "
            + limit.sectors()
            + " sectors are written",
        "optical change volume=" + name + " threshold=PERCENT");
  }

  /**
   * Makes a range of a rewritable medium read as zeros; what lies past its end is left out.
   * READ_ONLY.
   */
  public void zero(String name, long offset, long length, boolean keepSpace)
      throws StorageException {
    try (var held = lock.enter()) {
      if (!making()) {
        requireWritable(name);
        if (type.writes() == Writes.ONCE) {
          throw new StorageException(
              Fault.READ_ONLY,
              "volume " + name + " is " + type.word() + ": no sector of it is given back");
        }
      }
      long inside = Math.min(length, size() - offset);
      if (inside > 0) {
        bytes.zero(offset, inside, keepSpace);
      }
    }
  }

  /** Erases a rewritable medium: no sector is written any more. READ_ONLY. */
  public void blank(String name) throws StorageException {
    requireErasable(name);
    try (var held = lock.enter()) {
      if (making()) {
        volume.setSize(0);
        return;
      }
      long end = size();
      if (end > 0) {
        bytes.zero(0, end, false); // first: INV-3
        BitmapRecord record = bay.bitmaps().findOrNull(volume, WRITTEN);
        if (record != null && record.damage() == null) {
          bay.bitmaps().resetHidden(volume, WRITTEN, Catalogue.Change.NOTHING);
        } else { // lost: now nothing is written, and that is known
          bay.bitmaps().deleteHidden(volume, WRITTEN);
          format(Catalogue.Change.NOTHING);
        }
      }
    }
  }

  /** READ_ONLY where it is written once or never, and something is written. */
  public void requireErasable(String name) throws StorageException {
    if (making() || type.writes() == Writes.AGAIN || size() == 0) {
      return;
    }
    requireWritable(name);
    throw new StorageException(
        Fault.READ_ONLY,
        "volume "
            + name
            + " is "
            + type.word()
            + ": its "
            + sectorsWritten()
            + " written sectors stay written");
  }

  // ---- durability

  /**
   * Makes every change that returned before survive power loss (P2), and the medium exactly as long
   * as it is: sectors that nobody wrote do not count as written after power loss.
   */
  public void flush() throws StorageException {
    if (!making()) {
      try (var held = lock.enter()) {
        once.settle();
      }
    }
    bytes.flush();
    if (!making()) {
      bay.bitmaps().settle(volume);
    }
  }
}
