package org.copybay.volumes.bay;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;

/** A copy of a bay that a test damages; names are below the bay directory. */
final class DamagedBay {
  final Path path;
  private final Path sound; // tells which volume has which directory
  private final Path before;

  /** Over a copy of a sound bay, with an older catalogue of it. */
  DamagedBay(Path path, Path sound, Path before) {
    this.path = path;
    this.sound = sound;
    this.before = before;
  }

  void sql(String statements) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + path.resolve("catalogue.db"));
        Statement statement = connection.createStatement()) {
      for (String each : statements.split("; ", -1)) {
        statement.execute(each);
      }
    }
  }

  String query(String sql) throws Exception {
    try (Connection connection = CatalogueFile.copyToMemory(sound.resolve("catalogue.db"));
        Statement statement = connection.createStatement()) {
      return statement.executeQuery(sql).getString(1);
    }
  }

  String of(String volume, String file) throws Exception {
    String id = query("select id from volume where name='" + volume + "'");
    return "volumes/" + id + (file.isEmpty() ? "" : "/" + file);
  }

  String bitmap(String name) throws Exception {
    return of("a", "bitmap-" + query("select id from bitmap where name='" + name + "'"));
  }

  String blocks() throws Exception {
    return bitmap("w127") + ".blocks";
  }

  String map() throws Exception {
    return of("a", "map." + superblock(40) % 2);
  }

  String journal() throws Exception {
    return of("a", "journal." + superblock(48) % 2);
  }

  long superblock(int offset) throws Exception {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(path.resolve(of("a", "engine"))))
            .order(ByteOrder.LITTLE_ENDIAN);
    int at = bytes.getLong(16) > bytes.getLong(4096 + 16) ? 0 : 4096;
    return bytes.getLong(at + offset);
  }

  void delete(String name) throws IOException {
    try (Stream<Path> all = Files.walk(path.resolve(name))) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  void flip(String name, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(path.resolve(name));
    bytes[at] ^= 1;
    Files.write(path.resolve(name), bytes);
  }

  void zero(String name, int at, int length) throws IOException {
    byte[] bytes = Files.readAllBytes(path.resolve(name));
    Arrays.fill(bytes, at, at + length, (byte) 0);
    Files.write(path.resolve(name), bytes);
  }

  void cut(String name, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.resolve(name).toFile(), "rw")) {
      file.setLength(length);
    }
  }

  void replace(String name, String by) throws IOException {
    Files.copy(path.resolve(by), path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  void putOldCatalogueBack() throws IOException {
    delete("catalogue.db");
    Files.deleteIfExists(path.resolve("catalogue.db-wal"));
    Files.copy(before, path.resolve("catalogue.db"));
  }
}
