package org.copybay.volumes.audit;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Sql;
import org.jspecify.annotations.Nullable;

/*
 * INV-1  Entry n+1 proves entry n: its hash is over that of n.
 * INV-2  The head names the newest entry. It changes in the transaction that adds the entry (P7), so a crash leaves
 *        both or neither.
 * INV-3  No entry is changed. The oldest are dropped, in the transaction that moves the anchor to the last of them and
 *        adds an entry that names it.
 * INV-4  Where head and entries do not fit at a mount, what is added stands behind a place that stays empty or does not
 *        fit: nothing that is added later covers it up.
 */
/** The chain of audit entries in a catalogue, inside of transactions that the caller has begun. */
public final class AuditChain {
  /** Whose doing it is when the log is about itself; no command comes through such a file. */
  static final String ITSELF = "audit";

  private static final String TRIM = "trim";

  private final Connection connection;
  private final Keeping keeping;

  AuditChain(Connection connection, Keeping keeping) {
    this.connection = connection;
    this.keeping = keeping;
  }

  /** An instant as entries have it. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Whether there is a chain, or what somebody left of one. */
  static boolean isThere(Connection connection) throws SQLException {
    return Sql.hasTable(connection, "audit_entry") || ChainHead.read(connection) != null;
  }

  /** Makes the place for entries and, where there were none, for the head. */
  void create() throws SQLException {
    boolean begins = !isThere(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists audit_entry (entry integer primary key, number integer not"
              + " null, time text not null, uid integer not null, pid integer not null, place text"
              + " not null, verb text not null, result text not null, command text not null, hash"
              + " text not null)");
    }
    if (!ChainHead.hasPlace(connection)) {
      ChainHead.makePlace(connection);
    }
    if (begins) {
      ChainHead.EMPTY.write(connection);
    }
  }

  /**
   * Adds an entry, and drops old ones where that is due.
   *
   * @param draft with number 0 for a new command, else the number of its begin
   * @return what was added, the draft first
   */
  List<AuditEntry> append(AuditEntry draft) throws SQLException {
    ChainHead head = requireHead();
    List<AuditEntry> added = new ArrayList<>();
    added.add(add(head, draft));
    ChainHead now = head.with(added.get(0));
    AuditEntry last = droppable(now, draft.time());
    if (last != null) {
      drop(last);
      AuditEntry told =
          AuditEntry.draft(
              draft.time(),
              Daemon.uid(),
              0,
              ITSELF,
              TRIM,
              AuditEntry.NOTED,
              dropping(last.entry(), last.hash()));
      now = now.from(last);
      added.add(add(now, told));
      now = now.with(added.get(1));
    }
    now.write(connection);
    return added;
  }

  private ChainHead requireHead() throws SQLException {
    ChainHead head = ChainHead.read(connection);
    if (head == null) {
      throw new SQLException("the audit log has no head");
    }
    return head;
  }

  private AuditEntry add(ChainHead head, AuditEntry draft) throws SQLException {
    AuditEntry numbered = draft.number() == 0 ? draft.withNumber(head.number() + 1) : draft;
    AuditEntry entry = numbered.behind(head.entry(), head.hash());
    insert(entry);
    return entry;
  }

  void insert(AuditEntry entry) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into audit_entry values (?,?,?,?,?,?,?,?,?,?)")) {
      statement.setLong(1, entry.entry());
      statement.setLong(2, entry.number());
      statement.setString(3, entry.time());
      statement.setLong(4, entry.uid());
      statement.setLong(5, entry.pid());
      statement.setString(6, entry.place());
      statement.setString(7, entry.verb());
      statement.setString(8, entry.result());
      statement.setString(9, entry.command());
      statement.setString(10, entry.hash());
      statement.executeUpdate();
    }
  }

  // ---- what is dropped

  /** How an entry says that all up to another one were dropped. */
  static String dropping(long entry, String hash) {
    return "entries up to " + entry + " were dropped; the last of them has the hash " + hash;
  }

  static boolean tellsOfDropping(AuditEntry entry) {
    return entry.place().equals(ITSELF) && entry.verb().equals(TRIM);
  }

  /** The last entry of the oldest batch, where all of that is old enough and more than is kept. */
  private @Nullable AuditEntry droppable(ChainHead head, String now) throws SQLException {
    long last = head.anchor() + keeping.batch();
    if (head.entry() - last < keeping.entries()) {
      return null;
    }
    AuditEntry entry = find(last);
    return entry == null || entry.time().compareTo(oldest(now)) >= 0 ? null : entry;
  }

  /** The oldest time that is young; what somebody changed so that it is no time drops nothing. */
  private String oldest(String now) {
    try {
      return time(Instant.parse(now).minus(keeping.age()));
    } catch (DateTimeException e) {
      return "";
    }
  }

  private void drop(AuditEntry last) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from audit_entry where entry<=?")) {
      statement.setLong(1, last.entry());
      statement.executeUpdate();
    }
  }

  // ---- looking

  @Nullable AuditEntry find(long entry) throws SQLException {
    return one("select * from audit_entry where entry=" + entry);
  }

  @Nullable AuditEntry newest() throws SQLException {
    return one("select * from audit_entry order by entry desc limit 1");
  }

  private @Nullable AuditEntry one(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? AuditEntry.read(row) : null;
    }
  }

  // ---- what an earlier program left, and what does not fit

  /**
   * Makes the end of the chain fit to add to, where somebody changed it: what is added then stands
   * behind a place that stays empty, so that a check finds it (INV-4). Nothing is done where the
   * head is there and no entry is newer.
   */
  void mend(String time) throws SQLException {
    ChainHead head = ChainHead.read(connection);
    AuditEntry newest = newest();
    if (head != null && (newest == null || newest.entry() <= head.entry())) {
      return;
    }
    String hash = newest == null ? ChainHead.NOTHING : newest.hash();
    long entry = newest == null ? 0 : newest.entry();
    ChainHead known = head == null ? ChainHead.EMPTY : head;
    new ChainHead(
            entry + 1,
            hash,
            Math.max(known.number(), greatestNumber()),
            known.anchor(),
            known.anchorHash())
        .write(connection);
    append(
        AuditEntry.draft(
            time,
            Daemon.uid(),
            0,
            ITSELF,
            "head",
            AuditEntry.NOTED,
            (head == null ? "there was no head" : "the head named entry " + head.entry())
                + ", and the newest entry was "
                + entry));
  }

  private long greatestNumber() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select max(number) from audit_entry")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Whether a program from before the chain left rows. */
  static boolean hasRowsWithoutHashes(Connection connection) throws SQLException {
    if (!Sql.hasTable(connection, "audit")) {
      return false;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select 1 from audit limit 1")) {
      return row.next();
    }
  }

  /** Takes the rows of a program from before the chain into it; their table is empty then. */
  void takeRowsWithoutHashes(String time) throws SQLException {
    List<AuditEntry> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select 0 as entry, '' as hash, * from audit order by number")) {
      while (row.next()) {
        rows.add(AuditEntry.read(row));
      }
    }
    boolean free = !rows.isEmpty() && rows.get(0).number() > requireHead().number();
    for (AuditEntry row : rows) {
      append(free ? row : row.withNumber(0));
    }
    append(
        AuditEntry.draft(
            time,
            Daemon.uid(),
            0,
            ITSELF,
            "upgrade",
            AuditEntry.NOTED,
            rows.size() + " entries of an earlier program were taken over, which have no hashes"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("delete from audit");
    }
  }
}
