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
  private static final String LOG_SUFFIX = "-wal";
  private static final int SQLITE_FULL = 13;

  private final RankedLock lock = new RankedLock(LockRank.CATALOGUE);
  private final Path path;
  private final Reserve reserve;

  private final Connection connection; // guarded by lock

  /** Reads rows inside one transaction. */
  @FunctionalInterface
  public interface Query<T> {
    /** Runs on the connection, which is the caller's for the time of the call. */
    T run(Connection connection) throws SQLException;
  }

  /** Changes rows inside one transaction. */
  @FunctionalInterface
  public interface Change {
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
      return checked(path, bay, reserve, connect(path));
    } catch (SQLException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Opens a copy in memory, for a bay that may not change: SQLite would write, and on a disk that
   * takes no writes it would not even read. Changes go to the copy and end with it.
   */
  static Catalogue openCopy(Path path, UUID bay, Reserve reserve) throws StorageException {
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
        return checked(path, bay, reserve, load(copy));
      } finally {
        Files.deleteIfExists(logCopy);
        Files.deleteIfExists(copy);
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, "copy " + path + ": " + e, null, e);
    } catch (SQLException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
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
   * write to it.
   */
  private static void requireHeader(Path path) throws StorageException {
    byte[] header;
    try (InputStream file = Files.newInputStream(path)) {
      header = file.readNBytes(HEADER_LENGTH);
    } catch (NoSuchFileException e) {
      throw damaged(path, "the file is missing");
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, "read " + path + ": " + e, null, e);
    }
    if (header.length < HEADER_LENGTH
        || ByteBuffer.wrap(header).getInt(APPLICATION_ID_OFFSET) != APPLICATION_ID) {
      throw damaged(path, "it is empty or no catalogue");
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
      execute("begin");
      try {
        return query.run(connection);
      } finally {
        undo();
      }
    } catch (SQLException e) {
      throw failure(path, "read", e);
    }
  }

  /**
   * Makes one change of state, whole or not at all; it survives power loss when this returns. On a
   * full disk the log begins again in the space that it has, then the reserve is released; the next
   * change takes that again if it can. NO_SPACE, STORE_FAILED.
   */
  public void change(Change change) throws StorageException {
    try (var held = lock.enter()) {
      if (tried(change) || (restartedLog() && tried(change))) {
        reserve.takeBack();
        return;
      }
      if (reserve.release()) {
        LOG.warn("disk full: reserve released to record a change of state");
      }
      if (!tried(change)) {
        throw new StorageException(
            Fault.NO_SPACE, "change " + path + ": no space left to record it", "free some space");
      }
    }
  }

  /** Makes the change; false when the disk is full. */
  private boolean tried(Change change) throws StorageException {
    boolean committed = false;
    try {
      execute("begin");
      change.run(connection);
      execute("commit");
      committed = true;
    } catch (SQLException e) {
      if (e.getErrorCode() != SQLITE_FULL) {
        throw failure(path, "change", e);
      }
    } finally {
      if (!committed) {
        undo();
      }
    }
    return committed;
  }

  /** Brings the log into the database, so that the next change is written over its beginning. */
  private boolean restartedLog() {
    try (Statement statement = connection.createStatement()) {
      return text(statement, "pragma wal_checkpoint(restart)").equals("0");
    } catch (SQLException e) {
      LOG.warn("log of the catalogue not restarted: {}", e.toString());
      return false;
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends a transaction without a trace; after some errors SQLite has done so by itself. */
  private void undo() {
    try {
      execute("rollback");
    } catch (SQLException e) {
      LOG.debug("catalogue rollback: {}", e.toString());
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
