package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.bitmap.Run;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.track.Passages;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Write bitmaps of the volumes of a bay. P3, P7, P8. */
final class BitmapsTest {
  private static final int TRACK = 64 << 10;
  private static final int SIZE = 100 * TRACK;

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
  void close() {
    test.close();
  }

  private Volume volume() throws StorageException {
    return test.bay.find("a");
  }

  private void start(String name, Grain grain) throws StorageException {
    test.bay.bitmaps().start(volume(), name, grain, NOTHING);
  }

  private void write(long offset, int length) throws StorageException {
    TestBay.write(volume(), offset, Bytes.random(offset, length));
  }

  private WriteBitmap bits(String name) throws StorageException {
    return bits(volume(), name);
  }

  private List<Run> regions(String name) throws StorageException {
    return bits(name).changedRegions(0, 99);
  }

  private List<String> files() throws IOException, StorageException {
    Path home = volume().home();
    try (Stream<Path> files = Files.list(Objects.requireNonNull(home.getParent()))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("label"))
          .sorted()
          .toList();
    }
  }

  // ---- what it records

  @Test
  void itRecordsWhatChangesAfterItsStart() throws Exception {
    write(0, TRACK);
    start("t", Grain.TRACK);
    start("s", Grain.SECTORS_127);
    assertThat(regions("t")).isEmpty();

    write(10 * TRACK - 1, 2);
    try (OpenFile open = volume().open(TestBay.WRITER, false)) {
      open.zero(50 * TRACK, 2 * TRACK, false);
    }

    assertThat(regions("t")).containsExactly(new Run(9, 2), new Run(50, 2));
    assertThat(regions("s")).containsExactly(new Run(10, 1), new Run(50, 3));
    assertThat(bits("t").changedBlocks(0, 9)).containsExactly(new Run(159, 2), new Run(800, 32));
    assertThat(bits("t").changedBytes()).isEqualTo(34 * 4096);
  }

  @Test
  void aResetForgetsWhatWasAndADeleteTheBitmap() throws Exception {
    start("t", Grain.TRACK);
    start("s", Grain.TRACK);
    write(0, 1);
    BitmapRecord before = test.bay.bitmaps().find(volume(), "t");

    BitmapRecord reset = test.bay.bitmaps().reset(volume(), "t", NOTHING);
    assertThat(reset.created()).isEqualTo(before.created());
    assertThat(reset.since()).isAfter(before.since());
    write(7 * TRACK, 1);
    assertThat(regions("t")).containsExactly(new Run(7, 1));
    assertThat(regions("s")).containsExactly(new Run(0, 1), new Run(7, 1));

    test.bay.bitmaps().delete(volume(), "t", NOTHING);
    assertThat(volume().bitmaps()).extracting(BitmapRecord::name).containsExactly("s");
    assertThat(files()).hasSize(3).doesNotContain("bitmap-" + before.id());
  }

  @Test
  void aCleanStopKeepsBitsAndBlocksAndAnyOtherTheBits() throws Exception {
    start("t", Grain.TRACK);
    write(5 * TRACK, 1);
    test.reopen();
    assertThat(bits("t").changedBlocks(0, 9)).containsExactly(new Run(80, 1));
    write(6 * TRACK, 1);

    Path crashed = TestBay.copy(test.path, directory.resolve("crashed"));
    try (TestBay other = TestBay.open(crashed)) {
      Volume found = other.bay.find("a");
      WriteBitmap bits = other.bay.bitmaps().bits(found, found.bitmaps().get(0));
      assertThat(bits.changedBlocks(0, 9)).containsExactly(new Run(80, 32));
    }
  }

  @Test
  void aReadOnlyBayShowsThem() throws Exception {
    start("t", Grain.TRACK);
    write(5 * TRACK, 1);
    test.close();

    test = TestBay.openReadOnly(test.path);
    assertThat(bits("t").changedBlocks(0, 9)).containsExactly(new Run(80, 1));
    assertThatThrownBy(() -> test.bay.bitmaps().reset(volume(), "t", NOTHING))
        .hasMessage("the bay is mounted read-only");
  }

  @Test
  void theyFollowTheSizeOfTheirVolume() throws Exception {
    start("t", Grain.TRACK);
    test.bay.resize(volume(), 2 * SIZE, false, NOTHING);
    write(2 * SIZE - 1, 1);
    write(0, 1);
    assertThat(regions("t")).containsExactly(new Run(0, 1), new Run(100, 100));

    test.bay.resize(volume(), SIZE, true, NOTHING);
    assertThat(regions("t")).containsExactly(new Run(0, 1));
    test.reopen();
    assertThat(bits("t").regions()).isEqualTo(100);
    assertThat(regions("t")).containsExactly(new Run(0, 1));
  }

  @Test
  void whatWasCutAndAddedAgainCountsAsChanged() throws Exception {
    write(0, SIZE);
    start("t", Grain.TRACK);
    start("s", Grain.SECTORS_127);
    test.bay.resize(volume(), SIZE / 2 + 100, true, NOTHING);
    test.bay.resize(volume(), SIZE, false, NOTHING);
    assertThat(regions("t")).containsExactly(new Run(50, 50));
    assertThat(regions("s")).containsExactly(new Run(50, 51));
    assertThat(bits("t").changedBytes()).isEqualTo(50L * TRACK);
    test.reopen();
    assertThat(regions("t")).containsExactly(new Run(50, 50));
  }

  @Test
  void aGrowthThatFailsIsTakenBackWhileNoChangeIsUnderWay() throws Exception {
    start("t", Grain.TRACK);
    Passages gate = volume().bytes().tracks().gate();
    int ticket = gate.enter();
    Thread growing =
        new Thread(
            () ->
                assertThatThrownBy(
                        () ->
                            test.bay.resize(
                                volume(),
                                2 * SIZE,
                                false,
                                connection -> {
                                  throw new SQLException("no");
                                }))
                    .isInstanceOf(StorageException.class));
    growing.start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> growing.getState() == Thread.State.WAITING || !growing.isAlive());
    assertThat(bits("t").regions()).isEqualTo(200);
    gate.leave(ticket);
    growing.join();
    write(0, 1);
    assertThat(regions("t")).containsExactly(new Run(0, 1));
    assertThat(bits("t").regions()).isEqualTo(100);
  }

  @Test
  void theyStandBesideAPointInTime() throws Exception {
    start("t", Grain.TRACK);
    test.bay.points().freeze(List.of(volume()), "P", NOTHING);
    write(3 * TRACK, TRACK);
    test.bay.bitmaps().reset(volume(), "t", NOTHING);
    write(4 * TRACK, 1);
    test.reopen();
    assertThat(regions("t")).containsExactly(new Run(4, 1));
    assertThat(test.bay.points().findOrNull("P")).isNotNull();
  }

  // ---- refusals

  @Test
  void aNameIsGivenOncePerVolume() throws Exception {
    start("t", Grain.TRACK);

    assertThatThrownBy(() -> start("t", Grain.TRACK)).hasMessage("volume a has a write bitmap t");
    assertThatThrownBy(() -> start("x/y", Grain.TRACK))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST));
    assertThatThrownBy(() -> test.bay.bitmaps().delete(volume(), "u", NOTHING))
        .hasMessage("volume a has no write bitmap u");
    test.bay.bitmaps().start(test.bay.find("b"), "t", Grain.TRACK, NOTHING);
    assertThat(volume().bitmaps()).hasSize(1);
  }

  @Test
  void aVolumeThatIsDeletedTakesThemWithIt() throws Exception {
    start("t", Grain.TRACK);
    write(0, 1);
    test.bay.remove("a");
    test.reopen();
    test.assertNothingLeftBehind();
    test.create("a", SIZE);
    assertThat(volume().bitmaps()).isEmpty();
  }

  @Test
  void aStartThatFailsLeavesNothing() throws Exception {
    assertThatThrownBy(
            () ->
                test.bay
                    .bitmaps()
                    .start(
                        volume(),
                        "t",
                        Grain.TRACK,
                        connection -> {
                          throw new SQLException("no");
                        }))
        .isInstanceOf(StorageException.class);

    assertThat(volume().bitmaps()).isEmpty();
    assertThat(files()).containsExactly("home", "intent");
    write(0, 1);
    start("t", Grain.TRACK);
    assertThat(regions("t")).isEmpty();
  }

  // ---- crashes

  @Test
  void aStartOrDeleteThatDiedHalfwayIsTakenBackOrFinished() throws Exception {
    Path starting = directory.resolve("starting");
    test.bay
        .bitmaps()
        .start(volume(), "t", Grain.TRACK, connection -> TestBay.copy(test.path, starting));
    write(0, 1);
    Path deleting = directory.resolve("deleting");
    Path deleted = directory.resolve("deleted");
    BitmapRecord record = test.bay.bitmaps().find(volume(), "t");
    test.bay.catalogue().change(connection -> TestBay.copy(test.path, deleting));
    test.bay
        .catalogue()
        .change(connection -> BitmapTable.update(connection, record, BitmapTable.DROPPING));
    TestBay.copy(test.path, deleted);
    test.close();

    for (Path crash : List.of(starting, deleted)) {
      test = TestBay.open(crash);
      assertThat(volume().bitmaps()).isEmpty();
      assertThat(files()).containsExactly("home", "intent");
      start("t", Grain.TRACK);
      assertThat(regions("t")).isEmpty();
      test.close();
    }
    test = TestBay.open(deleting);
    assertThat(regions("t")).containsExactly(new Run(0, 1));
  }

  // ---- damage

  @Test
  void whatCannotBeTrustedIsNotShownAndTheVolumeIsServed() throws Exception {
    start("t", Grain.TRACK);
    start("s", Grain.TRACK);
    write(0, 1);
    Path file = volume().home().resolveSibling(test.bay.bitmaps().find(volume(), "t").file());
    test.bay.close();
    Files.delete(file);

    test.bay = TestBay.open(test.path).bay;
    assertThat(volume().failure()).isNull();
    write(1, 1);
    assertLost("t");
    assertLost("s");
    test.reopen();
    assertLost("s"); // of the changes meanwhile it knows nothing
    assertThatThrownBy(() -> start("u", Grain.TRACK)).hasMessageContaining("is lost");

    test.bay.bitmaps().delete(volume(), "t", NOTHING);
    test.bay.bitmaps().delete(volume(), "s", NOTHING);
    start("t", Grain.TRACK);
    write(9 * TRACK, 1);
    test.reopen();
    assertThat(regions("t")).containsExactly(new Run(9, 1));
  }

  @Test
  void aFileThatLacksBitsIsLostAndALongerOneIsKept() throws Exception {
    start("t", Grain.TRACK);
    write(0, 1);
    Path file = volume().home().resolveSibling(test.bay.bitmaps().find(volume(), "t").file());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      test.bay.close();
      long whole = channel.size();
      channel.write(ByteBuffer.allocate(8), whole + 4088); // a growth that a crash interrupted
      test.bay = TestBay.open(test.path).bay;
      assertThat(regions("t")).containsExactly(new Run(0, 1));

      test.bay.close();
      channel.truncate(4096); // P3: what is not there would all be clear
      test.bay = TestBay.open(test.path).bay;
    }
    assertThat(volume().failure()).isNull();
    assertLost("t");
    assertThatThrownBy(() -> bits("t")).hasMessageContaining("too short");
  }

  private void assertLost(String name) {
    assertThatThrownBy(() -> bits(name))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
              assertThat(e.getMessage()).startsWith("write bitmap " + name + " is lost: ");
              assertThat(e.remedy()).isEqualTo("bitmap delete volume=a bitmap=" + name);
            });
  }

  @Test
  void aFailureOfABitmapTakesNoWriteOfItsVolumeBack() throws Exception {
    start("t", Grain.TRACK);
    test.bay.points().freeze(List.of(volume()), "P", NOTHING);
    write(0, SIZE);
    byte[] written = TestBay.read(volume());
    test.bay.failed(volume(), "a bit could not be recorded");

    test.reopen(); // takes it for power loss
    assertThat(TestBay.read(volume())).isEqualTo(written);
    test.bay.repaired(volume(), NOTHING);
    assertThat(TestBay.read(volume())).isEqualTo(written);
    test.bay.points().freeze(List.of(volume()), "Q", NOTHING);
    write(500, 1000);
    written = TestBay.read(volume());
    test.bay.failed(volume(), "a bit could not be recorded");
    test.bay.repaired(volume(), NOTHING);
    assertThat(TestBay.read(volume())).isEqualTo(written);
  }

  // ---- the instant of a start

  @Test
  void noChangePassesWhileAStartTakesEffect() throws Exception {
    start("t", Grain.TRACK);
    Passages gate = volume().bytes().tracks().gate();
    int ticket = gate.enter();
    Thread starting =
        new Thread(
            () -> {
              try {
                start("s", Grain.TRACK);
              } catch (StorageException e) {
                throw new IllegalStateException(e);
              }
            });
    starting.start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> starting.getState() == Thread.State.WAITING || !starting.isAlive());
    assertThat(volume().bitmaps()).hasSize(1);
    gate.leave(ticket);
    starting.join();
    assertThat(volume().bitmaps()).hasSize(2);
  }

  // ---- changes by no write

  @Test
  void allOfALargeVolumeIsAnnouncedWithLittleMemory() throws Exception {
    long size = 1L << 40;
    NewVolume large = new NewVolume("large", size, null, CacheMode.BLOCK, TestBay.OWNER);
    Volume volume = test.bay.create(large, NOTHING);
    for (String name : List.of("told", "not")) {
      test.bay.bitmaps().start(volume, name, Grain.TRACK, NOTHING);
    }
    WriteBitmap told = bits(volume, "told");

    long before = allocatedBytes();
    test.bay.bitmaps().announceWhole(volume, List.of("not"), size - TRACK);
    long allocated = allocatedBytes() - before;

    assertThat(told.regionsSet()).isEqualTo(size / TRACK - 1);
    assertThat(told.changedBytes()).isEqualTo(size - TRACK);
    assertThat(bits(volume, "not").regionsSet()).isZero();
    assertThat(allocated).as("bytes for %d regions", size / TRACK).isLessThan(8 << 20);
  }

  private WriteBitmap bits(Volume volume, String name) throws StorageException {
    return test.bay.bitmaps().bits(volume, test.bay.bitmaps().find(volume, name));
  }

  private static long allocatedBytes() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
