package org.copybay.copy.safeguarded;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.copybay.volumes.Sql;

/** The tables of dual control. Called inside a transaction. */
final class RequestTable {
  private RequestTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table :
          List.of(
              "sg_dual_control (session text primary key, active integer not null,"
                  + " approvers text not null)",
              "sg_request (number integer primary key, session text not null,"
                  + " uid integer not null, asked text not null, command text not null)")) {
        statement.execute("create table if not exists " + table);
      }
    }
  }

  // ---- dual control

  /** That of each session that says something about it. */
  static Map<String, DualControl> dualControls(Connection connection) throws SQLException {
    Map<String, DualControl> all = new HashMap<>();
    SafeguardedTable.forEach(
        connection,
        "select * from sg_dual_control",
        row ->
            all.put(
                row.getString("session"),
                new DualControl(row.getBoolean("active"), uids(row.getString("approvers")))));
    return all;
  }

  private static SortedSet<Integer> uids(String words) {
    return Stream.of(words.split(",", -1))
        .filter(word -> !word.isEmpty())
        .map(Integer::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static void put(Connection connection, String session, DualControl dual) throws SQLException {
    Sql.run(
        connection,
        "insert or replace into sg_dual_control values (?,?,?)",
        session,
        dual.on(),
        dual.approvers().stream().map(String::valueOf).collect(Collectors.joining(",")));
  }

  // ---- requests

  static NavigableMap<Long, SessionRequest> requests(Connection connection) throws SQLException {
    NavigableMap<Long, SessionRequest> all = new TreeMap<>();
    SafeguardedTable.forEach(
        connection,
        "select * from sg_request",
        row -> {
          SessionRequest request =
              new SessionRequest(
                  row.getLong("number"),
                  row.getString("session"),
                  row.getInt("uid"),
                  Instant.parse(row.getString("asked")),
                  row.getString("command"));
          all.put(request.number(), request);
        });
    return all;
  }

  static void put(Connection connection, SessionRequest request) throws SQLException {
    Sql.run(
        connection,
        "insert into sg_request values (?,?,?,?,?)",
        request.number(),
        request.session(),
        request.uid(),
        request.asked().toString(),
        request.command());
  }

  static void delete(Connection connection, long number) throws SQLException {
    Sql.run(connection, "delete from sg_request where number=?", number);
  }

  /** Removes all that is about a session. */
  static void delete(Connection connection, String session) throws SQLException {
    Sql.run(connection, "delete from sg_request where session=?", session);
    Sql.run(connection, "delete from sg_dual_control where session=?", session);
  }
}
