package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.FileLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a bay directory may look like when it is opened. */
class BayOpenerTest {
  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void makeBay() throws Exception {
    path = directory.resolve("bay");
    try (TestBay test = TestBay.create(path)) {
      test.createFilled("a", 5000, 1);
      test.createFilled("b", 7000, 2);
    }
  }

  private Path home(String name) throws Exception {
    try (TestBay test = TestBay.open(path)) {
      return test.bay.find(name).home();
    }
  }

  private void assertRefused(Fault fault, String words) throws Exception {
    var before = TestBay.state(path);
    before.remove(""); // SQLite may have made its log and taken it away again
    for (boolean readOnly : List.of(false, true)) {
      assertFault(
          fault,
          () -> BayOpener.open(path, readOnly, RecoverMode.AUTO, 1 << 20, Clock.systemUTC()),
          e -> assertThat(e).hasMessageContaining(words));
    }
    assertThat(TestBay.state(path)).as("the refused bay").containsAllEntriesOf(before);
    assertThat(TestBay.state(path)).hasSize(before.size() + 1);
  }

  // ---- init

  @Test
  void initMakesABayAndNotASecondTime() throws Exception {
    assertFault(
        Fault.EXISTS,
        () -> BayOpener.init(path, Clock.systemUTC()),
        e -> assertThat(e).hasMessageContaining("is a bay already"));
    BayOpener.requireBay(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"volumes", "volumes/new/deep", "log/../orphans/x", "link/x"})
  void initRefusesADirectoryInABay(String place) throws Exception {
    Path path = directory.resolve("outer");
    BayOpener.init(path, Clock.systemUTC());
    Files.createSymbolicLink(path.resolve("link"), path.resolve("orphans"));

    assertFault(
        Fault.BAD_REQUEST,
        () -> BayOpener.init(path.resolve(place), Clock.systemUTC()),
        e -> assertThat(e).hasMessageEndingWith(" lies inside of the bay " + path));
    assertThat(path.resolve("volumes")).isEmptyDirectory();
    assertThat(path.resolve("orphans")).isEmptyDirectory();
  }

  @Test
  void initRefusesADirectoryThatHoldsSomething() throws Exception {
    Path full = Files.createDirectory(directory.resolve("full"));
    Files.writeString(full.resolve("photo"), "x");

    assertFault(
        Fault.EXISTS,
        () -> BayOpener.init(full, Clock.systemUTC()),
        e -> assertThat(e).hasMessageContaining("it holds photo"));

    assertThat(full.toFile().list()).containsExactly("photo");
  }

  @Test
  void aDirectoryThatIsNoBayIsNotFound() {
    assertFault(
        Fault.NOT_FOUND,
        () -> BayOpener.requireBay(directory),
        e -> assertThat(e.remedy()).startsWith("copybay init "));
  }

  @Test
  void anInitThatWasInterruptedIsNoBayAndABayWithoutItsFileIsDamage() throws Exception {
    Path empty = directory.resolve("empty");
    BayOpener.init(empty, Clock.systemUTC());
    Files.delete(empty.resolve("copybay.bay"));
    assertFault(
        Fault.NOT_FOUND,
        () -> BayOpener.requireBay(empty),
        e -> assertThat(e).hasMessageContaining("an init of it was interrupted"));

    Files.delete(path.resolve("copybay.bay"));
    assertFault(
        Fault.CORRUPT,
        () -> BayOpener.requireBay(path),
        e -> assertThat(e.remedy()).contains("put back a copy of it"));
  }

  // ---- the bay file

  @Test
  void aNewerFormatIsRefused() throws Exception {
    Path file = path.resolve("copybay.bay");
    Files.writeString(file, Files.readString(file).replace("format=1", "format=2") + "more=x\n");
    assertRefused(Fault.UNSUPPORTED, "has bay format 2, this program reads up to 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "format=1\n", "format=x\nuuid=1\n", "format=0\n", "\u0000\u0001"})
  void aSpoiledBayFileIsRefused(String text) throws Exception {
    Path file = path.resolve("copybay.bay");
    String rest = text.equals("format=0\n") ? Files.readString(file).replace("format=1", "") : "";
    Files.writeString(file, text + rest);
    assertRefused(Fault.CORRUPT, "copybay.bay is damaged");
  }

  @Test
  void aBayFileThatIsNoTextOrTooLongIsRefused() throws Exception {
    Files.write(path.resolve("copybay.bay"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertRefused(Fault.CORRUPT, "it is no text");
    Files.write(path.resolve("copybay.bay"), new byte[5000]);
    assertRefused(Fault.CORRUPT, "longer than 4096 bytes");
  }

  // ---- the lock

  @Test
  void aSecondLockIsRefusedUntilTheFirstEnds() throws Exception {
    FileLock lock = BayOpener.tryLock(path);
    assertThat(lock).isNotNull();
    assertThat(BayOpener.tryLock(path)).isNull();
    lock.close();
    BayOpener.tryLock(path).close();
  }

  // ---- the catalogue

  @ParameterizedTest
  @ValueSource(ints = {0, 50, 100, 4096, 6000})
  void aTruncatedCatalogueIsRefused(int length) throws Exception {
    try (RandomAccessFile file =
        new RandomAccessFile(path.resolve("catalogue.db").toFile(), "rw")) {
      file.setLength(length);
    }
    assertRefused(Fault.CORRUPT, "is damaged");
  }

  @Test
  void aMissingCatalogueIsRefused() throws Exception {
    Files.delete(path.resolve("catalogue.db"));
    assertRefused(Fault.CORRUPT, "the file is missing");
  }

  @Test
  void theCatalogueOfAnotherBayIsRefused() throws Exception {
    BayOpener.init(directory.resolve("other"), Clock.systemUTC());
    Files.copy(
        directory.resolve("other/catalogue.db"),
        path.resolve("catalogue.db"),
        StandardCopyOption.REPLACE_EXISTING);
    assertRefused(Fault.CORRUPT, "it belongs to bay ");
  }

  @Test
  void noFlippedByteOfTheCatalogueIsServedSilently() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] good = Files.readAllBytes(path.resolve("catalogue.db"));
    for (int round = 0; round < 60; round++) {
      byte[] bad = good.clone();
      int at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Path copy = TestBay.copy(path, directory.resolve("flip" + round));
      Files.write(copy.resolve("catalogue.db"), bad);
      // Free pages, and the bytes of names and sizes, have no checksum in SQLite: such a bay opens.
      // What matters is that no other exception than our own comes, and that no home is touched.
      try (TestBay test = TestBay.open(copy)) {
        assertThat(test.bay.volumes()).hasSizeLessThanOrEqualTo(2);
      } catch (org.copybay.volumes.StorageException e) {
        assertThat(e.fault()).isIn(Fault.CORRUPT, Fault.STORE_FAILED);
      } catch (RuntimeException e) {
        throw new AssertionError("-Dseed=" + seed + " round=" + round + " at=" + at, e);
      }
    }
  }

  @Test
  void aBayMayHaveAnyPath() throws Exception {
    Path odd = directory.resolve("a ?b%41#c'd");
    try (TestBay test = TestBay.create(odd)) {
      test.createFilled("a", 100, 1);
      test.reopen();
      assertThat(read(test.bay.find("a"))).isEqualTo(Bytes.random(1, 100));
    }
    try (TestBay test = TestBay.openReadOnly(odd)) {
      assertThat(read(test.bay.find("a"))).isEqualTo(Bytes.random(1, 100));
    }
    assertThat(odd.toFile().list()).contains("catalogue.db");
  }

  // ---- homes

  private void assertOnlyAIsDamaged(String words) throws Exception {
    try (TestBay test = TestBay.open(path)) {
      Volume damaged = test.bay.find("a");
      assertThat(damaged.damaged()).isTrue();
      assertThat(damaged.failure()).contains(words);
      assertFault(
          Fault.CORRUPT,
          () -> damaged.open(TestBay.READER, false),
          e -> assertThat(e.remedy()).contains("check volume=a"));
      assertFault(Fault.CORRUPT, damaged::status);
      assertFault(Fault.CORRUPT, () -> test.bay.resize(damaged, 9000, false, NOTHING));
      assertFault(Fault.CORRUPT, () -> test.bay.reopen(damaged));
      assertThat(damaged.size()).isEqualTo(5000);
      test.bay.flushAll();
      assertThat(read(test.bay.find("b"))).isEqualTo(Bytes.random(2, 7000));
      test.create("c", 1);
      test.bay.remove("c");
    }
  }

  @Test
  void aMissingHomeDamagesItsVolumeOnlyUntilItIsBack() throws Exception {
    Path home = home("a");
    Path away = directory.resolve("away");
    Files.move(home, away);
    assertOnlyAIsDamaged("No such file");

    try (TestBay test = TestBay.open(path)) {
      Files.move(away, home);
      test.bay.reopen(test.bay.find("a"));
      assertThat(test.bay.find("a").failure()).isNull();
      assertThat(read(test.bay.find("a"))).isEqualTo(Bytes.random(1, 5000));
    }
  }

  @Test
  void aShortHomeDamagesItsVolumeOnly() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(home("a").toFile(), "rw")) {
      file.setLength(4999);
    }
    assertOnlyAIsDamaged("too short: want 5000 bytes, got 4999");
  }

  @Test
  void aHomeThatIsADirectoryDamagesItsVolumeOnlyAndIsNotDeletedWithIt() throws Exception {
    Path home = home("a");
    Files.delete(home);
    Files.createDirectory(home);
    Files.writeString(home.resolve("precious"), "x");
    assertOnlyAIsDamaged("Is a directory");

    try (TestBay test = TestBay.open(path)) {
      test.bay.remove("a");
      test.reopen();
      assertThat(test.names()).containsExactly("b");
    }
    String id = String.valueOf(home.getParent().getFileName());
    assertThat(path.resolve("orphans").resolve(id).resolve("home/precious")).exists();
  }

  @Test
  void aHomeThatIsLongerThanItsRowIsServedUpToItsSize() throws Exception {
    Files.write(home("a"), new byte[100], java.nio.file.StandardOpenOption.APPEND);
    try (TestBay test = TestBay.open(path)) {
      Volume volume = test.bay.find("a");
      assertThat(read(volume, 4000, 2000))
          .isEqualTo(java.util.Arrays.copyOfRange(Bytes.random(1, 5000), 4000, 5000));
      assertThat(volume.seek(4999, false)).isEqualTo(5000);
      assertThat(volume.seek(5000, true)).isEqualTo(-1);
    }
  }

  // ---- orphans

  @Test
  void whatHasNoRowIsKeptAsAnOrphanAndNeverReplacesAnother() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path stray = Files.createDirectory(path.resolve("volumes/stray"));
      Files.writeString(stray.resolve("home"), "round " + round);
      Files.writeString(path.resolve("volumes/file"), "round " + round);
      TestBay.open(path).close();
    }
    Path orphans = path.resolve("orphans");
    assertThat(orphans.toFile().list())
        .containsExactlyInAnyOrder("stray", "stray.1", "stray.2", "file", "file.1", "file.2");
    assertThat(orphans.resolve("stray/home")).hasContent("round 0");
    assertThat(orphans.resolve("file.2")).hasContent("round 2");
    assertThat(path.resolve("volumes").toFile().list()).hasSize(2);
  }

  // ---- read-only

  @Test
  void aReadOnlyBayChangesNothingOnDisk() throws Exception {
    try (TestBay test = TestBay.open(path)) {
      test.making("making").close();
      test.bay.find("making").setSize(100);
      Volume dropped = test.create("dropped", 10);
      OpenFile open = dropped.open(TestBay.READER, false);
      test.bay.remove("dropped");
      assertThat(dropped.home()).exists();
      test.bay.reserve(TestBay.wanted("target", 10), false, new Hold("1", "being made"));
      Files.delete(path.resolve("reserve"));
      Files.createDirectory(path.resolve("volumes/stray"));
      TestBay.copy(path, directory.resolve("crashed")); // with a write-ahead log
      open.close();
    }
    path = directory.resolve("crashed");
    assertThat(path.resolve("catalogue.db-wal")).isNotEmptyFile();
    var before = TestBay.state(path);

    try (TestBay test = TestBay.openReadOnly(path)) {
      assertThat(test.names()).containsExactly("a", "b", "making");
      Bay bay = test.bay;
      Volume a = bay.find("a");
      assertThat(read(a)).isEqualTo(Bytes.random(1, 5000));
      assertThat(read(bay.find("making"))).hasSize(100); // whose close is the last
      assertThat(bay.find("making").state()).isEqualTo(VolumeState.MAKING);
      assertFault(Fault.READ_ONLY, () -> a.open(TestBay.WRITER, false));
      assertFault(Fault.READ_ONLY, () -> test.create("new", 1));
      assertFault(Fault.READ_ONLY, () -> test.making("new"));
      assertFault(Fault.READ_ONLY, () -> bay.finish(bay.find("making"), NOTHING));
      assertFault(Fault.READ_ONLY, () -> bay.find("making").setSize(5));
      assertFault(Fault.READ_ONLY, () -> bay.resize(a, 9000, false, NOTHING));
      assertFault(Fault.READ_ONLY, () -> bay.rename("a", "c", false));
      assertFault(Fault.READ_ONLY, () -> bay.remove("a"));
      assertFault(Fault.READ_ONLY, () -> bay.setOwner(a, TestBay.OWNER));
      assertFault(Fault.READ_ONLY, () -> bay.setCacheMode(a, CacheMode.BLOCK, NOTHING));
      assertFault(
          Fault.READ_ONLY,
          () ->
              a.setTimes(
                  org.copybay.volumes.store.FileTime.NOW, org.copybay.volumes.store.FileTime.NOW));
      bay.catalogue().change(connection -> VolumeTable.delete(connection, a.id()));
      bay.flushAll();
    }

    assertThat(TestBay.state(path)).isEqualTo(before);
  }

  @Test
  void aShortUnsyncedHomeIsNotExtendedInAReadOnlyBay() throws Exception {
    try (TestBay test = TestBay.open(path)) {
      OpenFile maker = test.making("late");
      maker.write(0, Bytes.direct(new byte[100]));
      maker.close();
    }
    Path home = home("late");
    try (RandomAccessFile file = new RandomAccessFile(home.toFile(), "rw")) {
      file.setLength(50);
    }
    try (TestBay test = TestBay.openReadOnly(path)) {
      assertThat(test.bay.find("late").failure()).contains("lost its end");
    }
    assertThat(home.toFile().length()).isEqualTo(50);
  }
}
