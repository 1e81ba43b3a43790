package org.copybay.copy.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Which lane the jobs of a verb go in, and who of them has a place. */
final class Lanes {
  // set before the first job is loaded
  private final Map<String, Lane> byVerb = new HashMap<>();

  void put(String verb, Lane lane) {
    byVerb.put(verb, lane);
  }

  /**
   * Whether a job that waits could work now; under the lock of the jobs. One that is cancelled and
   * hangs on its disk takes nobody's place.
   *
   * @param all all jobs
   */
  boolean hasPlace(Job job, Collection<Job> all) {
    Lane lane = lane(job);
    int own = lane.priority(job.row());
    long running = 0;
    for (Job other : all) {
      if (!other.cancelling() && lane(other).equals(lane)) {
        running += other.state() == JobState.RUNNING ? 1 : 0;
        if (other.state() == JobState.QUEUED
            && lane.priority(other.row()) > own
            && lane.ready(other.row())) {
          return false;
        }
      }
    }
    return own > 0 && running < lane.places() && lane.ready(job.row());
  }

  private Lane lane(Job job) {
    return byVerb.getOrDefault(job.row().verb(), Lane.USUAL);
  }
}
