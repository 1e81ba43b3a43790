package org.copybay.copy.safeguarded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobTable;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.evidence.Evidence;
import org.copybay.volumes.evidence.Verified;
import org.jspecify.annotations.Nullable;

/*
 * The steps for each backup, the oldest first, and what a crash after each leaves (P7):
 *
 *   1 wait until it is hashed, read all of it     the job begins again with this backup
 *   2 in one transaction what was found           the same
 *   3 the checkpoint: the number of the backup    the job goes on with the next one
 */
/**
 * Reads what one backup, or each of a session, holds of a volume, and compares every track with the
 * hashes. What is not as it was is recorded with the backup, and makes the job fail at its end.
 */
final class VerifyWork implements Work {
  static final String VERB = "safeguarded_verify";

  private static final String BACKUP = "backup=";
  private static final String SESSION = " session=";
  private static final long SEAL_POLL_MILLIS = 500;
  private static final long PIECE_BYTES = 1 << 20;

  private final Safeguarded safeguarded;
  private final JobRecord row;
  private final long backup; // 0 for all
  private final String session;

  // used by the thread of the job
  private @Nullable StorageException unhashed; // the last backup that it left out

  VerifyWork(Safeguarded safeguarded, JobRecord row) {
    this.safeguarded = safeguarded;
    this.row = row;
    String options = row.options();
    int at = options.indexOf(SESSION);
    this.backup = Long.parseLong(options.substring(BACKUP.length(), at));
    this.session = options.substring(at + SESSION.length());
  }

  /** The options of a job. */
  static String options(String session, long backup) {
    return BACKUP + backup + SESSION + session;
  }

  boolean reads(Volume volume) {
    return row.sourceId().equals(volume.id());
  }

  private SafeguardedSession session() throws StorageException {
    SafeguardedSession found = safeguarded.findOrNull(session);
    if (found == null || found.state().findSource(row.sourceId()) == null) {
      throw new StorageException(
          Fault.CANCELLED, "session " + session + " no longer has volume " + row.source());
    }
    return found;
  }

  @Override
  public void holdAgain(Job job) throws StorageException {
    Objects.requireNonNull(session());
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    Volume volume = safeguarded.volume(row.sourceId());
    if (volume != null) {
      job.awaitDisk(volume);
      volume.dropCached(); // once: what backups share is read once from the disk
    }
    List<Long> all = left(job.row().checkpoint());
    long total = 0;
    for (long id : all) {
      PointVolume of = find(id);
      total += of == null ? 0 : of.size();
    }
    job.begin("verifying", total);
    for (long id : all) {
      if (verify(job, id)) {
        job.checkpoint(id);
      }
    }
    job.conclude();
    int verified = requireUndamaged();
    StorageException left = unhashed;
    if (left != null) {
      throw left;
    }
    JobRecord done = job.row().done(job.now(), "verified=" + verified);
    safeguarded.bay().catalogue().change(connection -> JobTable.put(connection, done));
    return done;
  }

  /** The backups that it has not compared yet. */
  private List<Long> left(long checkpoint) throws StorageException {
    List<Long> all =
        backup == 0 ? new ArrayList<>(session().state().backups().keySet()) : List.of(backup);
    return all.stream().filter(id -> id > checkpoint).toList();
  }

  /** What a backup has of the volume, or null. */
  private @Nullable PointVolume find(long id) throws StorageException {
    BackupRecord record = session().state().backups().get(id);
    Volume volume = safeguarded.volume(row.sourceId());
    return record == null || volume == null
        ? null
        : Backup.of(safeguarded.bay(), session().state(), record).find(volume);
  }

  /** Compares one; false where it is gone, which is an error only where nothing else is wanted. */
  private boolean verify(Job job, long id) throws StorageException {
    PointVolume of = awaitSealed(job, id);
    if (of != null) {
      try {
        compare(job, id, of);
        return true;
      } catch (StorageException e) {
        if (e.fault() == Fault.CORRUPT) { // nothing proves it
          safeguarded.verifications().record(session(), id, of, e.getMessage());
          return true;
        } else if (e.fault() != Fault.NOT_FOUND) {
          throw e;
        }
      }
    }
    if (backup != 0) {
      throw Refusals.noBackup(session, id);
    }
    return false;
  }

  private void compare(Job job, long id, PointVolume of) throws StorageException {
    long[] at = new long[1];
    Verified found =
        of.verify(
            (done, total) -> {
              job.progress().passed(done - at[0]);
              job.proceed(Math.min(PIECE_BYTES, done - at[0]));
              at[0] = done;
            },
            () -> false);
    job.progress().passed(of.size() - at[0]);
    found.bad().forEach(bad -> job.tell("backup " + id + ": " + bad.why()));
    safeguarded.verifications().record(session(), id, of, damage(of, found));
  }

  /** What a backup has of the volume, once it is hashed; null where it is gone. CORRUPT. */
  private @Nullable PointVolume awaitSealed(Job job, long id) throws StorageException {
    while (true) {
      PointVolume of = find(id);
      if (of == null || !(of.evidence() instanceof Evidence.Unsealed)) {
        return of;
      }
      VolumeEvidence evidence = safeguarded.sealer().evidence(id, of);
      if (evidence.kind() == VolumeEvidence.Kind.FAILED) {
        StorageException left =
            Refusals.refusal(
                Fault.CORRUPT,
                "SGC1005E",
                "backup "
                    + id
                    + " of volume "
                    + of.name()
                    + " is not hashed yet: "
                    + evidence.words(),
                "cat .control/health, and verify it again later");
        if (backup != 0) {
          throw left;
        }
        job.tell(String.valueOf(left.getMessage()));
        unhashed = left;
        return null;
      }
      job.proceed(0);
      job.awaitChange(job.version(), SEAL_POLL_MILLIS);
    }
  }

  /** The first track that is not as it was, and the files that have it; null where all are. */
  private static @Nullable String damage(PointVolume of, Verified found) throws StorageException {
    if (found.bad().isEmpty()) {
      return null;
    }
    Verified.Bad first = found.bad().get(0);
    String files =
        of.files(first.offset(), first.length()).stream()
            .map(Path::toString)
            .collect(Collectors.joining(" or "));
    long more = found.badTracks() - 1;
    return first.why() + ", in " + files + (more == 0 ? "" : "; and " + more + " more tracks");
  }

  /**
   * CORRUPT when one is not as it was, by what is recorded: a mount before this one may have found
   * it. Returns how many there are.
   */
  private int requireUndamaged() throws StorageException {
    int count = 0;
    List<String> damaged = new ArrayList<>();
    for (BackupRecord record : session().state().backups().values()) {
      Verdict verdict = record.verdicts().get(row.sourceId());
      if ((backup == 0 || backup == record.id()) && verdict != null) {
        count++;
        if (verdict.damage() != null) {
          damaged.add("backup " + record.id() + ": " + verdict.damage());
        }
      }
    }
    if (!damaged.isEmpty()) {
      String of = count == 1 ? "" : " of " + damaged.size() + " of " + count + " backups";
      throw Refusals.refusal(
          Fault.CORRUPT,
          "SGC1005E",
          "verification failed" + of + ": " + damaged.get(0),
          "recover another backup");
    }
    return count;
  }

  @Override
  public boolean discard() {
    return true; // it makes nothing
  }

  @Override
  public void release(Job job) {
    // It holds nothing.
  }
}
