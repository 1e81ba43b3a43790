package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.evidence.Evidence;
import org.copybay.volumes.evidence.FrozenPoint;
import org.copybay.volumes.evidence.Progress;
import org.copybay.volumes.evidence.SealedPoint;
import org.copybay.volumes.evidence.Verified;
import org.copybay.volumes.track.TrackDevice;
import org.jspecify.annotations.Nullable;

/**
 * One volume as it was at a point in time. Any thread may call. NOT_FOUND when the point was
 * dropped, CORRUPT when the volume is damaged.
 */
public final class PointVolume implements Image {
  private final Volume volume;
  private final Facts facts;
  private final boolean proven;

  /**
   * What never changes.
   *
   * @param inode in the mount
   * @param name the name of the volume at the instant
   * @param number of the point in the volume
   * @param size bytes at the instant
   * @param owner of the volume at the instant
   * @param created the instant
   */
  record Facts(
      long inode, String name, int number, long size, VolumeRecord.Owner owner, Instant created) {}

  /**
   * What a point has of a volume.
   *
   * @param proven whether reads are compared with the evidence, once it is sealed
   */
  PointVolume(Volume volume, Facts facts, boolean proven) {
    this.volume = volume;
    this.facts = facts;
    this.proven = proven;
  }

  Facts facts() {
    return facts;
  }

  /** The volume, which may have another name now. */
  public Volume volume() {
    return volume;
  }

  /** In the mount. */
  public long inode() {
    return facts.inode;
  }

  /** The name that the volume had. */
  public String name() {
    return facts.name;
  }

  /** Bytes that the volume had. */
  public long size() {
    return facts.size;
  }

  /** Who owned the volume. */
  public VolumeRecord.Owner owner() {
    return facts.owner;
  }

  /** The instant. */
  public Instant created() {
    return facts.created;
  }

  /** Which of the points of the volume it is, counted since its first one. */
  public int number() {
    return facts.number;
  }

  /** Another point has the number after the volume was without any. */
  long timeMillis() {
    return facts.created.toEpochMilli();
  }

  /**
   * Reads up to target.remaining() bytes; fewer only at the end.
   *
   * @return the number of bytes read, 0 at or past the end
   */
  public int readUpTo(long offset, ByteBuffer target) throws StorageException {
    long room = size() - offset;
    if (room <= 0) {
      return 0;
    }
    if (target.remaining() > room) {
      target.limit(target.position() + (int) room);
    }
    int length = target.remaining();
    read(offset, target);
    return length;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    if (proven) {
      volume.bytes().evidence().image(frozen()).read(offset, target);
    } else {
      volume.bytes().tracks().points().read(number(), timeMillis(), offset, target);
    }
  }

  // ---- evidence

  FrozenPoint frozen() {
    return new FrozenPoint(number(), size(), timeMillis());
  }

  /** What is known of its content. CORRUPT. */
  public Evidence evidence() throws StorageException {
    return volume.bytes().evidence().of(frozen());
  }

  /**
   * Hashes what changed since the volume's newest sealed backup; from then on every read is
   * compared. Backups of a volume are sealed by rising age. With no lock held.
   *
   * @param progress is told how far it is
   * @param stopped ends it, with nothing sealed
   * @return null where it was stopped
   */
  public @Nullable SealedPoint seal(Progress progress, BooleanSupplier stopped)
      throws StorageException {
    return volume.bytes().evidence().seal(frozen(), progress, stopped);
  }

  /** Reads all of it and compares every track with the evidence. With no lock held. */
  public Verified verify(Progress progress, BooleanSupplier stopped) throws StorageException {
    return volume.bytes().evidence().verify(frozen(), progress, stopped);
  }

  /** The files that have those bytes of it now. CORRUPT, NOT_FOUND. */
  public List<Path> files(long offset, long length) throws StorageException {
    List<Path> files = new ArrayList<>();
    long home = offset;
    boolean away = false;
    for (Extent next = nextAway(offset);
        next != null && next.offset() < offset + length;
        next = nextAway(next.end())) {
      away = true;
      home = next.offset() == home ? next.end() : home;
    }
    if (home < Math.min(size(), offset + length)) {
      files.add(volume.home());
    }
    if (away) {
      files.add(TrackDevice.spill(volume.directory()));
    }
    return files;
  }

  @Override
  public long nextData(long offset) throws StorageException {
    long found = seek(offset, size(), true);
    return found >= size() ? -1 : found;
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return offset >= size() ? -1 : seek(offset, size(), false);
  }

  /** Bytes of what {@link #changedBlocks} counts. */
  public static final int BLOCK_BYTES = 4096;

  /**
   * The next bytes at or after an offset that do not lie in the home of the volume, at their own
   * offset; null when there are none. While the point is there, its bytes that lie in the home stay
   * as they are there, whatever is written to the volume; others may come to lie there.
   */
  public @Nullable Extent nextAway(long offset) throws StorageException {
    Extent found =
        offset >= size()
            ? null
            : volume.bytes().tracks().points().away(number(), timeMillis(), offset);
    if (found == null || found.offset() >= size()) {
      return null;
    }
    long start = Math.max(offset, found.offset());
    return new Extent(start, Math.min(found.end(), size()) - start);
  }

  /**
   * The first runs from that block on that were changed since the point, at most so many: written
   * or zeroed, whether or not that made a difference; the zeroing of a hole is no change. What is
   * written meanwhile may be in them or not.
   */
  public List<Run> changedBlocks(long fromBlock, int limit) throws StorageException {
    TrackDevice tracks = volume.bytes().tracks();
    List<Run> found = new ArrayList<>();
    if (fromBlock > size() / BLOCK_BYTES) {
      return found;
    }
    Extent run = tracks.points().changedSince(number(), timeMillis(), fromBlock * BLOCK_BYTES);
    while (run != null && found.size() < limit) {
      Extent next = tracks.points().changedSince(number(), timeMillis(), run.end());
      if (next != null && next.offset() == run.end()) {
        run = new Extent(run.offset(), run.length() + next.length());
      } else {
        found.add(new Run(run.offset() / BLOCK_BYTES, run.length() / BLOCK_BYTES));
        run = next;
      }
    }
    return found;
  }

  @Override
  public long seek(long offset, long end, boolean data) throws StorageException {
    long inside = Math.min(end, size());
    if (offset >= inside) {
      return data ? end : offset;
    }
    long found =
        proven
            ? volume.bytes().evidence().image(frozen()).seek(offset, inside, data)
            : volume.bytes().tracks().points().seek(number(), timeMillis(), offset, inside, data);
    return found == inside && data ? end : found;
  }
}
