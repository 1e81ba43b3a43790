package org.copybay.control.command;

/** Spans of time as people read them. */
public final class Times {
  private Times() {}

  /** The span for people: 2h03m, 4m10s, 12s. */
  public static String human(long seconds) {
    if (seconds >= 3600) {
      return String.format("%dh%02dm", seconds / 3600, seconds % 3600 / 60);
    }
    return seconds >= 60 ? String.format("%dm%02ds", seconds / 60, seconds % 60) : seconds + "s";
  }
}
