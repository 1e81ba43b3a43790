package org.copybay.copy.shadow;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.bay.VolumeRecord.Owner;

/** The tables of shadow sets and their members. */
final class SetTable {
  private static final String SET_COLUMNS =
      "id, inode, name, label, size, uid, gid, mode, created, mounted, generation, change, past,"
          + " priority, member_seconds, rate";

  private SetTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists shadow_set (id text primary key, inode integer not null,"
              + " name text not null unique, label text not null, size integer not null,"
              + " uid integer not null, gid integer not null, mode integer not null,"
              + " created text not null, mounted integer not null, generation integer not null,"
              + " change text not null, past text not null, priority integer not null,"
              + " member_seconds integer not null, rate integer not null)");
      statement.execute(
          "create table if not exists shadow_member (shadow_set text not null,"
              + " place integer not null, volume text not null, role text not null,"
              + " bitmap integer not null, left_at integer not null, mounts integer not null, why text,"
              + " since text not null, mixed integer not null, lost integer not null,"
              + " primary key (shadow_set, volume))");
    }
  }

  /** Writes it as it is now, with its members. */
  static void put(Connection connection, SetRecord set) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert or replace into shadow_set ("
                + SET_COLUMNS
                + ") values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")) {
      statement.setString(1, set.id().toString());
      statement.setLong(2, set.inode());
      statement.setString(3, set.name());
      statement.setString(4, set.label());
      statement.setLong(5, set.size());
      statement.setInt(6, set.owner().uid());
      statement.setInt(7, set.owner().gid());
      statement.setInt(8, set.owner().mode());
      statement.setString(9, set.created().toString());
      statement.setBoolean(10, set.mounted());
      statement.setLong(11, set.lineage().generation());
      statement.setString(12, set.lineage().change().toString());
      statement.setString(13, MemberLabel.pastText(set.lineage().past()));
      statement.setInt(14, set.settings().priority());
      statement.setInt(15, set.settings().memberSeconds());
      statement.setLong(16, set.settings().bytesPerSecond());
      statement.executeUpdate();
    }
    deleteMembers(connection, set.id());
    for (int i = 0; i < set.members().size(); i++) {
      put(connection, set.id(), i, set.members().get(i));
    }
  }

  private static void put(Connection connection, UUID set, int place, MemberRecord member)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into shadow_member values (?,?,?,?,?,?,?,?,?,?,?)")) {
      statement.setString(1, set.toString());
      statement.setInt(2, place);
      statement.setString(3, member.volume().toString());
      statement.setString(4, member.role().word());
      statement.setBoolean(5, member.bitmap());
      statement.setLong(6, member.left());
      statement.setLong(7, member.mounts());
      statement.setString(8, member.why());
      statement.setString(9, member.since().toString());
      statement.setBoolean(10, member.mixed());
      statement.setBoolean(11, member.lost());
      statement.executeUpdate();
    }
  }

  private static void deleteMembers(Connection connection, UUID set) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from shadow_member where shadow_set=?")) {
      statement.setString(1, set.toString());
      statement.executeUpdate();
    }
  }

  static void delete(Connection connection, SetRecord set) throws SQLException {
    deleteMembers(connection, set.id());
    try (PreparedStatement statement =
        connection.prepareStatement("delete from shadow_set where id=?")) {
      statement.setString(1, set.id().toString());
      statement.executeUpdate();
    }
  }

  static List<SetRecord> all(Connection connection) throws SQLException {
    List<SetRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select " + SET_COLUMNS + " from shadow_set order by name")) {
      while (row.next()) {
        found.add(set(row));
      }
    }
    List<SetRecord> whole = new ArrayList<>();
    for (SetRecord set : found) {
      whole.add(set.withMembers(members(connection, set.id())));
    }
    return whole;
  }

  private static SetRecord set(ResultSet row) throws SQLException {
    return new SetRecord(
        UUID.fromString(row.getString("id")),
        row.getLong("inode"),
        row.getString("name"),
        row.getString("label"),
        row.getLong("size"),
        new Owner(row.getInt("uid"), row.getInt("gid"), row.getInt("mode")),
        Instant.parse(row.getString("created")),
        row.getBoolean("mounted"),
        new SetRecord.Lineage(
            row.getLong("generation"),
            UUID.fromString(row.getString("change")),
            MemberLabel.pastOf(row.getString("past"))),
        new SetRecord.Settings(
            row.getInt("priority"), row.getInt("member_seconds"), row.getLong("rate")),
        List.of());
  }

  private static List<MemberRecord> members(Connection connection, UUID set) throws SQLException {
    List<MemberRecord> found = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select volume, role, bitmap, left_at, mounts, why, since, mixed, lost"
                + " from shadow_member where shadow_set=? order by place")) {
      statement.setString(1, set.toString());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(
              new MemberRecord(
                  UUID.fromString(row.getString(1)),
                  MemberRole.of(row.getString(2)),
                  row.getBoolean(3),
                  row.getLong(4),
                  row.getLong(5),
                  row.getString(6),
                  Instant.parse(row.getString(7)),
                  row.getBoolean(8),
                  row.getBoolean(9)));
        }
      }
    }
    return found;
  }
}
