package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.READER;
import static org.copybay.volumes.bay.TestBay.WRITER;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new file in volumes/ is a volume in the making until its last close. */
class MakingTest {
  @TempDir Path directory;
  private TestBay test;

  @BeforeEach
  void open() throws Exception {
    test = TestBay.create(directory.resolve("bay"));
  }

  @AfterEach
  void close() {
    test.close();
  }

  @Test
  void itGrowsByWritesTruncatesAndReservations() throws Exception {
    OpenFile maker = test.making("a");
    Volume volume = test.bay.find("a");
    maker.write(100, Bytes.direct(Bytes.random(1, 50)));
    assertThat(volume.size()).isEqualTo(150);
    maker.reserve(0, 1000, true);
    assertThat(volume.size()).isEqualTo(150);
    maker.reserve(0, 1000, false);
    assertThat(volume.size()).isEqualTo(1000);
    maker.setSize(120);
    maker.setSize(130);

    maker.close();

    assertThat(volume.state()).isEqualTo(VolumeState.READY);
    test.reopen();
    byte[] bytes = read(test.bay.find("a"));
    assertThat(bytes).hasSize(130);
    assertThat(java.util.Arrays.copyOfRange(bytes, 100, 120)).isEqualTo(Bytes.random(1, 20));
    assertThat(java.util.Arrays.copyOf(bytes, 100)).containsOnly(0);
    assertThat(java.util.Arrays.copyOfRange(bytes, 120, 130)).containsOnly(0);
  }

  @Test
  void withoutASizeItStaysInTheMakingForTheNextOpener() throws Exception {
    test.making("a").close();
    Volume volume = test.bay.find("a");
    assertThat(volume.state()).isEqualTo(VolumeState.MAKING);
    assertFault(Fault.BAD_REQUEST, () -> test.bay.finish(volume, NOTHING));

    OpenFile second = volume.open(WRITER, true);
    second.write(0, Bytes.direct((byte) 1));
    second.close();

    assertThat(volume.state()).isEqualTo(VolumeState.READY);
    assertFault(Fault.ALREADY, () -> test.bay.finish(volume, NOTHING));
  }

  @Test
  void anOpenerThatTruncatesBeginsAgain() throws Exception {
    test.making("a").close();
    Volume volume = test.bay.find("a");
    volume.setSize(100);

    OpenFile open = volume.open(WRITER, true);
    assertThat(volume.size()).isZero();
    open.write(0, Bytes.direct(new byte[7]));
    open.close();

    assertThat(volume.size()).isEqualTo(7);
  }

  @Test
  void finishGivesItTheSizeThatItHas() throws Exception {
    test.making("a").close();
    Volume volume = test.bay.find("a");
    volume.setSize(4097);

    test.bay.finish(volume, NOTHING);

    assertFault(Fault.FORBIDDEN, () -> volume.setSize(1));
    test.reopen();
    assertThat(test.bay.find("a").size()).isEqualTo(4097);
  }

  @Test
  void whoMeetsItIsToldThePidAfterTwoSeconds() throws Exception {
    OpenFile maker = test.making("a");
    maker.write(0, Bytes.direct((byte) 1));
    long start = System.nanoTime();

    assertFault(
        Fault.BUSY,
        () -> test.bay.find("a").open(READER, false),
        e -> assertThat(e).hasMessageContaining("is being made by pid " + TestBay.PID + " ("));

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(2));
    assertFault(Fault.BUSY, () -> test.bay.rename("a", "b", false));
    assertThat(test.names()).containsExactly("a");
    maker.close();
  }

  @Test
  void whoMeetsItGoesOnWithTheLastClose() throws Exception {
    OpenFile maker = test.making("a");
    maker.write(0, Bytes.direct((byte) 9));
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<byte[]> reader =
        CompletableFuture.supplyAsync(
            () -> {
              asked.countDown();
              try {
                return read(test.bay.find("a"));
              } catch (StorageException e) {
                throw new IllegalStateException(e);
              }
            });
    asked.await();

    maker.close();

    assertThat(reader.get(10, TimeUnit.SECONDS)).containsExactly(9);
    assertThat(test.bay.find("a").state()).isEqualTo(VolumeState.READY);
  }

  @Test
  void afterACrashItIsStillInTheMakingAndKeepsItsBytes() throws Exception {
    OpenFile maker = test.making("a");
    maker.write(0, Bytes.direct(Bytes.random(1, 5000)));

    try (TestBay after = TestBay.open(TestBay.copy(test.path, directory.resolve("crashed")))) {
      Volume volume = after.bay.find("a");
      assertThat(volume.state()).isEqualTo(VolumeState.MAKING);
      assertThat(volume.size()).isEqualTo(5000);
      assertThat(read(volume)).isEqualTo(Bytes.random(1, 5000));
      assertThat(volume.state()).as("a reader ends nothing").isEqualTo(VolumeState.MAKING);
      volume.open(TestBay.WRITER, false).close();
      assertThat(volume.state()).isEqualTo(VolumeState.READY);
    }
    maker.close();
  }

  @Test
  void aJobCannotHoldItAndACommandCannotResizeIt() throws Exception {
    test.making("a").close();
    Volume volume = test.bay.find("a");
    volume.setSize(10);

    assertFault(
        Fault.BUSY,
        () -> volume.hold("a", new Hold("1", "being duplicated")),
        e -> assertThat(e.remedy()).isEqualTo("finish volume=a"));
    assertFault(Fault.BUSY, () -> test.bay.resize(volume, 20, false, NOTHING));
  }

  /**
   * finish against O_TRUNC openers and path truncates: whatever comes first, the file has the size
   * that the row says.
   */
  @Test
  void finishAndOpenersDoNotMeet() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      String name = "a" + round;
      test.making(name).close();
      Volume volume = test.bay.find(name);
      volume.setSize(1000);
      CompletableFuture<Void> finish =
          run(random.nextInt(300), () -> test.bay.finish(volume, NOTHING));
      CompletableFuture<Void> open =
          run(random.nextInt(300), () -> volume.open(WRITER, true).close());
      CompletableFuture<Void> cut = run(random.nextInt(300), () -> volume.setSize(500));
      CompletableFuture.allOf(finish, open, cut).get(30, TimeUnit.SECONDS);
      assertThat(volume.status().size())
          .as("seed=%d round=%d state=%s", seed, round, volume.state())
          .isEqualTo(volume.size());
    }
  }

  private interface Action {
    void run() throws StorageException;
  }

  private static CompletableFuture<Void> run(int delayMicros, Action action) {
    return CompletableFuture.runAsync(
        () -> {
          java.util.concurrent.locks.LockSupport.parkNanos(delayMicros * 1000L);
          try {
            action.run();
          } catch (StorageException e) {
            assertThat(e.fault())
                .isIn(Fault.BUSY, Fault.ALREADY, Fault.FORBIDDEN, Fault.BAD_REQUEST);
          }
        });
  }
}
