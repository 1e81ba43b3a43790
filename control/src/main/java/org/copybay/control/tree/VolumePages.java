package org.copybay.control.tree;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.Relation;
import org.copybay.volumes.bay.Uses;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.track.TrackOrigin;
import org.jspecify.annotations.Nullable;

/** What there is to say about one volume. */
final class VolumePages {
  /** The keys of the page that are files of their own, with one value each. */
  static final List<String> VALUES =
      List.of(
          "type",
          "state",
          "size",
          "sector_size",
          "cache_mode",
          "uuid",
          "generation",
          "created",
          "owner");

  private static final int SECTOR_SIZE_BYTES = 512;

  private VolumePages() {}

  static Page status(Volume volume, long points) {
    VolumeRecord row = volume.row();
    Hold hold = volume.hold();
    Relation relation = volume.relation();
    List<Opener> openers = volume.openers();
    return new Page()
        .put("name", row.name())
        .put("type", "disk")
        .put("state", row.state().word())
        .put("size", volume.size())
        .put("sector_size", SECTOR_SIZE_BYTES)
        .put("allocated_bytes", known(() -> volume.status().allocated()))
        .put("cache_mode", row.cache().word())
        .put("cache_hit_percent", cacheHitPercent(volume))
        .put("uuid", row.id())
        .put("generation", row.generation())
        .put("created", row.created())
        .put("owner", row.owner().uid() + ":" + row.owner().gid())
        .put("mode", String.format("%04o", row.owner().mode()))
        .put("path", volume.home())
        .put("failure", volume.failure())
        .put("invalid", volume.invalidity())
        .put("open_count", openers.size())
        .put("writer_count", openers.stream().filter(Opener::writing).count())
        .put("held_by_job", hold == null ? null : hold.job())
        .put("held_reason", hold == null ? null : hold.reason())
        .put("shadow", relation == null ? null : relation.set() + " (" + role(relation) + ")")
        .put("reads", volume.activity().reads())
        .put("read_bytes", volume.activity().readBytes())
        .put("changes", volume.activity().changes())
        .put("changed_bytes", volume.activity().changedBytes())
        .put("points", points)
        .put("away_bytes", known(volume::awayBytes))
        .put("spill_bytes", known(volume::spillBytes))
        .put("bitmaps", volume.seenBitmaps().size());
  }

  private static String role(Relation relation) {
    return relation.role().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable Long cacheHitPercent(Volume volume) {
    boolean inUse = volume.row().cache() == CacheMode.BLOCK;
    return inUse ? volume.activity().lookUps().hitPercent() : null;
  }

  /** A number of bytes that a damaged volume does not know. */
  @FunctionalInterface
  private interface Bytes {
    long count() throws StorageException;
  }

  private static @Nullable Long known(Bytes bytes) {
    try {
      return bytes.count();
    } catch (StorageException e) {
      return null; // damaged: the failure says why
    }
  }

  /** Who has it open. */
  static String openers(Volume volume) {
    StringBuilder text = new StringBuilder("# pid access process\n");
    for (Opener opener : volume.openers()) {
      text.append(opener.pid()).append(opener.writing() ? " write " : " read ");
      text.append(Words.word(opener.describe())).append('\n');
    }
    return text.toString();
  }

  /**
   * What other things depend on it.
   *
   * @param uses what sessions do with it, by their keys
   * @param ofJobs the points that jobs copy
   * @param ofBackups the points of safeguarded backups
   * @param points the others
   */
  static String relations(
      Volume volume,
      Map<String, Uses.Use> uses,
      List<PointInTime> ofJobs,
      List<PointInTime> ofBackups,
      List<PointInTime> points) {
    StringBuilder text = new StringBuilder("# kind id reason\n");
    Hold hold = volume.hold();
    if (hold != null) {
      text.append("job ").append(hold.job()).append(' ').append(Words.word(hold.reason()));
      text.append('\n');
    }
    Relation relation = volume.relation();
    if (relation != null) {
      text.append("shadow ").append(relation.set()).append(' ');
      text.append(Words.word(relation.describe())).append('\n');
    }
    new TreeMap<>(uses)
        .forEach(
            (key, use) -> {
              boolean safeguarded = key.startsWith(Safeguarded.USE);
              String name = safeguarded ? key.substring(Safeguarded.USE.length()) : "";
              text.append(safeguarded ? "safeguarded " + Words.word(name) : "quickopc -");
              text.append(' ').append(Words.quote(use.what())).append('\n');
            });
    for (PointInTime point : ofBackups) {
      text.append("backup ").append(point.backup()).append(" \"needs its bytes\"\n");
    }
    for (PointInTime point : ofJobs) {
      text.append("job ").append(point.job()).append(" \"copies what it was\"\n");
    }
    for (PointInTime point : points) {
      text.append("point ").append(Words.word(point.name())).append(" \"needs its bytes\"\n");
    }
    for (BitmapRecord bitmap : volume.seenBitmaps()) {
      text.append("bitmap ").append(Words.word(bitmap.name())).append(" \"records changes\"\n");
    }
    return text.toString();
  }

  /** What it shows of an origin, or does not hold: what was never copied of one that is INVALID. */
  static String uncopied(Volume volume) throws StorageException {
    if (volume.damaged()) {
      return "# it is damaged: nothing is known\n";
    }
    TrackOrigin origin = volume.origin();
    StringBuilder text = new StringBuilder("# offset length, in bytes\n");
    int lines = 0;
    Extent run = origin.nextUnfilled(0);
    while (run != null && run.offset() < volume.size()) {
      Extent next = origin.nextUnfilled(run.end());
      if (next != null && next.offset() == run.end()) {
        run = new Extent(run.offset(), run.length() + next.length());
      } else if (lines++ == RangeText.LIMIT) {
        return text.append("# more: from ").append(run.offset()).append('\n').toString();
      } else {
        long length = Math.min(run.length(), volume.size() - run.offset());
        text.append(run.offset()).append(' ').append(length).append('\n');
        run = next;
      }
    }
    return text.toString();
  }
}
