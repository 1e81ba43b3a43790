package org.copybay.volumes.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Sql;
import org.jspecify.annotations.Nullable;

/** What becomes of the audit log when a catalogue is made anew. */
public final class AuditTakeover {
  private AuditTakeover() {}

  /**
   * Gives a new catalogue the chain of an old one as it is, where all of it can be read and fits.
   * Else a new chain is made of the entries that can be read, and its last one says so.
   *
   * @return why it is a new one, or null
   */
  public static @Nullable String copy(Connection from, Connection to, Instant now)
      throws SQLException {
    List<AuditEntry> entries = new ArrayList<>();
    String why = read(from, entries);
    ChainHead head = why == null ? ChainHead.read(from) : null;
    if (why == null && head == null) {
      return null; // a catalogue of a program from before the chain
    }
    AuditChain chain = new AuditChain(to, Keeping.OF_A_BAY);
    chain.create();
    if (head == null) {
      for (AuditEntry entry : entries) {
        chain.append(entry);
      }
      begin(to, now, "a new chain; the one before did not check: " + why);
    } else {
      for (AuditEntry entry : entries) {
        chain.insert(entry);
      }
      head.write(to);
    }
    return why;
  }

  /** Begins a chain, or goes on with one, by an entry that tells of the rebuild. */
  public static void begin(Connection to, Instant now, String text) throws SQLException {
    AuditChain chain = new AuditChain(to, Keeping.OF_A_BAY);
    chain.create();
    chain.append(
        AuditEntry.draft(
            AuditChain.time(now),
            Daemon.uid(),
            0,
            AuditChain.ITSELF,
            "rebuild",
            AuditEntry.NOTED,
            text));
  }

  /** Reads what can be read; says what does not fit. */
  private static @Nullable String read(Connection from, List<AuditEntry> into) {
    List<String> found = new ArrayList<>();
    try {
      AuditInspection.run(from, problem -> found.add(problem.line()));
      if (Sql.hasTable(from, "audit_entry")) {
        try (Statement statement = from.createStatement();
            ResultSet row = statement.executeQuery("select * from audit_entry order by entry")) {
          while (row.next()) {
            into.add(AuditEntry.read(row));
          }
        }
      }
    } catch (SQLException e) {
      found.add(String.valueOf(e.getMessage())); // what comes before the damage was read
    }
    return found.isEmpty() ? null : found.get(0);
  }
}
