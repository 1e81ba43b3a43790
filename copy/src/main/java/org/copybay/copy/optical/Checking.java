package org.copybay.copy.optical;

import java.util.List;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** CHKOPTVOL: starts the jobs that read every sector of an optical volume. Any thread may call. */
public final class Checking {
  static final String VERB = "optical_check";

  private final Optical optical;
  private final Jobs jobs;

  Checking(Optical optical, Jobs jobs) {
    this.optical = optical;
    this.jobs = jobs;
    jobs.register(VERB, row -> new CheckVolumeWork(optical, row));
  }

  /**
   * What a check is asked for.
   *
   * @param list whether damaged files are listed
   * @param print whether sound files are listed too
   * @param id name of the job, or null for a number
   * @param line the command as it was written
   * @param uid who asked
   */
  public record Spec(boolean list, boolean print, @Nullable String id, String line, int uid) {}

  /** Checks that it could begin: BUSY, NOT_FOUND, CORRUPT. */
  public void require(OpticalVolume volume) throws StorageException {
    optical.labels().requireIdle(volume, "check it");
    if (volume.row().state().broken()) {
      throw Odup.NOSRC.refusal(
          "volume " + volume.id() + " is " + volume.row().state().word(), null);
    }
  }

  /** Starts the check of a volume, which nobody opens meanwhile. BUSY, NOT_FOUND. */
  public Job start(OpticalVolume volume, Spec wanted) throws StorageException {
    require(volume);
    String id = wanted.id() == null ? jobs.newId() : wanted.id();
    jobs.requireFree(id);
    JobRecord row =
        JobRecord.accepted(
            id,
            VERB,
            wanted.line(),
            "key=" + volume.key() + " list=" + wanted.list() + " print=" + wanted.print(),
            volume.id(),
            volume.row().bytes(),
            "",
            null,
            wanted.uid(),
            0,
            jobs.now());
    optical.drives().hold(List.of(volume), id, true);
    boolean started = false;
    try {
      Job job = jobs.accept(row, new CheckVolumeWork(optical, row));
      started = true;
      return job;
    } finally {
      if (!started) {
        optical.drives().release(List.of(volume), id);
      }
    }
  }
}
