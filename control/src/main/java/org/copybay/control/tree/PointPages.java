package org.copybay.control.tree;

import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bitmap.Run;

/** What there is to say about one point in time. */
final class PointPages {
  private PointPages() {}

  static Page status(PointInTime point) {
    return new Page()
        .put("name", point.name())
        .put("created", point.created())
        .put("uuid", point.id())
        .put("volume_count", point.volumes().size())
        .put(
            "volumes",
            String.join(",", point.volumes().stream().map(v -> Words.word(v.name())).toList()))
        .put("size", point.volumes().stream().mapToLong(PointVolume::size).sum());
  }

  static String changed(PointVolume volume, long first) throws StorageException {
    String unit = "blocks of " + PointVolume.BLOCK_BYTES + " bytes";
    return RangeText.lines(unit, "changed.from/" + volume.name(), runs(volume, first));
  }

  static String changedJson(PointVolume volume) throws StorageException {
    return RangeText.json("block_bytes", PointVolume.BLOCK_BYTES, runs(volume, 0));
  }

  private static List<Run> runs(PointVolume volume, long first) throws StorageException {
    return volume.changedBlocks(first, RangeText.LIMIT + 1);
  }
}
