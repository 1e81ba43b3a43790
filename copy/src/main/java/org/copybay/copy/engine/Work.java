package org.copybay.copy.engine;

import org.copybay.volumes.StorageException;

/** What one job does. Called by the thread of the job, one call at a time. */
public interface Work {
  /** After a restart: holds again what the job held when it was accepted. */
  void holdAgain(Job job) throws StorageException;

  /**
   * Whether it may be paused and cancelled; FORBIDDEN where it may not.
   *
   * @param order in words: pause, cancel, interrupt
   */
  default void requireOrder(String order) throws StorageException {}

  /**
   * Does the work from the job's checkpoint on, asking {@link Job#proceed} before every piece. Its
   * last transaction changes the state of the job together with what the work made.
   *
   * @return the row that this transaction recorded
   */
  JobRecord run(Job job) throws StorageException;

  /**
   * Removes what it made, when the job ends with an error.
   *
   * @return whether no later mount can go on with it, also where the end cannot be recorded
   */
  boolean discard();

  /** Gives back what the job held; it ended in whatever way. */
  void release(Job job);
}
