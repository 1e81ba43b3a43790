package org.copybay.volumes.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.copybay.volumes.Findings;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.BayLayout;
import org.jspecify.annotations.Nullable;

/** What rows of the catalogue say of each other. */
final class RowsCheck {
  /** How the verbs of jobs begin that fill a volume which is there. */
  private static final List<String> FILLING = List.of("quickopc_", "safeguarded_", "optical_");

  /** How those of jobs begin whose target is a cartridge, no volume. */
  private static final List<String> OF_TAPES = List.of("smart-copy", "tape-");

  private static final String WHAT = "catalogue";

  private final Rows rows;
  private final Findings findings;
  private final Map<UUID, Rows.VolumeRow> volumes = new HashMap<>();
  private final Map<UUID, Rows.PointRow> points = new HashMap<>();
  private final Map<String, Rows.JobRow> jobs;

  private RowsCheck(Rows rows, Findings findings) {
    this.rows = rows;
    this.findings = findings;
    rows.volumes().forEach(row -> volumes.put(row.id(), row));
    rows.points().forEach(row -> points.put(row.id(), row));
    jobs =
        rows.jobs().stream()
            .collect(Collectors.toMap(Rows.JobRow::id, Function.identity(), (a, b) -> a));
  }

  static void run(BayLayout layout, Rows rows, Findings all) {
    String place = layout.catalogue() + " ";
    RowsCheck check = new RowsCheck(rows, all.at(place, LabelCheck.rebuild(layout)));
    check.unique();
    check.members();
    rows.points().forEach(check::point);
    rows.bitmaps().forEach(check::bitmap);
    rows.jobs().forEach(check::job);
    rows.volumes().forEach(check::volume);
  }

  // ---- what no two rows may have

  private void unique() {
    once("volume directory", rows.volumes(), row -> row.directory().normalize());
    once("name", rows.volumes(), row -> row.is("ready") || row.is("making") ? row.name() : null);
    once("name of a copy", rows.volumes(), row -> row.is("copying") ? row.name() : null);
    once("point name", rows.points(), row -> row.ready() ? row.name() : null);
    once("point id", rows.points(), Rows.PointRow::id);
    once(
        "number of a point of one volume",
        rows.members(),
        row -> isReady(row) ? "number " + row.number() + " of volume " + row.volume() : null);
    once("volume of one point", rows.members(), row -> row.point() + " " + row.volume());
    once(
        "bitmap name of one volume",
        rows.bitmaps(),
        row -> row.ready() ? row.volume() + " " + row.name() : null);
    Map<Long, Object> inodes = new HashMap<>();
    rows.volumes().forEach(row -> inode(inodes, row.inode(), "volume " + row.id()));
    rows.points().forEach(row -> inode(inodes, row.inode(), "point " + row.id()));
    rows.members()
        .forEach(
            row -> inode(inodes, row.inode(), "volume " + row.volume() + " of " + row.point()));
  }

  /** A number is used again while the point that had it waits for another disk to be dropped. */
  private boolean isReady(Rows.MemberRow row) {
    Rows.PointRow point = points.get(row.point());
    return point == null || point.ready();
  }

  private <T> void once(String what, List<T> all, Function<T, @Nullable Object> key) {
    Map<Object, T> seen = new HashMap<>();
    for (T row : all) {
      Object of = key.apply(row);
      if (of != null && seen.putIfAbsent(of, row) != null) {
        findings.damage(WHAT, what + " " + of, "one row", "two");
      }
    }
  }

  private void inode(Map<Long, Object> seen, long inode, Object who) {
    Object other = seen.putIfAbsent(inode, who);
    if (other != null) {
      findings.damage(WHAT, "inode " + inode, "one row", who + " and " + other);
    }
  }

  // ---- what a row refers to

  private void members() {
    Map<UUID, Integer> counts = new HashMap<>();
    for (Rows.MemberRow row : rows.members()) {
      counts.merge(row.point(), 1, Integer::sum);
      Rows.PointRow point = points.get(row.point());
      String where = "table point_volume, point " + row.point() + " volume " + row.volume();
      if (point == null) {
        findings.damage(WHAT, where, "a row of table point", "none");
      } else if (point.ready()) {
        Rows.VolumeRow volume = volumes.get(row.volume());
        if (volume == null || !volume.kept()) {
          findings.damage(
              WHAT, where, "its volume", volume == null ? "no row" : "a deleted volume");
        }
      }
    }
    for (Rows.PointRow row : rows.points()) {
      if (!counts.containsKey(row.id())) {
        findings.damage(WHAT, "point " + row.name(), "a volume of it", "none");
      }
    }
  }

  private void point(Rows.PointRow row) {
    if (!row.ready()) {
      findings.note(
          "point", row.name(), "ready", "being made or dropped", "the next mount drops it");
    } else if (row.name().startsWith(Rows.OF_JOB)) {
      Rows.JobRow job = jobs.get(row.name().substring(Rows.OF_JOB.length()));
      if (job == null || job.ended()) {
        findings.note(
            "point",
            row.name(),
            "a job that has not ended",
            job == null ? "no job" : "one that has",
            "the next mount drops it");
      }
    }
  }

  private void bitmap(Rows.BitmapRow row) {
    Rows.VolumeRow volume = volumes.get(row.volume());
    if (volume == null) {
      findings.damage(WHAT, "bitmap " + row.name(), "volume " + row.volume(), "no row");
    } else if (!row.ready()) {
      findings.note(
          "write bitmap",
          row.name() + " of volume " + volume.name(),
          "ready",
          "being started or deleted",
          "the next mount removes it");
    } else if (row.damage() != null) {
      findings.damage(
          "write bitmap",
          row.name() + " of volume " + volume.name(),
          "bits that can be trusted",
          row.damage(),
          "in the mount: " + BitmapsCheck.delete(volume, row));
    }
  }

  private void job(Rows.JobRow row) {
    UUID target = row.target();
    if (row.ended() || target == null || OF_TAPES.stream().anyMatch(row.verb()::startsWith)) {
      return;
    }
    Rows.VolumeRow volume = volumes.get(target);
    boolean makes = FILLING.stream().noneMatch(row.verb()::startsWith);
    if (volume == null || (makes && !volume.is("copying"))) {
      findings.note(
          "job",
          row.id(),
          "a target that is being copied",
          volume == null ? "no row of " + target : "volume " + volume.name() + " " + volume.state(),
          "the next mount ends the job");
    }
  }

  private void volume(Rows.VolumeRow row) {
    String where = row.name() + " " + row.id();
    if (row.is("dropping")) {
      findings.note("volume", where, "whole", "being made or deleted", "the next mount removes it");
    } else if (row.is("making")) {
      findings.note(
          "volume",
          where,
          "ready",
          "in the making",
          row.name().indexOf('/') < 0
              ? "in the mount: finish volume=" + Words.word(row.name())
              : "in the mount .control/health says what ends it");
    } else if (row.is("copying")
        && rows.jobs().stream().noneMatch(job -> !job.ended() && row.id().equals(job.target()))) {
      findings.note("volume", where, "a job that makes it", "none", "the next mount removes it");
    }
    if (row.failure() != null) {
      findings.damage(
          "volume",
          where,
          "no failure",
          row.failure(),
          "mount the bay, then: check volume=" + Words.word(row.name()));
    }
  }
}
