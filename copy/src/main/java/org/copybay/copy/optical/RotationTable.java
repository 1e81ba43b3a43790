package org.copybay.copy.optical;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The table of rotations. */
final class RotationTable {
  private RotationTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists optical_rotation (name text primary key,"
              + " source text not null, targets text not null, final_key text)");
    }
  }

  static void put(Connection connection, RotationRecord row) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert or replace into optical_rotation values (?,?,?,?)")) {
      statement.setString(1, row.name());
      statement.setString(2, row.source());
      statement.setString(3, String.join(",", row.targets()));
      statement.setString(4, row.finalKey());
      statement.executeUpdate();
    }
  }

  static void delete(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from optical_rotation where name=?")) {
      statement.setString(1, name);
      statement.executeUpdate();
    }
  }

  static List<RotationRecord> all(Connection connection) throws SQLException {
    List<RotationRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from optical_rotation order by name")) {
      while (row.next()) {
        String targets = row.getString("targets");
        found.add(
            new RotationRecord(
                row.getString("name"),
                row.getString("source"),
                targets.isEmpty() ? List.of() : List.of(targets.split(",", -1)),
                row.getString("final_key")));
      }
    }
    return found;
  }
}
