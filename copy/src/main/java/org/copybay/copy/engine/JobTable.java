package org.copybay.copy.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.jspecify.annotations.Nullable;

/** The rows of the table job. Called inside a transaction of the catalogue. */
public final class JobTable {
  /** Ended jobs that are remembered; older ones are forgotten. */
  static final int MAX_ENDED_COUNT = 200;

  private JobTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists job (id text primary key, verb text not null,"
              + " line text not null, options text not null, source text not null,"
              + " source_id text not null, target text not null, target_id text,"
              + " uid integer not null, state text not null, rate integer not null,"
              + " checkpoint integer not null,"
              + " created text not null, ended text, fault text, message text,"
              + " result text not null)");
    }
  }

  /** All rows. */
  public static List<JobRecord> all(Connection connection) throws SQLException {
    List<JobRecord> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from job order by rowid")) {
      while (row.next()) {
        rows.add(decodeOrFail(row));
      }
    }
    return rows;
  }

  /** How many jobs there have been, at least: the rows of the newest are never forgotten. */
  static long count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select coalesce(max(rowid),0) from job")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private static JobRecord decodeOrFail(ResultSet row) throws SQLException {
    try {
      return decode(row);
    } catch (RuntimeException e) {
      throw new SQLException("table job, row id=" + row.getString("id") + ": " + e, e);
    }
  }

  private static JobRecord decode(ResultSet row) throws SQLException {
    String target = row.getString("target_id");
    String ended = row.getString("ended");
    String fault = row.getString("fault");
    return new JobRecord(
        row.getString("id"),
        row.getString("verb"),
        row.getString("line"),
        row.getString("options"),
        row.getString("source"),
        UUID.fromString(row.getString("source_id")),
        row.getString("target"),
        target == null ? null : UUID.fromString(target),
        row.getInt("uid"),
        JobState.of(row.getString("state")),
        row.getLong("rate"),
        row.getLong("checkpoint"),
        Instant.parse(row.getString("created")),
        ended == null ? null : Instant.parse(ended),
        fault == null ? null : Fault.valueOf(fault),
        row.getString("message"),
        row.getString("result"));
  }

  /** Inserts the row of a new job, in place of an ended one of that id which memory forgot. */
  static void add(Connection connection, JobRecord job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from job where id=? and ended is not null")) {
      statement.setString(1, job.id());
      statement.executeUpdate();
    }
    put(connection, job);
    trim(connection);
  }

  /** Inserts the row, or changes what a job changes in the one of the same id. */
  public static void put(Connection connection, JobRecord job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into job values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
                + " on conflict(id) do update set state=excluded.state, rate=excluded.rate,"
                + " checkpoint=excluded.checkpoint, ended=excluded.ended,"
                + " fault=excluded.fault, message=excluded.message, result=excluded.result")) {
      statement.setString(1, job.id());
      statement.setString(2, job.verb());
      statement.setString(3, job.line());
      statement.setString(4, job.options());
      statement.setString(5, job.source());
      statement.setString(6, job.sourceId().toString());
      statement.setString(7, job.target());
      statement.setString(8, text(job.targetId()));
      statement.setInt(9, job.uid());
      statement.setString(10, job.state().word());
      statement.setLong(11, job.rate());
      statement.setLong(12, job.checkpoint());
      statement.setString(13, job.created().toString());
      statement.setString(14, text(job.ended()));
      Fault fault = job.fault();
      statement.setString(15, fault == null ? null : fault.name());
      statement.setString(16, job.message());
      statement.setString(17, job.result());
      statement.executeUpdate();
    }
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  /** Forgets ended jobs beyond those that ended last. */
  static void trim(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "delete from job where ended is not null and rowid not in"
                + " (select rowid from job where ended is not null"
                + " order by julianday(ended) desc, rowid desc limit ?)")) {
      statement.setInt(1, MAX_ENDED_COUNT);
      statement.executeUpdate();
    }
  }
}
