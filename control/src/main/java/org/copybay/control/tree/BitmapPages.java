package org.copybay.control.tree;

import java.util.List;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.BitmapSet;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.bitmap.WriteBitmap;

/** What there is to say about one write bitmap. */
final class BitmapPages {
  private BitmapPages() {}

  static Page status(Volume volume, BitmapRecord record, BitmapSet set, WriteBitmap bits) {
    long regions = bits.regions();
    long found = bits.regionsSet();
    return head(volume, record)
        .put("regions", regions)
        .put("regions_set", found)
        .put("percent", (found * 100 + regions - 1) / regions)
        .put("set_bytes", Math.min(found * bits.grain().regionBytes(), bits.size()))
        .put("changed_bytes", bits.changedBytes())
        .put("zones", set.zones())
        .put("zones_entered", set.zonesEntered())
        .put("failure", set.failure());
  }

  /** Of one whose bits cannot be trusted. */
  static Page lost(Volume volume, BitmapRecord record) {
    return head(volume, record)
        .put("regions", record.grain().regions(volume.size()))
        .put("regions_set", null)
        .put("percent", null)
        .put("set_bytes", null)
        .put("changed_bytes", null)
        .put("zones", null)
        .put("zones_entered", null)
        .put("failure", record.damage());
  }

  private static Page head(Volume volume, BitmapRecord record) {
    return new Page()
        .put("name", record.name())
        .put("volume", volume.name())
        .put("uuid", record.id())
        .put("created", record.created())
        .put("since", record.since())
        .put("grain", record.grain().word())
        .put("region_bytes", record.grain().regionBytes())
        .put("block_bytes", record.grain().blockBytes());
  }

  static String ranges(WriteBitmap bits, long first) {
    String unit = "regions of " + bits.grain().regionBytes() + " bytes";
    return RangeText.lines(unit, "ranges.from", regions(bits, first));
  }

  static String rangesJson(WriteBitmap bits) {
    return RangeText.json("region_bytes", bits.grain().regionBytes(), regions(bits, 0));
  }

  private static List<Run> regions(WriteBitmap bits, long first) {
    return first < bits.regions() ? bits.changedRegions(first, RangeText.LIMIT + 1) : List.of();
  }

  static String blocks(WriteBitmap bits, long first) {
    String unit = "blocks of " + bits.grain().blockBytes() + " bytes";
    return RangeText.lines(unit, "blocks.from", blockRuns(bits, first));
  }

  static String blocksJson(WriteBitmap bits) {
    return RangeText.json("block_bytes", bits.grain().blockBytes(), blockRuns(bits, 0));
  }

  private static List<Run> blockRuns(WriteBitmap bits, long first) {
    return first <= bits.size() / bits.grain().blockBytes()
        ? bits.changedBlocks(first, RangeText.LIMIT + 1)
        : List.of();
  }
}
