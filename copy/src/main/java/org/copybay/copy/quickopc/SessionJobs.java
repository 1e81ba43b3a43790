package org.copybay.copy.quickopc;

import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives sessions jobs that copy for them: one each; under the lock of QuickOpc. */
final class SessionJobs {
  private static final Logger LOG = LoggerFactory.getLogger(SessionJobs.class);

  private final QuickOpc opc;

  SessionJobs(QuickOpc opc) {
    this.opc = opc;
  }

  /**
   * The job that copies for a session. One that runs goes on, or gives place to one of the wanted
   * name; else one is started. EXISTS, AGAIN.
   */
  Job accept(Session session, StartSpec spec, @Nullable String id) throws StorageException {
    Job running = opc.findJob(session.record());
    if (running != null
        && (id == null || id.equals(running.id()))
        && running.work() instanceof FillWork copy) {
      copy.setPaused(running, spec.paused());
      return running;
    }
    SessionRecord record = session.record();
    JobRecord row =
        JobRecord.accepted(
            id == null ? opc.jobs().newId() : id,
            FillWork.VERB,
            spec.line(),
            FillWork.options(record),
            session.source().name(),
            record.source(),
            session.target().name(),
            record.target(),
            spec.uid(),
            record.rate(),
            opc.jobs().now());
    FillWork work = new FillWork(opc, row);
    Job job = opc.jobs().accept(spec.paused() ? row.paused() : row, work);
    endOthers(record, job);
    return job;
  }

  /** What another job copies they do not suspend. */
  private void endOthers(SessionRecord session, Job but) throws StorageException {
    for (Job job : opc.jobs().all()) {
      if (job != but && job.work() instanceof FillWork copy && copy.belongsTo(session)) {
        copy.end();
        if (job.state() == JobState.PAUSED) {
          LOG.debug("job={} ends: {}", job.id(), job.resume());
        }
      }
    }
  }

  /** Starts the copies of sessions that no job goes on with. */
  void startMissing() {
    for (Session session : opc.sessions()) {
      SessionRecord record = session.record();
      boolean wanted = record.error() == null && (record.point() != null || session.isCopying());
      if (wanted && opc.findJob(record) == null) {
        try {
          Job job = accept(session, StartSpec.atMount(), null);
          LOG.info("session={} job={} copies", record.id(), job.id());
        } catch (StorageException e) {
          LOG.error("session={}: no job to copy: {}", record.id(), e.getMessage());
        }
      }
    }
  }
}
