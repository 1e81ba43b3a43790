package org.copybay.copy.quickopc;

import java.util.Locale;

/** Which way a session of a pair copies. */
public enum Direction {
  /** From the source of the pair to its target. */
  FORWARD,
  /** From the target back to the source: a restore. */
  REVERSE,
  /** From the point that was made before a restore to the source: the restore is undone. */
  UNDO;

  /** The word in the catalogue and on pages. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
