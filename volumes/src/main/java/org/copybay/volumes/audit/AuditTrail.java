package org.copybay.volumes.audit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.Sql;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;

/*
 * A command that begins is durable before it runs, its result after it (P7: one transaction each).
 *
 *   1  its begin noted             a crash leaves `begun`: it may have been done
 *   2  it runs                     the same
 *   3  its result noted            both
 *
 * Of a uid that is refused all the time, a command that was refused in the same words before is noted after it ran: as one
 * of a count, or with begin and result in one transaction where it was done. A crash before that leaves the entry of the
 * time before, which has its words.
 */
/**
 * The audit log of one bay: who destroyed what, and what the bay did by itself, in a chain that
 * nobody changes unseen. Any thread may call; who only looks waits for nothing.
 */
public final class AuditTrail {
  /** So many of the newest commands are shown, and as many notes: these crowd out no person. */
  public static final int SHOWN = 1_000;

  /** So many of the newest entries are looked through for those at a mount. */
  private static final int LOOKED_THROUGH = 20_000;

  /** So many of the newest hashes are shown. */
  static final int HASHES = 10_000;

  /** More entries than this within a year are no use of destructive commands, but a flood. */
  private static final long MANY = 1_000_000;

  /** The number of a draft that ends the first one of its transaction. */
  private static final long OF_THE_FIRST = -1;

  private final Catalogue catalogue;
  private final Clock clock;
  private final RefusedLately refused = new RefusedLately();
  private final ConcurrentSkipListMap<Long, AuditEntry> shown = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Long, AuditEntry> notes = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Long, String> hashes = new ConcurrentSkipListMap<>();
  private final Map<Long, AuditEntry> running = new ConcurrentHashMap<>();
  private final AtomicLong lastUnlisted = new AtomicLong();
  private final AtomicLong anchor = new AtomicLong();

  // volatile: set by the one who opens, shown without a lock
  private volatile @Nullable String misfit;

  private AuditTrail(Catalogue catalogue, Clock clock) {
    this.catalogue = catalogue;
    this.clock = clock;
  }

  /**
   * That of a catalogue: makes its place where there is none, takes over what a program from before
   * the chain left, and looks whether the newest entries fit. NO_SPACE, STORE_FAILED.
   */
  public static AuditTrail open(Catalogue catalogue, Clock clock) throws StorageException {
    AuditTrail trail = new AuditTrail(catalogue, clock);
    List<String> misfits = catalogue.read(AuditTrail::misfits);
    trail.misfit = misfits.isEmpty() ? null : misfits.get(0) + ": copybay check says more";
    trail.prepare();
    trail.load();
    return trail;
  }

  private static AuditChain chain(Connection connection) {
    return new AuditChain(connection, Keeping.OF_A_BAY);
  }

  private void prepare() throws StorageException {
    String now = AuditChain.time(clock.instant());
    if (!catalogue.read(AuditTrail::ready)) {
      catalogue.change(
          connection -> {
            AuditChain chain = chain(connection);
            chain.create();
            chain.mend(now);
            if (AuditChain.hasRowsWithoutHashes(connection)) {
              chain.takeRowsWithoutHashes(now);
            }
          });
    }
  }

  /** Whether there is nothing to do before the first entry. */
  private static boolean ready(Connection connection) throws SQLException {
    if (!Sql.hasTable(connection, "audit_entry") || AuditChain.hasRowsWithoutHashes(connection)) {
      return false;
    }
    ChainHead head = ChainHead.read(connection);
    AuditEntry newest = chain(connection).newest();
    return head != null && (newest == null || newest.entry() <= head.entry());
  }

  private static List<String> misfits(Connection connection) throws SQLException {
    List<String> found = new ArrayList<>();
    AuditInspection.newest(connection, SHOWN, problem -> found.add(problem.line()));
    return found;
  }

  private void load() throws StorageException {
    ChainHead head = catalogue.read(AuditTrail::head);
    anchor.set(head.anchor());
    catalogue.read(AuditTrail::newest).forEach(this::showCommand);
    catalogue.read(this::loadHashes);
  }

  private static ChainHead head(Connection connection) throws SQLException {
    ChainHead head = ChainHead.read(connection);
    return head == null ? ChainHead.EMPTY : head;
  }

  /** The newest entries, oldest first, as far back as the commands go that are shown. */
  private static Deque<AuditEntry> newest(Connection connection) throws SQLException {
    Deque<AuditEntry> entries = new ArrayDeque<>();
    int commands = 0;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from audit_entry order by entry desc")) {
      while (row.next()) {
        AuditEntry entry = AuditEntry.read(row);
        entries.addFirst(entry);
        commands += entry.ends() || isNote(entry) ? 0 : 1;
        if (commands == SHOWN || entries.size() == LOOKED_THROUGH) {
          break;
        }
      }
    }
    return entries;
  }

  private int loadHashes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select entry, hash from audit_entry order by entry desc limit " + HASHES)) {
      while (row.next()) {
        hashes.put(row.getLong("entry"), AuditEntry.text(row, "hash"));
      }
    }
    return hashes.size();
  }

  // ---- what is noted

  /**
   * Notes something destructive that is about to run.
   *
   * @param place the file that it came through, for instance ctl or volumes/payroll
   * @param command the written line, or the gesture in words
   * @return its number, for {@link #end}
   */
  public long begin(long uid, long pid, String place, String verb, String command)
      throws StorageException {
    Instant now = clock.instant();
    AuditEntry draft =
        AuditEntry.draft(AuditChain.time(now), uid, pid, place, verb, AuditEntry.BEGUN, command);
    if (refused.repeats(draft, now)) {
      long unlisted = lastUnlisted.decrementAndGet();
      running.put(unlisted, draft);
      return unlisted;
    }
    AuditEntry begun = append(List.of(draft)).get(0);
    running.put(begun.number(), begun);
    return begun.number();
  }

  /** Notes the result of what was begun: ok, or the name of the errno. */
  public void end(long number, String result) throws StorageException {
    AuditEntry begun = running.remove(number);
    if (begun == null) {
      throw new IllegalArgumentException("number=" + number + " was not begun");
    }
    Instant now = clock.instant();
    if (begun.number() == 0) {
      if (mayHaveActed(result)) {
        append(List.of(begun, result(begun, result, now).withNumber(OF_THE_FIRST)));
      } else {
        refuse(begun.withResult(result), now);
      }
      return;
    }
    if (!mayHaveActed(result)) {
      refused.refused(begun, now);
    }
    append(List.of(result(begun, result, now)));
  }

  private static boolean mayHaveActed(String result) {
    return result.equals("ok") || result.equals("EIO");
  }

  private static AuditEntry result(AuditEntry begun, String result, Instant now) {
    return AuditEntry.draft(
            AuditChain.time(now), begun.uid(), begun.pid(), begun.place(), begun.verb(), result, "")
        .withNumber(begun.number());
  }

  /** Notes something destructive that was refused before it had any effect. */
  public void refused(long uid, long pid, String place, String verb, String command, String result)
      throws StorageException {
    Instant now = clock.instant();
    refuse(AuditEntry.draft(AuditChain.time(now), uid, pid, place, verb, result, command), now);
  }

  private void refuse(AuditEntry draft, Instant now) throws StorageException {
    RefusedLately.Answer answer = refused.refused(draft, now);
    List<AuditEntry> drafts = new ArrayList<>();
    if (answer.told() > 0) {
      drafts.add(
          AuditEntry.draft(
              AuditChain.time(now),
              draft.uid(),
              0,
              AuditChain.ITSELF,
              "count",
              AuditEntry.NOTED,
              answer.told()
                  + " refused commands of uid "
                  + draft.uid()
                  + " since "
                  + AuditChain.time(answer.since())
                  + " have no entries of their own; the newest: "
                  + draft.result()
                  + " "
                  + draft.place()
                  + " "
                  + draft.command()));
    }
    if (answer.list()) {
      drafts.add(draft);
    }
    if (!drafts.isEmpty()) {
      append(drafts);
    }
  }

  /**
   * Notes something that nobody typed, in a transaction of its own.
   *
   * @param place whose doing it is, for instance safeguarded/payroll; not {@code audit}
   * @param verb one word
   * @param text a sentence
   */
  public void note(String place, String verb, String text) throws StorageException {
    Note note = noting(place, verb, text);
    catalogue.change(note);
    note.made();
  }

  /** {@link #note} as part of a transaction: it runs in that, and is {@link Note#made} after it. */
  public Note noting(String place, String verb, String text) {
    return new Note(
        AuditEntry.draft(
            AuditChain.time(clock.instant()),
            Daemon.uid(),
            0,
            place,
            verb,
            AuditEntry.NOTED,
            text));
  }

  /** A note that is made in somebody's transaction. Used by one thread. */
  public final class Note implements Catalogue.Change {
    private final AuditEntry draft;
    private List<AuditEntry> added = List.of();

    private Note(AuditEntry draft) {
      this.draft = draft;
    }

    @Override
    public void run(Connection connection) throws SQLException {
      added = chain(connection).append(draft);
    }

    /** The transaction was made. */
    public void made() {
      added.forEach(AuditTrail.this::show);
      added = List.of();
    }
  }

  /** Appends all in one transaction. */
  private List<AuditEntry> append(List<AuditEntry> drafts) throws StorageException {
    List<AuditEntry> added = new ArrayList<>();
    catalogue.change(
        connection -> {
          added.clear(); // of a try that met a full disk
          for (AuditEntry draft : drafts) {
            boolean ends = draft.number() == OF_THE_FIRST;
            AuditEntry numbered = ends ? draft.withNumber(added.get(0).number()) : draft;
            added.addAll(chain(connection).append(numbered));
          }
        });
    added.forEach(this::show);
    return added;
  }

  // ---- what is shown

  private void show(AuditEntry entry) {
    hashes.put(entry.entry(), entry.hash());
    hashes.headMap(hashes.lastKey() - HASHES, true).clear();
    if (AuditChain.tellsOfDropping(entry)) {
      anchor.addAndGet(Keeping.OF_A_BAY.batch());
    }
    showCommand(entry);
  }

  private static boolean isNote(AuditEntry entry) {
    return entry.result().equals(AuditEntry.NOTED);
  }

  private void showCommand(AuditEntry entry) {
    if (entry.ends()) {
      shown.computeIfPresent(entry.number(), (number, begun) -> begun.withResult(entry.result()));
    } else {
      ConcurrentSkipListMap<Long, AuditEntry> table = isNote(entry) ? notes : shown;
      table.put(entry.number(), entry);
      while (table.size() > SHOWN) {
        table.pollFirstEntry();
      }
    }
  }

  /** The newest commands and notes, oldest first, each with its result so far. */
  public List<AuditEntry> commands() {
    TreeMap<Long, AuditEntry> all = new TreeMap<>(shown);
    all.putAll(notes);
    return List.copyOf(all.values());
  }

  /** The newest entries, oldest first: the number of each and its hash. */
  public NavigableMap<Long, String> hashes() {
    return hashes;
  }

  /** What is wrong with the log, or null. */
  public @Nullable String trouble() {
    String found = misfit;
    if (found != null) {
      return found;
    }
    Map.Entry<Long, String> newest = hashes.lastEntry();
    long count = newest == null ? 0 : newest.getKey() - anchor.get();
    return count > MANY ? count + " entries within a year" : null;
  }
}
