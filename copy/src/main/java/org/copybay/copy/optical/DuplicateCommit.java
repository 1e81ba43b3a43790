package org.copybay.copy.optical;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.media.Writes;
import org.jspecify.annotations.Nullable;

/** The transaction that makes the targets of a duplicate volumes again (P7). */
final class DuplicateCommit {
  private final Optical optical;
  private final Job job;
  private final OpticalVolume source;
  private final DuplicateCopying copying;
  private final Instant point;
  private final Instant created;

  /**
   * The commit of a job.
   *
   * @param point when the source was as it was copied
   * @param created when the duplicate was made
   */
  DuplicateCommit(
      Optical optical,
      Job job,
      OpticalVolume source,
      DuplicateCopying copying,
      Instant point,
      Instant created) {
    this.optical = optical;
    this.job = job;
    this.source = source;
    this.copying = copying;
    this.point = point;
    this.created = created;
  }

  /** Commits the targets that did not fail; the failure of one of the others is thrown then. */
  JobRecord run(List<CopyTarget> copies) throws StorageException {
    Map<OpticalVolume, UnaryOperator<SideRecord>> changes = new LinkedHashMap<>();
    List<CopyTarget> whole = copies.stream().filter(copy -> copy.failure() == null).toList();
    for (CopyTarget copy : whole) {
      Base base = base(copy.volume());
      changes.put(copy.volume(), row -> done(row, copy, base));
    }
    List<Base> before = new ArrayList<>(); // one for each that is whole, or null
    StorageException failure =
        copies.stream().map(CopyTarget::failure).filter(f -> f != null).findFirst().orElse(null);
    JobRecord done = job.row().done(job.now(), copying.result(copies));
    List<RotationRecord> ended;
    try (var held = optical.enter()) {
      ended = optical.rotations().endedBy(source, changes.keySet());
      whole.forEach(copy -> before.add(copy.volume().row().base()));
      optical
          .labels()
          .changeAll(
              changes,
              connection -> {
                for (RotationRecord each : ended) {
                  RotationTable.put(connection, each);
                }
                if (failure == null) {
                  JobTable.put(connection, done);
                }
              });
      optical.rotations().ended(ended);
    }
    for (int i = 0; i < whole.size(); i++) {
      OpticalVolume target = whole.get(i).volume();
      SideLabel.write(target);
      Bases.drop(optical, target, before.get(i));
      tell(whole.get(i));
    }
    ended.forEach(this::tell);
    if (failure != null) {
      throw failure;
    }
    return done;
  }

  private void tell(RotationRecord ended) {
    OpticalVolume last = optical.byKey(String.valueOf(ended.finalKey()));
    optical
        .bay()
        .events()
        .tell(
            "optical_rotation_final",
            ended.name(),
            Event.fact("volume", last == null ? "-" : last.id()));
  }

  private void tell(CopyTarget copy) {
    optical
        .bay()
        .events()
        .tell(
            "optical_duplicated",
            copy.volume().id(),
            Event.fact("of", source.id()),
            Event.fact("job", job.id()));
    optical
        .kernel()
        .contentChanged(
            copy.volume(), new Extent(0, Math.max(1, copy.volume().medium().capacity())));
  }

  /** The row of a target that is whole. */
  private SideRecord done(SideRecord row, CopyTarget copy, @Nullable Base base) {
    SideRecord.Label from = source.row().label();
    SideRecord.Label own = row.label();
    boolean backup = own.type() == VolumeType.BACKUP;
    SideRecord.Label label =
        new SideRecord.Label(
            own.type(),
            backup ? source.key() : null,
            from.format(),
            backup ? SideRecord.Label.BACKUP_THRESHOLD : from.threshold(),
            from.text(),
            created,
            DuplicateChecks.usable(source, copy.volume()),
            from.first(),
            false);
    return row.withId(copy.newId())
        .withState(SideState.INITIALIZED)
        .withLabel(label)
        .withDuplicate(
            new SideRecord.Duplicate(
                source.id(), point, job.id(), copying.sourceHash(), copy.hash()))
        .withBase(base);
  }

  /** What a later one need not copy again; from here on changes of the target are recorded too. */
  private @Nullable Base base(OpticalVolume target) {
    if (target.medium().type().writes() != Writes.AGAIN) {
      return null;
    }
    String name = Bases.name(job.id(), target);
    if (Bases.findOrNull(optical.bay(), source.medium().volume(), name) == null) {
      return null;
    }
    try {
      Bases.start(optical.bay(), target.medium().volume(), name);
    } catch (StorageException e) { // it is whole all the same
      job.tell("the next duplicate to " + target.id() + " copies all: " + e.getMessage());
      return null;
    }
    return new Base(source.row().bytes(), name, name, Long.MAX_VALUE);
  }
}
