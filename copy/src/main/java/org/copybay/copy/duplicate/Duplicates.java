package org.copybay.copy.duplicate;

import java.time.Duration;
import java.util.Objects;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;

/**
 * The duplicate service: accepts a copy of what a volume holds at that instant. It is frozen for
 * the job, which reads nothing else, so the source may be in use. From the acceptance to the end of
 * the job the name of the target is reserved; the target appears whole at the end or not at all
 * (P6).
 */
public final class Duplicates {
  static final String VERB = "duplicate";

  private final Bay bay;
  private final Jobs jobs;
  private final Duration checkpointInterval;

  /** Duplicates volumes of that bay. */
  public Duplicates(Bay bay, Jobs jobs) {
    this(bay, jobs, Copier.CHECKPOINT_INTERVAL);
  }

  /** Duplicates volumes of that bay, with checkpoints at such intervals. */
  public static Duplicates withCheckpoints(Bay bay, Jobs jobs, Duration interval) {
    return new Duplicates(bay, jobs, interval);
  }

  private Duplicates(Bay bay, Jobs jobs, Duration checkpointInterval) {
    this.bay = bay;
    this.jobs = jobs;
    this.checkpointInterval = checkpointInterval;
    jobs.register(VERB, this::work);
  }

  private DuplicateWork work(JobRecord row) {
    return new DuplicateWork(bay, row, checkpointInterval);
  }

  /**
   * Removes the targets and the points that no job goes on with: a crash between their making and
   * the record of their job leaves them, or one between its end and theirs. Called once, after the
   * jobs were loaded and before they start.
   */
  public void discardAbandoned() {
    if (bay.readOnly()) {
      return;
    }
    for (Volume target : bay.reservedVolumes()) {
      if (jobs.all().stream()
          .noneMatch(job -> !job.state().ended() && target.id().equals(job.row().targetId()))) {
        bay.discard(target);
      }
    }
    for (PointInTime point : bay.points().ofJobs()) {
      String id = Objects.requireNonNull(point.job());
      Job job = jobs.find(id);
      if (job == null || job.state().ended()) {
        bay.points().dropFor(id);
      }
    }
  }

  /**
   * Checks everything that can be checked, freezes the source and starts the job. NOT_FOUND, BUSY
   * (a name is in use by another job), EXISTS, NO_SPACE, BAD_REQUEST.
   */
  public Job start(DuplicateSpec wanted) throws StorageException {
    if (wanted.from().equals(wanted.to())) {
      throw new StorageException(
          Fault.BAD_REQUEST, "from= and to= name the same volume " + wanted.from());
    }
    Volume source = bay.findMade(wanted.from(), "be duplicated");
    String id = wanted.id() == null ? jobs.newId() : wanted.id();
    jobs.requireFree(id);
    PointVolume frozen = bay.points().freezeFor(id, source);
    return accept(wanted, id, frozen, reserve(wanted, id, frozen));
  }

  private Volume reserve(DuplicateSpec wanted, String id, PointVolume source)
      throws StorageException {
    boolean reserved = false;
    try {
      VolumeRecord.Owner owner =
          new VolumeRecord.Owner(wanted.uid(), wanted.gid(), source.owner().mode());
      NewVolume copy =
          new NewVolume(wanted.to(), source.size(), null, source.volume().row().cache(), owner);
      Volume target = bay.reserve(copy, wanted.replace(), new Hold(id, "being made"));
      reserved = true;
      return target;
    } finally {
      if (!reserved) {
        bay.points().dropFor(id);
      }
    }
  }

  /** While the next mount may find the job after all, nothing that it needs is given back. */
  private Job accept(DuplicateSpec wanted, String id, PointVolume source, Volume target)
      throws StorageException {
    boolean accepted = false;
    try {
      JobRecord row =
          JobRecord.accepted(
              id,
              VERB,
              wanted.line(),
              DuplicateWork.options(wanted),
              wanted.from(),
              source.volume().id(),
              wanted.to(),
              target.id(),
              wanted.uid(),
              wanted.bytesPerSecond(),
              jobs.now());
      Job job = jobs.accept(row, work(row));
      accepted = true;
      return job;
    } finally {
      if (!accepted && bay.discard(target)) {
        bay.points().dropFor(id);
        bay.releaseHold(wanted.to(), id);
      }
    }
  }
}
