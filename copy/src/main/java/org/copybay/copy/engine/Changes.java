package org.copybay.copy.engine;

import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.track.TrackOrigin;

/**
 * The blocks that a switch to an origin is about, prepared in its target: first most of them, while
 * programs go on, then with the gates closed those that came meanwhile. Other bitmaps of the
 * target, which its other sessions and people have, learn of them as of a write. One thread. AGAIN,
 * NO_SPACE.
 */
public final class Changes {
  private static final int TRACK_BLOCKS = 16;
  private static final int BLOCK_BYTES = PointVolume.BLOCK_BYTES;
  private static final long TRACK_BYTES = TRACK_BLOCKS * (long) BLOCK_BYTES;
  private static final int RUNS = 1000;

  private final Bay bay;
  private final Volume target;
  private final List<String> untold;
  private final long bytes;
  private List<BitmapRecord> told = List.of(); // bitmaps that learn of what is prepared

  /**
   * For one target.
   *
   * @param untold bitmaps of the target that do not learn of it
   * @param bytes from the first on that it can be about
   */
  public Changes(Bay bay, Volume target, List<String> untold, long bytes) {
    this.bay = bay;
    this.target = target;
    this.untold = untold;
    this.bytes = bytes;
  }

  private List<BitmapRecord> others() {
    return target.bitmaps().stream().filter(each -> !untold.contains(each.name())).toList();
  }

  /** AGAIN when a bitmap was started or reset meanwhile, which has not learned of all. */
  private void requireNoneNew() throws StorageException {
    if (!told.containsAll(others())) {
      throw new StorageException(
          Fault.AGAIN,
          "a write bitmap of volume " + target.name() + " was started or reset meanwhile",
          "try again");
    }
  }

  /** Takes blocks of tracks. */
  @FunctionalInterface
  private interface Blocks {
    void add(long track, int mask) throws StorageException;
  }

  /** All of them. */
  public void announceAll() throws StorageException {
    told = others();
    bay.bitmaps().announceWhole(target, untold, bytes);
  }

  /** Those that bitmaps have. */
  public void prepare(List<WriteBitmap> bitmaps) throws StorageException {
    told = others();
    TrackOrigin origin = target.origin();
    for (WriteBitmap bitmap : bitmaps) {
      forEach(
          bitmap,
          (track, mask) -> {
            origin.prepare(track, 1, mask);
            announce(track, mask);
          });
    }
  }

  /** Those that bitmaps have; nothing is prepared. */
  public void announce(List<WriteBitmap> bitmaps) throws StorageException {
    told = others();
    for (WriteBitmap bitmap : bitmaps) {
      forEach(bitmap, this::announce);
    }
  }

  /** Those that changed since a point of the target; nothing is prepared. */
  public void announceSince(PointVolume point) throws StorageException {
    told = others();
    forEachSince(point, this::announce);
  }

  /** Those that bitmaps have by now. */
  public TrackOrigin.Late late(List<WriteBitmap> bitmaps) {
    return into -> {
      requireNoneNew();
      for (WriteBitmap bitmap : bitmaps) {
        forEach(bitmap, (track, mask) -> addLate(into, track, mask));
      }
    };
  }

  private void addLate(TrackOrigin.Preparing into, long track, int mask) throws StorageException {
    if (into.add(track, mask)) {
      announce(track, mask);
    }
  }

  private void forEach(WriteBitmap bitmap, Blocks into) throws StorageException {
    for (long track = bitmap.nextRegion(0); track >= 0; track = bitmap.nextRegion(track + 1)) {
      int mask = bitmap.changed(track) & within(track);
      if (mask != 0) {
        into.add(track, mask);
      }
    }
  }

  /** The blocks of a track that it can be about. */
  private int within(long track) {
    long blocks = (bytes - track * TRACK_BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES;
    return blocks >= TRACK_BLOCKS ? 0xffff : blocks <= 0 ? 0 : (1 << blocks) - 1;
  }

  /** Those that changed since a point of the target. */
  public void prepareSince(PointVolume point) throws StorageException {
    told = others();
    TrackOrigin origin = target.origin();
    forEachSince(
        point,
        (track, mask) -> {
          origin.prepare(track, 1, mask);
          announce(track, mask);
        });
  }

  /** Those that changed since a point by now. */
  public TrackOrigin.Late lateSince(PointVolume point) {
    return into -> {
      requireNoneNew();
      forEachSince(point, (track, mask) -> addLate(into, track, mask));
    };
  }

  /** How many bytes of a volume changed since a point of it, in whole blocks. */
  public static long bytesSince(PointVolume point) throws StorageException {
    long blocks = 0;
    long from = 0;
    List<Run> runs = point.changedBlocks(from, RUNS);
    while (!runs.isEmpty()) {
      for (Run run : runs) {
        blocks += run.count();
        from = run.first() + run.count();
      }
      runs = point.changedBlocks(from, RUNS);
    }
    return blocks * BLOCK_BYTES;
  }

  private void forEachSince(PointVolume point, Blocks into) throws StorageException {
    long from = 0;
    List<Run> runs = point.changedBlocks(from, RUNS);
    while (!runs.isEmpty()) {
      for (Run run : runs) {
        long end = run.first() + run.count();
        for (long block = run.first(); block < end; ) {
          long track = block / TRACK_BLOCKS;
          long stop = Math.min(end, (track + 1) * TRACK_BLOCKS);
          int first = (int) (block % TRACK_BLOCKS);
          int mask = ((1 << (stop - block)) - 1) << first;
          into.add(track, mask & within(track));
          block = stop;
        }
        from = end;
      }
      runs = point.changedBlocks(from, RUNS);
    }
  }

  /** The blocks change without a write; where the volume ends, they do. */
  private void announce(long track, int mask) throws StorageException {
    if (told.isEmpty()) {
      return;
    }
    for (int left = mask; left != 0; left &= left - 1) {
      long offset = track * TRACK_BYTES + (long) Integer.numberOfTrailingZeros(left) * BLOCK_BYTES;
      Extent block = new Extent(offset, Math.min(BLOCK_BYTES, target.size() - offset));
      bay.bitmaps().announce(target, untold, block.offset(), block.length());
    }
  }
}
