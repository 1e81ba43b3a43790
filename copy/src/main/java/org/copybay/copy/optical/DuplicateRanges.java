package org.copybay.copy.optical;

import java.util.List;
import org.copybay.copy.engine.DataRanges;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.format.Patch;
import org.jspecify.annotations.Nullable;

/** What of its source a duplicate copies to a target: all, what changed, or what is left. */
final class DuplicateRanges {
  private final Optical optical;
  private final DuplicateOptions options;

  DuplicateRanges(Optical optical, DuplicateOptions options) {
    this.optical = optical;
    this.options = options;
  }

  /** What of a target is to be copied: all, or what its base does not vouch for. */
  CopyTarget plan(
      Job job,
      OpticalVolume source,
      OpticalVolume target,
      String id,
      List<Patch> patches,
      SectorMap map)
      throws StorageException {
    DataRanges all = map.ranges();
    long safe = job.row().checkpoint();
    if (DuplicateWork.begun(target, job.id())
        && target.row().base() == null) { // a clean end of the mount stopped it
      return new CopyTarget(target, id, patches, from(all, safe), false, safe);
    }
    Base base = target.row().base();
    String why = noBase(job, source, target, base, map);
    if (why == null && base != null) {
      return new CopyTarget(
          target, id, patches, SectorMap.both(all, differing(source, target, base)), true, safe);
    }
    if (options.incremental() || options.resume()) {
      job.tell("all of " + target.id() + " is copied: " + why);
    }
    DataRanges ranges =
        base != null && DuplicateWork.begun(target, job.id()) // it was not erased
            ? DataRanges.union(all, SectorMap.of(target.medium()).ranges())
            : all;
    return new CopyTarget(target, id, patches, ranges, false, safe);
  }

  private static DataRanges from(DataRanges all, long checkpoint) {
    return offset -> all.next(Math.max(offset, checkpoint));
  }

  /** Why all of a target must be copied, or null where its base says what need not. */
  private @Nullable String noBase(
      Job job, OpticalVolume source, OpticalVolume target, @Nullable Base base, SectorMap map)
      throws StorageException {
    if (!options.incremental() && !options.resume() && !DuplicateWork.begun(target, job.id())) {
      return "it was not asked for less";
    }
    if (base == null || !base.source().equals(source.row().bytes())) {
      return "the last duplicate to it was of another volume, or there was none";
    }
    if (!base.whole() && !options.resume()) {
      return "the last duplicate to it did not end";
    }
    String own = base.targetBitmap();
    if (Bases.findOrNull(optical.bay(), source.medium().volume(), base.sourceBitmap()) == null
        || (own != null
            && Bases.findOrNull(optical.bay(), target.medium().volume(), own) == null)) {
      return "what changed since the last one is not known";
    }
    return map.hasAll(target.medium().written()) ? null : "it has sectors that the source has not";
  }

  private DataRanges differing(OpticalVolume source, OpticalVolume target, Base base) {
    int sector = source.medium().sectorBytes();
    WriteBitmap since =
        Bases.findOrNull(optical.bay(), source.medium().volume(), base.sourceBitmap());
    String name = base.targetBitmap();
    WriteBitmap own =
        name == null ? null : Bases.findOrNull(optical.bay(), target.medium().volume(), name);
    DataRanges tail =
        offset -> {
          long start = Math.max(offset, base.end());
          return base.whole() ? null : new Extent(start, Long.MAX_VALUE - start);
        };
    DataRanges changed =
        since == null ? tail : DataRanges.union(SectorMap.changed(since, sector), tail);
    return own == null ? changed : DataRanges.union(changed, SectorMap.changed(own, sector));
  }
}
