package org.copybay.copy.safeguarded;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Only requests that wait have a row. One goes in the transaction of the command that it asks for
 * (P7), or of its rejection; what became of it is in the audit log.
 */
/** The commands that wait for a second person. Any thread may call; looking takes no lock. */
public final class Requests {
  /** How long a request waits, by the vault clock. */
  public static final Duration KEPT = Duration.ofDays(7);

  /** Of one session; who finds so many decides on some first. */
  static final int MOST = 100;

  /** A longer command is not kept. */
  static final int LONGEST_COMMAND = 4000;

  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final String LAST = "last_request";

  private final Safeguarded safeguarded;

  // volatile: replaced as a whole under the lock of Safeguarded, read without it
  private volatile NavigableMap<Long, SessionRequest> waiting = new TreeMap<>();

  // guarded by the lock of Safeguarded
  private final Set<Long> underWay = new HashSet<>();
  private long last;

  Requests(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  /** Brings back what the catalogue remembers; under the lock. */
  void load() throws StorageException {
    Catalogue catalogue = safeguarded.bay().catalogue();
    last = catalogue.read(connection -> SafeguardedTable.setting(connection, LAST));
    waiting = Collections.unmodifiableNavigableMap(catalogue.read(RequestTable::requests));
  }

  // ---- facts

  /** Those that wait, the oldest first. */
  public List<SessionRequest> all() {
    return waiting.values().stream().filter(request -> !lapsed(request)).toList();
  }

  /** Those of a session. */
  public List<SessionRequest> of(String session) {
    return all().stream().filter(request -> request.session().equals(session)).toList();
  }

  /** The request of that number. NOT_FOUND. */
  public SessionRequest find(long number) throws StorageException {
    SessionRequest found = waiting.get(number);
    if (found == null || lapsed(found)) {
      throw new StorageException(
          Fault.NOT_FOUND, "no request " + number + " waits", "safeguarded lsrequests");
    }
    return found;
  }

  private boolean lapsed(SessionRequest request) {
    return request.lapses().toEpochMilli() <= safeguarded.bay().vaultMillis();
  }

  // ---- asking

  /**
   * Lets a command of a session wait for a second person; durable before this returns. The same one
   * of the same user waits once. NOT_FOUND, BUSY, TOO_LONG.
   */
  public SessionRequest ask(String session, int uid, String command) throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      safeguarded.bay().requireChangeable();
      String name = safeguarded.find(session).name();
      for (SessionRequest request : of(name)) {
        if (request.uid() == uid && request.command().equals(command)) {
          return request;
        }
      }
      requireRoom(name, command);
      Instant now = Instant.ofEpochMilli(safeguarded.bay().vaultMillis());
      SessionRequest request = new SessionRequest(last + 1, name, uid, now, command);
      safeguarded
          .bay()
          .catalogue()
          .change(
              connection -> {
                RequestTable.put(connection, request);
                SafeguardedTable.set(connection, LAST, request.number());
              });
      last = request.number();
      NavigableMap<Long, SessionRequest> more = new TreeMap<>(waiting);
      more.put(request.number(), request);
      waiting = Collections.unmodifiableNavigableMap(more);
      tell("safeguarded_requested", request, uid);
      return request;
    }
  }

  private void requireRoom(String session, String command) throws StorageException {
    if (of(session).size() >= MOST) {
      throw new StorageException(
          Fault.BUSY,
          "session " + session + " has " + MOST + " requests, and takes no more",
          "safeguarded lsrequests session=" + Words.word(session));
    }
    if (command.length() > LONGEST_COMMAND) {
      throw new StorageException(
          Fault.TOO_LONG,
          "a command that waits has at most "
              + LONGEST_COMMAND
              + " characters, got "
              + command.length(),
          "a shorter note=");
    }
  }

  private void tell(String kind, SessionRequest request, int uid, Event.Fact... more) {
    Event.Fact[] facts = new Event.Fact[more.length + 3];
    facts[0] = Event.fact("request", request.number());
    facts[1] = Event.fact("uid", uid);
    facts[2] = Event.fact("command", request.command());
    System.arraycopy(more, 0, facts, 3, more.length);
    safeguarded.tell(kind, request.session(), facts);
  }

  // ---- deciding

  /** Ends a request: its command is not carried out. NOT_FOUND, BUSY. */
  public void reject(long number, int uid, String comment, Catalogue.Change also)
      throws StorageException {
    SessionRequest ended = end(number, also);
    tell("safeguarded_rejected", ended, uid, Event.fact("comment", comment));
  }

  /** Ends a request at the wish of who asked. NOT_FOUND, BUSY. */
  public void cancel(long number, Catalogue.Change also) throws StorageException {
    SessionRequest ended = end(number, also);
    tell("safeguarded_cancelled", ended, ended.uid());
  }

  private SessionRequest end(long number, Catalogue.Change also) throws StorageException {
    try (RankedLock.Held held = safeguarded.enter()) {
      SessionRequest request = find(number);
      requireIdle(number);
      delete(number, also);
      return request;
    }
  }

  private void requireIdle(long number) throws StorageException {
    if (underWay.contains(number)) {
      throw new StorageException(
          Fault.BUSY, "request " + number + " is being carried out", "tail -n 5 .control/audit");
    }
  }

  private void delete(long number, Catalogue.Change also) throws StorageException {
    safeguarded
        .bay()
        .catalogue()
        .change(
            connection -> {
              RequestTable.delete(connection, number);
              also.run(connection);
            });
    forget(Set.of(number));
  }

  /** The rows of those are gone; under the lock. */
  private void forget(Set<Long> numbers) {
    NavigableMap<Long, SessionRequest> fewer = new TreeMap<>(waiting);
    fewer.keySet().removeAll(numbers);
    waiting = Collections.unmodifiableNavigableMap(fewer);
  }

  /** The rows of a session are gone; under the lock. */
  void forget(String session) {
    Set<Long> gone = new HashSet<>();
    for (SessionRequest request : waiting.values()) {
      if (request.session().equals(session)) {
        gone.add(request.number());
      }
    }
    forget(gone);
  }

  /** Ends those that waited too long; under the lock. */
  void lapse() throws StorageException {
    for (SessionRequest request : waiting.values()) {
      if (lapsed(request) && !underWay.contains(request.number())) {
        delete(request.number(), Catalogue.Change.NOTHING);
        LOG.info("session={} request={} lapsed", request.session(), request.number());
        tell("safeguarded_lapsed", request, request.uid());
      }
    }
  }

  /** Says that somebody approves a request, whose command is about to be carried out. */
  public Approval approve(SessionRequest request, int uid) {
    return new Approval(request, uid);
  }

  /**
   * A request that is being carried out: nobody else decides on it meanwhile. It is the change that
   * ends it, for the transaction of its command. One thread.
   */
  public final class Approval implements Catalogue.Change, AutoCloseable {
    private final SessionRequest request;
    private final int uid;
    private boolean ours;
    private boolean ended;

    private Approval(SessionRequest request, int uid) {
      this.request = request;
      this.uid = uid;
    }

    /** Begins. NOT_FOUND where somebody decided before, BUSY where another one carries it out. */
    public void begin() throws StorageException {
      try (RankedLock.Held held = safeguarded.enter()) {
        find(request.number());
        requireIdle(request.number());
        ours = underWay.add(request.number());
      }
    }

    @Override
    public void run(Connection connection) throws SQLException {
      RequestTable.delete(connection, request.number());
      ended = true;
    }

    /** The command took effect; ends the request now where its own transaction did not. */
    public void done() throws StorageException {
      try (RankedLock.Held held = safeguarded.enter()) {
        if (!ended) {
          delete(request.number(), Catalogue.Change.NOTHING);
        }
        approved();
      }
    }

    private void approved() {
      ours &= !underWay.remove(request.number());
      forget(Set.of(request.number()));
      tell("safeguarded_approved", request, uid);
    }

    /** After a failure the request waits, unless its command took effect before that. */
    @Override
    public void close() {
      try (RankedLock.Held held = safeguarded.enter()) {
        if (!ours) {
          return;
        }
        if (ended && !waits()) {
          approved();
        }
        underWay.remove(request.number());
      }
    }

    private boolean waits() {
      try {
        return safeguarded
            .bay()
            .catalogue()
            .read(connection -> RequestTable.requests(connection).containsKey(request.number()));
      } catch (StorageException e) {
        LOG.error("request={} {}", request.number(), e.getMessage());
        return true;
      }
    }
  }
}
