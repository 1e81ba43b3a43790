package org.copybay.copy.safeguarded;

import java.util.Objects;
import java.util.UUID;
import org.copybay.copy.engine.Filler;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * The background copy of one volume of a recovery: fills it until it depends on nothing. An error,
 * or an order to end, suspends it: the volume goes on showing the backup.
 */
final class RecoverWork implements Work {
  static final String VERB = "safeguarded_copy";

  private static final String STAMP = "stamp=";
  private static final String SET = " set=";
  private static final String SESSION = " session=";

  private final Safeguarded safeguarded;
  private final String session;
  private final String set;
  private final UUID target;
  private final long stamp; // of its recovery: a later one of the same set is none of its business

  // volatile: set by the thread of the job, seen by all
  private volatile @Nullable StorageException failure;

  RecoverWork(Safeguarded safeguarded, JobRecord row) {
    this.safeguarded = safeguarded;
    String options = row.options();
    int atSet = options.indexOf(SET);
    int atSession = options.indexOf(SESSION);
    this.stamp = Long.parseLong(options.substring(STAMP.length(), atSet));
    this.set = options.substring(atSet + SET.length(), atSession);
    this.session = options.substring(atSession + SESSION.length());
    this.target = Objects.requireNonNull(row.targetId());
  }

  /** The options of a job of that recovery; no name of a set has a blank. */
  static String options(String session, String set, long stamp) {
    return STAMP + stamp + SET + set + SESSION + session;
  }

  /** Whether its job is one of that pair, and goes on. */
  boolean isOf(RecoveryPair pair) {
    return stamp == pair.stamp() && copiesTo(pair.target());
  }

  /** Whether its job was begun for that pair, and may be about to suspend it. */
  boolean wasFor(RecoveryPair pair) {
    return stamp == pair.stamp() && target.equals(pair.target());
  }

  boolean copiesTo(UUID volume) {
    return target.equals(volume) && failure == null;
  }

  private Volume target() throws StorageException {
    SafeguardedSession found = safeguarded.findOrNull(session);
    Recovery recovery = found == null ? null : found.state().recoveries().get(set);
    RecoveryPair pair = recovery == null ? null : recovery.findTarget(target);
    Volume volume = safeguarded.volume(target);
    if (pair == null || volume == null || pair.stamp() != stamp) {
      throw new StorageException(
          Fault.CANCELLED, "recovery set " + set + " of session " + session + " was ended");
    }
    String error = pair.error();
    if (error != null) {
      throw new StorageException(
          Fault.CANCELLED, "the copy to volume " + volume.name() + " is suspended: " + error);
    }
    return volume;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    Objects.requireNonNull(target());
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    try {
      Volume volume = target();
      if (job.awaitDisk(volume)) {
        safeguarded.bringBack(session, set, target);
      }
      long copied = Filler.run(job, volume, () -> false);
      job.begin("syncing", 0);
      volume.flush();
      job.conclude();
      JobRecord done = job.row().done(job.now(), "copied=" + copied);
      safeguarded.recoveries().complete(session, set, target, stamp, done);
      return done;
    } catch (StorageException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public boolean discard() {
    StorageException why = failure;
    String words = why == null ? "its job ended" : why.getMessage();
    return safeguarded.recoveries().suspend(session, set, target, stamp, words);
  }

  @Override
  public void release(Job job) {
    safeguarded.startMissing(); // it holds nothing, but another one may have found too many jobs
  }
}
