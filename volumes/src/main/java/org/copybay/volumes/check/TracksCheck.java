package org.copybay.volumes.check;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Labels;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.track.EngineInspection;
import org.jspecify.annotations.Nullable;

/** The track engine of a volume, and whether its points are those of the catalogue. */
final class TracksCheck implements VolumeCheck {
  private static final String WHAT = "point";

  @Override
  public void check(CheckedVolume volume, Findings findings) throws StorageException {
    DirectoryStore store = volume.store();
    if (store == null) {
      return;
    }
    Rows.VolumeRow row = volume.row();
    List<EngineInspection.Point> found =
        EngineInspection.run(
            store,
            new VolumeIdentity(row.id(), row.name(), row.size()),
            volume.options().recover(),
            findings);
    if (found != null) {
      compare(volume, found, findings);
    }
  }

  private static void compare(
      CheckedVolume volume, List<EngineInspection.Point> found, Findings findings) {
    Map<UUID, Rows.PointRow> points = new HashMap<>();
    volume.points().forEach(point -> points.put(point.id(), point));
    Map<Integer, EngineInspection.Point> left = new HashMap<>();
    found.forEach(point -> left.put(point.number(), point));
    Map<Rows.MemberRow, Rows.PointRow> dropped = new LinkedHashMap<>();
    for (Rows.MemberRow row : volume.members()) {
      Rows.PointRow point = points.get(row.point());
      if (point == null) {
        left.remove(row.number());
      } else if (point.ready()) {
        compare(volume, row, point, left.remove(row.number()), findings);
      } else {
        dropped.put(row, point);
      }
    }
    dropped.forEach( // it was not made yet, or is dropped already, or is there
        (row, point) -> {
          EngineInspection.Point there = left.get(row.number());
          if (there != null && wanted(row, point).equals(got(there))) {
            left.remove(row.number());
          }
        });
    for (EngineInspection.Point unknown : left.values()) {
      findings.damage(
          WHAT,
          "number " + unknown.number(),
          "a row of the catalogue",
          "a point of " + unknown.sizeBytes() + " bytes that only the engine knows",
          older(volume));
    }
  }

  private static String older(CheckedVolume volume) {
    return "an older catalogue.db was put back: put back the newer one, or "
        + Labels.remedy(volume.layout().root());
  }

  private static String drop(Rows.PointRow point) {
    return point.name().startsWith(Rows.OF_JOB)
        ? "cancel job=" + Words.word(point.name().substring(Rows.OF_JOB.length()))
        : "drop point=" + Words.word(point.name());
  }

  private static void compare(
      CheckedVolume volume,
      Rows.MemberRow row,
      Rows.PointRow point,
      EngineInspection.@Nullable Point there,
      Findings findings) {
    String where = point.name() + ", number " + row.number();
    String wanted = wanted(row, point);
    if (there == null) {
      findings.damage(
          WHAT,
          where,
          wanted,
          "no point of that number",
          "where older files of the volume were put back: "
              + drop(point)
              + " in the mount, then mount again");
      return;
    }
    String got = got(there);
    if (!wanted.equals(got)) {
      findings.damage(WHAT, where, wanted, got, older(volume));
    }
  }

  private static String wanted(Rows.MemberRow row, Rows.PointRow point) {
    return describe(row.size(), point.created().toEpochMilli());
  }

  private static String got(EngineInspection.Point there) {
    return describe(there.sizeBytes(), there.timeMillis());
  }

  private static String describe(long sizeBytes, long timeMillis) {
    return "a point of " + sizeBytes + " bytes made at " + Instant.ofEpochMilli(timeMillis);
  }
}
