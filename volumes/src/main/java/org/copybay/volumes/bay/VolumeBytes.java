package org.copybay.volumes.bay;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.evidence.EvidenceStore;
import org.copybay.volumes.store.FileStatus;
import org.copybay.volumes.store.FileTime;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.TrackDevice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * INV-1 Only a volume in the making changes its size by a write; the size of every other one is
 *       that of its row, and no write passes its end.
 * INV-2 Every change of bytes of a volume that a reader may see passes AnnouncingDevice; its length
 *       is changed by the maker of one in the making and by resize only.
 * INV-3 A damaged volume (no home) answers no read and no write.
 */
/**
 * The bytes of one volume and how many they are: the stack of layers that requests pass, and why
 * there may be none. Any thread may call any method.
 */
final class VolumeBytes {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeBytes.class);

  // set once
  private final Bay bay;
  private final Volume volume;
  private final LabelFile label;
  private final ActivityCounter activity = new ActivityCounter();
  private final Damage damage;

  // atomic: grows with writes while in the making
  private final AtomicLong makingSize = new AtomicLong();

  // volatile: replaced as a whole under the lock of the bay, read by every request
  private volatile @Nullable Layers layers;

  VolumeBytes(Bay bay, Volume volume, UUID id) {
    this.bay = bay;
    this.volume = volume;
    this.label = new LabelFile(bay.layout().label(id));
    this.damage = new Damage(bay, volume);
  }

  // ---- facts

  /** Beside them: what says once more what the catalogue knows of the volume. */
  LabelFile label() {
    return label;
  }

  ActivityCounter activity() {
    return activity;
  }

  /** {@link Volume#size}. */
  long size() {
    VolumeRecord row = volume.row();
    return row.growing() ? makingSize.get() : row.size();
  }

  /** Why there are no layers. */
  Damage damage() {
    return damage;
  }

  /** {@link Volume#status}. */
  FileStatus status() throws StorageException {
    return layers().home().knownStatus();
  }

  /** {@link Volume#fill}. */
  HomeFile home() throws StorageException {
    return layers().home();
  }

  /** The layer that keeps points. CORRUPT when damaged. */
  TrackDevice tracks() throws StorageException {
    return layers().tracks();
  }

  /** The write bitmaps. CORRUPT when damaged. */
  BitmapSet bitmaps() throws StorageException {
    return layers().bitmaps();
  }

  /** What proves what its sealed points hold. CORRUPT without bytes. */
  EvidenceStore evidence() throws StorageException {
    return layers().evidence();
  }

  /** CORRUPT when damaged. */
  void requireHome() throws StorageException {
    layers();
  }

  /** {@link Volume#invalidity}. */
  @Nullable String invalidity() {
    Layers now = layers;
    long lost = now == null ? 0 : now.tracks().origin().lostBytes();
    return lost == 0
        ? null
        : "the copy to it did not end: " + lost + " bytes of it were not copied";
  }

  /** CORRUPT where it is no whole copy. */
  void requireValid() throws StorageException {
    String why = invalidity();
    if (why != null) {
      throw new StorageException(
          Fault.CORRUPT,
          "volume " + volume.name() + " is INVALID: " + why,
          "copy to it again, or: quickopc accept-partial volume=" + Words.word(volume.name()));
    }
  }

  // ---- requests

  /** {@link Volume#read}. */
  int read(long offset, ByteBuffer target) throws StorageException {
    long room = size() - offset;
    if (room <= 0) {
      return 0;
    }
    if (target.remaining() > room) {
      target.limit(target.position() + (int) room);
    }
    int length = target.remaining();
    requireValid();
    try {
      layers().top().read(offset, target);
    } catch (StorageException e) {
      throw shown(e);
    }
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
    volume.requireWritable();
    requireValid();
    VolumeRecord row = volume.row();
    if (row.growing()) {
      int written = put(offset, source);
      makingSize.accumulateAndGet(offset + written, Math::max);
      return written;
    }
    requireRoom(row, offset);
    long room = row.size() - offset;
    if (source.remaining() > room) {
      source.limit(source.position() + (int) room);
    }
    return put(offset, source);
  }

  private int put(long offset, ByteBuffer source) throws StorageException {
    Layers now = layers();
    try {
      return now.top().write(offset, source);
    } catch (StorageException e) {
      noteFailure(now);
      throw shown(e);
    }
  }

  /** A command ends what it shows right now: it is INVALID in a moment (P6). */
  private StorageException shown(StorageException e) {
    return e.fault() != Fault.NOT_FOUND
        ? e
        : new StorageException(
            Fault.CORRUPT, "what volume " + volume.name() + " shows was removed", null, e);
  }

  /**
   * Where a bitmap may lose a bit, nothing changes any more until it was checked (P3). What was
   * written is fenced: the next start takes a failure for power loss, and nothing of it was lost.
   */
  private void noteFailure(Layers now) {
    String why = now.bitmaps().failure();
    if (why != null) {
      stopWrites(now, why);
    }
  }

  private void stopWrites(Layers now, String why) {
    failed(why);
    now.tracks().gate().awaitEarlier();
    fence(now);
  }

  /** {@link Volume#requireUncut}. */
  void requireUncut() throws StorageException {
    Layers now = layers();
    try {
      now.home().requireInPlace();
      now.home().requireLength(size());
      now.tracks().requireUncut();
    } catch (StorageException e) {
      throw stopping(now, e);
    }
  }

  /** Where a file is not what it was, nothing changes any more; what was written is fenced (P1). */
  private StorageException stopping(Layers now, StorageException e) {
    if (e.fault() == Fault.CORRUPT) {
      stopWrites(now, e.getMessage());
    }
    return e;
  }

  private void fence(Layers now) {
    try {
      now.tracks().flush();
    } catch (StorageException e) {
      LOG.error("flush: volume={} {}", volume.name(), e.getMessage());
    }
  }

  /** NO_SPACE when a write at that offset lies past the end. */
  void requireRoom(long offset) throws StorageException {
    requireRoom(volume.row(), offset);
  }

  private static void requireRoom(VolumeRecord row, long offset) throws StorageException {
    if (!row.growing() && offset >= row.size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          "write at "
              + offset
              + " lies past the end of "
              + row.name()
              + " ("
              + row.size()
              + " bytes)",
          resizing(row, "BYTES"));
    }
  }

  /** The command that gives it that size. */
  static String resizing(VolumeRecord row, String size) {
    return "resize volume=" + Words.word(row.name()) + " size=" + size;
  }

  /** Makes [offset, offset + length) read as zeros; what lies past the end is left out. */
  void zero(long offset, long length, boolean keepSpace) throws StorageException {
    volume.requireWritable();
    requireValid();
    long inside = Math.min(length, size() - offset);
    if (inside > 0) {
      Layers now = layers();
      try {
        now.top().zero(offset, inside, keepSpace);
      } catch (StorageException e) {
        noteFailure(now);
        throw shown(e);
      }
    }
  }

  /** Gives a range space without changing its bytes; a volume in the making may grow by it. */
  void reserve(long offset, long length, boolean keepSize) throws StorageException {
    volume.requireWritable();
    VolumeRecord row = volume.row();
    boolean making = row.growing();
    if (!making && offset + length > row.size()) {
      throw new StorageException(
          Fault.NO_SPACE,
          volume.name()
              + " ends at "
              + row.size()
              + " bytes, wanted space up to "
              + (offset + length),
          resizing(row, Long.toString(offset + length)));
    }
    layers().home().reserve(offset, length);
    if (making && !keepSize && offset + length > size()) {
      setMakingSize(offset + length);
    }
  }

  /** A sync of it failed, or somebody cut it; called with no lock held. */
  void failed(String why) {
    bay.failed(volume, why);
  }

  /** {@link Volume#flush}. */
  void fence() throws StorageException {
    flush();
    bay.labels().fence(volume);
  }

  /** {@link Volume#flush} without the label, for who will add a line to it. */
  void flush() throws StorageException {
    VolumeRecord before = volume.row();
    Volume.requireNoFailure(before);
    Layers now = layers();
    try {
      requireLength(now);
      now.top().flush();
    } catch (StorageException e) {
      if (e.fault() != Fault.CLOSED) {
        failed(e.getMessage());
        throw new StorageException(e.fault(), e.getMessage(), volume.row().checking(), e);
      }
      throw e;
    }
    if (!before.sizeSynced()) {
      bay.sizeSynced(volume, before);
    }
  }

  /**
   * CORRUPT when the home was cut under the bay, which a write behind the cut would hide. A resize
   * at the same time is looked at twice: it extends the home before the row, and cuts it after.
   */
  private void requireLength(Layers now) throws StorageException {
    if (!volume.row().growing() && now.home().knownStatus().size() < volume.row().size()) {
      try {
        now.home().requireLength(volume.row().size());
      } catch (StorageException e) {
        throw stopping(now, e);
      }
    }
  }

  /** {@link Volume#seek}. */
  long seek(long offset, boolean data) throws StorageException {
    long size = size();
    if (offset >= size) {
      return -1;
    }
    long found = layers().tracks().seek(offset, size, data);
    return data && found >= size ? -1 : found;
  }

  /** {@link Volume#setTimes}. */
  void setTimes(FileTime access, FileTime modification) throws StorageException {
    bay.requireChangeable();
    layers().home().setTimes(access, modification);
  }

  /** Sets the size of a volume in the making, and of its home. */
  void setMakingSize(long size) throws StorageException {
    layers().home().setSize(size);
    makingSize.set(size);
  }

  // ---- called by the bay

  /** Called before anybody sees the row. */
  void follow(VolumeRecord newRow) {
    Layers now = layers;
    if (now != null) {
      now.follow(newRow);
    }
  }

  /** Forgets the blocks in memory: the disk may have something else. */
  void forgetBlocks() {
    Layers now = layers;
    if (now != null) {
      now.cached().contentSwitched();
    }
  }

  /** Takes over the layers, unless their home does not answer; then they are the caller's. */
  void setLayers(Layers newLayers) throws StorageException {
    makingSize.set(newLayers.home().knownStatus().size()); // it was opened just now
    newLayers.follow(volume.row());
    layers = newLayers;
    damage.end();
  }

  /** Saves what the next start can use, once no request comes any more. */
  void stop() {
    Layers now = layers;
    if (now == null) {
      return;
    }
    if (volume.row().failure() == null) {
      now.stop(volume.name());
    } else if (!bay.readOnly()) {
      fence(now); // the next start takes it for power loss
    }
  }

  /** Closes the home; returns whether there was one. */
  @CanIgnoreReturnValue
  boolean closeLayers() {
    Layers now = layers;
    layers = null;
    if (now == null) {
      return false;
    }
    now.close();
    return true;
  }

  private Layers layers() throws StorageException {
    Layers now = layers;
    if (now == null) {
      volume.requirePresent();
      throw damage.refusal();
    }
    return now;
  }
}
