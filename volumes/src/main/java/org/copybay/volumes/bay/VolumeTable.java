package org.copybay.volumes.bay;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The rows of the table volume. Called inside a transaction of the catalogue. */
final class VolumeTable {
  private VolumeTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table volume (id text primary key, inode integer not null unique,"
              + " name text not null, state text not null, size integer not null, size_synced integer not null, directory text,"
              + " cache text not null, uid integer not null, gid integer not null,"
              + " mode integer not null, created text not null, generation integer not null,"
              + " failure text)");
      statement.execute(
          "create unique index volume_visible on volume(name) where state in ('making','ready')");
      statement.execute(
          "create unique index volume_reserved on volume(name) where state='copying'");
    }
  }

  static List<VolumeRecord> all(Connection connection) throws SQLException {
    List<VolumeRecord> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from volume order by inode")) {
      while (row.next()) {
        rows.add(decodeOrFail(row));
      }
    }
    return rows;
  }

  private static VolumeRecord decodeOrFail(ResultSet row) throws SQLException {
    try {
      return decode(row);
    } catch (RuntimeException e) {
      throw new SQLException("table volume, row id=" + row.getString("id") + ": " + e, e);
    }
  }

  private static VolumeRecord decode(ResultSet row) throws SQLException {
    return new VolumeRecord(
        UUID.fromString(row.getString("id")),
        row.getLong("inode"),
        row.getString("name"),
        VolumeState.of(row.getString("state")),
        row.getLong("size"),
        row.getBoolean("size_synced"),
        row.getString("directory"),
        CacheMode.of(row.getString("cache")),
        new VolumeRecord.Owner(row.getInt("uid"), row.getInt("gid"), row.getInt("mode")),
        Instant.parse(row.getString("created")),
        row.getLong("generation"),
        row.getString("failure"));
  }

  /** Adds a row. */
  static void insert(Connection connection, VolumeRecord volume) throws SQLException {
    run(
        connection,
        "insert into volume values (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)",
        volume);
  }

  /** Changes the row of that id; a deleted one does not come back. */
  static void update(Connection connection, VolumeRecord volume) throws SQLException {
    run(
        connection,
        "update volume set inode=?2, name=?3, state=?4, size=?5, size_synced=?6, directory=?7,"
            + " cache=?8, uid=?9, gid=?10, mode=?11, created=?12, generation=?13, failure=?14"
            + " where id=?1",
        volume);
  }

  private static void run(Connection connection, String sql, VolumeRecord volume)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, volume.id().toString());
      statement.setLong(2, volume.inode());
      statement.setString(3, volume.name());
      statement.setString(4, volume.state().word());
      statement.setLong(5, volume.size());
      statement.setBoolean(6, volume.sizeSynced());
      statement.setString(7, volume.directory());
      statement.setString(8, volume.cache().word());
      statement.setInt(9, volume.owner().uid());
      statement.setInt(10, volume.owner().gid());
      statement.setInt(11, volume.owner().mode());
      statement.setString(12, volume.created().toString());
      statement.setLong(13, volume.generation());
      statement.setString(14, volume.failure());
      statement.executeUpdate();
    }
  }

  static void delete(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from volume where id=?")) {
      statement.setString(1, id.toString());
      statement.executeUpdate();
    }
  }
}
