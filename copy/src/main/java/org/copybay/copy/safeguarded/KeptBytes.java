package org.copybay.copy.safeguarded;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes backups keep that their volumes have no more. To know it the map of a volume is
 * looked through, so what was found is shown again while it is young and nothing says that it
 * changed. Any thread may call; one looks through a map at a time.
 */
final class KeptBytes {
  private static final long YOUNG_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Bay bay;

  // concurrent: of each volume, replaced as a whole
  private final Map<UUID, Found> found = new ConcurrentHashMap<>();

  KeptBytes(Bay bay) {
    this.bay = bay;
  }

  /**
   * What lay beside the home of a volume when it was looked at.
   *
   * @param neededBytes of all points
   * @param newest backup of the session, and how many there were
   * @param nanos when, by the clock that only this process knows
   * @param byBackup bytes by the number of the backup; none for one that keeps nothing
   */
  private record Found(
      long neededBytes, long newest, int count, long nanos, Map<Long, Long> byBackup) {
    boolean isLike(Found now) {
      return neededBytes == now.neededBytes
          && newest == now.newest
          && count == now.count
          && now.nanos - nanos < YOUNG_NANOS;
    }
  }

  /** The bytes of each backup that keeps some of the volumes of a session; null: not known now. */
  @Nullable Map<Long, Long> of(SessionState session) {
    Map<Long, Long> sum = new HashMap<>();
    try {
      for (CopySet set : session.copySets()) {
        Volume volume = bay.findOrNull(set.source());
        if (volume != null && !session.backups().isEmpty()) {
          of(session, volume).forEach((id, bytes) -> sum.merge(id, bytes, Long::sum));
        }
      }
      return sum;
    } catch (StorageException e) {
      return null; // a volume is damaged, and says so
    }
  }

  private Map<Long, Long> of(SessionState session, Volume volume) throws StorageException {
    Found now =
        new Found(
            bay.backupPoints().neededBytes(volume),
            session.backups().lastKey(),
            session.backups().size(),
            System.nanoTime(),
            Map.of());
    Found last = found.get(volume.id());
    if (last != null && last.isLike(now)) {
      return last.byBackup;
    }
    synchronized (this) {
      last = found.get(volume.id());
      if (last != null && last.isLike(now)) {
        return last.byBackup;
      }
      Map<Long, Long> kept = bay.backupPoints().keptBytes(volume);
      found.put(volume.id(), new Found(now.neededBytes, now.newest, now.count, now.nanos, kept));
      return kept;
    }
  }
}
