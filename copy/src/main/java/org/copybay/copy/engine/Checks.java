package org.copybay.copy.engine;

import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Hold;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** Starts the jobs that read a whole volume to see whether its disk still gives it. */
public final class Checks {
  private static final String VERB = "check";

  private final Bay bay;
  private final Jobs jobs;

  /** Checks volumes of that bay. */
  public Checks(Bay bay, Jobs jobs) {
    this.bay = bay;
    this.jobs = jobs;
    jobs.register(VERB, row -> new CheckWork(bay, row));
  }

  /**
   * Starts the check of a volume. NOT_FOUND; BUSY when it is open for writing or held.
   *
   * @param name the volume
   * @param id name of the job, or null for a number
   * @param line the command as it was written
   * @param uid who asked
   */
  public Job start(String name, @Nullable String id, String line, int uid) throws StorageException {
    Volume volume = bay.findMade(name, "check it");
    UUID volumeId = volume.id();
    JobRecord row =
        JobRecord.accepted(
            id == null ? jobs.newId() : id,
            VERB,
            line,
            "",
            name,
            volumeId,
            "",
            null,
            uid,
            0,
            jobs.now());
    volume.hold(name, new Hold(row.id(), "being checked"));
    try {
      return jobs.accept(row, new CheckWork(bay, row));
    } catch (StorageException e) {
      volume.release(row.id());
      throw e;
    }
  }
}
