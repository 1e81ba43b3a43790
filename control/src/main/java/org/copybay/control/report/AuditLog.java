package org.copybay.control.report;

import java.util.List;
import java.util.Map;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.audit.AuditEntry;
import org.copybay.volumes.audit.AuditTrail;
import org.jspecify.annotations.Nullable;

/**
 * Who destroyed what, when and with which result: every destructive command and every rm, in the
 * catalogue, so that it survives the mount. A command is noted before it runs and its result after
 * it; a line whose result is still {@code begun} was cut off by a crash. Any thread may call; who
 * only reads waits for nothing.
 */
public final class AuditLog {
  private static final int LONGEST_LINE = 1_000;

  private final AuditTrail trail;

  /** The audit log that is kept in that trail. */
  public AuditLog(AuditTrail trail) {
    this.trail = trail;
  }

  /**
   * Notes something destructive that is about to run.
   *
   * @param where the file that it came through, for instance ctl or volumes/payroll
   * @param command the written line, or the gesture in words
   * @return its number, for {@link #end}
   */
  public long begin(Caller caller, String where, String verb, String command)
      throws StorageException {
    return trail.begin(caller.uid(), caller.pid(), where, verb, line(command));
  }

  /** Notes the result of what was begun: ok, or the name of the errno. */
  public void end(long number, String result) throws StorageException {
    trail.end(number, result);
  }

  /** Notes something destructive that was refused before it had any effect. */
  public void refused(Caller caller, String where, String verb, String command, String result)
      throws StorageException {
    trail.refused(caller.uid(), caller.pid(), where, verb, line(command), result);
  }

  private static String line(String command) {
    String line = Blame.visible(command);
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
  }

  /** The newest commands, oldest first, one line each; a blank in a place shifts no column. */
  public String text() {
    StringBuilder text = new StringBuilder("# number time uid pid ctl verb result command\n");
    trail.commands().forEach(entry -> text.append(shown(entry)));
    return text.toString();
  }

  private static String shown(AuditEntry entry) {
    return String.join(
        " ",
        List.of(
            String.valueOf(entry.number()),
            entry.time(),
            String.valueOf(entry.uid()),
            String.valueOf(entry.pid()),
            Blame.visible(Words.word(entry.place())),
            entry.verb(),
            entry.result(),
            Blame.visible(entry.command()) + "\n"));
  }

  /** The newest entries of the chain, oldest first, one line each: its number and its hash. */
  public String chain() {
    StringBuilder text = new StringBuilder("# entry hash\n");
    trail
        .hashes()
        .forEach((entry, hash) -> text.append(entry).append(' ').append(hash).append('\n'));
    return text.toString();
  }

  /** Number and hash of the newest entry, divided by a colon, or null before the first one. */
  public @Nullable String head() {
    Map.Entry<Long, String> newest = trail.hashes().lastEntry();
    return newest == null ? null : newest.getKey() + ":" + newest.getValue();
  }
}
