package org.copybay.copy.optical;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Sql;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.jspecify.annotations.Nullable;

/** The tables of optical devices, cartridges and volumes. */
final class OpticalTable {
  private OpticalTable() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create table if not exists optical_device (name text primary key, type text not null,"
              + " drives integer not null, slots integer not null, images text not null)");
      statement.execute("create table if not exists optical_gone (bytes text primary key)");
      statement.execute("create table if not exists optical_stopped (job text primary key)");
      statement.execute(
          "create table if not exists optical_cartridge (name text primary key,"
              + " type text not null, sector integer not null, sides integer not null,"
              + " device text, slot integer not null, up integer not null, location text not null)");
      statement.execute(
          "create table if not exists optical_side (key text primary key,"
              + " cartridge text not null, side integer not null, bytes text not null unique,"
              + " inode integer not null unique, id text not null, state text not null,"
              + " uid integer not null, gid integer not null, mode integer not null,"
              + " type text not null, primary_key text, format text not null,"
              + " threshold integer not null, text text not null, created text not null,"
              + " usable integer not null, first integer not null, protected integer not null,"
              + " dup_of text, dup_at text, dup_job text, dup_source_hash text, dup_hash text,"
              + " base_source text, base_source_bitmap text, base_target_bitmap text,"
              + " base_end integer)");
    }
  }

  // ---- volumes of destroyed sides, until their files are gone

  static void putGone(Connection connection, UUID bytes) throws SQLException {
    Sql.run(connection, "insert or ignore into optical_gone values (?)", bytes.toString());
  }

  static void deleteGone(Connection connection, UUID bytes) throws SQLException {
    Sql.run(connection, "delete from optical_gone where bytes=?", bytes.toString());
  }

  static List<UUID> gone(Connection connection) throws SQLException {
    return Sql.words(connection, "select bytes from optical_gone").stream()
        .map(UUID::fromString)
        .toList();
  }

  // ---- jobs that a clean end of the mount stopped

  static void putStopped(Connection connection, String job) throws SQLException {
    Sql.run(connection, "insert or ignore into optical_stopped values (?)", job);
  }

  static void deleteStopped(Connection connection, String job) throws SQLException {
    Sql.run(connection, "delete from optical_stopped where job=?", job);
  }

  /** Those of the targets that had failed before. */
  static void deleteFailed(Connection connection, String job) throws SQLException {
    Sql.run(
        connection,
        "delete from optical_stopped where substr(job, 1, length(?1) + 1) = ?1 || '/'",
        job);
  }

  static boolean isStopped(Connection connection, String job) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select 1 from optical_stopped where job=?")) {
      statement.setString(1, job);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  // ---- devices

  static void put(Connection connection, DeviceRecord device) throws SQLException {
    Sql.run(
        connection,
        "insert or replace into optical_device values (?,?,?,?,?)",
        device.name(),
        device.type().word(),
        device.drives(),
        device.slots(),
        device.images().word());
  }

  static void delete(Connection connection, DeviceRecord device) throws SQLException {
    Sql.run(connection, "delete from optical_device where name=?", device.name());
  }

  static List<DeviceRecord> devices(Connection connection) throws SQLException {
    List<DeviceRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from optical_device order by name")) {
      while (row.next()) {
        found.add(
            new DeviceRecord(
                row.getString("name"),
                DeviceType.of(row.getString("type")),
                row.getInt("drives"),
                row.getInt("slots"),
                media(row.getString("images"))));
      }
    }
    return found;
  }

  // ---- cartridges

  static void put(Connection connection, CartridgeRecord cartridge) throws SQLException {
    Sql.run(
        connection,
        "insert or replace into optical_cartridge values (?,?,?,?,?,?,?,?)",
        cartridge.name(),
        cartridge.type().word(),
        cartridge.sectorBytes(),
        cartridge.sides(),
        cartridge.device(),
        cartridge.slot(),
        cartridge.up(),
        cartridge.location());
  }

  static void delete(Connection connection, CartridgeRecord cartridge) throws SQLException {
    Sql.run(connection, "delete from optical_cartridge where name=?", cartridge.name());
    Sql.run(connection, "delete from optical_side where cartridge=?", cartridge.name());
  }

  static List<CartridgeRecord> cartridges(Connection connection) throws SQLException {
    List<CartridgeRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from optical_cartridge order by name")) {
      while (row.next()) {
        found.add(
            new CartridgeRecord(
                row.getString("name"),
                media(row.getString("type")),
                row.getInt("sector"),
                row.getInt("sides"),
                row.getString("device"),
                row.getInt("slot"),
                row.getInt("up"),
                row.getString("location")));
      }
    }
    return found;
  }

  // ---- sides

  static void put(Connection connection, SideRecord side) throws SQLException {
    SideRecord.Label label = side.label();
    SideRecord.Duplicate duplicate = side.duplicate();
    Base base = side.base();
    Sql.run(
        connection,
        "insert or replace into optical_side values"
            + " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        side.key(),
        side.cartridge(),
        side.side(),
        side.bytes().toString(),
        side.inode(),
        side.id(),
        side.state().word(),
        side.owner().uid(),
        side.owner().gid(),
        side.owner().mode(),
        label.type().word(),
        label.primary(),
        label.format().word(),
        label.threshold(),
        label.text(),
        label.created().toString(),
        label.usable(),
        label.first(),
        label.writeProtected() ? 1 : 0,
        duplicate == null ? null : duplicate.of(),
        duplicate == null ? null : duplicate.at().toString(),
        duplicate == null ? null : duplicate.job(),
        duplicate == null ? null : duplicate.sourceHash(),
        duplicate == null ? null : duplicate.hash(),
        base == null ? null : base.source().toString(),
        base == null ? null : base.sourceBitmap(),
        base == null ? null : base.targetBitmap(),
        base == null ? null : base.end());
  }

  static List<SideRecord> sides(Connection connection) throws SQLException {
    List<SideRecord> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select * from optical_side order by key")) {
      while (row.next()) {
        found.add(side(row));
      }
    }
    return found;
  }

  private static SideRecord side(ResultSet row) throws SQLException {
    return new SideRecord(
        row.getString("key"),
        row.getString("cartridge"),
        row.getInt("side"),
        UUID.fromString(row.getString("bytes")),
        row.getLong("inode"),
        row.getString("id"),
        SideState.of(row.getString("state")),
        new Owner(row.getInt("uid"), row.getInt("gid"), row.getInt("mode")),
        label(row),
        duplicate(row),
        base(row));
  }

  private static SideRecord.Label label(ResultSet row) throws SQLException {
    return new SideRecord.Label(
        VolumeType.of(row.getString("type")),
        row.getString("primary_key"),
        format(row.getString("format")),
        row.getInt("threshold"),
        row.getString("text"),
        Instant.parse(row.getString("created")),
        row.getLong("usable"),
        row.getLong("first"),
        row.getBoolean("protected"));
  }

  private static SideRecord.@Nullable Duplicate duplicate(ResultSet row) throws SQLException {
    String of = row.getString("dup_of");
    return of == null
        ? null
        : new SideRecord.Duplicate(
            of,
            Instant.parse(row.getString("dup_at")),
            row.getString("dup_job"),
            row.getString("dup_source_hash"),
            row.getString("dup_hash"));
  }

  private static @Nullable Base base(ResultSet row) throws SQLException {
    String source = row.getString("base_source");
    return source == null
        ? null
        : new Base(
            UUID.fromString(source),
            row.getString("base_source_bitmap"),
            row.getString("base_target_bitmap"),
            row.getLong("base_end"));
  }

  // ---- all

  private static MediaType media(String word) {
    return MediaType.valueOf(word.substring(1).replace('-', '_'));
  }

  private static MediaFormat format(String word) {
    return MediaFormat.valueOf(word.substring(1));
  }
}
