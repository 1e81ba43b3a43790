package org.copybay.copy.shadow;

import java.util.Objects;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.engine.Lane;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The copies and merges of shadow sets as jobs. Any thread may call. */
final class SetJobs {
  private static final Logger LOG = LoggerFactory.getLogger(SetJobs.class);
  private static final long END_POLL_MILLIS = 100;
  private static final int END_POLLS = 100;

  private final ShadowSets sets;
  private final Jobs jobs;

  SetJobs(ShadowSets sets, Jobs jobs) {
    this.sets = sets;
    this.jobs = jobs;
    Lane lane = lane();
    jobs.register(SetCopyWork.VERB, lane, row -> work(row, true));
    jobs.register(MergeWork.VERB, lane, row -> work(row, false));
  }

  /** All jobs of the bay. */
  Jobs jobs() {
    return jobs;
  }

  private Lane lane() {
    return new Lane() {
      @Override
      public int places() {
        return sets.maxCopy();
      }

      @Override
      public boolean ready(JobRecord job) {
        VirtualUnit unit = sets.findOrNull(job.source());
        return unit == null || !job.verb().equals(MergeWork.VERB) || !unit.set().isCopying();
      }

      @Override
      public int priority(JobRecord job) {
        VirtualUnit unit = sets.findOrNull(job.source());
        return unit == null ? 1 : unit.set().record().settings().priority();
      }
    };
  }

  private Work work(JobRecord row, boolean copy) {
    VirtualUnit unit = sets.findOrNull(row.source());
    if (unit == null || !unit.set().record().id().equals(row.sourceId())) {
      return new GoneWork(row.source());
    }
    return copy ? new SetCopyWork(unit.set(), row) : new MergeWork(unit.set());
  }

  private void startCopy(ShadowSet set, Volume volume) {
    try {
      Job job = copyOf(set, volume, null, "mount set=" + set.name(), 0);
      LOG.info("set={} job={} copies to {}", set.name(), job.id(), volume.name());
    } catch (StorageException e) {
      LOG.error("set={} no copy to {}: {}", set.name(), volume.name(), e.getMessage());
    }
  }

  /** The job that copies to a target, which is started when there is none. EXISTS, AGAIN. */
  Job copyOf(ShadowSet set, Volume volume, @Nullable String id, String line, int uid)
      throws StorageException {
    Job running = findCopy(volume);
    return running == null ? acceptCopy(set, volume, id, line, uid) : running;
  }

  private @Nullable Job findCopy(Volume volume) {
    for (Job job : jobs.all()) {
      if (!job.state().ended()
          && !job.isDiscarded() // the volume may be a target again, of another copy
          && job.row().verb().equals(SetCopyWork.VERB)
          && volume.id().equals(job.row().targetId())) {
        return job;
      }
    }
    return null;
  }

  private Job acceptCopy(ShadowSet set, Volume volume, @Nullable String id, String line, int uid)
      throws StorageException {
    JobRecord row = row(SetCopyWork.VERB, set, volume, id, line, uid);
    return jobs.accept(row, new SetCopyWork(set, row));
  }

  private JobRecord row(
      String verb,
      ShadowSet set,
      @Nullable Volume target,
      @Nullable String id,
      String line,
      int uid) {
    return JobRecord.accepted(
        id == null ? jobs.newId() : id,
        verb,
        line,
        "",
        set.name(),
        set.record().id(),
        target == null ? "" : target.name(),
        target == null ? null : target.id(),
        uid,
        set.record().settings().bytesPerSecond(),
        jobs.now());
  }

  /** Starts a merge where full members may differ, unless one is under way or queued. */
  @Nullable Job startMerge(ShadowSet set) {
    try {
      return mergeOf(set, null, "merge set=" + set.name(), 0);
    } catch (StorageException e) {
      LOG.error("set={} no merge: {}", set.name(), e.getMessage());
      set.wantMerge(true); // the upkeep tries again
      return null;
    }
  }

  /** The merge of a set, which is started where full members may differ, or null. EXISTS, AGAIN. */
  @Nullable Job mergeOf(ShadowSet set, @Nullable String id, String line, int uid)
      throws StorageException {
    ShadowSet.Mounted now = set.mountedOrNull();
    if (now == null || now.bitmaps().merge().regionsSet() == 0) {
      return null;
    }
    Job running = findMerge(set);
    if (running != null) {
      if (running.state() == JobState.RUNNING) {
        set.wantMerge(true); // it may be ending, and see no more of this
      }
      return running;
    }
    return jobs.accept(row(MergeWork.VERB, set, null, id, line, uid), new MergeWork(set));
  }

  /** Ends the copies and the merge of a set and waits a while for them: it has no targets then. */
  void endAll(ShadowSet set) throws StorageException {
    for (Members.Target target : set.device().members().targets()) {
      boolean former = endCopy(set, target.member().volume());
      LOG.info("set={} target={} former={}", set.name(), target.member().name(), former);
    }
    Job merge = findMerge(set);
    if (merge != null) {
      end(merge);
    }
  }

  /** The merge of a set that has not ended, or null. */
  @Nullable Job findMerge(ShadowSet set) {
    for (Job job : jobs.all()) {
      if (!job.state().ended()
          && job.row().verb().equals(MergeWork.VERB)
          && set.record().id().equals(job.row().sourceId())) {
        return job;
      }
    }
    return null;
  }

  private static void end(Job job) throws StorageException {
    Objects.requireNonNull(job.cancel());
    for (int i = 0; i < END_POLLS && !job.state().ended(); i++) {
      job.awaitChange(job.version(), END_POLL_MILLIS);
    }
    if (!job.state().ended()) {
      throw new StorageException(
          Fault.BUSY,
          "job " + job.id() + " has not ended yet",
          "cat .control/jobs/" + job.id() + "/wait");
    }
  }

  /**
   * Ends the copy to a target, which is a former member then.
   *
   * @return false when it became a full member before
   */
  boolean endCopy(ShadowSet set, Volume volume) throws StorageException {
    Job running = findCopy(volume);
    if (running != null) {
      end(running);
    }
    return set.membership().removeTarget(volume, "removed by command");
  }

  /** Ends the copy to a target that failed, unless its job is at work and meets that by itself. */
  void endGivenUp(ShadowSet set, Member target) throws StorageException {
    Job copy = findCopy(target.volume());
    if (copy == null) {
      boolean former = set.membership().removeTarget(target.volume(), failed(target));
      LOG.info("set={} target={} former={}", set.name(), target.name(), former);
    } else if (copy.state() != JobState.RUNNING) {
      end(copy);
    }
  }

  /** Why a target that was given up is a former member. */
  static String failed(Member target) {
    return "its copy failed: " + target.dead();
  }

  /** Limits the copies and the merge of a set that are under way, or wait. */
  void rate(ShadowSet set, long bytesPerSecond) throws StorageException {
    for (Job job : jobs.all()) {
      if (!job.state().ended() && set.record().id().equals(job.row().sourceId())) {
        JobOrder order = job.setRate(bytesPerSecond);
        LOG.info("set={} job={} rate={} {}", set.name(), job.id(), bytesPerSecond, order);
      }
    }
  }

  /** Whether a target of a set has no job. */
  boolean isMissing(ShadowSet set) throws StorageException {
    return set.device().members().targets().stream()
        .anyMatch(target -> findCopy(target.member().volume()) == null);
  }

  /** Starts the copies that a mount asked for; what cannot be started now says the log. */
  void startMissing(ShadowSet set, MountSpec spec) throws StorageException {
    String id = spec.id();
    for (Members.Target target : set.device().members().targets()) {
      if (findCopy(target.member().volume()) == null) {
        copyOf(set, target.member().volume(), id, spec.line(), spec.uid());
        id = null;
      }
    }
  }

  /** Starts the copies and the merge of a set that no job goes on with. */
  void startMissing(ShadowSet set) {
    ShadowSet.Mounted now = set.mountedOrNull();
    if (now != null) {
      for (Members.Target target : now.device().members().targets()) {
        startCopy(set, target.member().volume());
      }
      startMerge(set);
    }
  }
}
