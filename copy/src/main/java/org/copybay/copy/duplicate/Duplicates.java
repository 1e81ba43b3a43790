package org.copybay.copy.duplicate;

import java.time.Duration;
import org.copybay.copy.engine.Copier;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;

/**
 * The duplicate service: accepts a copy of a volume. From the acceptance to the end of the job the
 * source cannot be opened for writing and the name of the target is reserved; the target appears
 * whole at the end or not at all (P6).
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
   * Removes the targets that no job goes on with: a crash between the making of a target and the
   * record of its job leaves one. Called once, after the jobs were loaded and before they start.
   */
  public void discardAbandoned() {
    for (Volume target : bay.reservedVolumes()) {
      boolean wanted =
          jobs.all().stream()
              .anyMatch(job -> !job.state().ended() && target.id().equals(job.row().targetId()));
      if (!wanted && !bay.readOnly()) {
        bay.discard(target);
      }
    }
  }

  /**
   * Checks everything that can be checked and starts the job. NOT_FOUND, BUSY (the source is open
   * for writing, or a name is in use by another job), EXISTS, NO_SPACE, BAD_REQUEST.
   */
  public Job start(DuplicateSpec wanted) throws StorageException {
    if (wanted.from().equals(wanted.to())) {
      throw new StorageException(
          Fault.BAD_REQUEST, "from= and to= name the same volume " + wanted.from());
    }
    Volume source = bay.findMade(wanted.from(), "be duplicated");
    String id = wanted.id() == null ? jobs.newId() : wanted.id();
    jobs.requireFree(id);
    source.hold(wanted.from(), new Hold(id, "being duplicated"));
    return accept(wanted, id, source, reserve(wanted, id, source));
  }

  private Volume reserve(DuplicateSpec wanted, String id, Volume source) throws StorageException {
    boolean reserved = false;
    try {
      source.requireSound();
      VolumeRecord.Owner owner =
          new VolumeRecord.Owner(wanted.uid(), wanted.gid(), source.row().owner().mode());
      NewVolume copy = new NewVolume(wanted.to(), source.size(), null, source.row().cache(), owner);
      Volume target = bay.reserve(copy, wanted.replace(), new Hold(id, "being made"));
      reserved = true;
      return target;
    } finally {
      if (!reserved) {
        source.release(id);
      }
    }
  }

  /** While the next mount may find the job after all, nothing that it needs is given back. */
  private Job accept(DuplicateSpec wanted, String id, Volume source, Volume target)
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
              source.id(),
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
        source.release(id);
        bay.releaseHold(wanted.to(), id);
      }
    }
  }
}
