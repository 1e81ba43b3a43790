package org.copybay.volumes.check;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.Findings;
import org.copybay.volumes.Sql;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.audit.SealNotes;
import org.copybay.volumes.bay.BayLayout;
import org.copybay.volumes.bay.CatalogueFile;
import org.jspecify.annotations.Nullable;

/** The database by itself: its file, its structure, and each row of it. */
final class CatalogueCheck {
  private static final String WHAT = "catalogue";

  private final BayLayout layout;
  private final Connection connection;
  private final Findings findings;

  private CatalogueCheck(BayLayout layout, Connection connection, Findings findings) {
    this.layout = layout;
    this.connection = connection;
    this.findings = findings;
  }

  /**
   * Looks at a copy in memory of it.
   *
   * @param bay the uuid in copybay.bay, or null when that cannot be read
   * @return its rows, or null when they cannot be read
   */
  static @Nullable Rows run(BayLayout layout, @Nullable UUID bay, Findings all) {
    Findings findings = all.at(layout.catalogue() + " ", LabelCheck.rebuild(layout));
    try (Connection connection = CatalogueFile.copyToMemory(layout.catalogue())) {
      CatalogueCheck check = new CatalogueCheck(layout, connection, findings);
      boolean whole = check.structure("quick_check") && check.structure("integrity_check");
      check.identity(bay);
      AuditCheck.run(connection, findings);
      return whole ? check.rows() : null;
    } catch (StorageException e) {
      findings.damage(WHAT, "file", "a database of a bay", e.getMessage());
    } catch (SQLException e) {
      findings.damage(WHAT, "database", "it can be read", String.valueOf(e.getMessage()));
    }
    return null;
  }

  private boolean structure(String pragma) throws SQLException {
    boolean whole = true;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("pragma " + pragma + "(20)")) {
      while (row.next()) {
        String said = String.valueOf(row.getString(1));
        if (!said.equals("ok")) {
          findings.damage(WHAT, pragma, "ok", said);
          whole = false;
        }
      }
    }
    return whole;
  }

  private void identity(@Nullable UUID bay) throws SQLException {
    List<String> found = new ArrayList<>();
    forEach("bay", "uuid", row -> found.add(row.uuid("uuid").toString()));
    if (found.size() != 1 || (bay != null && !found.get(0).equals(bay.toString()))) {
      findings.damage(WHAT, "table bay", bay == null ? "one uuid" : bay, found);
    }
  }

  // ---- rows

  private Rows rows() throws SQLException {
    List<Rows.VolumeRow> volumes = new ArrayList<>();
    List<Rows.PointRow> points = new ArrayList<>();
    List<Rows.MemberRow> members = new ArrayList<>();
    List<Rows.BitmapRow> bitmaps = new ArrayList<>();
    List<Rows.JobRow> jobs = new ArrayList<>();
    Map<UUID, String> roots = SealNotes.newestRoots(connection);
    forEach("volume", "id", row -> keep(row, volume(row, roots), volumes));
    forEach("point", "id", row -> keep(row, point(row), points));
    forEach("point_volume", "point", row -> keep(row, member(row), members));
    forEach("bitmap", "id", row -> keep(row, bitmap(row), bitmaps));
    forEach("job", "id", row -> keep(row, job(row), jobs));
    Long change = CatalogueFile.counts(connection) ? CatalogueFile.number(connection) : null;
    return new Rows(change, volumes, points, members, bitmaps, jobs);
  }

  private static <T> void keep(Row row, T made, List<T> into) {
    if (row.sound()) {
      into.add(made);
    }
  }

  /** Takes a row. */
  @FunctionalInterface
  private interface Reading {
    void row(Row row) throws SQLException;
  }

  /** Tables other than those of volumes are made by the first mount. */
  private void forEach(String table, String key, Reading reading) throws SQLException {
    if (!Sql.hasTable(connection, table)) {
      if (table.equals("bay") || table.equals("volume")) {
        findings.damage(WHAT, "table " + table, "the table", "none");
      }
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select " + key + ", * from " + table)) {
      while (row.next()) {
        reading.row(new Row(table, row, findings));
      }
    }
  }

  private Rows.VolumeRow volume(Row row, Map<UUID, String> roots) throws SQLException {
    String state = row.word("state", "making", "ready", "copying", "dropping");
    boolean sized = state.equals("ready") || state.equals("copying");
    long most = state.equals("making") ? 0 : Long.MAX_VALUE;
    row.word("cache", "page", "block");
    row.instant("created");
    row.number("uid", Integer.MIN_VALUE, Integer.MAX_VALUE);
    row.number("gid", Integer.MIN_VALUE, Integer.MAX_VALUE);
    row.number("mode", 0, 0xffff);
    row.number("generation", state.equals("dropping") ? Long.MIN_VALUE : 1, Long.MAX_VALUE);
    Path chosen = row.pathOrNull("directory");
    UUID id = row.uuid("id");
    return new Rows.VolumeRow(
        id,
        row.number("inode", 1, Long.MAX_VALUE),
        row.volumeName("name"),
        state,
        row.number("size", sized ? 1 : 0, most),
        row.number("size_synced", 0, 1) == 1,
        chosen == null ? layout.volumes() : chosen,
        chosen != null,
        row.text("failure"),
        roots.get(id));
  }

  private static Rows.PointRow point(Row row) throws SQLException {
    return new Rows.PointRow(
        row.uuid("id"),
        row.number("inode", 1, Long.MAX_VALUE),
        row.pointName("name"),
        row.word("state", "ready", "dropping").equals("ready"),
        row.instant("created"));
  }

  private static Rows.MemberRow member(Row row) throws SQLException {
    row.number("mode", 0, 0xffff);
    return new Rows.MemberRow(
        row.uuid("point"),
        row.uuid("volume"),
        row.number("inode", 1, Long.MAX_VALUE),
        row.volumeName("name"),
        (int) row.number("number", 1, Integer.MAX_VALUE),
        row.number("size", 0, Long.MAX_VALUE));
  }

  private static Rows.BitmapRow bitmap(Row row) throws SQLException {
    row.instant("created");
    row.instant("since");
    return new Rows.BitmapRow(
        row.uuid("id"),
        row.uuid("volume"),
        row.bitmapName("name"),
        row.word("state", "ready", "dropping").equals("ready"),
        row.grain("grain"),
        row.text("damage"));
  }

  private static Rows.JobRow job(Row row) throws SQLException {
    String state =
        row.word(
            "state", "queued", "running", "paused", "interrupted", "done", "failed", "cancelled");
    boolean ended = List.of("done", "failed", "cancelled").contains(state);
    row.instant("created");
    row.number("checkpoint", 0, Long.MAX_VALUE);
    row.number("rate", 0, Long.MAX_VALUE);
    return new Rows.JobRow(
        String.valueOf(row.text("id")),
        String.valueOf(row.text("verb")),
        ended,
        row.uuidOrNull("target_id"));
  }
}
