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

/** The rows of the tables point and point_volume. Called inside a transaction of the catalogue. */
final class PointTable {
  /** All volumes have the point, durably. */
  static final String READY = "ready";

  /** Some volumes may have the point: it is being made or dropped, and goes at the next mount. */
  static final String DROPPING = "dropping";

  private static final String LOCKED_COLUMN = " locked_until integer not null default 0";

  private PointTable() {}

  /**
   * A point with one of its volumes.
   *
   * @param id of the point
   * @param inode of the point
   * @param name of the point
   * @param ready whether it is there
   * @param created the instant
   * @param volume whose it is
   * @param facts of the volume at the instant
   * @param lockedUntilMillis when it may be dropped, since 1970; 0 for any time
   */
  record Row(
      UUID id,
      long inode,
      String name,
      boolean ready,
      Instant created,
      UUID volume,
      PointVolume.Facts facts,
      long lockedUntilMillis) {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists point (id text primary key, inode integer not null unique,"
              + " name text not null, state text not null, created text not null,"
              + LOCKED_COLUMN
              + ")");
      if (!hasLocks(connection)) { // an earlier program made it
        statement.execute("alter table point add column" + LOCKED_COLUMN);
      }
      statement.execute(
          "create unique index if not exists point_ready on point(name) where state='ready'");
      statement.execute(
          "create table if not exists point_volume (point text not null, volume text not null,"
              + " inode integer not null unique, name text not null, number integer not null,"
              + " size integer not null, uid integer not null, gid integer not null,"
              + " mode integer not null, primary key (point, volume))");
    }
  }

  private static boolean hasLocks(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet column =
            statement.executeQuery(
                "select 1 from pragma_table_info('point') where name='locked_until'")) {
      return column.next();
    }
  }

  /** All rows, those of a point together, in the order of its volumes' names. */
  static List<Row> all(Connection connection) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select p.id, p.inode, p.name, p.state, p.created, v.volume, v.inode, v.name,"
                    + " v.number, v.size, v.uid, v.gid, v.mode, "
                    + (hasLocks(connection) ? "p.locked_until" : "0")
                    + " from point p"
                    + " join point_volume v on v.point = p.id order by p.inode, v.name")) {
      while (row.next()) {
        rows.add(decode(row));
      }
    }
    return rows;
  }

  private static Row decode(ResultSet row) throws SQLException {
    try {
      return new Row(
          UUID.fromString(row.getString(1)),
          row.getLong(2),
          row.getString(3),
          row.getString(4).equals(READY),
          Instant.parse(row.getString(5)),
          UUID.fromString(row.getString(6)),
          new PointVolume.Facts(
              row.getLong(7),
              row.getString(8),
              row.getInt(9),
              row.getLong(10),
              new VolumeRecord.Owner(row.getInt(11), row.getInt(12), row.getInt(13)),
              Instant.parse(row.getString(5))),
          row.getLong(14));
    } catch (RuntimeException e) {
      throw new SQLException("table point, row id=" + row.getString(1) + ": " + e, e);
    }
  }

  /** Adds a point that is being made. */
  static void insert(Connection connection, PointInTime point) throws SQLException {
    insert(
        connection,
        point.volumes().stream()
            .map(
                of ->
                    new Row(
                        point.id(),
                        point.inode(),
                        point.name(),
                        false,
                        point.created(),
                        of.volume().id(),
                        of.facts(),
                        point.lockedUntilMillis()))
            .toList());
  }

  /** Adds a point of so many volumes, one or more. */
  static void insert(Connection connection, List<Row> members) throws SQLException {
    Row point = members.get(0);
    try (PreparedStatement statement =
        connection.prepareStatement("insert into point values (?,?,?,?,?,?)")) {
      statement.setString(1, point.id().toString());
      statement.setLong(2, point.inode());
      statement.setString(3, point.name());
      statement.setString(4, point.ready() ? READY : DROPPING);
      statement.setString(5, point.created().toString());
      statement.setLong(6, point.lockedUntilMillis());
      statement.executeUpdate();
    }
    for (Row member : members) {
      insertVolume(connection, member);
    }
  }

  private static void insertVolume(Connection connection, Row member) throws SQLException {
    PointVolume.Facts facts = member.facts();
    try (PreparedStatement statement =
        connection.prepareStatement("insert into point_volume values (?,?,?,?,?,?,?,?,?)")) {
      statement.setString(1, member.id().toString());
      statement.setString(2, member.volume().toString());
      statement.setLong(3, facts.inode());
      statement.setString(4, facts.name());
      statement.setInt(5, facts.number());
      statement.setLong(6, facts.size());
      statement.setInt(7, facts.owner().uid());
      statement.setInt(8, facts.owner().gid());
      statement.setInt(9, facts.owner().mode());
      statement.executeUpdate();
    }
  }

  static void setState(Connection connection, UUID id, String state) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("update point set state=? where id=?")) {
      statement.setString(1, state);
      statement.setString(2, id.toString());
      statement.executeUpdate();
    }
  }

  static void lock(Connection connection, UUID id, long untilMillis) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("update point set locked_until=? where id=?")) {
      statement.setLong(1, untilMillis);
      statement.setString(2, id.toString());
      statement.executeUpdate();
    }
  }

  /** Lets a part of a point be dropped: one of its own, unless it is all of it. */
  static void dropPart(Connection connection, PointInTime point, PointInTime part)
      throws SQLException {
    if (part.id().equals(point.id())) {
      setState(connection, point.id(), DROPPING);
      return;
    }
    for (PointVolume of : part.volumes()) {
      delete(connection, point.id(), of.volume().id());
    }
    insert(connection, part);
  }

  private static void delete(Connection connection, UUID id, UUID volume) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from point_volume where point=? and volume=?")) {
      statement.setString(1, id.toString());
      statement.setString(2, volume.toString());
      statement.executeUpdate();
    }
  }

  static void delete(Connection connection, UUID id) throws SQLException {
    for (String sql :
        List.of("delete from point_volume where point=?", "delete from point where id=?")) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setString(1, id.toString());
        statement.executeUpdate();
      }
    }
  }
}
