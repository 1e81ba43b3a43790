package org.copybay.control.report;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Catalogue;

/**
 * Who destroyed what, when and with which result: every destructive command and every rm, in the
 * catalogue, so that it survives the mount. A command is noted before it runs and its result after
 * it; a line whose result is still {@code begun} was cut off by a crash.
 */
public final class AuditLog {
  /** What the table keeps, oldest forgotten first. */
  private static final int KEPT = 10_000;

  /** What a read shows. */
  private static final int SHOWN = 1_000;

  private static final int LONGEST_LINE = 1_000;

  private final Catalogue catalogue;
  private final Clock clock;
  private final AtomicLong last;

  private AuditLog(Catalogue catalogue, Clock clock, long last) {
    this.catalogue = catalogue;
    this.clock = clock;
    this.last = new AtomicLong(last);
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
    return new AuditLog(catalogue, clock, catalogue.read(AuditLog::lastNumber));
  }

  private static long lastNumber(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select coalesce(max(number),0) from audit")) {
      return row.next() ? row.getLong(1) : 0;
    }
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
    return add(caller, where, verb, command, "begun");
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
  }

  /** Notes something destructive with its result: ok, or the name of the errno. */
  public void record(Caller caller, String where, String verb, String command, String result)
      throws StorageException {
    add(caller, where, verb, command, result);
  }

  private long add(Caller caller, String where, String verb, String command, String result)
      throws StorageException {
    long number = last.incrementAndGet();
    Instant time = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    String shown = Blame.visible(command);
    String line = shown.length() <= LONGEST_LINE ? shown : shown.substring(0, LONGEST_LINE) + "…";
    catalogue.change(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("insert into audit values (?,?,?,?,?,?,?,?)")) {
            statement.setLong(1, number);
            statement.setString(2, time.toString());
            statement.setInt(3, caller.uid());
            statement.setInt(4, caller.pid());
            statement.setString(5, Blame.visible(where));
            statement.setString(6, verb);
            statement.setString(7, result);
            statement.setString(8, line);
            statement.executeUpdate();
          }
          try (PreparedStatement statement =
              connection.prepareStatement("delete from audit where number<=?")) {
            statement.setLong(1, number - KEPT);
            statement.executeUpdate();
          }
        });
    return number;
  }

  /** The newest entries, oldest first, one line each; a blank in a place shifts no column. */
  public String text() throws StorageException {
    return catalogue.read(AuditLog::text);
  }

  private static String text(Connection connection) throws SQLException {
    StringBuilder text = new StringBuilder("# number time uid pid ctl verb result command\n");
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select * from (select * from audit order by number desc limit "
                    + SHOWN
                    + ") order by number")) {
      while (row.next()) {
        text.append(row.getLong("number")).append(' ').append(row.getString("time"));
        text.append(' ').append(row.getInt("uid")).append(' ').append(row.getInt("pid"));
        text.append(' ')
            .append(Words.word(row.getString("place")))
            .append(' ')
            .append(row.getString("verb"));
        text.append(' ').append(row.getString("result"));
        text.append(' ').append(row.getString("command")).append('\n');
      }
    }
    return text.toString();
  }
}
