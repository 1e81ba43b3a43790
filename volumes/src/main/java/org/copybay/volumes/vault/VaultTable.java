package org.copybay.volumes.vault;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.copybay.volumes.Sql;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one row of the table vault_clock. Called inside a transaction of the catalogue. */
final class VaultTable {
  private static final Logger LOG = LoggerFactory.getLogger(VaultTable.class);

  private VaultTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists vault_clock (id integer primary key check (id = 1),"
              + " boot text not null, uptime integer not null, vault integer not null,"
              + " wall integer not null, credit integer not null, frozen integer not null)");
    }
  }

  static void put(Connection connection, VaultMark mark) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert or replace into vault_clock (id, boot, uptime, vault, wall, credit, frozen)"
                + " values (1,?,?,?,?,?,?)")) {
      statement.setString(1, mark.boot());
      statement.setLong(2, mark.uptime());
      statement.setLong(3, mark.vault());
      statement.setLong(4, mark.wall());
      statement.setLong(5, mark.credit());
      statement.setLong(6, mark.frozen());
      statement.executeUpdate();
    }
  }

  /**
   * What was saved, if anything was. Of a row that cannot be, only the vault time is believed, and
   * that only if it can be: as of another run of the machine.
   */
  static Optional<VaultMark> find(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!Sql.hasTable(connection, "vault_clock")) {
        return Optional.empty();
      }
      try (ResultSet row =
          statement.executeQuery(
              "select boot, uptime, vault, wall, credit, frozen from vault_clock")) {
        return row.next() ? decode(row) : Optional.empty();
      }
    }
  }

  private static Optional<VaultMark> decode(ResultSet row) throws SQLException {
    try {
      return Optional.of(
          new VaultMark(
              text(row, "boot"),
              number(row, "uptime"),
              number(row, "vault"),
              number(row, "wall"),
              number(row, "credit"),
              number(row, "frozen")));
    } catch (IllegalArgumentException e) {
      LOG.error("the row of the vault clock is damaged: {}", e.getMessage());
    }
    try {
      return Optional.of(VaultMark.once(number(row, "vault")));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // was told
    }
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return row.getObject(column) instanceof String text ? text : "";
  }

  /** SQLite keeps anything in any column, and a text as a number is 0. */
  private static long number(ResultSet row, String column) throws SQLException {
    if (row.getObject(column) instanceof Number number) {
      return number.longValue();
    }
    throw new IllegalArgumentException(column + "=" + row.getString(column) + " is no number");
  }
}
