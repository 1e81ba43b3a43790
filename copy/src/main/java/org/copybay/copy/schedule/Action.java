package org.copybay.copy.schedule;

import java.time.Instant;
import org.copybay.volumes.StorageException;

/** What a scheduled task does. Called without any lock, in the one thread of the scheduler. */
@FunctionalInterface
public interface Action {
  /**
   * Does the run that was due at that instant. It may have been done already: a crash can come
   * between the end of a run and its record, and then the next mount asks for it again, with the
   * same {@code due} unless a later one has come. So what it makes should say for which due time it
   * was made. AGAIN where a later try can succeed: it is asked again until the next due time.
   *
   * @return what came of it, in a few words
   */
  String run(ScheduledTask task, Instant due) throws StorageException;
}
