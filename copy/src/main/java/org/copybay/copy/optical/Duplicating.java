package org.copybay.copy.optical;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.media.Writes;

/**
 * DUPOPT: accepts the duplicate of an optical volume as it is at that instant, and starts the job
 * that makes it. Any thread may call.
 */
public final class Duplicating {
  static final String VERB = "optical_duplicate";

  private final Optical optical;
  private final Jobs jobs;
  private Duration checkpoints = Copier.CHECKPOINT_INTERVAL; // set by tests, before any job

  Duplicating(Optical optical, Jobs jobs) {
    this.optical = optical;
    this.jobs = jobs;
    jobs.register(VERB, row -> new DuplicateWork(optical, row, null, checkpoints));
  }

  /** Lets jobs make checkpoints at such intervals. */
  void setCheckpoints(Duration interval) {
    checkpoints = interval;
  }

  /** Checks all rules, changing nothing; errors begin with a code of {@link Odup}. */
  public DuplicatePlan check(DuplicateSpec wanted) throws StorageException {
    optical.bay().requireChangeable();
    return new DuplicateChecks(optical, wanted, null).run();
  }

  /** Checks all rules and starts the job. */
  public Job start(DuplicateSpec wanted) throws StorageException {
    DuplicatePlan plan = check(wanted);
    String id = wanted.id() == null ? jobs.newId() : wanted.id();
    jobs.requireFree(id);
    optical.drives().hold(plan.volumes(), id, wanted.exclusive());
    boolean started = false;
    try {
      // Again: a volume may have got another label before it was held.
      DuplicatePlan again = new DuplicateChecks(optical, wanted, id).run();
      reserve(again);
      Job job = begin(wanted, again, id);
      started = true;
      return job;
    } finally {
      if (!started) {
        optical.drives().release(plan.volumes(), id);
      }
    }
  }

  /** The targets get their identifiers when they are whole; nobody else gets them meanwhile. */
  private void reserve(DuplicatePlan plan) throws StorageException {
    try (var held = optical.enter()) {
      for (DuplicatePlan.Target target : plan.targets()) {
        if (!target.newId().equals(plan.source().id())) {
          DuplicateNames.requireFree(optical, target.volume(), target.newId());
        }
      }
      plan.targets().forEach(target -> target.volume().promise(target.newId()));
    }
  }

  private Job begin(DuplicateSpec wanted, DuplicatePlan plan, String id) throws StorageException {
    Volume source = plan.source().medium().volume();
    List<String> bitmaps = new ArrayList<>();
    boolean started = false;
    try {
      for (DuplicatePlan.Target target : plan.targets()) {
        if (target.volume().medium().type().writes() == Writes.AGAIN) {
          String name = Bases.name(id, target.volume());
          Bases.start(bay(), source, name);
          bitmaps.add(name);
        }
      }
      SectorMap written = freeze(id, plan.source());
      DuplicateOptions options = DuplicateOptions.of(wanted, plan, written.end());
      JobRecord row =
          JobRecord.accepted(
              id,
              VERB,
              wanted.line(),
              options.text(),
              plan.source().id(),
              source.id(),
              plan.targets().stream()
                  .map(target -> target.volume().id())
                  .collect(Collectors.joining(",")),
              null,
              wanted.uid(),
              wanted.bytesPerSecond(),
              jobs.now());
      Job job = jobs.accept(row, new DuplicateWork(optical, row, written, checkpoints));
      started = true;
      return job;
    } finally {
      if (!started) {
        bay().points().dropFor(id);
        bitmaps.forEach(name -> Bases.drop(bay(), source, name));
      }
    }
  }

  /** Keeps what the source holds, and which of its sectors are written, as of one instant. */
  private SectorMap freeze(String id, OpticalVolume source) throws StorageException {
    try (var held = source.medium().enter()) {
      PointVolume frozen = bay().points().freezeFor(id, source.medium().volume());
      assert frozen.volume().id().equals(source.row().bytes());
      return SectorMap.of(source.medium());
    }
  }

  private Bay bay() {
    return optical.bay();
  }
}
