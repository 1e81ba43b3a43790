package org.copybay.copy.quickopc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Sql;
import org.jspecify.annotations.Nullable;

/** The tables of groups, pairs, sessions and settings. Called inside a transaction. */
final class OpcTable {
  private OpcTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists opc_group (name text primary key, type text not null)");
      statement.execute(
          "create table if not exists opc_pair (opc_group text not null, name text not null,"
              + " place integer not null, source text, target text,"
              + " safety integer not null, primary key (opc_group, name))");
      statement.execute(
          "create table if not exists opc_session (id integer primary key, opc_group text not null,"
              + " pair text not null, direction text not null, source text not null,"
              + " target text not null, stamp integer not null, started text not null, point text,"
              + " tracking integer not null, generation integer not null,"
              + " switched integer not null, whole integer not null, error text,"
              + " rate integer not null, safety text, start_bytes integer not null)");
      statement.execute(
          "create table if not exists opc_setting (name text primary key, value text not null)");
      statement.execute("create table if not exists opc_inhibit (volume text primary key)");
    }
  }

  // ---- groups and pairs

  static Map<String, GroupType> groups(Connection connection) throws SQLException {
    Map<String, GroupType> found = new LinkedHashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select name, type from opc_group order by name")) {
      while (rows.next()) {
        found.put(rows.getString(1), GroupType.valueOf(upper(rows.getString(2))));
      }
    }
    return found;
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  static void putGroup(Connection connection, String name, GroupType type) throws SQLException {
    Sql.run(connection, "insert into opc_group values (?,?)", name, type.name());
  }

  static void deleteGroup(Connection connection, String name) throws SQLException {
    Sql.run(connection, "delete from opc_pair where opc_group=?", name);
    Sql.run(connection, "delete from opc_group where name=?", name);
  }

  static List<PairRecord> pairs(Connection connection) throws SQLException {
    List<PairRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select opc_group, name, place, source, target, safety from opc_pair"
                    + " order by opc_group, place, name")) {
      while (rows.next()) {
        found.add(
            new PairRecord(
                rows.getString(1),
                rows.getString(2),
                rows.getInt(3),
                idOrNull(rows.getString(4)),
                idOrNull(rows.getString(5)),
                rows.getLong(6)));
      }
    }
    return found;
  }

  private static @Nullable UUID idOrNull(@Nullable String text) {
    return text == null ? null : UUID.fromString(text);
  }

  static void putPair(Connection connection, PairRecord pair) throws SQLException {
    Sql.run(
        connection,
        "insert or replace into opc_pair values (?,?,?,?,?,?)",
        pair.group(),
        pair.name(),
        pair.place(),
        text(pair.source()),
        text(pair.target()),
        pair.safety());
  }

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }

  static void deletePair(Connection connection, PairRecord pair) throws SQLException {
    Sql.run(
        connection, "delete from opc_pair where opc_group=? and name=?", pair.group(), pair.name());
  }

  // ---- sessions

  static List<SessionRecord> sessions(Connection connection) throws SQLException {
    List<SessionRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from opc_session order by id")) {
      while (rows.next()) {
        found.add(session(rows));
      }
    }
    return found;
  }

  private static SessionRecord session(ResultSet row) throws SQLException {
    return new SessionRecord(
        row.getInt("id"),
        row.getString("opc_group"),
        row.getString("pair"),
        Direction.valueOf(upper(row.getString("direction"))),
        UUID.fromString(row.getString("source")),
        UUID.fromString(row.getString("target")),
        row.getLong("stamp"),
        Instant.parse(row.getString("started")),
        row.getString("point"),
        row.getBoolean("tracking"),
        row.getInt("generation"),
        row.getBoolean("switched"),
        row.getBoolean("whole"),
        row.getString("error"),
        row.getLong("rate"),
        row.getString("safety"),
        row.getLong("start_bytes"));
  }

  static void put(Connection connection, SessionRecord session) throws SQLException {
    Sql.run(
        connection,
        "insert or replace into opc_session values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        session.id(),
        session.group(),
        session.pair(),
        session.direction().word(),
        session.source().toString(),
        session.target().toString(),
        session.stamp(),
        session.started().toString(),
        session.point(),
        session.tracking(),
        session.generation(),
        session.switched(),
        session.full(),
        session.error(),
        session.rate(),
        session.safety(),
        session.startBytes());
  }

  static void delete(Connection connection, SessionRecord session) throws SQLException {
    Sql.run(connection, "delete from opc_session where id=?", session.id());
  }

  // ---- settings

  static long setting(Connection connection, String name, long usual) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select value from opc_setting where name=?")) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Long.parseLong(rows.getString(1)) : usual;
      }
    }
  }

  static void set(Connection connection, String name, String value) throws SQLException {
    Sql.run(connection, "insert or replace into opc_setting values (?,?)", name, value);
  }

  static List<UUID> inhibited(Connection connection) throws SQLException {
    List<UUID> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select volume from opc_inhibit")) {
      while (rows.next()) {
        found.add(UUID.fromString(rows.getString(1)));
      }
    }
    return found;
  }

  static void inhibit(Connection connection, UUID volume, boolean on) throws SQLException {
    Sql.run(
        connection,
        on
            ? "insert or replace into opc_inhibit values (?)"
            : "delete from opc_inhibit where volume=?",
        volume.toString());
  }
}
