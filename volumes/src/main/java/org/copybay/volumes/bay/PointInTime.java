package org.copybay.volumes.bay;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one or many volumes held at one instant. It never changes; when it was dropped, reads of its
 * volumes fail with NOT_FOUND.
 *
 * @param id never given twice
 * @param inode of its directory in the mount
 * @param name below points/
 * @param created the instant
 * @param volumes by name
 */
public record PointInTime(
    UUID id, long inode, String name, Instant created, List<PointVolume> volumes) {
  /** Keeps a list of its own. */
  public PointInTime {
    volumes = List.copyOf(volumes);
  }

  /** The volume that had that name at the instant, or null. */
  public @Nullable PointVolume findOrNull(String volumeName) {
    return volumes.stream().filter(v -> v.name().equals(volumeName)).findFirst().orElse(null);
  }
}
