package org.copybay.copy.safeguarded;

/**
 * What a session is doing, as far as it decides which commands it takes: the columns of a table.
 */
public enum Situation {
  /** It has no backup. */
  DEFINED("Defined"),
  /** It has a backup. */
  PROTECTED("Protected"),
  /** A backup is being made. */
  BACKING_UP("Backing up"),
  /** Recovery volumes show a backup, of which only what is needed is copied. */
  NOCOPY("H1R1 NOCOPY"),
  /** Recovery volumes show a backup, which is being copied to them. */
  COPYING("H1R1 copying"),
  /** Recovery volumes hold all of a backup. */
  COPIED("H1R1 copied"),
  /** All that it has is being removed. */
  TERMINATING("Terminating");

  private final String word;

  Situation(String word) {
    this.word = word;
  }

  /** It in words. */
  public String word() {
    return word;
  }
}
