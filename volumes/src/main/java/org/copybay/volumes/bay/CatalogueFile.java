package org.copybay.volumes.bay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;

/** The SQLite file of a catalogue: how it is made, opened, copied, and known to be whole. */
public final class CatalogueFile {
  private static final int APPLICATION_ID = 0x43504259; // "CPBY"
  private static final int APPLICATION_ID_OFFSET = 68; // in the header of an SQLite file
  private static final int HEADER_LENGTH = 100;
  private static final int PAGE_SIZE_OFFSET = 16; // big-endian; SQLite's default of 4096 is kept

  // the driver's own, and SQLite's PERM, BUSY, NOMEM, READONLY, IOERR, FULL, CANTOPEN
  private static final Set<Integer> ENVIRONMENT = Set.of(0, 3, 5, 7, 8, 10, 13, 14);
  private static final int PRIMARY_CODE = 0xff;

  private static final int TRANSFER_BYTES = 1 << 16;

  /** What to type where a copy of it finds no place. */
  static final String OTHER_PLACE =
      "room there, or another place: COPYBAY_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY";

  /** What stands behind the name of the write-ahead log. */
  static final String LOG_SUFFIX = "-wal";

  private CatalogueFile() {}

  /** Makes a new catalogue for the bay of that uuid. */
  static void create(Path path, UUID bay) throws StorageException {
    try (Connection connection = connect(path);
        Statement statement = connection.createStatement()) {
      statement.execute("pragma application_id=" + APPLICATION_ID);
      statement.execute("create table bay (uuid text not null, " + CHANGE + ")");
      statement.execute("insert into bay (uuid) values ('" + bay + "')");
      VolumeTable.create(connection);
    } catch (SQLException e) {
      throw Catalogue.failure(path, "create", e);
    }
  }

  /** Opens that of the bay of that uuid, and checks that it is whole. CORRUPT if not. */
  static Connection open(Path path, UUID bay) throws StorageException {
    requireHeader(path);
    try {
      return checked(path, bay, connect(path));
    } catch (SQLException e) {
      throw failure(path, "open", e);
    }
  }

  /** Opens a copy of it in memory: nothing is written beside it. CORRUPT if it is not whole. */
  static Connection openCopy(Path path, UUID bay) throws StorageException {
    try {
      return checked(path, bay, copyToMemory(path));
    } catch (SQLException e) {
      throw failure(path, "copy", e);
    }
  }

  /**
   * A copy in memory as it is found, which the caller closes: only the header was looked at.
   * CORRUPT.
   */
  public static Connection copyToMemory(Path path) throws StorageException {
    requireHeader(path);
    try {
      return copy(path);
    } catch (SQLException e) {
      throw failure(path, "copy", e);
    }
  }

  /**
   * A copy of a database and its log, in memory, as far as it can be read. CORRUPT where its bytes
   * cannot be read.
   */
  static Connection copy(Path path) throws StorageException, SQLException {
    Path place = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      place = Files.createTempDirectory("copybay");
      Path copy = place.resolve("catalogue.db");
      try {
        transfer(path, copy);
        if (Files.exists(log(path))) {
          transfer(log(path), log(copy));
        }
        return load(copy);
      } finally {
        Files.deleteIfExists(log(copy));
        Files.deleteIfExists(copy);
        Files.deleteIfExists(place);
      }
    } catch (IOException e) {
      StorageException why = FileFailure.of("copy " + path + " to " + place, e);
      throw new StorageException(why.fault(), why.getMessage(), OTHER_PLACE, e);
    }
  }

  /** Tells an error of what is read from one of what is written. */
  private static void transfer(Path from, Path to) throws IOException, StorageException {
    byte[] bytes = new byte[TRANSFER_BYTES];
    try (InputStream source = open(from);
        OutputStream target = Files.newOutputStream(to)) {
      for (int count = read(source, bytes, from); count >= 0; count = read(source, bytes, from)) {
        target.write(bytes, 0, count);
      }
    }
  }

  private static InputStream open(Path from) throws StorageException {
    try {
      return Files.newInputStream(from);
    } catch (IOException e) {
      throw FileFailure.of("open " + from, e);
    }
  }

  private static int read(InputStream source, byte[] bytes, Path from) throws StorageException {
    try {
      return source.read(bytes);
    } catch (IOException e) {
      throw damaged(from, String.valueOf(e.getMessage()));
    }
  }

  /** Where the write-ahead log of a database lies. */
  static Path log(Path path) {
    return path.resolveSibling(path.getFileName() + LOG_SUFFIX);
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
      statement.executeUpdate("restore from '" + copy.toString().replace("'", "''") + "'");
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

  private static Connection checked(Path path, UUID bay, Connection connection)
      throws SQLException, StorageException {
    boolean whole = false;
    try (Statement statement = connection.createStatement()) {
      String health = text(statement, "pragma quick_check(1)");
      if (!health.equals("ok")) {
        throw damaged(path, health);
      }
      String found = text(statement, "select uuid from bay");
      if (!found.equals(bay.toString())) {
        Labels.requireOwnBay(new BayLayout(path.resolveSibling("")), bay);
        throw damaged(path, "it belongs to bay " + found + ", want " + bay);
      }
      whole = true;
      return connection;
    } finally {
      if (!whole) {
        connection.close();
      }
    }
  }

  private static String text(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      String value = row.next() ? row.getString(1) : null;
      return value == null ? "" : value;
    }
  }

  private static StorageException failure(Path path, String what, SQLException e) {
    return meansDamage(e)
        ? damaged(path, String.valueOf(e.getMessage()))
        : Catalogue.failure(path, what, e);
  }

  /** Whether it is the database, and not the disk or the machine, that SQLite complains of. */
  static boolean meansDamage(SQLException e) {
    return !ENVIRONMENT.contains(e.getErrorCode() & PRIMARY_CODE);
  }

  private static StorageException damaged(Path path, String why) {
    return new StorageException(
        Fault.CORRUPT,
        "the catalogue " + path + " is damaged: " + why,
        Labels.remedy(path.resolveSibling("")));
  }

  // ---- the number of the newest change

  private static final String CHANGE = "change integer not null default 0";

  /** Whether it counts changes; that of an earlier program does not. */
  public static boolean counts(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return text(statement, "select name from pragma_table_info('bay') where name='change'")
          .equals("change");
    }
  }

  /** Lets it count them from now on. */
  static void count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("alter table bay add column " + CHANGE);
    }
  }

  /** The number of the newest change. */
  public static long number(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select change from bay")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Counts one more. */
  static void next(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("update bay set change = change + 1");
    }
  }
}
