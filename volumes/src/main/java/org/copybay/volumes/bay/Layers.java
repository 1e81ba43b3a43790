package org.copybay.volumes.bay;

import java.util.List;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.cache.BlockCache;
import org.copybay.volumes.cache.CachedDevice;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.AnnouncingDevice;

/**
 * What a request to a mounted volume passes, top to bottom:
 *
 * <pre>
 *   AnnouncingDevice   tells the observers of a change before it is made
 *   CachedDevice       in use only with cache=block and a fixed size
 *   HomeFile           the plain raw image
 * </pre>
 *
 * One stack serves a volume from its opening to its end, whatever its row becomes.
 *
 * @param top where requests enter
 * @param cached follows the row: size and cache mode
 * @param home at the bottom
 */
record Layers(BlockDevice top, CachedDevice cached, HomeFile home) {

  static Layers over(HomeFile home, BlockCache cache, ActivityCounter activity) {
    CachedDevice cached = new CachedDevice(cache, home);
    return new Layers(new AnnouncingDevice(List.of(activity), cached), cached, home);
  }

  /** Called before anybody sees the row: no write can pass where the layers do not follow yet. */
  void follow(VolumeRecord row) {
    cached.setSize(row.size());
    cached.use(row.cache() == CacheMode.BLOCK && !row.growing());
  }
}
