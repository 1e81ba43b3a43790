package org.copybay.copy.engine;

/** What became of an order to a job. */
public enum JobOrder {
  /** It is followed. */
  TAKEN,
  /** There was nothing to do: the job is in that state, or has ended. */
  ALREADY,
  /** The job is ending, and nothing changes that. */
  TOO_LATE
}
