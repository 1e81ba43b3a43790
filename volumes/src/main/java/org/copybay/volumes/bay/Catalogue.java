package org.copybay.volumes.bay;

import java.nio.file.Files;
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
    if (!Files.exists(path)) {
      throw damaged(path, "the file is missing");
    }
    try {
      Connection connection = connect(path);
      try {
        check(path, bay, connection);
      } catch (SQLException | StorageException e) {
        connection.close();
        throw e;
      }
      connection.setAutoCommit(false);
      return new Catalogue(path, reserve, connection);
    } catch (SQLException e) {
      throw damaged(path, String.valueOf(e.getMessage()));
    }
  }

  private static Connection connect(Path path) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
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
      if (!text(statement, "pragma application_id").equals(String.valueOf(APPLICATION_ID))) {
        throw damaged(path, "it is empty or no catalogue");
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
        T result = query.run(connection);
        connection.rollback();
        return result;
      } catch (SQLException e) {
        undo();
        throw failure(path, "read", e);
      }
    }
  }

  /**
   * Makes one change of state, whole or not at all; it survives power loss when this returns. On a
   * full disk the reserve is released and the change is tried once more. NO_SPACE, STORE_FAILED.
   */
  public void change(Change change) throws StorageException {
    try (var held = lock.enter()) {
      try {
        commit(change);
      } catch (SQLException e) {
        undo();
        if (e.getErrorCode() != SQLITE_FULL || !reserve.release()) {
          throw failure(path, "change", e);
        }
        LOG.warn("disk full: reserve released to record a change of state");
        retry(change);
      }
    }
  }

  private void retry(Change change) throws StorageException {
    try {
      commit(change);
    } catch (SQLException e) {
      undo();
      throw failure(path, "change", e);
    }
  }

  private void commit(Change change) throws SQLException {
    change.run(connection);
    connection.commit();
  }

  private void undo() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.error("catalogue rollback: {}", e.toString());
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
