package org.copybay.volumes.bay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SQLite database of a bay: one transaction for each change of state (P7), durable when it
 * returns (write-ahead log, synchronous=FULL), never in the data path. Each room keeps the tables
 * that it owns through {@link #read} and {@link #change}.
 *
 * <p>The lock mode is exclusive, so that SQLite keeps its index in memory and maps no file: a full
 * disk under a mapping would stop the process.
 */
public final class Catalogue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);
  private static final int APPLICATION_ID = 0x43504259; // "CPBY"
  private static final int APPLICATION_ID_OFFSET = 68; // in the header of an SQLite file
  private static final int HEADER_LENGTH = 100;
  private static final int PAGE_SIZE_OFFSET = 16; // big-endian; SQLite's default of 4096 is kept
  private static final String LOG_SUFFIX = "-wal";
  private static final int SQLITE_FULL = 13;
  private static final int ROOM_BYTES = 256 * 1024;

  private final RankedLock lock = new RankedLock(LockRank.CATALOGUE);
  private final Path path;
  private final Reserve reserve;

  private final Connection connection; // guarded by lock

  // volatile: set once under lock, shown without it
  private volatile @Nullable String failure;

  /** Reads rows inside one transaction. */
  @FunctionalInterface
  public interface Query<T> {
    /** Runs on the connection, which is the caller's for the time of the call. */
    T run(Connection connection) throws SQLException;
  }

  /** Changes rows inside one transaction. */
  @FunctionalInterface
  public interface Change {
    /** Changes nothing. */
    Change NOTHING = connection -> {};

    /** Runs on the connection; may be run again when the first try met a full disk. */
    void run(Connection connection) throws SQLException;
  }

  private Catalogue(Path path, Reserve reserve, Connection connection) {
    this.path = path;
    this.reserve = reserve;
    this.connection = connection;
  }

  /** Makes a new catalogue for the bay of that uuid. */
  static void create(Path path, UUID bay) throws StorageException {
    try (Connection connection = connect(path);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma application_id=" + APPLICATION_ID);
      statement.execute("create table bay (uuid text not null)");
      statement.execute("insert into bay values ('" + bay + "')");
      VolumeTable.create(connection);
    } catch (SQLException e) {
      throw failure(path, "create", e);
    }
  }

  /** Opens the catalogue of the bay of that uuid and checks that it is whole. CORRUPT if not. */
  static Catalogue open(Path path, UUID bay, Reserve reserve) throws StorageException {
    requireHeader(path);
    try {
      Catalogue catalogue = checked(path, bay, reserve, connect(path));
      catalogue.makeRoom();
      return catalogue;
    } catch (SQLException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Opens a copy in memory, for a bay that may not change: SQLite would write, and on a disk that
   * takes no writes it would not even read. Changes go to the copy and end with it.
   */
  static Catalogue openCopy(Path path, UUID bay, Reserve reserve) throws StorageException {
    try {
      return checked(path, bay, reserve, copyToMemory(path));
    } catch (SQLException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
    }
  }

  /** A copy in memory as it is found, for the caller to close; of it the header checks. CORRUPT. */
  public static Connection copyToMemory(Path path) throws StorageException {
    requireHeader(path);
    try {
      Path directory = Files.createTempDirectory("copybay");
      Path copy = directory.resolve("catalogue.db");
      Path log = path.resolveSibling(path.getFileName() + LOG_SUFFIX);
      Path logCopy = directory.resolve("catalogue.db" + LOG_SUFFIX);
      try {
        Files.copy(path, copy);
        if (Files.exists(log)) {
          Files.copy(log, logCopy);
        }
        return load(copy);
      } finally {
        Files.deleteIfExists(logCopy);
        Files.deleteIfExists(copy);
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      throw FileFailure.of("copy " + path, e);
    } catch (SQLException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Gives the log and the database some pages to spare, so that on a full disk volumes can still be
   * deleted: what is written and deleted here leaves its space to later changes.
   */
  private void makeRoom() {
    try {
      execute("create table if not exists room (bytes blob)");
      execute("insert into room values (zeroblob(" + ROOM_BYTES + "))");
      execute("delete from room");
      execute("pragma wal_checkpoint(restart)"); // until then the pages are in the log only
    } catch (SQLException e) {
      LOG.warn("the catalogue has no room to spare: {}", e.getMessage());
    }
  }

  private static Connection load(Path copy) throws SQLException {
    Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
    try (Connection file = connect(copy);
        Statement statement = file.createStatement()) {
      statement.execute("pragma journal_mode=delete"); // brings the log into the file
    } catch (SQLException e) {
      memory.close();
      throw e;
    }
    try (Statement statement = memory.createStatement()) {
      statement.executeUpdate("restore from '" + copy + "'");
      return memory;
    } catch (SQLException e) {
      memory.close();
      throw e;
    }
  }

  /**
   * Looks at the file before SQLite does, which would take an empty one for a new database and
   * write to it, and does not mind a last page that is cut.
   */
  private static void requireHeader(Path path) throws StorageException {
    byte[] header;
    long length;
    try (InputStream file = Files.newInputStream(path)) {
      header = file.readNBytes(HEADER_LENGTH);
      length = Files.size(path);
    } catch (NoSuchFileException e) {
      throw damaged(path, "the file is missing");
    } catch (IOException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
    }
    if (header.length < HEADER_LENGTH
        || ByteBuffer.wrap(header).getInt(APPLICATION_ID_OFFSET) != APPLICATION_ID) {
      throw damaged(path, "it is empty or no catalogue");
    }
    int pageSize = ByteBuffer.wrap(header).getShort(PAGE_SIZE_OFFSET) & 0xffff;
    if (pageSize < HEADER_LENGTH || length % pageSize != 0) {
      throw damaged(path, length + " bytes are no whole number of pages of " + pageSize);
    }
  }

  private static Catalogue checked(Path path, UUID bay, Reserve reserve, Connection connection)
      throws SQLException, StorageException {
    boolean whole = false;
    try {
      check(path, bay, connection);
      whole = true;
      return new Catalogue(path, reserve, connection);
    } finally {
      if (!whole) {
        connection.close();
      }
    }
  }

  private static Connection connect(Path path) throws SQLException {
    // As a URI, because a plain name ends for the driver at a question mark.
    String uri = "jdbc:sqlite:file:" + path.toUri().getRawPath();
    Connection connection = DriverManager.getConnection(uri);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma locking_mode=exclusive");
      statement.execute("pragma journal_mode=wal");
      statement.execute("pragma synchronous=full");
      statement.execute("pragma mmap_size=0");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  private static void check(Path path, UUID bay, Connection connection)
      throws SQLException, StorageException {
    try (Statement statement = connection.createStatement()) {
      String health = text(statement, "pragma quick_check(1)");
      if (!health.equals("ok")) {
        throw damaged(path, health);
      }
      String found = text(statement, "select uuid from bay");
      if (!found.equals(bay.toString())) {
        throw damaged(path, "it belongs to bay " + found + ", want " + bay);
      }
    }
  }

  private static String text(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      String value = row.next() ? row.getString(1) : null;
      return value == null ? "" : value;
    }
  }

  private static StorageException damaged(Path path, String why) {
    return new StorageException(
        Fault.CORRUPT,
        "the catalogue " + path + " is damaged: " + why,
        "put back a copy of it; the bytes of the volumes are plain images in "
            + path.resolveSibling("volumes")
            + "/ID/home");
  }

  /** Runs a query. STORE_FAILED when the database cannot be read. */
  public <T> T read(Query<T> query) throws StorageException {
    try (var held = lock.enter()) {
      try {
        execute("begin");
        T result = query.run(connection);
        execute("commit");
        return result;
      } catch (SQLException e) {
        undo();
        throw failure(path, "read", e);
      } catch (RuntimeException e) {
        undo();
        throw e;
      }
    }
  }

  /**
   * Makes one change of state, whole or not at all; it survives power loss when this returns. On a
   * full disk the log of the database begins again in the space that it has, then the reserve is
   * released, and each time the change is tried again; the next change takes the reserve back if it
   * can. NO_SPACE, STORE_FAILED.
   *
   * <p>When a commit fails for another reason than a full disk, nobody knows whether it was made:
   * its record may be whole in the log, and then the next opening finds it made. From then on no
   * change is taken, and nothing may be done that would be wrong in one of the two cases.
   */
  public void change(Change change) throws StorageException {
    try (var held = lock.enter()) {
      requireKnown();
      SQLException full = attempt(change);
      if (full == null) {
        reserve.takeBack();
        return;
      }
      restartLog();
      full = attempt(change);
      if (full != null && reserve.release()) {
        LOG.warn("disk full: reserve released to record a change of state");
        full = attempt(change);
      }
      if (full != null) {
        throw new StorageException(
            Fault.NO_SPACE,
            "no space left to record a change in " + path,
            "free some space on its disk",
            full);
      }
    }
  }

  /** {@link #change}, tried once and without the reserve; false when the disk is full. */
  boolean changeIfRoom(Change change) throws StorageException {
    try (var held = lock.enter()) {
      requireKnown();
      return attempt(change) == null;
    }
  }

  /** Why it takes no changes until it is opened again, or null. */
  public @Nullable String failure() {
    return failure;
  }

  private void requireKnown() throws StorageException {
    String why = failure;
    if (why != null) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "the catalogue takes no changes: " + why,
          "copybay umount and mount it again");
    }
  }

  /** Tries a change once; returns the error when the disk was full, null when it is made. */
  private @Nullable SQLException attempt(Change change) throws StorageException {
    boolean made = false;
    boolean committing = false;
    try {
      execute("begin immediate");
      change.run(connection);
      committing = true;
      execute("commit");
      made = true;
      return null;
    } catch (SQLException e) {
      if (e.getErrorCode() == SQLITE_FULL) {
        return e;
      }
      if (committing) {
        failure = "the disk failed while a change was recorded (" + e.getMessage() + ")";
        LOG.error("catalogue={} {}", path, failure);
      }
      throw failure(path, "change", e);
    } finally {
      if (!made) {
        undo();
      }
    }
  }

  /** Brings the log into the database, so that the next change is written over its beginning. */
  private void restartLog() {
    try {
      execute("pragma wal_checkpoint(restart)");
    } catch (SQLException e) {
      LOG.warn("catalogue log not restarted: {}", e.toString());
    }
  }

  /**
   * Ends a transaction that failed. SQLite has done so by itself after some errors, a full disk
   * among them, and then says that there is none.
   */
  private void undo() {
    try {
      execute("rollback");
    } catch (SQLException e) {
      LOG.debug("catalogue rollback: {}", e.toString());
    }
  }

  private void execute(String statement) throws SQLException {
    try (Statement command = connection.createStatement()) {
      command.execute(statement);
    }
  }

  private static StorageException failure(Path path, String what, SQLException e) {
    Fault fault = e.getErrorCode() == SQLITE_FULL ? Fault.NO_SPACE : Fault.STORE_FAILED;
    return new StorageException(fault, what + " " + path + ": " + e.getMessage(), null, e);
  }

  @Override
  public void close() {
    try (var held = lock.enter()) {
      connection.close();
    } catch (SQLException e) {
      LOG.error("catalogue close: {}", e.toString());
    }
  }
}
