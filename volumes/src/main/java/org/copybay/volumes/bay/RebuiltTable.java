package org.copybay.volumes.bay;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.copybay.volumes.Sql;

/**
 * A table that is there from a rebuild of the catalogue until whoever keeps things of his own
 * beside the volumes has looked for what the new catalogue does not know.
 */
public final class RebuiltTable {
  private RebuiltTable() {}

  static void mark(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists rebuilt (looked integer)");
    }
  }

  /** Whether the catalogue was made anew and nobody has looked since. */
  public static boolean isThere(Connection connection) throws SQLException {
    return Sql.hasTable(connection, "rebuilt");
  }

  /** Somebody has looked. */
  public static void end(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists rebuilt");
    }
  }
}
