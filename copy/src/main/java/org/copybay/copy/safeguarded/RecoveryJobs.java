package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives recoveries jobs that copy for them: one for each volume; under the lock of Safeguarded. */
final class RecoveryJobs {
  private static final Logger LOG = LoggerFactory.getLogger(RecoveryJobs.class);

  private final Safeguarded safeguarded;

  RecoveryJobs(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  /** What it shows is shown, with a job or without: one that cannot begin now does later. */
  void copyOrLater(SafeguardedSession session, Recovery recovery, RecoverSpec spec) {
    try {
      List<Job> jobs = copy(session, recovery, spec);
      LOG.info("session={} set={} jobs={}", session.name(), recovery.set(), jobs.size());
    } catch (StorageException e) {
      LOG.error(
          "session={} set={}: no job yet: {}", session.name(), recovery.set(), e.getMessage());
    }
  }

  /**
   * The jobs that copy for a recovery: those that run, and one for each volume that is neither
   * whole nor suspended. EXISTS, AGAIN.
   */
  List<Job> copy(SafeguardedSession session, Recovery recovery, RecoverSpec spec)
      throws StorageException {
    List<Job> jobs = new ArrayList<>();
    String name = spec.id();
    for (RecoveryPair pair : recovery.pairs()) {
      if (pair.whole() || pair.error() != null) {
        continue;
      }
      Job job = find(copy -> copy.isOf(pair));
      if (job == null && isEnding(pair)) {
        continue; // and suspends it then: another one would go on with what somebody cancelled
      }
      if (job == null) {
        boolean free = name != null && safeguarded.jobs().find(name) == null;
        job = accept(session, recovery, pair, free ? name : null, spec);
        name = null;
      }
      jobs.add(job);
    }
    return jobs;
  }

  private Job accept(
      SafeguardedSession session,
      Recovery recovery,
      RecoveryPair pair,
      @Nullable String id,
      RecoverSpec spec)
      throws StorageException {
    Volume source = Objects.requireNonNull(safeguarded.volume(pair.source()));
    Volume target = Objects.requireNonNull(safeguarded.volume(pair.target()));
    JobRecord row =
        JobRecord.accepted(
            id == null ? safeguarded.jobs().newId() : id,
            RecoverWork.VERB,
            spec.line(),
            RecoverWork.options(session.name(), recovery.set(), pair.stamp()),
            source.name(),
            source.id(),
            target.name(),
            target.id(),
            spec.uid(),
            spec.rate(),
            safeguarded.jobs().now());
    return safeguarded.jobs().accept(row, new RecoverWork(safeguarded, row));
  }

  /** The job that copies to a volume, or null. Needs no lock. */
  @Nullable Job find(UUID target) {
    return find(copy -> copy.copiesTo(target));
  }

  private @Nullable Job find(Predicate<RecoverWork> wanted) {
    for (Job job : safeguarded.jobs().all()) {
      if (!job.state().ended()
          && !job.isDiscarded()
          && !job.cancelling()
          && job.work() instanceof RecoverWork copy
          && wanted.test(copy)) {
        return job;
      }
    }
    return null;
  }

  private boolean isEnding(RecoveryPair pair) {
    return safeguarded.jobs().all().stream()
        .filter(job -> !job.state().ended() && job.state() != JobState.INTERRUPTED)
        .anyMatch(job -> job.work() instanceof RecoverWork copy && copy.wasFor(pair));
  }

  /** Starts the copies that no job goes on with. */
  void startMissing() {
    for (SafeguardedSession session : safeguarded.sessions()) {
      for (Recovery recovery : session.state().recoveries().values()) {
        if (recovery.background() && !recovery.whole()) {
          copyOrLater(session, recovery, RecoverSpec.atMount(recovery.set()));
        }
      }
    }
  }

  /** Ends the job of a volume that needs none any more. */
  void cancel(RecoveryPair pair) {
    Job job = find(copy -> copy.isOf(pair));
    if (job != null) {
      try {
        LOG.info("job={} cancel: {}", job.id(), job.cancel());
      } catch (StorageException e) {
        LOG.warn("job={} {}", job.id(), e.getMessage());
      }
    }
  }
}
