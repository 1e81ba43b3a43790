package org.copybay.copy.smartcopy;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.copybay.copy.schedule.Schedule;
import org.copybay.copy.smartcopy.CopyPolicy.SlotRange;
import org.copybay.copy.smartcopy.CopyPolicy.Trigger;
import org.copybay.copy.smartcopy.CopyRequest.State;
import org.copybay.volumes.Sql;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** The tables of copy policies, and of what they want copied. */
final class PolicyTable {
  /** Ended requests that are remembered. */
  static final int MAX_ENDED = 1000;

  private PolicyTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists tape_policy (name text primary key, facts text not null)");
      statement.execute(
          "create table if not exists tape_request (number integer primary key,"
              + " policy text not null, barcode text not null, state text not null,"
              + " created text not null, not_before text not null, attempts integer not null,"
              + " job text, reason text not null, ended text)");
    }
  }

  // ---- policies

  static void put(Connection connection, CopyPolicy policy) throws SQLException {
    Sql.run(
        connection,
        "insert or replace into tape_policy values (?,?)",
        policy.name(),
        facts(policy));
  }

  static void delete(Connection connection, String name) throws SQLException {
    Sql.run(connection, "delete from tape_policy where name=?", name);
  }

  private static String facts(CopyPolicy policy) {
    Schedule schedule = policy.schedule();
    CopyWindow window = policy.window();
    return String.join(
        "\n",
        "enabled=" + policy.enabled(),
        "source=" + policy.source(),
        "pool=" + policy.pool().replace("\\", "\\\\"),
        "destination=" + policy.destination(),
        "target_pool=" + (policy.targetPool() == null ? "same" : ":" + policy.targetPool()),
        "first=" + policy.slots().first(),
        "last=" + policy.slots().last(),
        "drives=" + policy.drives(),
        "priority=" + policy.priority(),
        "trigger=" + policy.trigger().name(),
        "schedule=" + (schedule == null ? "" : schedule),
        "settle=" + policy.settle(),
        "window=" + (window == null ? "" : window.text()),
        "window_end=" + policy.atWindowEnd(),
        "attempts=" + policy.attempts(),
        "pause=" + policy.pause(),
        "copies=" + policy.copies(),
        "protect=" + policy.protect(),
        "verify=" + policy.verify(),
        "eject=" + policy.eject(),
        "alarm=" + policy.alarm());
  }

  static List<CopyPolicy> policies(Connection connection) throws SQLException {
    List<CopyPolicy> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from tape_policy order by name")) {
      while (row.next()) {
        found.add(policy(row.getString("name"), row.getString("facts")));
      }
    }
    return found;
  }

  private static CopyPolicy policy(String name, String facts) throws SQLException {
    Properties is = new Properties();
    try {
      is.load(new StringReader(facts));
      String schedule = is.getProperty("schedule");
      String window = is.getProperty("window");
      return new CopyPolicy(
          name,
          Boolean.parseBoolean(is.getProperty("enabled")),
          is.getProperty("source"),
          is.getProperty("pool"),
          is.getProperty("destination"),
          targetPool(is.getProperty("target_pool")),
          new SlotRange(number(is, "first"), number(is, "last")),
          number(is, "drives"),
          number(is, "priority"),
          Trigger.valueOf(is.getProperty("trigger")),
          schedule.isEmpty() ? null : Schedule.parse(schedule),
          Duration.parse(is.getProperty("settle")),
          window.isEmpty() ? null : CopyWindow.parse(window),
          number(is, "window_end"),
          number(is, "attempts"),
          Duration.parse(is.getProperty("pause")),
          number(is, "copies"),
          is.getProperty("protect"),
          Boolean.parseBoolean(is.getProperty("verify")),
          Boolean.parseBoolean(is.getProperty("eject")),
          Duration.parse(is.getProperty("alarm")));
    } catch (IOException | StorageException | RuntimeException e) {
      throw new SQLException("table tape_policy, row name=" + name + ": " + e, e);
    }
  }

  private static @Nullable String targetPool(String fact) {
    return fact.equals("same") ? null : fact.substring(1);
  }

  private static int number(Properties is, String key) {
    return Integer.parseInt(is.getProperty(key));
  }

  // ---- requests

  static void put(Connection connection, CopyRequest request) throws SQLException {
    Instant ended = request.ended();
    Sql.run(
        connection,
        "insert or replace into tape_request values (?,?,?,?,?,?,?,?,?,?)",
        request.number(),
        request.policy(),
        request.barcode(),
        request.state().name(),
        request.created().toString(),
        request.notBefore().toString(),
        request.attempts(),
        request.job(),
        request.reason(),
        ended == null ? null : ended.toString());
  }

  /** Forgets those that ended first. */
  static void trim(Connection connection) throws SQLException {
    Sql.run(
        connection,
        "delete from tape_request where ended is not null and number not in (select number from"
            + " tape_request where ended is not null order by ended desc limit ?)",
        MAX_ENDED);
  }

  static List<CopyRequest> requests(Connection connection) throws SQLException {
    List<CopyRequest> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from tape_request order by number")) {
      while (row.next()) {
        String ended = row.getString("ended");
        found.add(
            new CopyRequest(
                row.getLong("number"),
                row.getString("policy"),
                row.getString("barcode"),
                State.valueOf(row.getString("state")),
                Instant.parse(row.getString("created")),
                Instant.parse(row.getString("not_before")),
                row.getInt("attempts"),
                row.getString("job"),
                row.getString("reason"),
                ended == null ? null : Instant.parse(ended)));
      }
    }
    return found;
  }
}
