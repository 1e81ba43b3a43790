package org.copybay.copy.safeguarded;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;

/**
 * How full the capacity is that a session gives the backups of each of its volumes. Any thread may
 * call.
 */
public final class Capacity {
  private static final int FULL = 100;

  /** Percent that are told of when they are reached. */
  private static final List<Integer> LEVELS = List.of(FULL, 95, 85, 70);

  private final Safeguarded safeguarded;

  // concurrent: the level of each volume when it was told of last
  private final Map<UUID, Integer> told = new ConcurrentHashMap<>();

  Capacity(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  private Bay bay() {
    return safeguarded.bay();
  }

  /**
   * The highest of 70, 85, 95 and 100 percent of the capacity that the backups of a volume have
   * reached; 0 for less, and where there is no capacity. CORRUPT where the volume is damaged.
   */
  public int level(SafeguardedSession session, Volume volume) throws StorageException {
    long capacity = session.state().properties().capacityBytes();
    if (capacity == 0) {
      return 0;
    }
    double percent = 100.0 * bay().backupPoints().neededBytes(volume) / capacity;
    return LEVELS.stream().filter(level -> percent >= level).findFirst().orElse(0);
  }

  /** Writes to a volume that wait now until its backups need less. CORRUPT. */
  public int waitingWrites(Volume volume) throws StorageException {
    return bay().backupPoints().waitingWrites(volume);
  }

  /** Whether a backup can be rolled off a volume to make room, and the session does so. */
  public boolean rolls(SafeguardedSession session, Volume volume) {
    return session.state().properties().onFull() == FullPolicy.AUTO_ROLL
        && new Keeping(safeguarded).oldest(session, volume) != null;
  }

  /** Tells when a volume has reached another level. CORRUPT. */
  void look(SafeguardedSession session, Volume volume) throws StorageException {
    int level = level(session, volume);
    Integer before = told.put(volume.id(), level);
    if (level > (before == null ? 0 : before)) {
      safeguarded.tell(
          "safeguarded_filling",
          session.name(),
          Event.fact("volume", volume.name()),
          Event.fact("percent", level),
          Event.fact("needed_bytes", bay().backupPoints().neededBytes(volume)),
          Event.fact("capacity_bytes", session.state().properties().capacityBytes()));
    }
  }
}
