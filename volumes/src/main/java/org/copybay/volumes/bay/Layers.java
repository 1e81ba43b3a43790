package org.copybay.volumes.bay;

import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedDevice;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.AnnouncingDevice;
import org.copybay.volumes.track.TrackDevice;

/**
 * What a request to a mounted volume passes, top to bottom:
 *
 * <pre>
 *   AnnouncingDevice   enters the gate, tells the observers of a change before it is made
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
 * @param home at the bottom
 */
record Layers(BlockDevice top, CachedDevice cached, TrackDevice tracks, HomeFile home) {

  /** Over a home, which they take over, and what lies beside it. CORRUPT. */
  static Layers over(
      HomeFile home,
      BlockCache cache,
      ActivityCounter activity,
      TrackDevice.Use use,
      boolean readOnly)
      throws StorageException {
    TrackDevice tracks = TrackDevice.open(new DirectoryStore(home, readOnly), use, readOnly);
    CachedDevice cached = new CachedDevice(cache, tracks);
    BlockDevice top = new AnnouncingDevice(List.of(activity), cached, tracks);
    return new Layers(top, cached, tracks, home);
  }

  /** Called before anybody sees the row: no write can pass where the layers do not follow yet. */
  void follow(VolumeRecord row) {
    cached.setSize(row.size());
    cached.use(row.cache() == CacheMode.BLOCK && !row.growing());
  }

  /** Closes all files; requests that are under way end first. */
  void close() {
    tracks.close();
  }
}
