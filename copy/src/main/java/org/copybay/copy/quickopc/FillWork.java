package org.copybay.copy.quickopc;

import java.util.Objects;
import org.copybay.copy.engine.Filler;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The physical copy of a session: fills the target of what it does not hold yet, until it holds
 * everything. A start meanwhile lets it have more to do. An error, or an order to end, suspends the
 * session.
 */
final class FillWork implements Work {
  static final String VERB = "quickopc_copy";

  private static final Logger LOG = LoggerFactory.getLogger(FillWork.class);

  private static final String SESSION = "session=";

  private final QuickOpc opc;
  private final int number; // of its session

  // volatile: set by the thread of the job, seen by all
  private volatile @Nullable StorageException failure;

  // volatile: changes under the lock of QuickOpc, seen by all
  private volatile boolean over; // its session has nothing more to do with it

  private boolean pausing; // under that lock: a pause came too late for its job

  FillWork(QuickOpc opc, JobRecord row) {
    this.opc = opc;
    this.number = numberOf(row);
  }

  /** The options of a job of that session. */
  static String options(SessionRecord session) {
    return SESSION + session.id();
  }

  private static int numberOf(JobRecord row) {
    return Integer.parseInt(row.options().substring(SESSION.length()));
  }

  /** Whether its job is one of that session. */
  boolean belongsTo(SessionRecord session) {
    return number == session.id();
  }

  /** Whether it copies, or will; else its job only ends. */
  boolean goesOn() {
    return !over && failure == null;
  }

  /** From here on its session has nothing to do with it: all is copied, or another job copies. */
  void end() {
    over = true;
  }

  /** {@link #end}. */
  boolean isOver() {
    return over;
  }

  /** Pauses its job, or resumes it; one that takes no order, as it concludes, when it goes on. */
  void setPaused(Job job, boolean wanted) throws StorageException {
    boolean paused = job.state() == JobState.PAUSED;
    pausing = wanted && !paused && job.pause() == JobOrder.TOO_LATE;
    if (paused && !wanted) {
      LOG.debug("job={} goes on: {}", job.id(), job.resume());
    }
  }

  private Session session() throws StorageException {
    Session found = opc.findSession(number);
    if (found == null) {
      throw new StorageException(Fault.CANCELLED, "session " + number + " was cancelled");
    }
    String error = found.record().error();
    if (error != null) {
      throw new StorageException(
          Fault.CANCELLED, found.record().describe() + " is suspended: " + error);
    }
    return found;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    Objects.requireNonNull(session());
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    try {
      awaitDisks(job);
      while (true) {
        Session session = session();
        long stamp = session.record().stamp();
        long copied = Filler.run(job, session.target(), () -> over);
        if (over) {
          return job.row().done(job.now(), "copied=" + copied + " continued=yes");
        }
        job.begin("syncing", 0);
        session.target().flush();
        job.conclude();
        JobRecord done = job.row().done(job.now(), "copied=" + copied);
        if (opc.complete(session, stamp, this, done)) {
          return done;
        }
        goOn(job);
      }
    } catch (StorageException e) {
      failure = e;
      throw e;
    }
  }

  /** After a mount that did not wait for them. */
  private void awaitDisks(Job job) throws StorageException {
    Session session = session();
    boolean source = job.awaitDisk(session.source());
    boolean target = job.awaitDisk(session.target());
    if (source || target) {
      opc.bringBack(session);
    }
  }

  private void goOn(Job job) throws StorageException {
    try (var held = opc.enter()) { // a pause comes before it, or finds that it goes on
      job.goOn();
      if (pausing) {
        pausing = false;
        LOG.debug("job={} pause: {}", job.id(), job.pause());
      }
    }
    job.proceed(0);
  }

  @Override
  public boolean discard() {
    StorageException why = failure;
    return opc.suspend(this, number, why == null ? "its job ended" : why.getMessage());
  }

  @Override
  public void release(Job job) {
    opc.startMissing(); // it holds nothing, but another one may have found too many jobs
  }
}
