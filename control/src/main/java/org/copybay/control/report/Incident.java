package org.copybay.control.report;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * One refusal, as it is kept for reading.
 *
 * @param number counts the errors of this mount from 1
 * @param where the file that answered with the error, without the mount point
 * @param blame the written line and its bad word, or null where nothing was written
 * @param remedy what to type or do next, or null
 */
record Incident(
    long number,
    Instant time,
    Caller caller,
    String where,
    Errno errno,
    String sentence,
    @Nullable Blame blame,
    @Nullable String remedy) {

  /** A message quotes what was written; a longer one is cut. */
  private static final int LONGEST = 600;

  static Incident of(
      long number,
      Instant time,
      Caller caller,
      String where,
      StorageException error,
      @Nullable Blame blame) {
    return new Incident(
        number,
        time.truncatedTo(ChronoUnit.SECONDS),
        caller,
        where,
        Errno.of(error.fault()),
        shown(error.getMessage()),
        blame,
        error.remedy() == null ? null : shown(error.remedy()));
  }

  /** The entry as error_log shows it. */
  String entry() {
    StringBuilder text = new StringBuilder();
    text.append('[').append(number).append("] ").append(time);
    text.append(" uid=").append(caller.uid()).append(" pid=").append(caller.pid());
    text.append(" ctl=").append(Blame.visible(where)).append(" errno=").append(errno).append('\n');
    text.append("  error: ").append(sentence).append('\n');
    if (blame != null) {
      text.append(blame.render("  Command: "));
    }
    if (remedy != null) {
      text.append("  try:     ").append(remedy).append('\n');
    }
    return text.toString();
  }

  /** The entry as last_error shows it to the one who made the error. */
  String lastError() {
    String shown = blame == null ? "" : blame.render("  ");
    return sentence + '\n' + shown + (remedy == null ? "" : "try: " + remedy + '\n');
  }

  private static String shown(String text) {
    String line = Blame.visible(text);
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
