package org.copybay.control.tree;

import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** What a stream of news needs to know of a job. */
interface Watched {
  /** Whether it will never change again. */
  boolean ended();

  /** Why it ended badly, or null. */
  @Nullable StorageException error();

  /** How far it is, or how it ended, in one line without a line end. */
  String line();

  /** A number that grows with every change of state or phase. */
  long version();

  /** Waits until the version is not that one any more, at most so many milliseconds. */
  void awaitChange(long known, long millis);
}
