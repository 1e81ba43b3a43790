package org.copybay.control.report;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The last refusals of this mount, with their sentences: an errno says that something was refused,
 * this says why. It lives in memory, takes entries from any thread under any lock, and waits for
 * nothing.
 */
public final class ErrorLog {
  /** How many entries error_log shows. */
  static final int KEPT = 16;

  /** How many users have a last error of their own, in case others push theirs out. */
  static final int USERS = 64;

  private final Clock clock;

  // volatile: replaced whole under the monitor of this, read without it
  private volatile Entries entries = new Entries(0, List.of(), Map.of());

  /** An empty log. */
  public ErrorLog(Clock clock) {
    this.clock = clock;
  }

  /** Everything that is kept; replaced whole, so that a reader sees one moment. */
  private record Entries(long count, List<Incident> last, Map<Integer, Incident> byUser) {
    Entries plus(Incident incident) {
      List<Incident> kept = new ArrayList<>(last);
      kept.add(incident);
      if (kept.size() > KEPT) {
        kept.remove(0);
      }
      // The user of the newest error stands last, so the first one is the one to forget.
      Map<Integer, Incident> users = new LinkedHashMap<>(byUser);
      users.remove(incident.caller().uid());
      users.put(incident.caller().uid(), incident);
      if (users.size() > USERS) {
        users.remove(users.keySet().iterator().next());
      }
      return new Entries(count + 1, kept, users);
    }

    Entries without(int uid) {
      List<Incident> kept = last.stream().filter(entry -> entry.caller().uid() != uid).toList();
      Map<Integer, Incident> users = new LinkedHashMap<>(byUser);
      users.remove(uid);
      return new Entries(count, kept, users);
    }
  }

  /**
   * Notes a refused gesture: something other than a written line, for instance truncate(2) of a
   * volume.
   *
   * @param where the path below the mount, for instance volumes/payroll
   */
  public void report(Caller caller, String where, StorageException error) {
    report(caller, where, error, null, null);
  }

  /**
   * Notes a refused line.
   *
   * @param blame the word that is to blame
   * @param outcomes what became of each thing that the line is about, or null where there is one
   */
  public synchronized void report(
      Caller caller,
      String where,
      StorageException error,
      @Nullable Blame blame,
      @Nullable Outcomes outcomes) {
    Entries before = entries;
    entries =
        before.plus(
            Incident.of(
                before.count() + 1, clock.instant(), caller, where, error, blame, outcomes));
  }

  /** Forgets the entries of one user. */
  public synchronized void clear(int uid) {
    entries = entries.without(uid);
  }

  /** How many errors there have been since the mount. */
  public long count() {
    return entries.count();
  }

  /** The entries, oldest first. */
  public String text() {
    StringBuilder text = new StringBuilder();
    entries.last().forEach(incident -> text.append(incident.entry()));
    return text.toString();
  }

  /**
   * The last error of one user: its sentence, the line with a caret, what to try, or the outcomes
   * that are told with it; else empty.
   */
  public String lastError(int uid) {
    Incident incident = entries.byUser().get(uid);
    return incident == null ? "" : incident.lastError();
  }
}
