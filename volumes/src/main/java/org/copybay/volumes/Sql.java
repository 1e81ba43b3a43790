package org.copybay.volumes;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all tables of the catalogue need. Used by the thread that has the connection. */
public final class Sql {
  private Sql() {}

  /** Runs a statement that changes rows, with these values for its question marks. */
  public static void run(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  /** The first column of all rows of a query. */
  public static List<String> words(Connection connection, String query) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found;
  }

  /** Whether there is a table of that name: a program that knew none made no such. */
  public static boolean hasTable(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select 1 from sqlite_master where type='table' and name=?")) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }
}
