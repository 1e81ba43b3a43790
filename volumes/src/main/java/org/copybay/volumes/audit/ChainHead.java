package org.copybay.volumes.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a chain ends and begins, in the row of the table bay: not beside the entries, so that it
 * tells when they are cut.
 *
 * @param entry the newest entry, 0 where there was none yet
 * @param hash its hash
 * @param number the number of the newest command
 * @param anchor the newest entry that was dropped, 0 where all are there
 * @param anchorHash its hash, that of the entry before the oldest one that is there
 */
record ChainHead(long entry, String hash, long number, long anchor, String anchorHash) {
  /** What stands for the hash of the entry before the first one. */
  static final String NOTHING = "0".repeat(64);

  /** That of a chain without an entry. */
  static final ChainHead EMPTY = new ChainHead(0, NOTHING, 0, 0, NOTHING);

  private static final List<String> NUMBERS = List.of("audit_head", "audit_number", "audit_anchor");
  private static final List<String> HASHES = List.of("audit_head_hash", "audit_anchor_hash");

  /** Whether the row of the bay has a place for it. */
  static boolean hasPlace(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select 1 from pragma_table_info('bay') where name='audit_anchor_hash'")) {
      return row.next();
    }
  }

  static void makePlace(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String column : NUMBERS) {
        statement.execute("alter table bay add column " + column + " integer");
      }
      for (String column : HASHES) {
        statement.execute("alter table bay add column " + column + " text");
      }
    }
  }

  /** That of the bay, or null where there is none. */
  static @Nullable ChainHead read(Connection connection) throws SQLException {
    if (!hasPlace(connection)) {
      return null;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from bay")) {
      if (!row.next() || row.getString("audit_head") == null) {
        return null;
      }
      return new ChainHead(
          row.getLong("audit_head"),
          AuditEntry.text(row, "audit_head_hash"),
          row.getLong("audit_number"),
          row.getLong("audit_anchor"),
          AuditEntry.text(row, "audit_anchor_hash"));
    }
  }

  void write(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "update bay set audit_head=?, audit_head_hash=?, audit_number=?, audit_anchor=?,"
                + " audit_anchor_hash=?")) {
      statement.setLong(1, entry);
      statement.setString(2, hash);
      statement.setLong(3, number);
      statement.setLong(4, anchor);
      statement.setString(5, anchorHash);
      statement.executeUpdate();
    }
  }

  /** The same chain, one entry longer. */
  ChainHead with(AuditEntry newest) {
    return new ChainHead(
        newest.entry(), newest.hash(), Math.max(number, newest.number()), anchor, anchorHash);
  }

  /** The same chain without what came up to that entry. */
  ChainHead from(AuditEntry dropped) {
    return new ChainHead(entry, hash, number, dropped.entry(), dropped.hash());
  }
}
