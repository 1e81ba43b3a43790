package org.copybay.volumes.bay;

import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedDevice;
import org.copybay.volumes.evidence.EvidenceCache;
import org.copybay.volumes.evidence.EvidenceStore;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.TrackStore;
import org.copybay.volumes.track.AnnouncingDevice;
import org.copybay.volumes.track.TrackDevice;
import org.copybay.volumes.track.TrackUse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a request to a mounted volume passes, top to bottom:
 *
 * <pre>
 *   AnnouncingDevice   enters the gate, tells the observers of a change before it is made:
 *                      the intent log, the write bitmaps, the counters
 *   CachedDevice       in use only with cache=block and a fixed size
 *   TrackDevice        keeps points in time: where a block lies, live and as of each point
 *   HomeFile           the plain raw image, and beside it what the track device keeps
 * </pre>
 *
 * One stack serves a volume from its opening to its end, whatever its row becomes.
 *
 * @param top where requests enter
 * @param cached follows the row: size and cache mode
 * @param tracks knows of points
 * @param bitmaps observes changes; empty when they are lost
 * @param lost why the write bitmaps that the catalogue knows cannot be trusted, or null
 * @param evidence proves what sealed points hold
 * @param home at the bottom
 */
record Layers(
    BlockDevice top,
    CachedDevice cached,
    TrackDevice tracks,
    BitmapSet bitmaps,
    @Nullable String lost,
    EvidenceStore evidence,
    HomeFile home) {
  private static final Logger LOG = LoggerFactory.getLogger(Layers.class);

  /**
   * What proves sealed points.
   *
   * @param hashes keeps what was read of evidence
   * @param root the newest one that was noted elsewhere, or null
   */
  record Proof(EvidenceCache hashes, @Nullable String root) {}

  /** Over a home, which they take over, and what lies beside it. CORRUPT. */
  static Layers over(
      HomeFile home, BlockCache cache, Proof proof, Volume volume, TrackUse use, boolean readOnly)
      throws StorageException {
    TrackStore store = new DirectoryStore(home, readOnly);
    TrackDevice tracks = TrackDevice.open(store, use, readOnly);
    boolean whole = false;
    try {
      Bitmaps bitmaps = Bitmaps.open(store, tracks, volume, use.recover(), readOnly);
      CachedDevice cached = new CachedDevice(cache, volume.activity().lookUps(), tracks);
      EvidenceStore evidence =
          EvidenceStore.open(store, tracks, use, proof.hashes, proof.root, readOnly);
      BlockDevice top =
          new AnnouncingDevice(List.of(bitmaps.set, volume.activity()), cached, tracks);
      whole = true;
      return new Layers(top, cached, tracks, bitmaps.set, bitmaps.lost, evidence, home);
    } finally {
      if (!whole) {
        tracks.close();
      }
    }
  }

  /** What is observed, or why nothing is. */
  private record Bitmaps(BitmapSet set, @Nullable String lost) {

    static Bitmaps open(
        TrackStore store, TrackDevice tracks, Volume volume, RecoverMode mode, boolean readOnly)
        throws StorageException {
      List<BitmapRecord> records = volume.bitmaps();
      if (records.stream().anyMatch(record -> record.damage() != null)) {
        return new Bitmaps(set(store, tracks, volume, List.of(), mode), null);
      }
      List<String> names = records.stream().map(BitmapRecord::file).toList();
      try {
        long size = volume.row().size();
        BitmapSet set =
            readOnly
                ? BitmapSet.openForReading(store, names, size, mode)
                : set(store, tracks, volume, names, mode);
        return new Bitmaps(set, null);
      } catch (StorageException e) {
        if (!readOnly && !isLoss(e.fault())) {
          throw e;
        }
        return new Bitmaps(set(store, tracks, volume, List.of(), mode), e.getMessage());
      }
    }

    private static BitmapSet set(
        TrackStore store, TrackDevice tracks, Volume volume, List<String> names, RecoverMode mode)
        throws StorageException {
      return BitmapSet.open(
          store, names, volume.row().size(), mode, tracks.gate()::awaitEarlier, tracks::flush);
    }

    private static boolean isLoss(Fault fault) {
      return fault == Fault.NOT_FOUND || fault == Fault.CORRUPT || fault == Fault.UNSUPPORTED;
    }
  }

  /** Called before anybody sees the row: no write can pass where the layers do not follow yet. */
  void follow(VolumeRecord row) {
    if (row.size() > bitmaps.size()) {
      bitmaps.follow(row.size());
    }
    cached.setSize(row.size());
    cached.use(row.cache() == CacheMode.BLOCK && !row.growing());
  }

  /** Saves what makes the next start better; without it nothing is lost. */
  void stop(String volume) {
    try {
      bitmaps.stop();
    } catch (StorageException e) {
      LOG.warn("volume={} its write bitmaps are not saved: {}", volume, e.getMessage());
    }
  }

  /** Closes all files; requests that are under way end first. */
  void close() {
    bitmaps.close();
    evidence.close();
    tracks.close();
  }
}
