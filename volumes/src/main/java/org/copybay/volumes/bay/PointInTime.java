package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one or many volumes held at one instant. It never changes; when it was dropped, reads of its
 * volumes fail with NOT_FOUND. That of a job, a session or a safeguarded backup is hidden: its name
 * has a slash, as no name that anybody can give.
 *
 * @param id never given twice
 * @param inode of its directory in the mount
 * @param name below points/; job/ID for that of a job, session/KEY for that of a session, backup/ID
 *     for that of a safeguarded backup
 * @param created the instant
 * @param volumes by name
 * @param lockedUntilMillis when it may be dropped, since 1970, by the vault clock; 0 for any time
 */
public record PointInTime(
    UUID id,
    long inode,
    String name,
    Instant created,
    List<PointVolume> volumes,
    long lockedUntilMillis) {
  private static final String OF_JOB = "job/";
  private static final String OF_SESSION = "session/";
  static final String OF_BACKUP = "backup/";

  /** Keeps a list of its own. */
  public PointInTime {
    volumes = List.copyOf(volumes);
  }

  /** The name of the point that belongs to that job. */
  static String nameFor(String job) {
    return OF_JOB + job;
  }

  /** The name of the point that belongs to a session. */
  static String nameForSession(String key) {
    return OF_SESSION + key;
  }

  /** The key of the session that it belongs to, or null. */
  public @Nullable String session() {
    return name.startsWith(OF_SESSION) ? name.substring(OF_SESSION.length()) : null;
  }

  /** Whether nobody sees it. */
  public boolean hidden() {
    return name.indexOf('/') >= 0;
  }

  /** The name of the point of a safeguarded backup. */
  static String nameForBackup(long id) {
    return OF_BACKUP + id;
  }

  /** The id of the safeguarded backup that it is, or 0. */
  public long backup() {
    if (!name.startsWith(OF_BACKUP)) {
      return 0;
    }
    try {
      return Long.parseLong(name.substring(OF_BACKUP.length()));
    } catch (NumberFormatException e) {
      return 0; // nobody made it
    }
  }

  /** The same with a lock that ends at that time, or later. */
  PointInTime lockedUntil(long millis) {
    long until = Math.max(millis, lockedUntilMillis);
    return new PointInTime(id, inode, name, created, volumes, until);
  }

  /** The same without a lock, which it did not get. */
  PointInTime unlocked() {
    return new PointInTime(id, inode, name, created, volumes, 0);
  }

  /** What it has of some volumes, as a point of its own. */
  PointInTime of(UUID newId, long newInode, List<Volume> some) {
    List<PointVolume> part = volumes.stream().filter(v -> some.contains(v.volume())).toList();
    return new PointInTime(newId, newInode, name, created, part, lockedUntilMillis);
  }

  /** What it has of the other volumes. */
  PointInTime without(List<Volume> some) {
    List<PointVolume> rest = volumes.stream().filter(v -> !some.contains(v.volume())).toList();
    return new PointInTime(id, inode, name, created, rest, lockedUntilMillis);
  }

  /** The id of the job that it belongs to, or null. */
  public @Nullable String job() {
    return name.startsWith(OF_JOB) ? name.substring(OF_JOB.length()) : null;
  }

  /** Whether it has something of that volume. */
  public boolean has(Volume volume) {
    return volumes.stream().anyMatch(of -> of.volume() == volume);
  }

  /** The volume that had that name at the instant, or null. */
  public @Nullable PointVolume findOrNull(String volumeName) {
    return volumes.stream().filter(v -> v.name().equals(volumeName)).findFirst().orElse(null);
  }
}
