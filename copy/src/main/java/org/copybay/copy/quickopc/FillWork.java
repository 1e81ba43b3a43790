package org.copybay.copy.quickopc;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobOrder;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.track.TrackOrigin;
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

  private static final int BUFFER_BYTES = 1 << 20;
  private static final long TRACK_BYTES = 64 << 10;
  private static final String SESSION = "session=";

  /** How often what was copied is made safe: a power cut lets copy the rest again. */
  private static final long FENCE_NANOS = Duration.ofSeconds(10).toNanos();

  private final QuickOpc opc;
  private final int number; // of its session
  private @Nullable StorageException failure; // used by the thread of the job

  private volatile boolean completed; // volatile: changes under the lock of QuickOpc
  private volatile boolean pausing; // volatile: the same; a pause that came too late for its job

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

  /** Whether it copies for that session; no more once all is copied, though its job still ends. */
  boolean isOf(SessionRecord session) {
    return number == session.id() && !completed;
  }

  /** All that its session had to copy is copied, and recorded. */
  void completed() {
    completed = true;
  }

  /** Pauses its job; one that takes no order, as it concludes, when it goes on. */
  void pause(Job job) throws StorageException {
    pausing = job.pause() == JobOrder.TOO_LATE;
  }

  private Session session() throws StorageException {
    Session found = opc.findSession(number);
    if (found == null) {
      throw new StorageException(Fault.CANCELLED, "session " + number + " was cancelled");
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
      while (true) {
        Session session = session();
        long copied = fill(job, session);
        job.begin("syncing", 0);
        session.target().flush();
        job.conclude();
        JobRecord done = job.row().done(job.now(), "copied=" + copied);
        if (opc.complete(session, this, done)) {
          return done;
        }
        goOn(job);
      }
    } catch (StorageException e) {
      failure = e;
      throw e;
    }
  }

  private void goOn(Job job) throws StorageException {
    job.goOn();
    if (pausing) {
      pausing = false;
      LOG.debug("job={} pause: {}", job.id(), job.pause());
    }
    job.proceed(0);
  }

  private static long fill(Job job, Session session) throws StorageException {
    TrackOrigin origin = session.target().origin();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    job.begin("copying", origin.unfilledTracks() * TRACK_BYTES);
    long fenced = System.nanoTime();
    while (origin.any()) {
      TrackOrigin.Filled filled = origin.fillNext(0, buffer);
      for (long track = 0; filled != null; filled = origin.fillNext(track, buffer)) {
        long bytes = filled.count() * TRACK_BYTES;
        long data = Math.min(filled.dataBytes(), bytes);
        job.progress().copied(data);
        job.progress().passed(bytes - data);
        track = filled.track() + filled.count();
        job.proceed(data);
        if (System.nanoTime() - fenced > FENCE_NANOS) {
          session.target().flush();
          fenced = System.nanoTime();
        }
      }
    }
    return job.progress().bytesCopied();
  }

  @Override
  public boolean discard() {
    StorageException why = failure;
    String text = why == null ? "its job ended" : why.getMessage();
    return opc.suspend(number, text);
  }

  @Override
  public void release(Job job) {
    opc.startMissing(); // it holds nothing, but another one may have found too many jobs
  }
}
