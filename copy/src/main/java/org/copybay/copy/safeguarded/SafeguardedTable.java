package org.copybay.copy.safeguarded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.copybay.volumes.Sql;
import org.jspecify.annotations.Nullable;

/** The tables of safeguarded sessions. Called inside a transaction. */
final class SafeguardedTable {
  private SafeguardedTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table :
          List.of(
              "sg_session (name text primary key, created text not null, minimum_interval integer"
                  + " not null, retention integer not null, expire_on_roll integer not null,"
                  + " capacity integer not null, on_full text not null, background integer not"
                  + " null, lock integer not null, max_lock integer not null)",
              "sg_copy_set (session text not null, place integer not null, source text not null,"
                  + " recovery text, primary key (session, source))",
              "sg_backup (session text not null, id integer not null, label text not null,"
                  + " expiring integer not null, primary key (session, id))",
              "sg_hold (session text not null, backup integer not null, name text not null,"
                  + " uid integer not null, since text not null,"
                  + " primary key (session, backup, name))",
              "sg_rolled (session text not null, backup integer not null, volume text not null,"
                  + " primary key (session, backup, volume))",
              "sg_verified (session text not null, backup integer not null, volume text not null,"
                  + " time text not null, damage text, primary key (session, backup, volume))",
              "sg_recovery (session text not null, name text not null, backup integer not null,"
                  + " background integer not null, restore integer not null, started text not"
                  + " null, primary key (session, name))",
              "sg_pair (session text not null, recovery text not null, place integer not null,"
                  + " source text not null, target text not null, stamp integer not null,"
                  + " switched integer not null, whole integer not null, error text,"
                  + " start_bytes integer not null, primary key (session, recovery, target))",
              "sg_setting (name text primary key, value integer not null)")) {
        statement.execute("create table if not exists " + table);
      }
    }
  }

  // ---- sessions

  static List<SessionState> sessions(Connection connection) throws SQLException {
    Map<String, SessionState> found = new LinkedHashMap<>();
    Map<String, DualControl> dual = RequestTable.dualControls(connection);
    forEach(
        connection,
        "select * from sg_session order by name",
        row -> {
          String name = row.getString("name");
          found.put(name, session(row, dual.getOrDefault(name, DualControl.OFF)));
        });
    forEach(
        connection,
        "select * from sg_copy_set order by session, place",
        row -> {
          CopySet set =
              new CopySet(
                  UUID.fromString(row.getString("source")), idOrNull(row.getString("recovery")));
          found.computeIfPresent(row.getString("session"), (name, is) -> is.with(set));
        });
    readBackups(connection, found);
    readRecoveries(connection, found);
    return new ArrayList<>(found.values());
  }

  private static SessionState session(ResultSet row, DualControl dual) throws SQLException {
    SessionProperties properties =
        new SessionProperties(
            row.getLong("minimum_interval"),
            row.getLong("retention"),
            row.getBoolean("expire_on_roll"),
            row.getLong("capacity"),
            FullPolicy.valueOf(row.getString("on_full")),
            row.getBoolean("background"),
            row.getLong("lock"),
            row.getLong("max_lock"),
            dual);
    return SessionState.made(row.getString("name"), Instant.parse(row.getString("created")))
        .with(properties);
  }

  private static @Nullable UUID idOrNull(@Nullable String text) {
    return text == null ? null : UUID.fromString(text);
  }

  private static void readBackups(Connection connection, Map<String, SessionState> into)
      throws SQLException {
    Map<String, NavigableMap<Long, BackupRecord>> backups = new LinkedHashMap<>();
    forEach(
        connection,
        "select * from sg_backup",
        row -> {
          BackupRecord backup =
              new BackupRecord(
                  row.getLong("id"),
                  row.getString("label"),
                  row.getBoolean("expiring"),
                  List.of(),
                  Set.of(),
                  Map.of());
          backups
              .computeIfAbsent(row.getString("session"), name -> new TreeMap<>())
              .put(backup.id(), backup);
        });
    forEach(
        connection,
        "select * from sg_hold order by since",
        row -> {
          Hold hold =
              new Hold(
                  row.getString("name"), row.getInt("uid"), Instant.parse(row.getString("since")));
          change(backups, row, backup -> backup.with(hold));
        });
    forEach(
        connection,
        "select * from sg_rolled",
        row -> {
          UUID volume = UUID.fromString(row.getString("volume"));
          change(backups, row, backup -> backup.rolledOff(volume));
        });
    forEach(
        connection,
        "select * from sg_verified",
        row -> {
          UUID volume = UUID.fromString(row.getString("volume"));
          Verdict verdict =
              new Verdict(Instant.parse(row.getString("time")), row.getString("damage"));
          change(backups, row, backup -> backup.with(volume, verdict));
        });
    backups.forEach((name, of) -> into.computeIfPresent(name, (n, is) -> is.withBackups(of)));
  }

  private static void change(
      Map<String, NavigableMap<Long, BackupRecord>> backups,
      ResultSet row,
      UnaryOperator<BackupRecord> change)
      throws SQLException {
    NavigableMap<Long, BackupRecord> of = backups.get(row.getString("session"));
    if (of != null) {
      of.computeIfPresent(row.getLong("backup"), (id, backup) -> change.apply(backup));
    }
  }

  private static void readRecoveries(Connection connection, Map<String, SessionState> into)
      throws SQLException {
    Map<String, Map<String, List<RecoveryPair>>> pairs = new LinkedHashMap<>();
    forEach(
        connection,
        "select * from sg_pair order by session, recovery, place",
        row ->
            pairs
                .computeIfAbsent(row.getString("session"), name -> new LinkedHashMap<>())
                .computeIfAbsent(row.getString("recovery"), name -> new ArrayList<>())
                .add(pair(row)));
    forEach(
        connection,
        "select * from sg_recovery order by started",
        row -> {
          String session = row.getString("session");
          String name = row.getString("name");
          Recovery recovery =
              new Recovery(
                  name,
                  row.getLong("backup"),
                  row.getBoolean("background"),
                  row.getBoolean("restore"),
                  Instant.parse(row.getString("started")),
                  pairs.getOrDefault(session, Map.of()).getOrDefault(name, List.of()));
          into.computeIfPresent(session, (key, is) -> is.with(recovery));
        });
  }

  private static RecoveryPair pair(ResultSet row) throws SQLException {
    return new RecoveryPair(
        UUID.fromString(row.getString("source")),
        UUID.fromString(row.getString("target")),
        row.getLong("stamp"),
        row.getBoolean("switched"),
        row.getBoolean("whole"),
        row.getString("error"),
        row.getLong("start_bytes"));
  }

  /** Writes a session with its properties and copy sets; backups and recoveries are apart. */
  static void put(Connection connection, SessionState session) throws SQLException {
    SessionProperties is = session.properties();
    Sql.run(
        connection,
        "insert or replace into sg_session values (?,?,?,?,?,?,?,?,?,?)",
        session.name(),
        session.created().toString(),
        is.minimumIntervalMillis(),
        is.retentionMillis(),
        is.expireOnAutoRoll(),
        is.capacityBytes(),
        is.onFull().name(),
        is.background(),
        is.lockMillis(),
        is.maxLockMillis());
    RequestTable.put(connection, session.name(), is.dual());
    Sql.run(connection, "delete from sg_copy_set where session=?", session.name());
    int place = 0;
    for (CopySet set : session.copySets()) {
      UUID recovery = set.recovery();
      Sql.run(
          connection,
          "insert into sg_copy_set values (?,?,?,?)",
          session.name(),
          place,
          set.source().toString(),
          recovery == null ? null : recovery.toString());
      place++;
    }
  }

  static void delete(Connection connection, SessionState session) throws SQLException {
    Sql.run(connection, "delete from sg_copy_set where session=?", session.name());
    Sql.run(connection, "delete from sg_session where name=?", session.name());
    RequestTable.delete(connection, session.name());
  }

  // ---- backups

  static void put(Connection connection, String session, BackupRecord backup) throws SQLException {
    deleteBackup(connection, session, backup.id());
    Sql.run(
        connection,
        "insert into sg_backup values (?,?,?,?)",
        session,
        backup.id(),
        backup.label(),
        backup.expiring());
    for (Hold hold : backup.holds()) {
      Sql.run(
          connection,
          "insert into sg_hold values (?,?,?,?,?)",
          session,
          backup.id(),
          hold.name(),
          hold.uid(),
          hold.since().toString());
    }
    for (UUID volume : backup.rolled()) {
      Sql.run(
          connection,
          "insert into sg_rolled values (?,?,?)",
          session,
          backup.id(),
          volume.toString());
    }
    for (Map.Entry<UUID, Verdict> each : backup.verdicts().entrySet()) {
      Sql.run(
          connection,
          "insert into sg_verified values (?,?,?,?,?)",
          session,
          backup.id(),
          each.getKey().toString(),
          each.getValue().time().toString(),
          each.getValue().damage());
    }
  }

  static void deleteBackup(Connection connection, String session, long id) throws SQLException {
    Sql.run(connection, "delete from sg_backup where session=? and id=?", session, id);
    Sql.run(connection, "delete from sg_hold where session=? and backup=?", session, id);
    Sql.run(connection, "delete from sg_rolled where session=? and backup=?", session, id);
    Sql.run(connection, "delete from sg_verified where session=? and backup=?", session, id);
  }

  // ---- recoveries

  static void put(Connection connection, String session, Recovery recovery) throws SQLException {
    deleteRecovery(connection, session, recovery.set());
    Sql.run(
        connection,
        "insert into sg_recovery values (?,?,?,?,?,?)",
        session,
        recovery.set(),
        recovery.backup(),
        recovery.background(),
        recovery.restore(),
        recovery.started().toString());
    int place = 0;
    for (RecoveryPair pair : recovery.pairs()) {
      Sql.run(
          connection,
          "insert into sg_pair values (?,?,?,?,?,?,?,?,?,?)",
          session,
          recovery.set(),
          place,
          pair.source().toString(),
          pair.target().toString(),
          pair.stamp(),
          pair.switched(),
          pair.whole(),
          pair.error(),
          pair.startBytes());
      place++;
    }
  }

  static void deleteRecovery(Connection connection, String session, String set)
      throws SQLException {
    Sql.run(connection, "delete from sg_recovery where session=? and name=?", session, set);
    Sql.run(connection, "delete from sg_pair where session=? and recovery=?", session, set);
  }

  // ---- settings

  static long setting(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select value from sg_setting where name=?")) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  static void set(Connection connection, String name, long value) throws SQLException {
    Sql.run(connection, "insert or replace into sg_setting values (?,?)", name, value);
  }

  // ---- statements

  /** Takes one row. */
  @FunctionalInterface
  interface Row {
    void take(ResultSet row) throws SQLException;
  }

  static void forEach(Connection connection, String query, Row into) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        try {
          into.take(rows);
        } catch (RuntimeException e) {
          throw new SQLException(query + ": " + e, e);
        }
      }
    }
  }
}
