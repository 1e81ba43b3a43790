package org.copybay.volumes.check;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
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
    for (Rows.MemberRow row : volume.members()) {
      Rows.PointRow point = points.get(row.point());
      EngineInspection.Point there = left.remove(row.number());
      if (point != null) {
        compare(row, point, there, findings);
      }
    }
    for (EngineInspection.Point unknown : left.values()) {
      findings.damage(
          WHAT,
          "number " + unknown.number(),
          "a row of the catalogue",
          "a point of " + unknown.sizeBytes() + " bytes that only the engine knows",
          "an older catalogue.db was put back: put back the newer one, or copybay check --rebuild");
    }
  }

  private static void compare(
      Rows.MemberRow row,
      Rows.PointRow point,
      EngineInspection.@Nullable Point there,
      Findings findings) {
    String where = point.name() + ", number " + row.number();
    String wanted = describe(row.size(), point.created().toEpochMilli());
    if (there == null) {
      if (point.ready()) {
        findings.damage(
            WHAT,
            where,
            wanted,
            "no point of that number",
            "where older files of the volume were put back: drop point="
                + Words.word(point.name())
                + " in the mount, then mount again");
      }
      return; // else it was not made yet, or is dropped already
    }
    String got = describe(there.sizeBytes(), there.timeMillis());
    if (!wanted.equals(got)) {
      findings.damage(
          WHAT,
          where,
          wanted,
          got,
          "an older catalogue.db was put back: put back the newer one, or copybay check --rebuild");
    }
  }

  private static String describe(long sizeBytes, long timeMillis) {
    return "a point of " + sizeBytes + " bytes made at " + Instant.ofEpochMilli(timeMillis);
  }
}
