package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every file of a store keeps of what {@link StoreFile} says. */
abstract class StoreFileContract {
  static final int KIB = 1 << 10;
  static final int HOME_BYTES = 1024 * KIB;

  private TrackStore store;

  /** A new store with an empty home of that many bytes. */
  abstract TrackStore create(long homeBytes) throws StorageException;

  TrackStore store() {
    return store;
  }

  @BeforeEach
  void createStore() throws Exception {
    store = create(HOME_BYTES);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static void assertFault(Fault fault, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault));
  }

  static byte[] read(StoreFile file, long offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    file.read(offset, target);
    return Bytes.of(target);
  }

  static void write(StoreFile file, long offset, byte... bytes) throws StorageException {
    assertThat(file.write(offset, Bytes.direct(bytes))).isEqualTo(bytes.length);
  }

  /** A file of 256 KiB of data. */
  StoreFile filled() throws StorageException {
    StoreFile file = store.create("file");
    write(file, 0, Bytes.random(1, 256 * KIB));
    return file;
  }

  // ---- reading and writing

  @Test
  void aNewHomeIsOneHoleOfZeros() throws Exception {
    assertThat(read(store.home(), 0, HOME_BYTES)).containsOnly(0);
    assertThat(store.home().nextData(0)).isEqualTo(-1);
    assertThat(store.home().nextHole(0)).isZero();
  }

  @Test
  void whatIsWrittenIsReadAtAnyAlignment() throws Exception {
    StoreFile home = store.home();
    for (int offset : List.of(0, 1, 511, 512, 513, 4095, 4096, 70_001)) {
      for (int length : List.of(1, 2, 511, 512, 513, 4097)) {
        write(home, offset, Bytes.random(offset + length, length));
        assertThat(read(home, offset, length)).isEqualTo(Bytes.random(offset + length, length));
      }
    }
  }

  @Test
  void aWriteLeavesItsNeighbours() throws Exception {
    try (StoreFile file = filled()) {
      byte[] expected = Bytes.random(1, 256 * KIB);
      System.arraycopy(Bytes.random(2, 1000), 0, expected, 700, 1000);

      write(file, 700, Bytes.random(2, 1000));

      assertThat(read(file, 0, 256 * KIB)).isEqualTo(expected);
    }
  }

  @Test
  void buffersAreLeftAfterTheBytesThatWereMoved() throws Exception {
    ByteBuffer source = Bytes.direct(Bytes.random(1, 100)).position(10).limit(60);
    assertThat(store.home().write(1000, source)).isEqualTo(50);
    assertThat(source.position()).isEqualTo(60);
    assertThat(source.limit()).isEqualTo(60);

    ByteBuffer target = ByteBuffer.allocateDirect(100).position(20).limit(70);
    store.home().read(1000, target);
    assertThat(target.position()).isEqualTo(70);
    assertThat(Arrays.copyOfRange(Bytes.of(target), 20, 70))
        .isEqualTo(Arrays.copyOfRange(Bytes.random(1, 100), 10, 60));
  }

  @Test
  void aWritePastTheEndExtendsTheFileAcrossZeros() throws Exception {
    try (StoreFile file = store.create("file")) {
      write(file, 10, (byte) 1);
      write(file, 10_000, (byte) 2);

      assertThat(file.size()).isEqualTo(10_001);
      assertThat(read(file, 11, 10_000 - 11)).containsOnly(0);
      assertThat(read(file, 10_000, 1)).containsExactly(2);
    }
  }

  @Test
  void aReadPastTheEndIsCorrupt() throws Exception {
    try (StoreFile file = store.create("file")) {
      assertFault(Fault.CORRUPT, () -> read(file, 0, 1));

      write(file, 0, Bytes.random(1, 1000));
      assertThat(read(file, 999, 1)).hasSize(1);
      assertFault(Fault.CORRUPT, () -> read(file, 999, 2));
      assertFault(Fault.CORRUPT, () -> read(file, 1000, 1));
      assertFault(Fault.CORRUPT, () -> read(file, 5000, 1));
    }
  }

  @Test
  void nothingIsReadAndWrittenAnywhere() throws Exception {
    try (StoreFile file = store.create("file")) {
      file.read(0, ByteBuffer.allocateDirect(0));
      file.read(1000, ByteBuffer.allocateDirect(0));
      assertThat(file.write(1000, ByteBuffer.allocateDirect(0))).isZero();

      assertThat(file.size()).isZero();
    }
  }

  /** The kernel calls it invalid; no caller has a use for it. */
  @Test
  void aRangeOfNothingIsNeitherZeroedNorReserved() throws Exception {
    try (StoreFile file = filled()) {
      assertFault(Fault.STORE_FAILED, () -> file.zero(0, 0, false));
      assertFault(Fault.STORE_FAILED, () -> file.zero(0, 0, true));
      assertFault(Fault.STORE_FAILED, () -> file.reserve(0, 0));

      assertThat(read(file, 0, 256 * KIB)).isEqualTo(Bytes.random(1, 256 * KIB));
    }
  }

  // ---- zeros

  @Test
  void zeroedBytesReadAsZerosAndTheirNeighboursStay() throws Exception {
    Random random = new Random(7);
    for (boolean keepSpace : List.of(false, true)) {
      try (StoreFile file = filled()) {
        byte[] expected = Bytes.random(1, 256 * KIB);
        for (int i = 0; i < 50; i++) {
          int from = random.nextInt(256 * KIB - 1);
          int length = 1 + random.nextInt(Math.min(i < 25 ? 1500 : 20_000, 256 * KIB - from));
          Arrays.fill(expected, from, from + length, (byte) 0);
          file.zero(from, length, keepSpace);
        }

        assertThat(read(file, 0, 256 * KIB)).as("keepSpace=" + keepSpace).isEqualTo(expected);
      }
    }
  }

  @Test
  void zerosThatReleaseSpaceAreAHole() throws Exception {
    try (StoreFile file = filled()) {
      file.zero(64 * KIB, 64 * KIB, false);

      assertThat(file.nextHole(0)).isEqualTo(64 * KIB);
      assertThat(file.nextData(64 * KIB)).isEqualTo(128 * KIB);
    }
  }

  @Test
  void zerosPastTheEndLeaveTheSize() throws Exception {
    for (boolean keepSpace : List.of(false, true)) {
      try (StoreFile file = filled()) {
        file.zero(255 * KIB, 100 * KIB, keepSpace);

        assertThat(file.size()).isEqualTo(256 * KIB);
        assertThat(read(file, 255 * KIB, KIB)).containsOnly(0);
      }
    }
  }

  @Test
  void zeroedBytesCanBeWrittenAgain() throws Exception {
    for (boolean keepSpace : List.of(false, true)) {
      try (StoreFile file = filled()) {
        file.zero(0, 256 * KIB, keepSpace);
        write(file, 5000, Bytes.random(3, 1000));

        assertThat(read(file, 4000, 1000)).containsOnly(0);
        assertThat(read(file, 5000, 1000)).isEqualTo(Bytes.random(3, 1000));
        assertThat(read(file, 6000, 1000)).containsOnly(0);
      }
    }
  }

  // ---- size and space

  @Test
  void whatIsAddedIsAHole() throws Exception {
    try (StoreFile file = filled()) {
      file.setSize(512 * KIB);

      assertThat(file.size()).isEqualTo(512 * KIB);
      assertThat(read(file, 256 * KIB, 256 * KIB)).containsOnly(0);
      assertThat(file.nextData(256 * KIB)).isEqualTo(-1);
    }
  }

  @Test
  void whatIsCutDoesNotComeBack() throws Exception {
    try (StoreFile file = filled()) {
      file.setSize(1001);
      assertThat(file.size()).isEqualTo(1001);
      assertFault(Fault.CORRUPT, () -> read(file, 1001, 1));

      file.setSize(256 * KIB);
      assertThat(read(file, 0, 1001)).isEqualTo(Bytes.random(1, 1001));
      assertThat(read(file, 1001, 256 * KIB - 1001)).containsOnly(0);
    }
  }

  @Test
  void theSameSizeChangesNothing() throws Exception {
    try (StoreFile file = filled()) {
      file.setSize(256 * KIB);

      assertThat(read(file, 0, 256 * KIB)).isEqualTo(Bytes.random(1, 256 * KIB));
    }
  }

  @Test
  void aSizeThatNoFileCanHaveIsOutOfRange() throws Exception {
    try (StoreFile file = filled()) {
      assertFault(Fault.OUT_OF_RANGE, () -> file.setSize(-1));

      assertThat(file.size()).isEqualTo(256 * KIB);
    }
  }

  @Test
  void reservedSpaceChangesNeitherBytesNorSize() throws Exception {
    try (StoreFile file = filled()) {
      file.reserve(100 * KIB, 400 * KIB);

      assertThat(file.size()).isEqualTo(256 * KIB);
      assertThat(read(file, 0, 256 * KIB)).isEqualTo(Bytes.random(1, 256 * KIB));

      file.setSize(500 * KIB);
      assertThat(read(file, 256 * KIB, 244 * KIB)).containsOnly(0);
      write(file, 300 * KIB, Bytes.random(4, 1000));
      assertThat(read(file, 300 * KIB, 1000)).isEqualTo(Bytes.random(4, 1000));
    }
  }

  // ---- data and holes

  @Test
  void dataIsFoundBetweenHoles() throws Exception {
    StoreFile home = store.home();
    write(home, 128 * KIB, Bytes.random(1, 64 * KIB));
    write(home, 512 * KIB, Bytes.random(2, 64 * KIB));

    assertThat(home.nextData(0)).isEqualTo(128 * KIB);
    assertThat(home.nextData(128 * KIB)).isEqualTo(128 * KIB);
    assertThat(home.nextData(150_001)).isEqualTo(150_001);
    assertThat(home.nextHole(150_001)).isEqualTo(192 * KIB);
    assertThat(home.nextData(192 * KIB)).isEqualTo(512 * KIB);
    assertThat(home.nextHole(1)).isEqualTo(1);
    assertThat(home.nextData(576 * KIB)).isEqualTo(-1);
  }

  @Test
  void theEndOfTheFileCountsAsAHole() throws Exception {
    try (StoreFile file = store.create("file")) {
      write(file, 0, Bytes.random(1, 10_001));

      assertThat(file.nextHole(0)).isEqualTo(10_001);
      assertThat(file.nextHole(10_000)).isEqualTo(10_001);
    }
  }

  @Test
  void pastTheEndThereIsNeitherDataNorHole() throws Exception {
    try (StoreFile file = store.create("file")) {
      assertThat(file.nextHole(1)).isEqualTo(-1);
      write(file, 0, Bytes.random(1, 10_000));

      assertThat(file.nextData(10_000)).isEqualTo(-1);
      assertThat(file.nextData(20_000)).isEqualTo(-1);
      assertThat(file.nextHole(10_001)).isEqualTo(-1);
    }
  }

  /** The kernel counts the end as past it when it is asked from there. */
  @Test
  void fromTheEndOnThereIsNoHole() throws Exception {
    try (StoreFile file = store.create("file")) {
      assertThat(file.nextHole(0)).isEqualTo(-1);
      write(file, 0, Bytes.random(1, 10_000));

      assertThat(file.nextHole(10_000)).isEqualTo(-1);
    }
  }

  @Test
  void anyOrderOfOperationsGivesTheBytesOfAnArray() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      try (StoreFile file = store.create("file")) {
        runAgainstArray(file, new Random(seed));
      } catch (StorageException | AssertionError e) {
        throw new AssertionError("seed=" + seed, e);
      }
    }
  }

  private static void runAgainstArray(StoreFile file, Random random) throws StorageException {
    byte[] expected = {};
    for (int i = 0; i < 100; i++) {
      int from = random.nextInt(20_000);
      int length = 1 + random.nextInt(random.nextBoolean() ? 600 : 10_000);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          byte[] bytes = Bytes.random(i, length);
          write(file, from, bytes);
          expected = Arrays.copyOf(expected, Math.max(expected.length, from + length));
          System.arraycopy(bytes, 0, expected, from, length);
        }
        case 2 -> {
          file.zero(from, length, random.nextBoolean());
          int end = Math.min(from + length, expected.length);
          Arrays.fill(expected, Math.min(from, end), end, (byte) 0);
        }
        case 3 -> {
          file.setSize(from);
          expected = Arrays.copyOf(expected, from);
        }
        default -> file.reserve(from, length);
      }
      assertThat(file.size()).isEqualTo(expected.length);
      assertThat(Arrays.equals(read(file, 0, expected.length), expected)).as("step " + i).isTrue();
    }
  }

  // ---- closing

  @Test
  void aClosedFileRefusesEverything() throws Exception {
    StoreFile file = filled();

    file.close();

    assertClosed(file);
  }

  static void assertClosed(StoreFile file) {
    assertFault(Fault.CLOSED, () -> read(file, 0, 1));
    assertFault(Fault.CLOSED, () -> write(file, 0, (byte) 1));
    assertFault(Fault.CLOSED, () -> file.zero(0, 1, false));
    assertFault(Fault.CLOSED, () -> file.zero(0, 1, true));
    assertFault(Fault.CLOSED, file::flush);
    assertFault(Fault.CLOSED, file::size);
    assertFault(Fault.CLOSED, () -> file.setSize(1));
    assertFault(Fault.CLOSED, () -> file.reserve(0, 1));
    assertFault(Fault.CLOSED, () -> file.nextData(0));
    assertFault(Fault.CLOSED, () -> file.nextHole(0));
  }

  @Test
  void aFileIsClosedOnlyOnce() throws Exception {
    StoreFile file = filled();
    file.close();
    file.close();

    try (StoreFile again = store.open("file")) {
      assertThat(read(again, 0, 256 * KIB)).isEqualTo(Bytes.random(1, 256 * KIB));
    }
  }
}
