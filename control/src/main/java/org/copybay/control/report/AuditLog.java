package org.copybay.control.report;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Catalogue;

/**
 * Who destroyed what, when and with which result: every destructive command and every rm, in the
 * catalogue, so that it survives the mount. A command is noted before it runs and its result after
 * it; a line whose result is still {@code begun} was cut off by a crash. Any thread may call; who
 * only reads waits for nothing.
 */
public final class AuditLog {
  /** What the table keeps, oldest forgotten first. */
  private static final int KEPT = 10_000;

  /** What a read shows. */
  static final int SHOWN = 1_000;

  private static final int LONGEST_LINE = 1_000;

  private final Catalogue catalogue;
  private final Clock clock;
  private final AtomicLong last;

  // volatile: replaced whole under the monitor of this, read without it
  private volatile NavigableMap<Long, Entry> shown;

  private AuditLog(Catalogue catalogue, Clock clock, NavigableMap<Long, Entry> newest) {
    this.catalogue = catalogue;
    this.clock = clock;
    this.shown = newest;
    this.last = new AtomicLong(newest.isEmpty() ? 0 : newest.lastKey());
  }

  /** One row of the table. */
  private record Entry(
      String time, int uid, int pid, String place, String verb, String result, String command) {
    Entry withResult(String newResult) {
      return new Entry(time, uid, pid, place, verb, newResult, command);
    }

    String line(long number) {
      return String.join(
          " ",
          String.valueOf(number),
          time,
          String.valueOf(uid),
          String.valueOf(pid),
          Blame.visible(Words.word(place.toString())),
          verb,
          result,
          command + "\n");
    }
  }

  /** The audit log of a bay; makes its table where there is none. */
  public static AuditLog open(Catalogue catalogue, Clock clock) throws StorageException {
    catalogue.change(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(
                "create table if not exists audit (number integer primary key, time text not null,"
                    + " uid integer not null, pid integer not null, place text not null,"
                    + " verb text not null, result text not null, command text not null)");
          }
        });
    return new AuditLog(catalogue, clock, catalogue.read(AuditLog::newest));
  }

  private static NavigableMap<Long, Entry> newest(Connection connection) throws SQLException {
    NavigableMap<Long, Entry> entries = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select * from audit order by number desc limit " + SHOWN)) {
      while (row.next()) {
        entries.put(
            row.getLong("number"),
            new Entry(
                row.getString("time"),
                row.getInt("uid"),
                row.getInt("pid"),
                row.getString("place"),
                row.getString("verb"),
                row.getString("result"),
                row.getString("command")));
      }
    }
    return entries;
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
    long number = last.incrementAndGet();
    String line = Blame.visible(command);
    Entry entry =
        new Entry(
            clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
            caller.uid(),
            caller.pid(),
            where,
            verb,
            "begun",
            line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…");
    catalogue.change(connection -> insert(connection, number, entry));
    show(number, entry);
    return number;
  }

  private static void insert(Connection connection, long number, Entry entry) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into audit values (?,?,?,?,?,?,?,?)")) {
      statement.setLong(1, number);
      statement.setString(2, entry.time());
      statement.setInt(3, entry.uid());
      statement.setInt(4, entry.pid());
      statement.setString(5, entry.place());
      statement.setString(6, entry.verb());
      statement.setString(7, entry.result());
      statement.setString(8, entry.command());
      statement.executeUpdate();
    }
    try (PreparedStatement statement =
        connection.prepareStatement("delete from audit where number<=?")) {
      statement.setLong(1, number - KEPT);
      statement.executeUpdate();
    }
  }

  private synchronized void show(long number, Entry entry) {
    NavigableMap<Long, Entry> more = new TreeMap<>(shown);
    more.put(number, entry);
    if (more.size() > SHOWN) {
      more.pollFirstEntry();
    }
    shown = more;
  }

  /** Notes the result of what was begun: ok, or the name of the errno. */
  public void end(long number, String result) throws StorageException {
    catalogue.change(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("update audit set result=? where number=?")) {
            statement.setString(1, result);
            statement.setLong(2, number);
            statement.executeUpdate();
          }
        });
    showResult(number, result);
  }

  private synchronized void showResult(long number, String result) {
    Entry begun = shown.get(number);
    if (begun != null) {
      show(number, begun.withResult(result));
    }
  }

  /** The newest entries, oldest first, one line each; a blank in a place shifts no column. */
  public String text() {
    StringBuilder text = new StringBuilder("# number time uid pid ctl verb result command\n");
    shown.forEach((number, entry) -> text.append(entry.line(number)));
    return text.toString();
  }
}
