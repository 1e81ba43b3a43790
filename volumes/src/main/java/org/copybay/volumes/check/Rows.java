package org.copybay.volumes.check;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.bitmap.Grain;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a catalogue that a check needs, without those that make no sense by themselves.
 *
 * @param change the number of the newest change, or null where changes are not counted yet
 * @param volumes of the table volume
 * @param points of the table point
 * @param members of the table point_volume
 * @param bitmaps of the table bitmap
 * @param jobs of the table job
 */
record Rows(
    @Nullable Long change,
    List<VolumeRow> volumes,
    List<PointRow> points,
    List<MemberRow> members,
    List<BitmapRow> bitmaps,
    List<JobRow> jobs) {
  /** How the name of a point that belongs to a job begins. */
  static final String OF_JOB = "job/";

  static final String OF_SESSION = "session/";
  static final String OF_BACKUP = "backup/";
  static final String OF_QUICKOPC = "quickopc/";
  static final String OF_OPTICAL = "optical/";

  /**
   * A volume.
   *
   * @param parent the directory in which that of the volume lies
   * @param sealed the newest root of its evidence as the audit log has it, or null
   */
  record VolumeRow(
      UUID id,
      long inode,
      String name,
      String state,
      long size,
      boolean sizeSynced,
      Path parent,
      boolean chosen,
      @Nullable String failure,
      @Nullable String sealed) {
    Path directory() {
      return parent.resolve(id.toString());
    }

    boolean is(String wanted) {
      return state.equals(wanted);
    }

    /** Whether it has files that are looked at. */
    boolean kept() {
      return !is("dropping");
    }
  }

  /** A point in time. */
  record PointRow(UUID id, long inode, String name, boolean ready, Instant created) {}

  /** A volume of a point in time. */
  record MemberRow(UUID point, UUID volume, long inode, String name, int number, long size) {}

  /** A write bitmap. */
  record BitmapRow(
      UUID id, UUID volume, String name, boolean ready, Grain grain, @Nullable String damage) {}

  /** A job. */
  record JobRow(String id, String verb, boolean ended, @Nullable UUID target) {}
}
