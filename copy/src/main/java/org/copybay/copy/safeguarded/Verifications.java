package org.copybay.copy.safeguarded;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.jspecify.annotations.Nullable;

/** Verifies backups, and remembers what was found. Any thread may call. */
public final class Verifications {
  private static final long SECOND_MILLIS = 1000;

  private final Safeguarded safeguarded;

  Verifications(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  /**
   * The volumes of a session that a verification would read. NOT_FOUND; BUSY where a job reads one.
   *
   * @param backup that is verified, 0 for all
   */
  public List<Volume> plan(SafeguardedSession session, long backup) throws StorageException {
    List<Backup> wanted =
        backup == 0 ? safeguarded.backupsOf(session) : List.of(safeguarded.backup(session, backup));
    List<Volume> volumes = new ArrayList<>();
    for (CopySet set : session.state().copySets()) {
      Volume volume = safeguarded.volume(set.source());
      if (volume != null && wanted.stream().anyMatch(each -> each.find(volume) != null)) {
        requireUnread(volume);
        volumes.add(volume);
      }
    }
    if (volumes.isEmpty()) {
      throw new StorageException(
          Fault.NOT_FOUND,
          "session " + session.name() + " has no backup of its volumes to verify",
          "safeguarded backup session=" + Words.word(session.name()));
    }
    return volumes;
  }

  private void requireUnread(Volume volume) throws StorageException {
    for (Job job : safeguarded.jobs().all()) {
      if (!job.state().ended() && job.work() instanceof VerifyWork work && work.reads(volume)) {
        throw new StorageException(
            Fault.BUSY,
            "job " + job.id() + " verifies backups of volume " + volume.name(),
            "cat .control/jobs/" + Words.word(job.id()) + "/wait");
      }
    }
  }

  /**
   * Starts a job for each volume that verifies a backup, or all; all or none. As plan, and EXISTS,
   * AGAIN.
   *
   * @param backup that is verified, 0 for all
   * @param rate bytes a second of each job, 0 for no limit
   * @param id of the first job, or null for one of its own
   * @param line the command as it was written
   * @param uid who wrote it
   */
  public List<Job> start(
      String name, long backup, long rate, @Nullable String id, String line, int uid)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      safeguarded.bay().requireChangeable();
      List<Volume> volumes = plan(safeguarded.find(name), backup);
      List<Job> jobs = new ArrayList<>();
      try {
        // The one with the id last: a command that is refused leaves no job that answers for it.
        for (int i = volumes.size() - 1; i >= 0; i--) {
          String own = i == 0 && id != null ? id : safeguarded.jobs().newId();
          jobs.add(0, accept(name, backup, rate, own, line, uid, volumes.get(i)));
        }
      } catch (StorageException e) {
        jobs.forEach(job -> cancel(job, e));
        throw e;
      }
      return jobs;
    }
  }

  private Job accept(
      String name, long backup, long rate, String id, String line, int uid, Volume volume)
      throws StorageException {
    JobRecord row =
        JobRecord.accepted(
            id,
            VerifyWork.VERB,
            line,
            VerifyWork.options(name, backup),
            volume.name(),
            volume.id(),
            "",
            null,
            uid,
            rate,
            safeguarded.jobs().now());
    return safeguarded.jobs().accept(row, new VerifyWork(safeguarded, row));
  }

  private static void cancel(Job job, StorageException why) {
    try {
      job.cancel();
    } catch (StorageException e) {
      why.addSuppressed(e);
    }
  }

  /** Remembers what was found of a volume; durable before this returns (P7). */
  void record(SafeguardedSession session, long id, PointVolume of, @Nullable String damage)
      throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      BackupRecord record = session.state().backups().get(id);
      if (record == null) {
        return; // it was removed meanwhile
      }
      long seconds = safeguarded.bay().vaultMillis() / SECOND_MILLIS;
      Verdict verdict = new Verdict(Instant.ofEpochSecond(seconds), damage);
      BackupRecord next = record.with(of.volume().id(), verdict);
      safeguarded
          .bay()
          .catalogue()
          .change(connection -> SafeguardedTable.put(connection, session.name(), next));
      session.setState(session.state().with(next));
      Event.Fact backup = Event.fact("backup", id);
      Event.Fact volume = Event.fact("volume", of.name());
      if (damage == null) {
        safeguarded.tell("safeguarded_verified", session.name(), backup, volume);
      } else {
        Event.Fact why = Event.fact("why", damage);
        safeguarded.tell("safeguarded_damaged", session.name(), backup, volume, why);
      }
    }
  }
}
