package org.copybay.copy.engine;

import java.util.Locale;

/** The states of a job that exclude each other. */
public enum JobState {
  /** Accepted, waits for a free place. */
  QUEUED,
  /** At work. */
  RUNNING,
  /** Stopped by a command until resume; stays so over a remount. */
  PAUSED,
  /** Was at work when the process ended; goes on when the bay is mounted writable. */
  INTERRUPTED,
  /** Did all it was asked for. */
  DONE,
  /** Gave up; its error says why. */
  FAILED,
  /** Ended by a command. */
  CANCELLED;

  /** Whether it will never work again. */
  public boolean ended() {
    return this == DONE || this == FAILED || this == CANCELLED;
  }

  /** The word in status files and in the catalogue. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static JobState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
