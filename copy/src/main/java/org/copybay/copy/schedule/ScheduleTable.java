package org.copybay.copy.schedule;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.copybay.copy.schedule.ScheduledTask.LastRun;
import org.copybay.copy.schedule.ScheduledTask.Outcome;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** The table of scheduled tasks. Called inside a transaction. */
final class ScheduleTable {
  /** Later ones are no times of this program. */
  private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");

  private static final int MAX_SHOWN_LENGTH = 60;

  private ScheduleTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists schedule (key text primary key not null,"
              + " schedule text not null, enabled integer not null, created text not null,"
              + " since text not null, last_due text, last_outcome text, last_result text,"
              + " missed integer not null)");
    }
  }

  /** All of them; one that cannot be understood is a broken one. */
  static List<ScheduledTask> all(Connection connection) throws SQLException {
    List<ScheduledTask> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from schedule order by key")) {
      while (row.next()) {
        found.add(decode(row));
      }
    }
    return found;
  }

  private static ScheduledTask decode(ResultSet row) throws SQLException {
    String key = "" + row.getString("key");
    try {
      return new ScheduledTask(
          key,
          Schedule.parse(text(row, "schedule")),
          number(row, "enabled", 1) == 1,
          instant(row, "created"),
          instant(row, "since"),
          last(row),
          number(row, "missed", Long.MAX_VALUE / 2),
          null);
    } catch (StorageException | RuntimeException e) {
      return ScheduledTask.broken(key, Words.oneLine(String.valueOf(e.getMessage())));
    }
  }

  private static @Nullable LastRun last(ResultSet row) throws SQLException {
    if (row.getString("last_due") == null) {
      return null;
    }
    String outcome = text(row, "last_outcome");
    for (Outcome each : Outcome.values()) {
      if (each.word().equals(outcome)) {
        return new LastRun(instant(row, "last_due"), each, text(row, "last_result"));
      }
    }
    throw wrong("last_outcome", "done, failed or waiting", outcome);
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    if (text == null) {
      throw wrong(column, "a text", "null");
    }
    return text;
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    String text = text(row, column);
    try {
      Instant instant = Instant.parse(text);
      if (!instant.isBefore(Instant.EPOCH) && instant.isBefore(END_OF_TIME)) {
        return instant;
      }
    } catch (RuntimeException e) {
      // no instant at all
    }
    throw wrong(column, "an instant from 1970 to 9998", text);
  }

  private static long number(ResultSet row, String column, long most) throws SQLException {
    String text = text(row, column);
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // no number at all
    }
    throw wrong(column, "a number from 0 to " + most, text);
  }

  private static IllegalArgumentException wrong(String column, String wanted, String got) {
    String shown = got.substring(0, Math.min(got.length(), MAX_SHOWN_LENGTH));
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "table schedule, column %s: want %s, got %s",
            column,
            wanted,
            Words.quote(shown)));
  }

  /** Inserts a row, in place of the one of its key. */
  static void put(Connection connection, ScheduledTask task) throws SQLException {
    delete(connection, task.key());
    try (PreparedStatement statement =
        connection.prepareStatement("insert into schedule values (?,?,?,?,?,?,?,?,?)")) {
      LastRun last = task.last();
      statement.setString(1, task.key());
      statement.setString(2, String.valueOf(task.schedule()));
      statement.setBoolean(3, task.enabled());
      statement.setString(4, task.created().toString());
      statement.setString(5, task.since().toString());
      statement.setString(6, last == null ? null : last.due().toString());
      statement.setString(7, last == null ? null : last.outcome().word());
      statement.setString(8, last == null ? null : last.result());
      statement.setLong(9, task.missedCount());
      statement.executeUpdate();
    }
  }

  /** Deletes the row of a key, whatever else it holds. */
  static void delete(Connection connection, String key) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from schedule where cast(key as text)=?")) {
      statement.setString(1, key);
      statement.executeUpdate();
    }
  }
}
