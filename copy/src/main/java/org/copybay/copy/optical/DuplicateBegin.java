package org.copybay.copy.optical;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.format.Patch;
import org.copybay.volumes.media.Writes;

/** The beginning of a duplicate: its targets are told from whole volumes, also after a crash. */
final class DuplicateBegin {
  private final Optical optical;
  private final String job;

  DuplicateBegin(Optical optical, String job) {
    this.optical = optical;
    this.job = job;
  }

  /** From here on a target is none that anybody could take for whole (P6). */
  void run(OpticalVolume source, Instant at, List<CopyTarget> copies) throws StorageException {
    for (CopyTarget copy : copies) {
      if (copy.failure() == null) {
        try {
          note(source, copy, copy.patches().stream().map(Patch::extent).toList());
          begin(source, at, copy);
        } catch (StorageException e) {
          DuplicateCopying.fail(copies, copy, e);
        }
      }
    }
  }

  private void begin(OpticalVolume source, Instant at, CopyTarget copy) throws StorageException {
    OpticalVolume target = copy.volume();
    if (DuplicateWork.begun(target, job)) {
      return;
    }
    boolean once = target.medium().type().writes() == Writes.ONCE;
    SideRecord.Duplicate of = new SideRecord.Duplicate(source.id(), at, job, null, null);
    Base before = target.row().base();
    Base kept = copy.incremental() ? before : null;
    optical
        .labels()
        .change(
            target,
            side ->
                side.withState(once ? SideState.SPOILED : SideState.INCOMPLETE)
                    .withDuplicate(of)
                    .withBase(kept),
            Catalogue.Change.NOTHING);
    if (!copy.incremental()) {
      Bases.drop(optical, target, before);
      if (!once) {
        target.medium().blank(target.id());
      }
    } else {
      MemberBytes bytes = target.medium().volume().memberBytes();
      for (Patch patch : copy.patches()) {
        bytes.zero(patch.offset(), patch.extent().length(), true);
      }
    }
    target.medium().flush();
  }

  /**
   * What of a target differs from its source: its descriptors, and what could not be read. A later
   * one copies that, should it be none by then; before the target is written (P3).
   */
  void note(OpticalVolume source, CopyTarget copy, List<Extent> differing) throws StorageException {
    List<String> names = new ArrayList<>(List.of(Bases.name(job, copy.volume())));
    Base base = copy.volume().row().base();
    if (copy.incremental() && base != null) {
      names.add(base.sourceBitmap());
    }
    for (String name : names) {
      WriteBitmap since = Bases.findOrNull(optical.bay(), source.medium().volume(), name);
      if (since != null && !differing.isEmpty()) {
        for (Extent each : differing) {
          since.aboutToChange(each.offset(), each.length());
        }
        since.flush();
      }
    }
  }
}
