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
import org.copybay.volumes.bitmap.Grain;

/** The rows of the table bitmap. Called inside a transaction of the catalogue. */
final class BitmapTable {
  /** It records every change of its volume. */
  static final String READY = "ready";

  /** Its file may be there: it is being started or deleted, and goes at the next mount. */
  static final String DROPPING = "dropping";

  private BitmapTable() {}

  /**
   * A row with its state.
   *
   * @param record all else
   * @param ready whether the bitmap is there
   */
  record Row(BitmapRecord record, boolean ready) {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists bitmap (id text primary key, volume text not null,"
              + " name text not null, state text not null, grain text not null,"
              + " created text not null, since text not null, damage text)");
      statement.execute(
          "create unique index if not exists bitmap_ready on bitmap(volume, name)"
              + " where state='ready'");
    }
  }

  static List<Row> all(Connection connection) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select id, volume, name, state, grain, created, since, damage from bitmap"
                    + " order by created, id")) {
      while (row.next()) {
        rows.add(decode(row));
      }
    }
    return rows;
  }

  private static Row decode(ResultSet row) throws SQLException {
    try {
      BitmapRecord record =
          new BitmapRecord(
              UUID.fromString(row.getString(1)),
              UUID.fromString(row.getString(2)),
              row.getString(3),
              Grain.ofWord(row.getString(5)),
              Instant.parse(row.getString(6)),
              Instant.parse(row.getString(7)),
              row.getString(8));
      return new Row(record, row.getString(4).equals(READY));
    } catch (RuntimeException e) {
      throw new SQLException("table bitmap, row id=" + row.getString(1) + ": " + e, e);
    }
  }

  /** Adds a bitmap that is being started. */
  static void insert(Connection connection, BitmapRecord record) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into bitmap values (?,?,?,?,?,?,?,?)")) {
      statement.setString(1, record.id().toString());
      statement.setString(2, record.volume().toString());
      statement.setString(3, record.name());
      statement.setString(4, DROPPING);
      statement.setString(5, record.grain().word());
      statement.setString(6, record.created().toString());
      statement.setString(7, record.since().toString());
      statement.setString(8, record.damage());
      statement.executeUpdate();
    }
  }

  static void update(Connection connection, BitmapRecord record, String state) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("update bitmap set state=?, since=?, damage=? where id=?")) {
      statement.setString(1, state);
      statement.setString(2, record.since().toString());
      statement.setString(3, record.damage());
      statement.setString(4, record.id().toString());
      statement.executeUpdate();
    }
  }

  static void delete(Connection connection, BitmapRecord record) throws SQLException {
    delete(connection, "delete from bitmap where id=?", record.id());
  }

  /** Of a volume that is gone with its files. */
  static void deleteOf(Connection connection, UUID volume) throws SQLException {
    delete(connection, "delete from bitmap where volume=?", volume);
  }

  private static void delete(Connection connection, String sql, UUID id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, id.toString());
      statement.executeUpdate();
    }
  }
}
