package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.read;
import static org.copybay.volumes.bay.TestBay.wanted;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.Function;

/**
 * Process death keeps the page cache: what a crash leaves is the directory as it is at that moment.
 * A trigger copies the directory inside of every transaction, before its commit; that is each state
 * between two commits with all files made or removed so far. Every copy is opened as a bay.
 */
class BayCrashTest {
  private static final Hold JOB = new Hold("17", "being made");

  @TempDir Path directory;
  private TestBay test;
  private final List<Path> crashes = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    test = TestBay.create(directory.resolve("bay"));
    test.createFilled("a", 5000, 1);
    test.createFilled("b", 7000, 2);
    OpenFile making = test.making("making");
    making.write(0, Bytes.direct(Bytes.random(3, 9000)));
    making.close();
    Volume target = test.bay.reserve(wanted("target", 6000), false, JOB);
    target.fill().write(0, Bytes.direct(Bytes.random(4, 6000)));
    test.making("empty").close();
  }

  @AfterEach
  void close() {
    test.close();
  }

  private void copyInEveryTransaction() throws StorageException {
    test.bay
        .catalogue()
        .change(
            connection -> {
              Function.create(
                  connection,
                  "crash",
                  new Function() {
                    @Override
                    protected void xFunc() throws SQLException {
                      crash();
                      result(0);
                    }
                  });
              try (Statement statement = connection.createStatement()) {
                for (String event : List.of("insert", "update", "delete")) {
                  statement.execute(
                      "create temp trigger crash_"
                          + event
                          + " after "
                          + event
                          + " on volume begin select crash(); end");
                }
              }
            });
  }

  private void crash() {
    crashes.add(TestBay.copy(test.path, directory.resolve("crash" + crashes.size())));
  }

  /** A change of a bay, by its name in the test report. */
  private enum Change {
    CREATE(2) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.create(wanted("new", 3000), NOTHING);
      }
    },
    CREATE_MAKING(3) {
      @Override
      void run(Bay bay) throws StorageException {
        OpenFile open = bay.createMaking(wanted("new", 0), TestBay.WRITER).open();
        open.write(0, Bytes.direct(new byte[3000]));
        open.close();
      }
    },
    FINISH(1) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.find("empty").setSize(3000);
        bay.finish(bay.find("empty"), NOTHING);
      }
    },
    REMOVE(2) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.remove("a");
      }
    },
    RENAME(1) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.rename("a", "c", true);
      }
    },
    REPLACE(3) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.rename("a", "b", false);
      }
    },
    RESERVE(2) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.reserve(wanted("new", 3000), false, JOB);
      }
    },
    REVEAL(1) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.reveal(bay.reservedVolumes().get(0), false, connection -> {});
      }
    },
    DISCARD(2) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.discard(bay.reservedVolumes().get(0));
      }
    },
    GROW(1) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.resize(bay.find("a"), 8000, false, NOTHING);
      }
    },
    SHRINK(1) {
      @Override
      void run(Bay bay) throws StorageException {
        bay.resize(bay.find("a"), 3000, true, NOTHING);
      }
    };

    private final int transactions;

    Change(int transactions) {
      this.transactions = transactions;
    }

    abstract void run(Bay bay) throws StorageException;
  }

  /** What a bay shows: each visible volume with its size and the seed of its bytes. */
  private static Map<String, String> seen(Bay bay) throws StorageException {
    Map<String, String> seen = new TreeMap<>();
    for (Volume volume : bay.volumes()) {
      assertThat(volume.damaged()).as(volume.name() + " is damaged").isFalse();
      assertThat(volume.status().size()).as(volume.name()).isGreaterThanOrEqualTo(volume.size());
      byte[] bytes = volume.size() == 0 ? new byte[0] : read(volume);
      String what = "zeros";
      for (int seed = 1; seed <= 4; seed++) {
        byte[] full = Bytes.random(seed, 9000);
        int equal = java.util.Arrays.mismatch(bytes, full);
        if (bytes.length > 0 && (equal < 0 || equal >= Math.min(3000, bytes.length))) {
          what = "seed " + seed;
        }
      }
      seen.put(volume.name(), volume.size() + " " + what);
    }
    return seen;
  }

  @ParameterizedTest
  @EnumSource
  void afterACrashInTheMiddleTheBayIsAsBeforeOrAsAfter(Change change) throws Exception {
    Map<String, String> before = seen(test.bay);
    copyInEveryTransaction();

    change.run(test.bay);
    crash();

    Map<String, String> after = seen(test.bay);
    assertThat(crashes).hasSizeGreaterThanOrEqualTo(change.transactions + 1);
    for (Path crash : crashes) {
      try (TestBay crashed = TestBay.open(crash)) {
        assertThat(seen(crashed.bay)).as(crash.toString()).isIn(before, after, making(after));
        crashed.assertNothingLeftBehind();
        for (Volume target : crashed.bay.reservedVolumes()) {
          if (target.name().equals("target")) {
            assertThat(target.fill().status().size()).isEqualTo(6000);
          }
        }
      }
    }
  }

  /** A crash of the maker before its first byte leaves a volume without a size. */
  private static Map<String, String> making(Map<String, String> after) {
    Map<String, String> making = new TreeMap<>(after);
    making.replace("new", "0 zeros");
    return making;
  }

  @Test
  void aCreationThatDiedBetweenItsFilesLeavesNothing() throws Exception {
    Volume volume = test.create("half", 1000);
    test.bay
        .catalogue()
        .change(
            connection ->
                VolumeTable.update(connection, volume.row().withState(VolumeState.DROPPING)));
    Path withHome = TestBay.copy(test.path, directory.resolve("withHome"));
    Files.delete(volume.home());
    Path withDirectory = TestBay.copy(test.path, directory.resolve("withDirectory"));
    Files.delete(volume.home().resolveSibling("label"));
    Files.delete(volume.home().getParent());
    Path withRow = TestBay.copy(test.path, directory.resolve("withRow"));

    for (Path crash : List.of(withHome, withDirectory, withRow)) {
      try (TestBay crashed = TestBay.open(crash)) {
        assertThat(crashed.bay.findOrNull("half")).isNull();
        crashed.assertNothingLeftBehind();
      }
    }
  }

  @Test
  void aSizeThatWasNeverSyncedMayBeShorterAfterPowerLossAndReadsZeros() throws Exception {
    OpenFile maker = test.making("late");
    maker.write(0, Bytes.direct(Bytes.random(1, 9000)));
    maker.close();
    Path home = test.bay.find("late").home();
    test.close();
    try (var file = new java.io.RandomAccessFile(home.toFile(), "rw")) {
      file.setLength(4096);
    }

    test = TestBay.open(test.path);

    byte[] bytes = read(test.bay.find("late"));
    assertThat(bytes).hasSize(9000).startsWith(Bytes.random(1, 4096));
    assertThat(java.util.Arrays.copyOfRange(bytes, 4096, 9000)).containsOnly(0);
  }
}
