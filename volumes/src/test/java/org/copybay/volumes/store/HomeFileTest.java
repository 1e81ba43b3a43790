package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeFileTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  private HomeFile create(long size) throws StorageException {
    HomeFile home = HomeFile.create(directory.resolve("home"));
    home.setSize(size);
    return home;
  }

  private static byte[] read(HomeFile home, long offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    home.read(offset, target);
    return Bytes.of(target);
  }

  private static void assertFault(Fault fault, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault));
  }

  @Test
  void aNewHomeIsOneHoleOfZeros() throws Exception {
    try (HomeFile home = create(10 * MIB)) {
      assertThat(home.status().size()).isEqualTo(10 * MIB);
      assertThat(home.status().blocks()).isZero();
      assertThat(home.nextData(0)).isEqualTo(-1);
      assertThat(home.nextHole(0)).isZero();
      assertThat(read(home, 5 * MIB - 7, 4096)).containsOnly(0);
    }
  }

  @Test
  void seekFindsDataBetweenHoles() throws Exception {
    try (HomeFile home = create(10 * MIB)) {
      home.write(4 * MIB, Bytes.direct(Bytes.random(1, MIB)));

      assertThat(home.nextData(0)).isEqualTo(4 * MIB);
      assertThat(home.nextHole(4 * MIB)).isEqualTo(5 * MIB);
      assertThat(home.nextData(5 * MIB)).isEqualTo(-1);
      assertThat(home.nextHole(10 * MIB)).isEqualTo(-1);
    }
  }

  @Test
  void punchGivesTheSpaceBackAndKeepsTheSize() throws Exception {
    try (HomeFile home = create(MIB)) {
      home.write(0, Bytes.direct(Bytes.random(2, MIB)));

      home.zero(0, MIB / 2, false);

      assertThat(home.status().blocks() * 512).isEqualTo(MIB / 2);
      assertThat(home.status().size()).isEqualTo(MIB);
      assertThat(read(home, 0, MIB / 2)).containsOnly(0);
      assertThat(read(home, MIB / 2, 100))
          .isEqualTo(java.util.Arrays.copyOfRange(Bytes.random(2, MIB), MIB / 2, MIB / 2 + 100));
    }
  }

  @Test
  void zeroWithKeepSpaceHasSpaceForEveryByte() throws Exception {
    try (HomeFile home = create(MIB)) {
      home.write(0, Bytes.direct(Bytes.random(3, 4096)));

      home.zero(0, MIB, true);

      assertThat(home.status().blocks() * 512).isGreaterThanOrEqualTo(MIB);
      assertThat(read(home, 0, MIB)).containsOnly(0);
    }
  }

  @Test
  void reserveChangesNoByteAndNoSize() throws Exception {
    try (HomeFile home = create(4096)) {
      home.write(0, Bytes.direct(Bytes.random(4, 4096)));

      home.reserve(0, MIB);

      assertThat(home.status().size()).isEqualTo(4096);
      assertThat(home.status().blocks() * 512).isGreaterThanOrEqualTo(MIB);
      assertThat(read(home, 0, 4096)).isEqualTo(Bytes.random(4, 4096));
    }
  }

  @Test
  void aReadAcrossTheEndIsDamageAndNotZeros() throws Exception {
    try (HomeFile home = create(1000)) {
      assertFault(Fault.CORRUPT, () -> read(home, 990, 20));
    }
  }

  @Test
  void sizesThatTheFileSystemCannotHoldAreRefusedWithASentence() throws Exception {
    try (HomeFile home = create(1)) {
      assertThatThrownBy(() -> home.setSize(Long.MAX_VALUE))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> {
                assertThat(e.fault()).isEqualTo(Fault.OUT_OF_RANGE);
                assertThat(e).hasMessageContaining("cannot hold a file of " + Long.MAX_VALUE);
                assertThat(e.remedy()).contains("path=");
              });
      assertThat(home.status().size()).isEqualTo(1);
    }
  }

  @Test
  void aHomeThatIsMissingShortOrNoFileIsRefused() throws Exception {
    create(100).close();
    Path home = directory.resolve("home");

    assertFault(Fault.CORRUPT, () -> HomeFile.open(home, 101));
    assertFault(Fault.NOT_FOUND, () -> HomeFile.open(directory.resolve("none"), 0));
    assertFault(Fault.STORE_FAILED, () -> HomeFile.open(directory, 0));
    assertFault(Fault.EXISTS, () -> HomeFile.create(home));
    HomeFile.open(home, 100).close();
  }

  @Test
  void aRefusedOpenLeavesNoDescriptor() throws Exception {
    create(100).close();
    long before = descriptors();

    for (int i = 0; i < 20; i++) {
      assertFault(Fault.CORRUPT, () -> HomeFile.open(directory.resolve("home"), 101));
    }

    assertThat(descriptors()).isLessThan(before + 10);
  }

  private static long descriptors() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void whatIsCalledAfterCloseIsRefusedAndMeetsNoOtherFile() throws Exception {
    HomeFile closed = create(100);
    closed.close();
    closed.close();

    // This one gets the number of the descriptor that was given back.
    try (HomeFile other = HomeFile.create(directory.resolve("other"))) {
      assertFault(Fault.CLOSED, () -> closed.write(0, Bytes.direct((byte) 1)));
      assertFault(Fault.CLOSED, () -> read(closed, 0, 1));
      assertFault(Fault.CLOSED, () -> closed.setSize(5));
      assertFault(Fault.CLOSED, closed::status);
      assertThat(other.status().size()).isZero();
    }
  }

  @Test
  void closeWaitsInEffectForCallsUnderWay() throws Exception {
    // Readers of one file, and a writer of other files that would get its number: with a close that
    // gives the number back at once a reader sooner or later reads a 2.
    for (int round = 0; round < 300; round++) {
      HomeFile home = HomeFile.create(directory.resolve("a" + round));
      home.write(0, Bytes.direct(new byte[] {1, 1, 1, 1}));
      CountDownLatch started = new CountDownLatch(1);
      CompletableFuture<Integer> reader =
          CompletableFuture.supplyAsync(
              () -> {
                ByteBuffer target = ByteBuffer.allocateDirect(4);
                while (true) {
                  try {
                    home.read(0, target.clear());
                    started.countDown();
                  } catch (StorageException e) {
                    return e.fault() == Fault.CLOSED ? 1 : -1;
                  }
                  if (target.get(0) != 1) {
                    return (int) target.get(0);
                  }
                }
              });
      started.await();
      home.close();
      try (HomeFile other = HomeFile.create(directory.resolve("b" + round))) {
        other.write(0, Bytes.direct(new byte[] {2, 2, 2, 2}));
        assertThat(reader.join()).isEqualTo(1);
      }
    }
  }

  @Test
  void aFailedSyncIsNeverFollowedByASuccess() throws Exception {
    SharedSync syncs = new SharedSync();
    StorageException lost = new StorageException(Fault.STORE_FAILED, "lost");

    assertThatThrownBy(
            () ->
                syncs.await(
                    () -> {
                      throw lost;
                    },
                    "home"))
        .isSameAs(lost);
    assertFault(Fault.STORE_FAILED, () -> syncs.await(() -> {}, "home"));
    syncs.forgive();
    syncs.await(() -> {}, "home");
  }

  @Test
  void syncsThatAreAskedForDuringOneShareTheNextAndItsFailure() throws Exception {
    SharedSync syncs = new SharedSync();
    CountDownLatch firstRuns = new CountDownLatch(1);
    CountDownLatch firstMayEnd = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    SyncThread first =
        new SyncThread(
            syncs,
            () -> {
              firstRuns.countDown();
              awaitLatch(firstMayEnd);
            });
    firstRuns.await();
    List<SyncThread> waiters = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waiters.add(
          new SyncThread(
              syncs,
              () -> {
                runs.incrementAndGet();
                throw new StorageException(Fault.STORE_FAILED, "lost");
              }));
    }
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> waiters.stream().allMatch(SyncThread::waitsOrEnded));
    assertThat(runs.get()).as("syncs beside the first").isZero();

    firstMayEnd.countDown();

    assertThat(first.fault()).isNull();
    for (SyncThread waiter : waiters) {
      assertThat(waiter.fault()).isEqualTo(Fault.STORE_FAILED);
    }
    assertThat(runs.get()).isEqualTo(1);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A thread that asks for one sync. */
  private static final class SyncThread extends Thread {
    private final SharedSync syncs;
    private final SharedSync.Sync sync;
    private volatile Fault fault; // volatile: read after the end of the thread

    SyncThread(SharedSync syncs, SharedSync.Sync sync) {
      this.syncs = syncs;
      this.sync = sync;
      setDaemon(true);
      start();
    }

    @Override
    public void run() {
      try {
        syncs.await(sync, "home");
      } catch (StorageException e) {
        fault = e.fault();
      }
    }

    boolean waitsOrEnded() {
      return getState() == State.WAITING || getState() == State.TERMINATED;
    }

    Fault fault() throws InterruptedException {
      join();
      return fault;
    }
  }

  @Test
  void aLockIsTakenOnceUntilItIsClosed() throws Exception {
    Path path = directory.resolve("lock");
    FileLock lock = FileLock.tryTake(path);

    assertThat(lock).isNotNull();
    assertThat(FileLock.tryTake(path)).isNull();
    lock.close();
    assertThat(FileLock.tryTake(path)).isNotNull();
  }
}
