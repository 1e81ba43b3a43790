package org.copybay.copy.safeguarded;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How full the capacity is that a session gives the backups of each of its volumes. Any thread may
 * call.
 */
public final class Capacity {
  /** The least there can be: what is kept of a volume is kept in whole blocks. */
  public static final int LEAST_BYTES = PointVolume.BLOCK_BYTES;

  private static final int FULL = 100;

  /** Percent that are told of when they are reached. */
  private static final List<Integer> LEVELS = List.of(FULL, 95, 85, 70);

  private static final Logger LOG = LoggerFactory.getLogger(Capacity.class);

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
    long needed = bay().backupPoints().neededBytes(volume);
    if (needed + LEAST_BYTES > capacity) {
      return FULL; // what is left is less than a block
    }
    double percent = 100.0 * needed / capacity;
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

  /** Limits all volumes of a session at once, without rolling anything off. */
  void limit(SafeguardedSession session) {
    for (CopySet set : session.state().copySets()) {
      change(set.source(), volume -> limit(session, volume));
    }
  }

  /** Whether the backups of a volume need more than their capacity. CORRUPT. */
  boolean exceeded(SafeguardedSession session, Volume volume) throws StorageException {
    long capacity = session.state().properties().capacityBytes();
    return capacity > 0 && bay().backupPoints().neededBytes(volume) > capacity;
  }

  /** Limits a volume as its session wants it, for as long as nothing is rolled off. CORRUPT. */
  void limit(SafeguardedSession session, Volume volume) throws StorageException {
    long capacity = session.state().properties().capacityBytes();
    switch (session.state().properties().onFull()) {
      case BLOCK_WRITES -> bay().backupPoints().limit(volume, capacity, true);
      case FAIL_WRITES -> bay().backupPoints().limit(volume, capacity, false);
      case AUTO_ROLL -> {
        boolean stuck = exceeded(session, volume) && !rolls(session, volume);
        bay().backupPoints().limit(volume, stuck ? capacity : 0, false);
      }
      case SPILL_TO_POOL -> bay().backupPoints().limit(volume, 0, false);
    }
  }

  /** A volume that leaves its session has no limit any more. */
  void lift(UUID source) {
    change(source, volume -> bay().backupPoints().limit(volume, 0, false));
    told.remove(source);
  }

  /** Changes the limit of a volume. */
  @FunctionalInterface
  private interface Limiting {
    void run(Volume volume) throws StorageException;
  }

  /** To a volume that is gone or damaged nobody writes. */
  private void change(UUID source, Limiting limiting) {
    Volume volume = safeguarded.volume(source);
    try {
      if (volume != null && !volume.damaged()) {
        limiting.run(volume);
      }
    } catch (StorageException e) {
      LOG.warn("capacity: volume={} {}", volume.name(), e.getMessage());
    }
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
