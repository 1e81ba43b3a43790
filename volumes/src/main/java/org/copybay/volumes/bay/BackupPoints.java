package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.evidence.EvidenceStore;
import org.copybay.volumes.evidence.Root;
import org.copybay.volumes.track.DevicePoints;
import org.jspecify.annotations.Nullable;

/**
 * The points in time of safeguarded backups: hidden, each with a number, and perhaps with a lock,
 * which stands in the record of the point in each of its volumes: before it has ended nobody drops
 * the point. Any thread may call; whoever looks takes no lock.
 */
public final class BackupPoints {
  private static final long MILLIS = 1000;

  private final Bay bay;
  private final Points points;
  private final NotedRoots noted;

  BackupPoints(Bay bay, Points points) {
    this.bay = bay;
    this.points = points;
    this.noted = new NotedRoots(bay.audit(), bay.catalogue());
  }

  /** All, the oldest first. */
  public List<PointInTime> all() {
    return points.ofBackups();
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return points.ready().stream().noneMatch(point -> point.backup() != 0);
  }

  /** The point of that backup, or null. */
  public @Nullable PointInTime findOrNull(long id) {
    return points.named(PointInTime.nameForBackup(id));
  }

  /** Belongs into the transaction that makes a backup be there. */
  @FunctionalInterface
  public interface Recording {
    /** The change for the backup with that number. */
    Catalogue.Change of(long id);
  }

  /**
   * Keeps what the volumes hold at one instant as a backup, which nobody drops before a time;
   * durable before this returns. Its number is the second since 1970 in which it was made, or the
   * next one that no backup has or had. One caller at a time. BUSY, NO_SPACE.
   *
   * @param lastId the greatest number that a backup ever had
   * @param lockMillis until when it is locked, 0 for no lock
   */
  public PointInTime freeze(List<Volume> volumes, long lastId, long lockMillis, Recording recording)
      throws StorageException {
    long now = bay.vaultMillis();
    long newest = all().stream().mapToLong(PointInTime::backup).max().orElse(0);
    long id = Math.max(now / MILLIS, Math.max(newest, lastId) + 1);
    Freezing.Wanted wanted =
        new Freezing.Wanted(
            PointInTime.nameForBackup(id), Instant.ofEpochMilli(now), recorded(lockMillis));
    return points.freezeAs(volumes, wanted, recording.of(id));
  }

  /**
   * Locks a backup for longer; a lock only grows. Durable when this returns. NOT_FOUND.
   *
   * @param untilMillis of the vault clock, since 1970
   */
  public PointInTime lock(long id, long untilMillis, Catalogue.Change also)
      throws StorageException {
    return points.lock(PointInTime.nameForBackup(id), recorded(untilMillis), also);
  }

  /**
   * A time as the record of a point has it, in whole seconds: the row says the same, else a point
   * would be given up that its volume does not drop yet. OUT_OF_RANGE.
   */
  private static long recorded(long untilMillis) throws StorageException {
    DevicePoints.requireLockable(untilMillis);
    return (untilMillis + MILLIS - 1) / MILLIS * MILLIS;
  }

  /**
   * Gives up what backups have of some volumes; in one transaction, all or none (P7). FORBIDDEN
   * where one is locked.
   *
   * @param ids of those that are there, any order
   * @param also belongs into the transaction
   */
  public void drop(List<Long> ids, List<Volume> of, Catalogue.Change also) throws StorageException {
    points.dropParts(ids.stream().map(PointInTime::nameForBackup).toList(), of, also);
  }

  // ---- space

  /**
   * Limits what the points of a volume may need beside its home; until the volume is opened anew.
   * CORRUPT where it is damaged.
   *
   * @param bytes the most, 0 for no limit
   * @param waits whether a write that needs more waits; else it fails with NO_SPACE
   */
  public void limit(Volume volume, long bytes, boolean waits) throws StorageException {
    volume.bytes().tracks().limitSpill(bytes, waits);
  }

  /** Bytes that the points of a volume need beside its home now. CORRUPT. */
  public long neededBytes(Volume volume) throws StorageException {
    return volume.bytes().tracks().spillBytes();
  }

  /** Writes to a volume that wait now for room below its limit. CORRUPT. */
  public int waitingWrites(Volume volume) throws StorageException {
    return volume.bytes().tracks().waitingWrites();
  }

  /** Waits until what was given up of a volume was tried to be freed. CORRUPT. */
  public void awaitFreed(Volume volume) throws StorageException {
    volume.bytes().tracks().awaitUpkeep();
  }

  /**
   * Bytes that each backup keeps of a volume, by number: what a write to the volume would else have
   * overwritten since that backup and before the next. CORRUPT. It looks through the map.
   */
  public Map<Long, Long> keptBytes(Volume volume) throws StorageException {
    NavigableMap<Integer, Long> byNumber = new TreeMap<>(); // backups of the volume
    for (PointInTime point : all()) {
      for (PointVolume of : point.volumes()) {
        if (of.volume() == volume) {
          byNumber.put(of.number(), point.backup());
        }
      }
    }
    Map<Long, Long> kept = new HashMap<>();
    volume
        .bytes()
        .tracks()
        .points()
        .preservedBytes()
        .forEach(
            (number, bytes) -> {
              Map.Entry<Integer, Long> backup = byNumber.floorEntry(number);
              if (backup != null) {
                kept.merge(backup.getValue(), bytes, Long::sum);
              }
            });
    return kept;
  }

  /** Gives the space back of what was hashed of backups that are gone. With no lock held. */
  public void tidy(Volume volume, BooleanSupplier stopped) throws StorageException {
    volume.bytes().evidence().tidy(stopped);
  }

  // ---- evidence

  /** What the audit log says of evidence. */
  NotedRoots noted() {
    return noted;
  }

  /**
   * Notes the newest root of a volume in the audit log, unless it is noted (P7). One caller at a
   * time, here and below. STORE_FAILED; CORRUPT where the volume is damaged.
   */
  public void noteRoot(Volume volume) throws StorageException {
    Root root = volume.bytes().evidence().root();
    if (!root.equals(Root.NONE) && !root.toString().equals(noted.of(volume.id()))) {
      noted.note(volume, root);
    }
  }

  /**
   * Removes the evidence of a volume: its backups are not compared with anything until they are
   * hashed again. A sealing that is under way is stopped. STORE_FAILED, CORRUPT.
   */
  public void discardEvidence(Volume volume, Catalogue.Change also) throws StorageException {
    EvidenceStore evidence = volume.bytes().evidence();
    noted.discard(volume, also);
    evidence.discard();
  }

  /** FORBIDDEN while the lock of the point has not ended. */
  static void requireUnlocked(PointInTime point, long nowMillis) throws StorageException {
    if (point.lockedUntilMillis() > nowMillis) {
      throw locked(point, "backup " + point.backup());
    }
  }

  /** FORBIDDEN while a backup of the volume is locked, whatever else speaks against it. */
  void requireNoLockOn(Volume volume, String what) throws StorageException {
    for (PointInTime point : all()) {
      if (point.has(volume) && point.lockedUntilMillis() > bay.vaultMillis()) {
        throw needed(volume, point, what, bay.vaultMillis());
      }
    }
  }

  private static StorageException locked(PointInTime point, String what) {
    return new StorageException(
        Fault.FORBIDDEN,
        what + " is locked until " + Instant.ofEpochMilli(point.lockedUntilMillis()),
        "wait: nothing ends a lock before its time");
  }

  /** The volume cannot be deleted or cut while it has a backup, whoever asks. */
  static StorageException needed(Volume volume, PointInTime point, String what, long nowMillis) {
    String has = "volume " + volume.name() + " has the safeguarded backup " + point.backup();
    if (point.lockedUntilMillis() > nowMillis) {
      return locked(point, has + ", cannot " + what + ": it");
    }
    return new StorageException(
        Fault.BUSY,
        has + ": cannot " + what,
        "safeguarded expire backup="
            + point.backup()
            + " of its session, if nobody needs it; without a session: safeguarded add it to one"
            + " first, and refresh");
  }
}
