package org.copybay.volumes.bay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.AuditTakeover;
import org.copybay.volumes.store.Entries;
import org.jspecify.annotations.Nullable;

/**
 * What can still be read of a catalogue that another one takes the place of: the one that lies in
 * the bay, or, where there is none, the one that was kept last. It is looked at in a copy. Used by
 * one thread.
 */
final class OldCatalogue implements AutoCloseable {
  /*
   * A recovery whose volumes show its backup: what was made of them since needs it too. One that is
   * not that far would be carried out by the next mount, over whatever the volumes hold by then.
   */
  private static final String UNSWITCHED =
      "(select 1 from sg_pair p where p.session=%1$s.session and p.recovery=%1$s.%2$s and"
          + " p.switched=0)";

  /** What is taken over as it is; of the jobs only those that have ended. */
  private static final List<String> KEPT =
      List.of(
          "audit",
          "accepted_command",
          "job where ended is not null",
          "shadow_set",
          "shadow_member",
          "vault_clock",
          "schedule",
          "sg_session",
          "sg_copy_set",
          "sg_backup",
          "sg_hold",
          "sg_rolled",
          "sg_verified",
          "sg_dual_control",
          "sg_request",
          "sg_recovery where not exists " + UNSWITCHED.formatted("sg_recovery", "name"),
          "sg_pair where not exists " + UNSWITCHED.formatted("sg_pair", "recovery"),
          "sg_setting");

  private final @Nullable Connection connection;
  private final boolean inOrder;
  private @Nullable String auditProblem;

  private OldCatalogue(@Nullable Connection connection, boolean inOrder) {
    this.connection = connection;
    this.inOrder = inOrder;
  }

  /** That of a bay; one of another bay says nothing. */
  static OldCatalogue read(BayLayout layout, UUID bay) throws StorageException {
    boolean there = Files.exists(layout.catalogue());
    Path path = there ? layout.catalogue() : kept(layout);
    Connection copy = path == null ? null : copy(path, bay);
    return new OldCatalogue(copy, there && isWhole(layout, bay));
  }

  private static @Nullable Path kept(BayLayout layout) {
    try {
      return Entries.of(layout.root()).stream()
          .filter(OldCatalogue::isKept)
          .max(Comparator.naturalOrder())
          .orElse(null);
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean isKept(Path path) {
    String name = String.valueOf(path.getFileName());
    return name.startsWith(Rebuild.REPLACED) && !name.endsWith(CatalogueFile.LOG_SUFFIX);
  }

  private static @Nullable Connection copy(Path path, UUID bay) throws StorageException {
    try {
      Connection copy = CatalogueFile.copy(path);
      if (bay.toString().equals(uuid(copy))) {
        return copy;
      }
      copy.close();
    } catch (StorageException e) {
      requireDamage(e);
    } catch (SQLException e) {
      requireDamage(path, e);
    }
    return null;
  }

  private static @Nullable String uuid(Connection copy) {
    try (Statement statement = copy.createStatement();
        ResultSet row = statement.executeQuery("select uuid from bay")) {
      return row.next() ? row.getString(1) : null;
    } catch (SQLException e) {
      return null;
    }
  }

  /** A copy that could not be made says nothing of the catalogue: the rebuild ends. */
  private static void requireDamage(Path path, SQLException e) throws StorageException {
    if (!CatalogueFile.meansDamage(e)) {
      throw Catalogue.failure(path, "copy", e);
    }
  }

  private static boolean isWhole(BayLayout layout, UUID bay) throws StorageException {
    try (Connection copy = CatalogueFile.openCopy(layout.catalogue(), bay)) {
      PointTable.create(copy);
      BitmapTable.create(copy);
      VolumeTable.all(copy);
      PointTable.all(copy);
      BitmapTable.all(copy);
      return true;
    } catch (SQLException e) {
      requireDamage(layout.catalogue(), e);
    } catch (StorageException e) {
      requireDamage(e);
    }
    return false;
  }

  private static void requireDamage(StorageException e) throws StorageException {
    if (e.fault() != Fault.CORRUPT) {
      throw e;
    }
  }

  /** Whether any of it could be read. */
  boolean readable() {
    return connection != null;
  }

  /** Whether it is the one of the bay, and every row of it can be read. */
  boolean inOrder() {
    return inOrder;
  }

  /** The number of its newest change, 0 when that cannot be read. */
  long number() {
    Connection from = connection;
    try {
      return from != null && CatalogueFile.counts(from) ? CatalogueFile.number(from) : 0;
    } catch (SQLException e) {
      return 0;
    }
  }

  List<VolumeRecord> volumes() {
    return rows(VolumeTable::all);
  }

  List<PointTable.Row> points() {
    return rows(PointTable::all);
  }

  List<BitmapTable.Row> bitmaps() {
    return rows(BitmapTable::all);
  }

  /** The ids of the jobs that had not ended. */
  List<String> unendedJobs() {
    return words("select id from job where ended is null order by id");
  }

  /** The copy groups of QuickOPC; nothing of them is taken over. */
  List<String> copyGroups() {
    return words("select name from opc_group order by name");
  }

  /** The recoveries of safeguarded sessions of which nothing is taken over. */
  List<String> recoveries() {
    return words(
        "select session || '/' || name from sg_recovery where exists "
            + UNSWITCHED.formatted("sg_recovery", "name")
            + " order by session, name");
  }

  private List<String> words(String query) {
    Connection from = connection;
    return from == null
        ? List.of()
        : readable(from, query).stream().map(row -> String.valueOf(row.get(0))).toList();
  }

  /** Why its audit log became a new chain, or null; known after {@link #copyTo}. */
  @Nullable String auditProblem() {
    return auditProblem;
  }

  private <T> List<T> rows(Catalogue.Query<List<T>> query) {
    Connection from = connection;
    try {
      return from == null ? List.of() : query.run(from);
    } catch (SQLException e) {
      return List.of(); // the labels have them
    }
  }

  /** Gives another catalogue what only this one knows, as far as it can be read. */
  void copyTo(Connection target, Instant now) throws SQLException {
    Connection from = connection;
    if (from == null) {
      AuditTakeover.begin(target, now, "no audit log from before could be read");
      return;
    }
    auditProblem = AuditTakeover.copy(from, target, now);
    for (String what : KEPT) {
      String table = what.split(" ", 2)[0];
      String made = creation(from, table);
      if (made != null) {
        try (Statement statement = target.createStatement()) {
          statement.execute(made);
        }
        copyRows(from, "select * from " + what, table, target);
      }
    }
  }

  private static @Nullable String creation(Connection from, String table) {
    try (PreparedStatement statement =
        from.prepareStatement("select sql from sqlite_master where type='table' and name=?")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    } catch (SQLException e) {
      return null;
    }
  }

  private static void copyRows(Connection from, String query, String table, Connection target)
      throws SQLException {
    for (List<@Nullable Object> row : readable(from, query)) {
      String places = String.join(",", Collections.nCopies(row.size(), "?"));
      try (PreparedStatement statement =
          target.prepareStatement("insert or ignore into " + table + " values (" + places + ")")) {
        for (int i = 0; i < row.size(); i++) {
          statement.setObject(i + 1, row.get(i));
        }
        statement.executeUpdate();
      }
    }
  }

  private static List<List<@Nullable Object>> readable(Connection from, String query) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (Statement statement = from.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          values.add(row.getObject(i));
        }
        rows.add(values);
      }
    } catch (SQLException e) {
      return rows; // those before the damage
    }
    return rows;
  }

  @Override
  public void close() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      return; // a copy in memory
    }
  }
}
