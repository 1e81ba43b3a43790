package org.copybay.volumes.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.copybay.volumes.Sql;
import org.jspecify.annotations.Nullable;

/** Goes over a whole chain and says what does not fit in it, oldest first. */
public final class AuditInspection {
  private final Connection connection;
  private final Keeping keeping;
  private final Consumer<Problem> problems;

  // what the entry before the next one must be: its place, and its hash where that is known
  private long before;
  private @Nullable String hashBefore;
  private String lastDropping = "";
  private long greatestNumber;

  /** Something that no program writes: where it is, what was wanted, what is there. */
  public record Problem(String where, String wanted, String got) {
    /** All of it in words. */
    public String line() {
      return where + ": wanted " + wanted + ", got " + got;
    }
  }

  private AuditInspection(Connection connection, Keeping keeping, Consumer<Problem> problems) {
    this.connection = connection;
    this.keeping = keeping;
    this.problems = problems;
  }

  /** Looks at the chain of a catalogue; one that has none, of an earlier program, is in order. */
  public static void run(Connection connection, Consumer<Problem> problems) throws SQLException {
    run(connection, Keeping.OF_A_BAY, problems);
  }

  static void run(Connection connection, Keeping keeping, Consumer<Problem> problems)
      throws SQLException {
    if (AuditChain.isThere(connection)) {
      new AuditInspection(connection, keeping, problems).run();
    }
  }

  /**
   * Looks whether an entry has the hash that somebody kept elsewhere. With a chain that fits, all
   * entries before it are as they were then.
   *
   * @return false where it was dropped with the old ones, so that nothing can be said
   */
  public static boolean compare(
      Connection connection, long entry, String hash, Consumer<Problem> problems)
      throws SQLException {
    ChainHead head = ChainHead.read(connection);
    boolean dropped = head != null && entry < head.anchor();
    if (!dropped) {
      String found = head == null ? null : hash(connection, head, entry);
      if (!hash.equals(found)) {
        String got = found == null ? "no such entry" : "hash " + found;
        problems.accept(new Problem("entry " + entry, "hash " + hash, got));
      }
    }
    return !dropped;
  }

  private static @Nullable String hash(Connection connection, ChainHead head, long entry)
      throws SQLException {
    if (entry == head.anchor()) {
      return head.anchorHash();
    }
    boolean entries = Sql.hasTable(connection, "audit_entry");
    AuditEntry found = entries ? new AuditChain(connection, Keeping.OF_A_BAY).find(entry) : null;
    return found == null ? null : found.hash();
  }

  /** Whether rows of a program from before the chain wait for the next mount. */
  public static boolean hasRowsWithoutHashes(Connection connection) throws SQLException {
    return AuditChain.hasRowsWithoutHashes(connection);
  }

  /** Looks at so many of the newest entries, and at the head. */
  static void newest(Connection connection, long count, Consumer<Problem> problems)
      throws SQLException {
    ChainHead head = ChainHead.read(connection);
    if (head == null || head.entry() - head.anchor() <= count) {
      run(connection, problems);
      return;
    }
    AuditInspection inspection = new AuditInspection(connection, Keeping.OF_A_BAY, problems);
    AuditEntry first = new AuditChain(connection, Keeping.OF_A_BAY).find(head.entry() - count);
    inspection.before = head.entry() - count;
    inspection.hashBefore = first == null ? null : first.hash();
    inspection.entries(inspection.before);
    inspection.end(head);
  }

  private void run() throws SQLException {
    ChainHead head = ChainHead.read(connection);
    if (head == null) {
      wrong("head", "the number and hash of the newest entry, in the table bay", "none");
    } else {
      before = head.anchor();
      hashBefore = head.anchorHash();
    }
    entries(Long.MIN_VALUE);
    if (head != null) {
      end(head);
      anchor(head);
    }
  }

  private void entries(long after) throws SQLException {
    if (Sql.hasTable(connection, "audit_entry")) {
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "select * from audit_entry where entry>" + after + " order by entry")) {
        while (row.next()) {
          entry(AuditEntry.read(row));
        }
      }
    }
  }

  private void entry(AuditEntry entry) {
    if (entry.entry() > before + 1) {
      wrong(missing(before + 1, entry.entry() - 1), "the entries", "none");
      hashBefore = null;
    } else if (entry.entry() <= before) {
      wrong("entry " + entry.entry(), "none: it was dropped", "an entry");
      return;
    }
    String known = hashBefore;
    if (known != null) {
      String wanted = entry.proof(known);
      if (!wanted.equals(entry.hash())) {
        wrong("entry " + entry.entry(), "hash " + wanted, "hash " + entry.hash());
      }
    }
    before = entry.entry();
    hashBefore = entry.hash();
    greatestNumber = Math.max(greatestNumber, entry.number());
    if (AuditChain.tellsOfDropping(entry)) {
      lastDropping = entry.command();
    }
  }

  private static String missing(long from, long to) {
    return from == to ? "entry " + from : "entries " + from + " to " + to;
  }

  private void end(ChainHead head) {
    if (before < head.entry()) {
      wrong(missing(before + 1, head.entry()), "the entries, up to the head", "none");
    } else if (before > head.entry()) {
      wrong("head", "entry " + before + ", the newest", "entry " + head.entry());
    } else if (!head.hash().equals(hashBefore)) {
      wrong("head", "hash " + hashBefore + " of entry " + before, "hash " + head.hash());
    }
    if (head.number() < greatestNumber) {
      wrong("head", "command " + greatestNumber + ", the newest", "command " + head.number());
    }
  }

  private void anchor(ChainHead head) {
    if (head.anchor() == 0) {
      if (!head.anchorHash().equals(ChainHead.NOTHING)) {
        wrong("anchor", "nothing before entry 1", "hash " + head.anchorHash());
      }
    } else if (!lastDropping.equals(AuditChain.dropping(head.anchor(), head.anchorHash()))) {
      wrong(
          "anchor",
          "an entry that says: " + AuditChain.dropping(head.anchor(), head.anchorHash()),
          lastDropping.isEmpty() ? "none" : lastDropping);
    } else if (head.entry() - head.anchor() < keeping.entries()) {
      wrong(
          "anchor",
          "the newest " + keeping.entries() + " entries",
          (head.entry() - head.anchor()) + ": more was dropped than a mount drops");
    }
  }

  private void wrong(String where, String wanted, String got) {
    problems.accept(new Problem(where, wanted, got));
  }
}
