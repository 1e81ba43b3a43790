package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A full disk, failed reads, writes and syncs under an engine (P9). */
final class EngineFaultTest {
  private static final int BLOCK = 512;
  private static final int SIZE = BLOCK * 64;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private final byte[] before = Bytes.random(1, SIZE);
  private EngineFixture engine;
  private int point;

  @BeforeEach
  void freezeVolume() throws StorageException {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, before);
    point = engine.freeze();
    engine.engine().flush();
  }

  private void refuse(String file, Kind kind, Fault fault) {
    store.refuse((name, what, offset, length) -> name.equals(file) && what == kind ? fault : null);
  }

  private static void assertFault(Fault fault, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(fault));
  }

  @Test
  void aFullDiskRefusesTheWriteAndChangesNothing() throws Exception {
    refuse(TrackFiles.SPILL, Kind.WRITE, Fault.NO_SPACE);

    assertFault(Fault.NO_SPACE, () -> engine.write(1000, Bytes.random(2, 5000)));

    assertThat(engine.read(0)).isEqualTo(before);
    assertThat(engine.read(point)).isEqualTo(before);
    store.refuse((name, what, offset, length) -> null);
    engine.write(1000, Bytes.random(2, 5000));
    assertThat(engine.read(0, 1000, 5000)).isEqualTo(Bytes.random(2, 5000));
    assertThat(engine.engine().spillBytes()).isEqualTo(11L * BLOCK);
  }

  @Test
  void spaceForAPartIsAShortWriteOfWholeBlocks() throws Exception {
    store.limitWrites((file, offset, length) -> file.equals(TrackFiles.SPILL) ? 1300 : length);
    refuseAfterFirst();

    ByteBuffer source = Bytes.direct(Bytes.random(2, 5000));
    int written = engine.write(512, source);

    assertThat(written).isEqualTo(1024);
    assertThat(source.position()).isEqualTo(1024);
    byte[] after = before.clone();
    System.arraycopy(Bytes.random(2, 5000), 0, after, 512, 1024);
    assertThat(engine.read(0)).isEqualTo(after);
    assertThat(engine.read(point)).isEqualTo(before);
  }

  /** The first write to the spill is made, the others find the disk full. */
  private void refuseAfterFirst() {
    int[] count = new int[1];
    store.refuse(
        (name, what, offset, length) ->
            name.equals(TrackFiles.SPILL) && what == Kind.WRITE && count[0]++ > 0
                ? Fault.NO_SPACE
                : null);
  }

  @Test
  void aJournalThatCannotBeWrittenRefusesTheWriteAndChangesNothing() throws Exception {
    refuse("journal.0", Kind.WRITE, Fault.STORE_FAILED);

    assertFault(Fault.STORE_FAILED, () -> engine.write(0, Bytes.random(2, 700)));
    assertFault(Fault.STORE_FAILED, () -> engine.zero(0, 1024, false));
    assertFault(Fault.STORE_FAILED, () -> engine.drop(point));

    assertThat(engine.read(0)).isEqualTo(before);
    assertThat(engine.read(point)).isEqualTo(before);
    assertThat(engine.engine().spillBytes()).isZero();
  }

  @Test
  void aCheckpointThatFailsLosesNothingAndIsTriedAgain() throws Exception {
    engine.write(0, Bytes.random(2, SIZE));
    int second = engine.freeze();
    engine.drop(point);
    refuse("map.1", Kind.WRITE, Fault.NO_SPACE);

    assertFault(Fault.NO_SPACE, engine::upkeep);
    engine.write(5000, new byte[3000]);
    assertThat(engine.read(second)).isEqualTo(Bytes.random(2, SIZE));
    store.refuse((name, what, offset, length) -> null);
    engine.upkeep();

    assertThat(engine.read(second)).isEqualTo(Bytes.random(2, SIZE));
    SimulatedStore later = store.afterProcessDeath();
    EngineFixture again = new EngineFixture(later, BLOCK, 1 << 20, RecoverMode.AUTO);
    assertThat(again.read(second)).isEqualTo(Bytes.random(2, SIZE));
    byte[] live = Bytes.random(2, SIZE);
    Arrays.fill(live, 5000, 8000, (byte) 0);
    assertThat(again.read(0)).isEqualTo(live);
  }

  @Test
  void aFailedFenceFailsTheOthersAndARestartNamesNothingThatWasLost() throws Exception {
    engine.write(8192, Bytes.random(3, 5000));
    engine.engine().flush();
    byte[] synced = engine.read(0);
    engine.write(0, Bytes.random(2, 5000));
    int lost = engine.freeze();
    refuse(TrackFiles.SPILL, Kind.FLUSH, Fault.STORE_FAILED);

    assertFault(Fault.STORE_FAILED, () -> engine.engine().flush());
    store.refuse((name, what, offset, length) -> null);
    assertFault(Fault.STORE_FAILED, () -> engine.engine().flush());
    assertThat(engine.read(point)).isEqualTo(before);

    engine.restart();
    assertThat(engine.read(0)).isEqualTo(synced);
    assertThat(engine.read(point)).isEqualTo(before);
    assertThat(engine.engine().hasPoint(lost, 1000)).isFalse();
    assertThat(engine.freeze()).isGreaterThan(lost);
    engine.write(8192, Bytes.random(4, 5000));
    engine.engine().flush();
    byte[] now = engine.read(0);
    SimulatedStore later = store.afterPowerLoss(new Random(1), Loss.DROP_ALL);
    EngineFixture again = new EngineFixture(later, BLOCK, 1 << 20, RecoverMode.AUTO);
    assertThat(again.read(0)).isEqualTo(now);
    assertThat(again.read(lost + 1)).isEqualTo(synced);
    assertThat(again.read(point)).isEqualTo(before);
  }

  @Test
  void spaceOfADroppedPointIsTakenAgain() throws Exception {
    for (int round = 0; round < 20; round++) {
      engine.write(0, Bytes.random(round, SIZE));
      int next = engine.freeze();
      engine.drop(point);
      point = next;
      engine.upkeep();
    }

    assertThat(engine.engine().spillBytes()).isLessThanOrEqualTo(2L * SIZE);
    assertThat(store.open(TrackFiles.SPILL).size()).isLessThanOrEqualTo(4L * SIZE);
  }

  /** A disk with so many free blocks. */
  private void leaveFree(int blocks) throws StorageException {
    store.limitSpace(1 << 20);
    StoreFile filler = store.exists("filler") ? store.open("filler") : store.create("filler");
    boolean full = false;
    while (!full) {
      try {
        filler.reserve(filler.size(), BLOCK);
        filler.setSize(filler.size() + BLOCK);
      } catch (StorageException e) {
        full = true;
      }
    }
    filler.setSize(filler.size() - (long) blocks * BLOCK);
  }

  @Test
  void onAFullDiskAnEngineIsSyncedStartedAndFreesTheSpaceOfAPoint() throws Exception {
    leaveFree(20);
    assertFault(Fault.NO_SPACE, () -> engine.write(0, Bytes.random(2, SIZE)));

    for (int i = 0; i < 10_000; i++) {
      engine.engine().flush();
    }
    byte[] live = engine.read(0);
    SimulatedStore later = store.afterProcessDeath();
    later.limitSpace(0);
    EngineFixture again = new EngineFixture(later, BLOCK, 1 << 20, RecoverMode.AUTO);
    assertThat(again.read(0)).isEqualTo(live);
    assertThat(again.read(point)).isEqualTo(before);
    engine.drop(point);
    engine.upkeep();
    assertThat(engine.read(0)).isEqualTo(live);
    assertThat(engine.engine().spillBytes()).isZero();
    engine.write(0, Bytes.random(2, SIZE));
  }

  @Test
  void aMapThatHasGrownFindsItsSpaceOnAFullDisk() throws Exception {
    store.limitSpace(8 << 20);
    for (int i = 0; i < 3000; i++) {
      engine.write(i % 64 * (long) BLOCK, Bytes.random(i, BLOCK));
      point = engine.freeze();
    }
    byte[] live = engine.read(0);

    SimulatedStore later = store.afterProcessDeath();
    later.limitSpace(0);
    EngineFixture again = new EngineFixture(later, BLOCK, 1 << 20, RecoverMode.AUTO);
    assertThat(again.read(0)).isEqualTo(live);
    assertThat(again.read(point)).isEqualTo(live);
  }

  @Test
  void whatIsAwayGoesHomeInTheSpaceThatThereIs() throws Exception {
    engine.zero(0, SIZE, false);
    engine.drop(point);
    engine.upkeep();
    engine.freeze();
    byte[] now = Bytes.random(2, SIZE);
    leaveFree(SIZE / BLOCK + 5);
    engine.write(0, now);
    engine.drop(2);

    for (int i = 0; engine.engine().upkeepWanted(); i++) {
      assertThat(i).isLessThan(20);
      engine.upkeep();
    }

    assertThat(engine.engine().awayBytes()).isZero();
    assertThat(engine.read(0)).isEqualTo(now);
  }

  @Test
  void anEngineThatCannotBeMadeLeavesNothing() throws Exception {
    for (int free = 0; free < 1400; free += 100) {
      SimulatedStore small = new SimulatedStore(SIZE, 1);
      small.limitSpace((long) free * BLOCK);
      try {
        new EngineFixture(small, BLOCK, 1 << 20, RecoverMode.AUTO).close();
      } catch (StorageException e) {
        assertThat(e.fault()).isEqualTo(Fault.NO_SPACE);
        for (String name : EngineFiles.NAMES) {
          assertThat(small.exists(name)).as(name).isFalse();
        }
      }
    }
  }

  @Test
  void aDamagedMapOrJournalIsNamedAndNotServed() throws Exception {
    engine.write(0, Bytes.random(2, SIZE));
    engine.drop(point);
    engine.freeze();
    engine.upkeep();
    engine.close();

    for (String file : new String[] {"map.1", "journal.1", Superblock.FILE}) {
      SimulatedStore damaged = store.afterProcessDeath();
      try (var bad = damaged.open(file)) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(8192, bad.size()));
        bad.read(0, bytes);
        bytes.put(20, (byte) (bytes.get(20) + 1)).flip();
        if (bytes.limit() > 4116) {
          bytes.put(4116, (byte) (bytes.get(4116) + 1));
        }
        bad.write(0, bytes);
      }
      assertThatThrownBy(() -> new EngineFixture(damaged, BLOCK, 1 << 20, RecoverMode.AUTO))
          .isInstanceOfSatisfying(
              StorageException.class,
              e -> {
                assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
                assertThat(e.getMessage()).contains(file).contains("damaged");
              });
    }
  }

  /** The home alone would be old data, and no point is there whose row could tell (P8). */
  @Test
  void anEngineThatWasCutIsDamageWhileBlocksAreAway() throws Exception {
    engine.write(0, Bytes.random(2, SIZE));
    engine.drop(point);
    engine.engine().flush();
    engine.close();

    for (int length : new int[] {100, 0}) {
      cutEngine(store, length);
      assertFault(Fault.CORRUPT, () -> new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO));
    }
  }

  @Test
  void anEngineThatACrashLeftBlankInItsMakingIsMadeAnew() throws Exception {
    SimulatedStore other = new SimulatedStore(SIZE, 1);
    new EngineFixture(other, BLOCK, 1 << 20, RecoverMode.AUTO).close();
    cutEngine(other, 0);

    try (EngineFixture again = new EngineFixture(other, BLOCK, 1 << 20, RecoverMode.AUTO)) {
      assertThat(again.freeze()).isEqualTo(1);
    }
  }

  private static void cutEngine(SimulatedStore store, int length) throws StorageException {
    try (StoreFile file = store.open(Superblock.FILE)) {
      file.setSize(length);
    }
  }
}
