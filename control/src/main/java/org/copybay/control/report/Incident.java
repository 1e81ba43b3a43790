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
 * @param outcomes what became of each thing that it is about, or null where there is one
 */
record Incident(
    long number,
    Instant time,
    Caller caller,
    String where,
    Errno errno,
    String sentence,
    @Nullable Blame blame,
    @Nullable String remedy,
    @Nullable Outcomes outcomes) {

  /** A message quotes what was written; a longer one is cut. */
  private static final int LONGEST = 600;

  /** More of outcomes is not kept: what is cut is nothing that a program can read. */
  static final int MOST_OUTCOMES = 256 << 10;

  static Incident of(
      long number,
      Instant time,
      Caller caller,
      String where,
      StorageException error,
      @Nullable Blame blame,
      @Nullable Outcomes outcomes) {
    return new Incident(
        number,
        time.truncatedTo(ChronoUnit.SECONDS),
        caller,
        where,
        Errno.of(error.fault()),
        shown(error.getMessage()),
        blame,
        error.remedy() == null ? null : shown(error.remedy()),
        outcomes == null || outcomes.text().length() > MOST_OUTCOMES ? null : outcomes);
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
    if (outcomes != null && outcomes.whole()) {
      return outcomes.text();
    }
    String head = sentence + '\n' + (blame == null ? "" : blame.render("  "));
    return head + (outcomes == null ? remedyLine() : outcomes.text());
  }

  private String remedyLine() {
    return remedy == null ? "" : "try: " + remedy + '\n';
  }

  private static String shown(String text) {
    String line = Blame.visible(text);
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
