package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one or many volumes held at one instant. It never changes; when it was dropped, reads of its
 * volumes fail with NOT_FOUND. That of a job or a session is hidden: its name has a slash, as no
 * name that anybody can give.
 *
 * @param id never given twice
 * @param inode of its directory in the mount
 * @param name below points/; job/ID for that of a job, session/KEY for that of a session
 * @param created the instant
 * @param volumes by name
 */
public record PointInTime(
    UUID id, long inode, String name, Instant created, List<PointVolume> volumes) {
  private static final String OF_JOB = "job/";
  private static final String OF_SESSION = "session/";

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
    return job() != null || session() != null;
  }

  /** The id of the job that it belongs to, or null. */
  public @Nullable String job() {
    return name.startsWith(OF_JOB) ? name.substring(OF_JOB.length()) : null;
  }

  boolean has(Volume volume) {
    return volumes.stream().anyMatch(of -> of.volume() == volume);
  }

  /** The volume that had that name at the instant, or null. */
  public @Nullable PointVolume findOrNull(String volumeName) {
    return volumes.stream().filter(v -> v.name().equals(volumeName)).findFirst().orElse(null);
  }
}
