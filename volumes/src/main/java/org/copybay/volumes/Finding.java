package org.copybay.volumes;

import java.util.Locale;

/**
 * One thing that a check of a bay found.
 *
 * @param severity whether the bay is in order all the same
 * @param what the kind of thing that it was found in, a few words
 * @param where the file and the place in it, or the row
 * @param wanted what stands in a sound bay there
 * @param got what was found
 * @param fix what to type or do next
 */
public record Finding(
    Severity severity, String what, String where, String wanted, String got, String fix) {

  /** How bad it is. */
  public enum Severity {
    /** The bay is not in order. */
    DAMAGE,
    /** The next mount makes it good by itself, or nothing depends on it. */
    NOTE;

    /** The word in reports. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All of it in one line: what is no character in a name or a message becomes a space. */
  public String line() {
    return Words.oneLine(
        severity.word()
            + " "
            + what
            + ": "
            + where
            + ": wanted "
            + wanted
            + ", got "
            + got
            + "; "
            + fix);
  }
}
