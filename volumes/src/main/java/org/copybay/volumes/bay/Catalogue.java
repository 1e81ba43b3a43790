package org.copybay.volumes.bay;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
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
  private static final int SQLITE_FULL = 13;
  private static final int ROOM_BYTES = 512 * 1024;

  private final RankedLock lock = new RankedLock(LockRank.CATALOGUE);
  private final Path path;
  private final Reserve reserve;

  private final Connection connection; // guarded by lock

  // atomic: changed under lock, read without it
  private final AtomicLong number = new AtomicLong();

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

  /** Opens the catalogue of the bay of that uuid and checks that it is whole. CORRUPT if not. */
  static Catalogue open(Path path, UUID bay, Reserve reserve) throws StorageException {
    Catalogue catalogue = begun(new Catalogue(path, reserve, CatalogueFile.open(path, bay)));
    catalogue.makeRoom();
    return catalogue;
  }

  /**
   * Opens a copy in memory, for a bay that may not change: SQLite would write, and on a disk that
   * takes no writes it would not even read. Changes go to the copy and end with it.
   */
  static Catalogue openCopy(Path path, UUID bay, Reserve reserve) throws StorageException {
    return begun(new Catalogue(path, reserve, CatalogueFile.openCopy(path, bay)));
  }

  private static Catalogue begun(Catalogue catalogue) throws StorageException {
    boolean begun = false;
    try {
      if (catalogue.read(CatalogueFile::counts)) {
        catalogue.number.set(catalogue.read(CatalogueFile::number));
      } else {
        catalogue.change(CatalogueFile::count);
      }
      begun = true;
      return catalogue;
    } finally {
      if (!begun) {
        catalogue.close();
      }
    }
  }

  /** The number of the newest change, 1 or more; each change has a higher one than those before. */
  long number() {
    return number.get();
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
      CatalogueFile.next(connection);
      committing = true;
      execute("commit");
      made = true;
      number.incrementAndGet();
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

  static StorageException failure(Path path, String what, SQLException e) {
    Fault fault = e.getErrorCode() == SQLITE_FULL ? Fault.NO_SPACE : Fault.STORE_FAILED;
    String message = what + " " + path + ": " + e.getMessage();
    return new StorageException(fault, message, remedy(path, what), e);
  }

  private static @Nullable String remedy(Path path, String what) {
    String rebuild = Labels.remedy(path.resolveSibling(""));
    return switch (what) {
      case "read" -> rebuild;
      case "open" -> "dmesg | tail; where the disk has lost its bytes, " + rebuild;
      case "copy" -> CatalogueFile.OTHER_PLACE;
      default -> null;
    };
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
