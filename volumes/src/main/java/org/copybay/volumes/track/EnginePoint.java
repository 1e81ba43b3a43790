package org.copybay.volumes.track;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;

/**
 * What the engine of a volume knows of one of its points, for whoever has no catalogue.
 *
 * @param number of the point in the volume
 * @param sizeBytes of the volume then
 * @param timeMillis since 1970
 * @param lockedUntilMillis when it may be dropped, since 1970; 0 for any time
 */
public record EnginePoint(int number, long sizeBytes, long timeMillis, long lockedUntilMillis) {

  /**
   * The points of a volume that nobody uses, oldest first; none when it has no engine. Changes
   * nothing. CORRUPT when the engine is damaged.
   */
  public static List<EnginePoint> read(TrackStore store, TrackUse use) throws StorageException {
    TrackSetting setting =
        new TrackSetting(
            store,
            use.volume(),
            new Passages(use.number()),
            new Passages(Long.MAX_VALUE),
            new JournalRoom(() -> {}),
            new SpillLimit(Geometry.STANDARD.blockBytes()),
            () -> {},
            use.pages(),
            use.recover(),
            Geometry.STANDARD,
            TrackSetting.JOURNAL_BYTES);
    try (TrackEngine engine = TrackEngine.open(setting, true)) {
      return engine == null ? List.of() : engine.points().stream().map(EnginePoint::of).toList();
    }
  }

  private static EnginePoint of(PointSet.Point point) {
    return new EnginePoint(
        point.number(), point.sizeBytes(), point.timeMillis(), point.lockedUntilMillis());
  }
}
