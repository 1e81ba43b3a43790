package org.copybay.fs.doctor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What was found at one point.
 *
 * @param point what was looked at, in a few words
 * @param severity whether it is in order
 * @param found what is there, in a clause without a full stop
 * @param wanted what should be there; null where all is in order
 * @param fix the line to type, or null where nothing is known to help
 */
record Finding(
    String point, Severity severity, String found, @Nullable String wanted, @Nullable String fix) {

  /** How bad it is. */
  enum Severity {
    /** In order. */
    OK,
    /** A mount works, but something that is wanted often does not. */
    WARNING,
    /** A mount does not work, or does not keep what it promises. */
    PROBLEM;

    /** As it is printed. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Finding ok(String point, String found) {
    return new Finding(point, Severity.OK, found, null, null);
  }

  static Finding warning(String point, String found, String wanted, @Nullable String fix) {
    return new Finding(point, Severity.WARNING, found, wanted, fix);
  }

  static Finding problem(String point, String found, String wanted, @Nullable String fix) {
    return new Finding(point, Severity.PROBLEM, found, wanted, fix);
  }
}
