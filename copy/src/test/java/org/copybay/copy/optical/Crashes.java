package org.copybay.copy.optical;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.Function;

/**
 * Copies of a bay as process death would leave it: inside of every transaction before its commit,
 * and where a test says so.
 */
final class Crashes {
  private static final Logger LOG = LoggerFactory.getLogger(Crashes.class);
  private static final int MOST = 60;
  private static final int TRIES = 20;
  private static final List<String> TABLES =
      List.of(
          "job",
          "volume",
          "point",
          "bitmap",
          "optical_side",
          "optical_cartridge",
          "optical_device",
          "optical_gone");

  private final TestOptical test;
  private final Path directory;
  private final List<Path> copies = new ArrayList<>(); // guarded by this, as is the number
  private int number;

  Crashes(TestOptical test, Path directory) {
    this.test = test;
    this.directory = directory;
  }

  /** Again, where a file went while it was copied: that is no state of any moment. */
  synchronized void now() {
    boolean copied = copies.size() >= MOST;
    for (int i = 0; i < TRIES && !copied; i++) {
      try {
        copies.add(test.copyTo(directory.resolve("crash" + number++)));
        copied = true;
      } catch (IllegalStateException | UncheckedIOException e) {
        LOG.info("no copy: a file went meanwhile: {}", e.getMessage());
      }
    }
  }

  synchronized List<Path> all() {
    return List.copyOf(copies);
  }

  /** From now on at every change of a row that matters. */
  void inEveryTransaction() throws StorageException {
    Function crash =
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            now();
            result(0);
          }
        };
    test.bay
        .catalogue()
        .change(
            connection -> {
              Function.create(connection, "crash", crash);
              try (Statement statement = connection.createStatement()) {
                for (String table : TABLES) {
                  for (String event : List.of("insert", "update", "delete")) {
                    statement.execute(
                        "create temp trigger crash_"
                            + event
                            + "_"
                            + table
                            + " after "
                            + event
                            + " on "
                            + table
                            + " begin select crash(); end");
                  }
                }
              }
            });
  }
}
