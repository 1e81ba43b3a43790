package org.copybay.copy.engine;

/** Places for the jobs of some verbs, which they share with no others. Any thread may call. */
public interface Lane {
  /** Jobs at work at the same time; more would only take the disk from each other. */
  int USUAL_PLACES = 2;

  /** The lane of the verbs that have none of their own. */
  Lane USUAL =
      new Lane() {
        @Override
        public int places() {
          return USUAL_PLACES;
        }

        @Override
        public int priority(JobRecord job) {
          return 1;
        }
      };

  /** How many of its jobs may be at work at the same time, 0 or more. */
  int places();

  /** Whether the job could work now; one that could not takes nobody's place. */
  default boolean ready(JobRecord job) {
    return true;
  }

  /** A job with a larger number gets a place before one with a smaller one; with 0 it gets none. */
  int priority(JobRecord job);
}
