package org.copybay.copy.library;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.copybay.copy.library.MediumFacts.CopyOf;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Files;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.Sql;

/** The tables of libraries and cartridges. */
final class TapeTable {
  private TapeTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists tape_library (name text primary key, type text not null,"
              + " drives text not null, transfers integer not null, slots integer not null,"
              + " mail integer not null, media text not null, path text)");
      if (isGoneOld(connection)) {
        statement.execute("drop table tape_gone");
      }
      statement.execute(
          "create table if not exists tape_gone (directory text not null, id text not null,"
              + " primary key (directory, id))");
      boolean labelled = Sql.hasTable(connection, "tape_unlabelled");
      statement.execute("create table if not exists tape_unlabelled (barcode text primary key)");
      statement.execute(
          "create table if not exists tape_mam (barcode text not null, id integer not null,"
              + " value blob not null, primary key (barcode, id))");
      statement.execute(
          "create table if not exists tape_cartridge (barcode text primary key,"
              + " id text not null unique, inode integer not null unique, kind text not null,"
              + " media text not null, capacity integer not null, compressed integer not null,"
              + " tab integer not null, home text, version integer not null, library text, element integer not null,"
              + " drive integer not null, location text not null, formatted integer not null,"
              + " loads integer not null, created text not null, pool text not null,"
              + " label text not null, protection text not null, sealed integer not null,"
              + " copy_source text, copy_barcode text, copy_lives integer, copy_objects integer,"
              + " copy_at text, copy_job text, copy_sha256 text, job text, damage text,"
              + " objects integer not null, marks integer not null, bytes integer not null,"
              + " image integer not null, lives integer not null, written text)");
      if (!labelled) { // of a program that knew no labels
        statement.execute(
            "insert into tape_unlabelled select barcode from tape_cartridge where formatted=1");
      }
    }
  }

  // ---- cartridges whose label may be behind

  static void putUnlabelled(Connection connection, String barcode) throws SQLException {
    Sql.run(connection, "insert or ignore into tape_unlabelled values (?)", barcode);
  }

  static void deleteUnlabelled(Connection connection, String barcode) throws SQLException {
    Sql.run(connection, "delete from tape_unlabelled where barcode=?", barcode);
  }

  static List<String> unlabelled(Connection connection) throws SQLException {
    return Sql.words(connection, "select barcode from tape_unlabelled");
  }

  // ---- directories of destroyed cartridges, until they are gone

  static void putGone(Connection connection, Gone gone) throws SQLException {
    Sql.run(
        connection,
        "insert or ignore into tape_gone values (?,?)",
        gone.directory(),
        gone.id().toString());
  }

  /** Of a program that did not say of what medium: nothing is removed by its rows. */
  private static boolean isGoneOld(Connection connection) throws SQLException {
    return Sql.words(connection, "select name from pragma_table_info('tape_gone')").size() == 1;
  }

  /** They are removed, or are no business of that medium any more. */
  static void deleteGone(Connection connection, Gone gone) throws SQLException {
    Sql.run(
        connection,
        "delete from tape_gone where directory=? and id=?",
        gone.directory(),
        gone.id().toString());
  }

  /**
   * New files of that medium are there. In the bay none that was there before may ever remove them.
   */
  static void replaceGone(Connection connection, Gone gone) throws SQLException {
    deleteGone(connection, gone);
    Sql.run(
        connection,
        "delete from tape_gone where directory=? and directory not like '/%'",
        gone.directory());
  }

  static List<Gone> gone(Connection connection) throws SQLException {
    List<Gone> found = new ArrayList<>();
    if (isGoneOld(connection)) {
      return found;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from tape_gone order by directory, id")) {
      while (row.next()) {
        found.add(new Gone(row.getString("directory"), UUID.fromString(row.getString("id"))));
      }
    }
    return found;
  }

  // ---- what programs left with a cartridge

  static void putMam(Connection connection, String barcode, int id, byte[] value)
      throws SQLException {
    if (value.length == 0) {
      Sql.run(connection, "delete from tape_mam where barcode=? and id=?", barcode, id);
    } else {
      Sql.run(connection, "insert or replace into tape_mam values (?,?,?)", barcode, id, value);
    }
  }

  static Map<Integer, byte[]> mam(Connection connection, String barcode) throws SQLException {
    Map<Integer, byte[]> found = new TreeMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement("select id, value from tape_mam where barcode=?")) {
      statement.setString(1, barcode);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.put(row.getInt(1), row.getBytes(2));
        }
      }
    }
    return found;
  }

  // ---- libraries

  static void put(Connection connection, LibraryRecord library) throws SQLException {
    Sql.run(
        connection,
        "insert or replace into tape_library values (?,?,?,?,?,?,?,?)",
        library.name(),
        library.type().word(),
        library.drives().stream().map(String::valueOf).collect(Collectors.joining(",")),
        library.transfers(),
        library.slots(),
        library.mailSlots(),
        library.media().name(),
        library.path());
  }

  static void delete(Connection connection, LibraryRecord library) throws SQLException {
    Sql.run(connection, "delete from tape_library where name=?", library.name());
  }

  static List<LibraryRecord> libraries(Connection connection) throws SQLException {
    List<LibraryRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from tape_library order by name")) {
      while (row.next()) {
        found.add(
            new LibraryRecord(
                row.getString("name"),
                LibraryType.of(row.getString("type")),
                Stream.of(row.getString("drives").split(","))
                    .filter(each -> !each.isEmpty())
                    .map(Integer::valueOf)
                    .toList(),
                row.getInt("transfers"),
                row.getInt("slots"),
                row.getInt("mail"),
                TapeMedia.valueOf(row.getString("media")),
                row.getString("path")));
      }
    }
    return found;
  }

  // ---- cartridges

  static void put(Connection connection, TapeRecord tape) throws SQLException {
    Place place = tape.place();
    MediumFacts medium = tape.medium();
    CopyOf copy = medium.copy();
    Contents contents = tape.contents();
    Instant written = contents.written();
    Sql.run(
        connection,
        "insert or replace into tape_cartridge values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
            + "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        tape.barcode(),
        tape.id().toString(),
        tape.inode(),
        tape.kind().word(),
        tape.media().name(),
        tape.capacity(),
        tape.compressed() ? 1 : 0,
        tape.tab() ? 1 : 0,
        tape.files().home(),
        tape.files().version(),
        place.library(),
        place.element(),
        place.drive(),
        place.location(),
        tape.files().formatted() ? 1 : 0,
        tape.loads(),
        tape.created().toString(),
        medium.pool(),
        medium.label(),
        medium.protection().word(),
        medium.sealedLife(),
        copy == null ? null : copy.source().toString(),
        copy == null ? null : copy.barcode(),
        copy == null ? null : copy.lives(),
        copy == null ? null : copy.objects(),
        copy == null ? null : copy.at().toString(),
        copy == null ? null : copy.job(),
        copy == null ? null : copy.sha256(),
        medium.job(),
        medium.damage(),
        contents.objects(),
        contents.marks(),
        contents.bytes(),
        contents.imageBytes(),
        contents.lives(),
        written == null ? null : written.toString());
  }

  static void delete(Connection connection, TapeRecord tape) throws SQLException {
    Sql.run(connection, "delete from tape_cartridge where barcode=?", tape.barcode());
    Sql.run(connection, "delete from tape_mam where barcode=?", tape.barcode());
  }

  static List<TapeRecord> cartridges(Connection connection) throws SQLException {
    List<TapeRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from tape_cartridge order by barcode")) {
      while (row.next()) {
        found.add(cartridge(row));
      }
    }
    return found;
  }

  private static TapeRecord cartridge(ResultSet row) throws SQLException {
    String written = row.getString("written");
    return new TapeRecord(
        row.getString("barcode"),
        UUID.fromString(row.getString("id")),
        row.getLong("inode"),
        MediumKind.of(row.getString("kind")),
        TapeMedia.valueOf(row.getString("media")),
        row.getLong("capacity"),
        row.getBoolean("compressed"),
        row.getBoolean("tab"),
        new Files(row.getString("home"), row.getInt("version"), row.getBoolean("formatted")),
        new Place(
            row.getString("library"),
            row.getInt("element"),
            row.getInt("drive"),
            row.getString("location")),
        row.getInt("loads"),
        Instant.parse(row.getString("created")),
        medium(row),
        new Contents(
            row.getLong("objects"),
            row.getInt("marks"),
            row.getLong("bytes"),
            row.getLong("image"),
            row.getInt("lives"),
            written == null ? null : Instant.parse(written)));
  }

  private static MediumFacts medium(ResultSet row) throws SQLException {
    String source = row.getString("copy_source");
    CopyOf copy =
        source == null
            ? null
            : new CopyOf(
                UUID.fromString(source),
                row.getString("copy_barcode"),
                row.getInt("copy_lives"),
                row.getLong("copy_objects"),
                Instant.parse(row.getString("copy_at")),
                row.getString("copy_job"),
                row.getString("copy_sha256"));
    return new MediumFacts(
        row.getString("pool"),
        row.getString("label"),
        Protection.of(row.getString("protection")),
        row.getInt("sealed"),
        copy,
        row.getString("job"),
        row.getString("damage"));
  }
}
