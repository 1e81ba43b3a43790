package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.WRITER;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Points in time of the volumes of a bay. */
final class PointsTest {
  private static final int SIZE = 300_000;

  @TempDir Path directory;

  private TestBay test;

  @BeforeEach
  void make() throws Exception {
    test = TestBay.create(directory.resolve("bay"));
    for (String name : List.of("a", "b")) {
      test.bay.create(new NewVolume(name, SIZE, null, CacheMode.BLOCK, TestBay.OWNER), NOTHING);
    }
  }

  @AfterEach
  void close() throws Exception {
    test.close();
  }

  private void write(String name, long offset, byte[] bytes) throws StorageException {
    try (OpenFile open = test.bay.find(name).open(WRITER, false)) {
      open.write(offset, Bytes.direct(bytes));
    }
  }

  private byte[] read(String point, String volume) throws StorageException {
    PointVolume of =
        Objects.requireNonNull(
            Objects.requireNonNull(test.bay.points().findOrNull(point)).findOrNull(volume));
    ByteBuffer target = ByteBuffer.allocateDirect((int) of.size() + 10);
    of.readUpTo(0, target);
    return Bytes.of(target);
  }

  private void freeze(String point, String... names) throws StorageException {
    List<Volume> volumes = new ArrayList<>();
    for (String name : names) {
      volumes.add(test.bay.find(name));
    }
    test.bay.points().freeze(volumes, point, NOTHING);
  }

  @Test
  void aPointKeepsWhatItsVolumesHeldWhateverIsWrittenLater() throws Exception {
    byte[] a = Bytes.random(1, SIZE);
    byte[] b = Bytes.random(2, SIZE);
    write("a", 0, a);
    write("b", 0, b);
    freeze("P", "b", "a");

    write("a", 5000, Bytes.random(3, 100_000));
    write("b", 0, Bytes.random(4, SIZE));
    freeze("Q", "a");
    byte[] later = TestBay.read(test.bay.find("a"));
    write("a", 0, Bytes.random(5, SIZE));

    assertThat(read("P", "a")).isEqualTo(a);
    assertThat(read("P", "b")).isEqualTo(b);
    assertThat(read("Q", "a")).isEqualTo(later);
    test.reopen();
    assertThat(read("P", "a")).isEqualTo(a);
    assertThat(read("P", "b")).isEqualTo(b);
    assertThat(read("Q", "a")).isEqualTo(later);
    assertThat(TestBay.read(test.bay.find("a"))).isEqualTo(Bytes.random(5, SIZE));
  }

  @Test
  void afterItsLastPointAVolumeBecomesAPlainImageAgain() throws Exception {
    freeze("P", "a");
    byte[] now = Bytes.random(6, SIZE);
    write("a", 0, now);
    Volume volume = test.bay.find("a");
    assertThat(Files.readAllBytes(volume.home())).isNotEqualTo(now);

    test.bay.points().drop("P", NOTHING);

    Path home = volume.home();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> {
              try (var files = Files.list(Objects.requireNonNull(home.getParent()))) {
                assertThat(files).containsExactlyInAnyOrder(home, home.resolveSibling("label"));
              }
            });
    assertThat(Files.readAllBytes(home)).isEqualTo(now);
  }

  /** What a clone of the home has to get from elsewhere. */
  @Test
  void whatOfAPointDoesNotLieInTheHomeIsKnownAndTheRestStaysThere() throws Exception {
    byte[] was = Bytes.random(1, SIZE);
    write("a", 0, was);
    freeze("P", "a");
    write("a", 4096, Bytes.random(2, 2 * 4096));
    write("a", SIZE - 100, Bytes.random(3, 100));
    byte[] frozen = TestBay.read(test.bay.find("a"));
    freeze("Q", "a");
    write("a", 0, Bytes.random(4, SIZE));

    PointVolume of = test.bay.points().findOrNull("Q").volumes().get(0);

    byte[] home = Files.readAllBytes(test.bay.find("a").home());
    List<Extent> away = new ArrayList<>();
    for (Extent next = of.nextAway(0); next != null; next = of.nextAway(next.end())) {
      away.add(next);
      ByteBuffer target = ByteBuffer.allocateDirect((int) next.length());
      of.read(next.offset(), target);
      target.flip().get(home, (int) next.offset(), (int) next.length());
    }
    long last = (SIZE - 100) / 4096 * 4096;
    assertThat(away).containsExactly(new Extent(4096, 8192), new Extent(last, SIZE - last));
    assertThat(home).isEqualTo(frozen);
  }

  /** After a clone of the home nothing may leave it; what comes home meanwhile does not matter. */
  @Test
  void whatALaterPointSeesComesHomeWhenAnEarlierOneIsGone() throws Exception {
    write("a", 0, Bytes.random(1, SIZE));
    freeze("P", "a");
    write("a", 4096, Bytes.random(2, 5 * 4096));
    byte[] frozen = TestBay.read(test.bay.find("a"));
    PointVolume of = test.bay.points().freezeFor("17", test.bay.find("a"));
    assertThat(of.nextAway(0)).isEqualTo(new Extent(4096, 5 * 4096));

    test.bay.points().drop("P", NOTHING);

    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> of.nextAway(0) == null);
    assertThat(Files.readAllBytes(test.bay.find("a").home())).isEqualTo(frozen);
    write("a", 0, Bytes.random(3, SIZE));
    assertThat(Files.readAllBytes(test.bay.find("a").home())).isEqualTo(frozen);
    assertThat(of.nextAway(0)).isNull();
    test.bay.points().dropFor("17");
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !test.bay.find("a").engaged());
  }

  @Test
  void whatAPointNeedsIsNotDeletedReplacedOrCut() throws Exception {
    freeze("P", "a");

    assertRefused(() -> test.bay.remove("a"), "delete it");
    assertRefused(() -> test.bay.rename("b", "a", false), "replace it");
    assertRefused(
        () -> test.bay.resize(test.bay.find("a"), 4096, true, NOTHING), "make it smaller");
    test.bay.rename("a", "c", true);
    test.bay.resize(test.bay.find("c"), 2 * SIZE, false, NOTHING);
    assertThat(read("P", "a")).isEqualTo(new byte[SIZE]);
  }

  private static void assertRefused(ThrowingCallable call, String what) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.BUSY);
              assertThat(e.getMessage()).contains("has the point in time P").contains(what);
              assertThat(e.remedy()).isEqualTo("drop point=P");
            });
  }

  @Test
  void aVolumeThatLostItsEngineIsDamagedAndNotServed() throws Exception {
    freeze("P", "a");
    write("a", 0, Bytes.random(7, 5000));
    Path engine = test.bay.find("a").home().resolveSibling("engine");
    test.bay.close();
    Files.delete(engine);

    test.bay = TestBay.open(test.path).bay;

    String missing = "want the file engine with a superblock";
    assertThat(test.bay.find("a").failure()).contains(missing);
    assertThatThrownBy(() -> test.bay.reopen(test.bay.find("a")))
        .hasMessageContaining("still damaged: " + missing);
    assertThatThrownBy(() -> TestBay.read(test.bay.find("a"))).hasMessageContaining("damaged");
    assertThat(TestBay.read(test.bay.find("b"))).isEqualTo(new byte[SIZE]);
  }

  @Test
  void aVolumeThatLacksAPointOfTheCatalogueIsDamagedAndNotServed() throws Exception {
    freeze("P", "a");
    Path files = test.bay.find("a").home().getParent();
    Path before = directory.resolve("before");
    test.bay.close();
    copy(files, before);
    test.bay = TestBay.open(test.path).bay;
    freeze("Q", "a", "b");
    freeze("R", "b");
    test.bay.close();
    copy(before, files);

    test.bay = TestBay.open(test.path).bay;

    assertThat(test.bay.find("a").failure()).contains("it lacks point 2");
    assertThatThrownBy(() -> TestBay.read(test.bay.find("a"))).hasMessageContaining("damaged");
    assertThat(TestBay.read(test.bay.find("b"))).isEqualTo(new byte[SIZE]);
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** A journal that ends behind a whole record would pass for one that was never longer. */
  @Test
  void aVolumeWhoseJournalWasCutIsDamagedAndNotServed() throws Exception {
    freeze("P", "a");
    for (int block = 0; block < 5; block++) {
      write("a", block * 4096L, Bytes.random(block, 4096));
    }
    UUID a = test.bay.find("a").id();
    Path killed = TestBay.copy(test.path, test.path.resolveSibling("killed"));
    try (var journal =
        FileChannel.open(killed.resolve("volumes/" + a + "/journal.0"), StandardOpenOption.WRITE)) {
      journal.truncate(512 + 3 * 32);
    }

    try (TestBay cut = TestBay.open(killed)) {
      assertThat(cut.bay.find("a").failure()).contains("journal.0").contains("was cut");
      assertThatThrownBy(() -> TestBay.read(cut.bay.find("a"))).hasMessageContaining("damaged");
    }
  }

  /** The failure counts as lost power at the next start, which drops what was not fenced. */
  @Test
  void whatWasWrittenBeforeAFenceFoundACutHomeSurvivesTheDeathOfTheProcess() throws Exception {
    freeze("P", "a");
    write("a", 0, Bytes.random(1, 4096));
    Volume volume = test.bay.find("a");
    setLength(volume.home(), SIZE - 1);
    assertThatThrownBy(volume::flush).hasMessageContaining("too short");
    setLength(volume.home(), SIZE);

    try (TestBay killed =
        TestBay.open(TestBay.copy(test.path, test.path.resolveSibling("killed")))) {
      assertThat(TestBay.read(killed.bay.find("a"))).startsWith(Bytes.random(1, 4096));
    }
  }

  private static void setLength(Path file, long length) throws Exception {
    try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.setLength(length);
    }
  }

  @Test
  void aNameIsGivenOnceAndFreeAgainAfterTheDrop() throws Exception {
    freeze("P", "a");

    assertThatThrownBy(() -> freeze("P", "b")).hasMessage("point P exists");
    test.bay.points().drop("P", NOTHING);
    freeze("P", "b");
    assertThatThrownBy(() -> test.bay.points().drop("Q", NOTHING)).hasMessage("no point Q");
  }
}
