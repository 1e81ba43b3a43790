package org.copybay.volumes.check;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.VolumeName;
import org.copybay.volumes.bitmap.Grain;
import org.jspecify.annotations.Nullable;

/**
 * One row of a table of the catalogue, column by column: what no program writes is reported, and
 * the row is then not {@link #sound}. Used by one thread.
 */
final class Row {
  private static final UUID NO_UUID = new UUID(0, 0);

  private final String table;
  private final String id;
  private final ResultSet row;
  private final Findings findings;
  private boolean sound = true;

  /** The row that the result stands at. */
  Row(String table, ResultSet row, Findings findings) throws SQLException {
    this.table = table;
    this.row = row;
    this.findings = findings;
    this.id = String.valueOf(row.getString(1));
  }

  boolean sound() {
    return sound;
  }

  private void wrong(String column, String wanted, @Nullable String got) {
    sound = false;
    findings.damage("row of " + table, id + " column " + column, wanted, String.valueOf(got));
  }

  /** The text of a column that may be null. */
  @Nullable String text(String column) throws SQLException {
    return row.getString(column);
  }

  String word(String column, String... allowed) throws SQLException {
    String found = row.getString(column);
    if (found == null || !Arrays.asList(allowed).contains(found)) {
      wrong(column, "one of " + List.of(allowed), found);
      return allowed[0];
    }
    return found;
  }

  Grain grain(String column) throws SQLException {
    String found = row.getString(column);
    try {
      return Grain.ofWord(String.valueOf(found));
    } catch (IllegalArgumentException e) {
      wrong(column, "one of 127, track and sector-BYTES", found);
      return Grain.TRACK;
    }
  }

  UUID uuid(String column) throws SQLException {
    UUID found = uuidOrNull(column);
    if (found == null && row.getString(column) == null) {
      wrong(column, "a uuid", null);
    }
    return found == null ? NO_UUID : found;
  }

  /** Also null where the column is. */
  @Nullable UUID uuidOrNull(String column) throws SQLException {
    String found = row.getString(column);
    if (found == null) {
      return null;
    }
    try {
      UUID parsed = UUID.fromString(found);
      if (!parsed.toString().equals(found)) {
        wrong(column, "the uuid as " + parsed, found);
      }
      return parsed;
    } catch (IllegalArgumentException e) {
      wrong(column, "a uuid", found);
      return NO_UUID;
    }
  }

  long number(String column, long least, long most) throws SQLException {
    String text = row.getString(column);
    try {
      long found = Long.parseLong(String.valueOf(text));
      if (found >= least && found <= most) {
        return found;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    wrong(column, "a number from " + least + " to " + most, text);
    return least;
  }

  Instant instant(String column) throws SQLException {
    String text = row.getString(column);
    try {
      return Instant.parse(String.valueOf(text));
    } catch (DateTimeException e) {
      wrong(column, "a time such as 2026-01-31T12:00:00Z", text);
      return Instant.EPOCH;
    }
  }

  /** An absolute path, or null where the column is. */
  @Nullable Path pathOrNull(String column) throws SQLException {
    String text = row.getString(column);
    if (text == null) {
      return null;
    }
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      // reported below
    }
    wrong(column, "an absolute path", text);
    return null;
  }

  String name(String column) throws SQLException {
    String text = row.getString(column);
    try {
      VolumeName.require(String.valueOf(text));
    } catch (StorageException e) {
      wrong(column, "a file name", text);
    }
    return String.valueOf(text);
  }

  /** The name of a point, or job/ID, session/KEY or backup/ID for one that nobody sees. */
  String pointName(String column) throws SQLException {
    return hiddenName(column, Rows.OF_JOB, Rows.OF_SESSION, Rows.OF_BACKUP);
  }

  /** The name of a write bitmap, or quickopc/... or optical/... for one that nobody sees. */
  String bitmapName(String column) throws SQLException {
    return hiddenName(column, Rows.OF_QUICKOPC, Rows.OF_OPTICAL);
  }

  /** The name of a volume, or optical/SIDE for one that is no file in volumes/. */
  String volumeName(String column) throws SQLException {
    return hiddenName(column, Rows.OF_OPTICAL);
  }

  private String hiddenName(String column, String... begins) throws SQLException {
    String text = row.getString(column);
    boolean hidden = text != null && Stream.of(begins).anyMatch(text::startsWith);
    return hidden ? text : name(column);
  }
}
