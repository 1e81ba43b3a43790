package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.store.SectorValues.SECTOR;
import static org.copybay.volumes.store.SectorValues.SECTORS;
import static org.copybay.volumes.store.SectorValues.TRIES;
import static org.copybay.volumes.store.SectorValues.found;
import static org.copybay.volumes.store.SectorValues.sectors;
import static org.copybay.volumes.store.SectorValues.values;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.SimulatedStore.Stopped;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.Test;

class SimulatedStoreTest extends TrackStoreContract {
  private final SimulatedStore store = new SimulatedStore(SECTORS * SECTOR, 1);

  @Override
  SimulatedStore create(long homeBytes) {
    return new SimulatedStore(homeBytes, 1);
  }

  // ---- the process dies

  @Test
  void onlyChangesAreOperations() throws Exception {
    StoreFile file = store.create("file"); // 1
    write(file, 0, (byte) 1); // 2
    file.zero(0, 1, true); // 3
    file.setSize(10); // 4
    file.reserve(0, 10); // 5
    file.flush(); // 6
    store.delete("file"); // 7
    store.syncNames(); // 8
    read(store.home(), 0, 1);
    store.home().nextData(store.home().nextHole(0) + store.home().size());
    store.exists("file");

    assertThat(store.operations()).isEqualTo(8);
  }

  @Test
  void theProcessDiesInTheNthOperation() throws Exception {
    store.stopAfter(3);
    store.home().flush();
    store.home().flush();
    read(store.home(), 0, 1);
    assertThat(store.stopped()).isFalse();

    assertThatThrownBy(() -> store.create("file")).isInstanceOf(Stopped.class);

    assertThat(store.stopped()).isTrue();
    assertThat(store.afterProcessDeath().exists("file")).isFalse();
  }

  @Test
  void theDeadDoNothing() throws Exception {
    StoreFile file = store.create("file");

    store.stopAfter(0);

    assertThatThrownBy(() -> write(file, 0, (byte) 1)).isInstanceOf(Stopped.class);
    assertThatThrownBy(() -> read(file, 0, 1)).isInstanceOf(Stopped.class);
    assertThatThrownBy(file::flush).isInstanceOf(Stopped.class);
    assertThatThrownBy(file::size).isInstanceOf(Stopped.class);
    assertThatThrownBy(() -> store.exists("file")).isInstanceOf(Stopped.class);
    assertThatThrownBy(store::syncNames).isInstanceOf(Stopped.class);
    file.close();
    assertThat(store.afterProcessDeath().open("file").size()).isZero();
  }

  @Test
  void theDeathOfTheProcessLosesNothing() throws Exception {
    write(store.home(), 0, sectors(2, 1));
    store.home().flush();
    write(store.home(), SECTOR, sectors(1, 2));
    write(store.create("file"), 0, Bytes.random(1, 1000));

    SimulatedStore next = store.afterProcessDeath();

    assertThat(next.origin()).isEqualTo(store.origin());
    assertThat(values(next.home())).startsWith(1, 2, 0);
    assertThat(read(next.open("file"), 0, 1000)).isEqualTo(Bytes.random(1, 1000));
    assertThat(next.operations()).isZero();
  }

  @Test
  void powerMayBeLostAfterTheProcessDied() throws Exception {
    write(store.home(), 0, sectors(1, 1));
    store.home().flush();
    write(store.home(), 0, sectors(1, 2));
    store.create("file");

    SimulatedStore next = store.afterProcessDeath();
    SimulatedStore last = next.afterPowerLoss(new Random(1), Loss.DROP_ALL);

    assertThat(values(last.home())).startsWith(1, 0);
    assertThat(last.exists("file")).isFalse();
  }

  @Test
  void theNextProcessHasItsOwnBytes() throws Exception {
    SimulatedStore next = store.afterProcessDeath();
    write(next.home(), 0, sectors(1, 2));
    write(store.home(), SECTOR, sectors(1, 3));

    assertThat(values(store.home())).startsWith(0, 3);
    assertThat(values(next.home())).startsWith(2, 0);
  }

  @Test
  void theStoppingWriteIsDoneToAnyByte() throws Exception {
    Set<Integer> lengths = new TreeSet<>();
    Set<Integer> sectorsOnly = new TreeSet<>();
    for (int seed = 0; seed < TRIES; seed++) {
      SimulatedStore dying = new SimulatedStore(SECTORS * SECTOR, seed);
      dying.stopAfter(1);
      assertThatThrownBy(() -> write(dying.home(), 100, sectors(2, 1))).isInstanceOf(Stopped.class);

      lengths.add(prefix(dying.afterProcessDeath()));
      sectorsOnly.add(prefix(dying.afterPowerLoss(new Random(seed), Loss.KEEP_ALL)));
    }

    assertThat(lengths).hasSizeGreaterThan(50).allMatch(n -> n <= 2 * SECTOR);
    assertThat(sectorsOnly).containsExactly(0, SECTOR - 100, 2 * SECTOR - 100, 2 * SECTOR);
  }

  /** How many bytes from 100 on are ones; all others must be zeros. */
  private static int prefix(SimulatedStore store) throws StorageException {
    byte[] bytes = read(store.home(), 0, 4 * SECTOR);
    int end = 100;
    while (bytes[end] == 1) {
      end++;
    }
    byte[] expected = new byte[4 * SECTOR];
    Arrays.fill(expected, 100, end, (byte) 1);
    assertThat(bytes).isEqualTo(expected);
    return end - 100;
  }

  // ---- errors

  @Test
  void aRefusedOperationChangesNothing() throws Exception {
    store.refuse((file, kind, offset, length) -> kind.changes() ? Fault.NO_SPACE : null);

    assertFault(Fault.NO_SPACE, () -> write(store.home(), 0, (byte) 1));
    assertFault(Fault.NO_SPACE, () -> store.create("file"));

    assertThat(store.exists("file")).isFalse();
    assertThat(read(store.home(), 0, 1)).containsExactly(0);
    assertThat(store.operations()).isEqualTo(2);
  }

  @Test
  void aRefusalSeesWhatItRefuses() throws Exception {
    store.refuse(
        (file, kind, offset, length) ->
            kind == Kind.READ && file.equals(SimulatedStore.HOME) && offset + length > 1000
                ? Fault.STORE_FAILED
                : null);

    assertThat(read(store.home(), 999, 1)).hasSize(1);
    assertFault(Fault.STORE_FAILED, () -> read(store.home(), 1000, 1));
  }

  @Test
  void aFailedSyncFailsEveryLaterOne() throws Exception {
    StoreFile file = store.create("file");
    write(file, 0, sectors(1, 1));
    store.refuse((name, kind, offset, length) -> kind == Kind.FLUSH ? Fault.NO_SPACE : null);
    assertFault(Fault.NO_SPACE, file::flush);
    store.refuse((name, kind, offset, length) -> null);

    assertFault(Fault.STORE_FAILED, file::flush);
    store.home().flush();
    store.open("file").flush();
  }

  @Test
  void aFailedSyncLosesSectorsForGood() throws Exception {
    write(store.home(), 0, sectors(SECTORS, 1));
    store.home().flush();
    write(store.home(), 0, sectors(SECTORS, 2));
    store.refuse((name, kind, offset, length) -> Fault.STORE_FAILED);
    assertFault(Fault.STORE_FAILED, () -> store.home().flush());
    store.refuse((name, kind, offset, length) -> null);

    List<Integer> seen = values(store.home());
    SimulatedStore next = store.afterProcessDeath();
    next.home().flush(); // believes that all is well
    List<Integer> found = values(next.afterPowerLoss(new Random(1), Loss.KEEP_ALL).home());

    assertThat(seen).contains(1, 2);
    assertThat(found).contains(1, 2).isNotEqualTo(seen);
    for (int sector = 0; sector < SECTORS; sector++) {
      assertThat(seen.get(sector)).isGreaterThanOrEqualTo(found.get(sector));
    }
  }

  @Test
  void aSyncThatIsIgnoredSavesNothing() throws Exception {
    store.ignoreFlushes(SimulatedStore.HOME);
    write(store.home(), 0, sectors(SECTORS, 1));

    store.home().flush();

    assertThat(store.operations()).isEqualTo(2);
    assertThat(found(store, Loss.DROP_ALL)).containsExactly(0);
  }

  // ---- short writes and space

  @Test
  void aWriteIsShortByTheLimit() throws Exception {
    store.limitWrites((file, offset, length) -> (int) offset);
    ByteBuffer source = Bytes.direct(sectors(1, 1));

    assertThat(store.home().write(0, source)).isEqualTo(1);
    assertThat(store.home().write(100, source)).isEqualTo(100);
    assertThat(source.position()).isEqualTo(101);
    assertThat(store.home().write(5000, source)).isEqualTo(SECTOR - 101);
  }

  @Test
  void aWriteEndsWhereSpaceEnds() throws Exception {
    store.limitSpace(2 * SECTOR);
    StoreFile file = store.create("file");

    assertThat(file.write(100, Bytes.direct(sectors(3, 1)))).isEqualTo(2 * SECTOR - 100);
    assertFault(Fault.NO_SPACE, () -> write(store.home(), 0, (byte) 1));
    write(file, 0, sectors(2, 2));

    file.zero(0, SECTOR, false);
    write(store.home(), 0, (byte) 1);
    store.delete("file");
    write(store.home(), SECTOR, (byte) 1);
  }

  @Test
  void reservedSpaceIsTakenAndCanBeWritten() throws Exception {
    store.limitSpace(4 * SECTOR);
    StoreFile file = store.create("file");
    assertFault(Fault.NO_SPACE, () -> file.reserve(0, 5 * SECTOR));
    file.reserve(0, 4 * SECTOR);

    assertFault(Fault.NO_SPACE, () -> write(store.home(), 0, (byte) 1));
    assertFault(Fault.NO_SPACE, () -> store.home().zero(0, 1, true));
    write(file, 0, sectors(4, 1));
    file.zero(0, 4 * SECTOR, true);
    assertFault(Fault.NO_SPACE, () -> write(store.home(), 0, (byte) 1));
    file.zero(0, 4 * SECTOR, false);
    write(store.home(), 0, (byte) 1);
  }

  // ---- the log

  @Test
  void theLogSaysWhatWasDoneInOrder() throws Exception {
    StoreFile file = store.create("file");
    store.startLog();
    write(file, 10, sectors(1, 1));
    store.refuse((name, kind, offset, length) -> kind == Kind.READ ? Fault.CORRUPT : null);
    assertFault(Fault.CORRUPT, () -> read(file, 0, 1));
    file.flush();
    store.syncNames();

    Thread here = Thread.currentThread();
    assertThat(store.log())
        .containsExactly(
            new StoreOperation(Kind.WRITE, "file", 10, SECTOR, here),
            new StoreOperation(Kind.FLUSH, "file", 0, 0, here),
            new StoreOperation(Kind.SYNC_NAMES, "", 0, 0, here));
  }

  @Test
  void theOriginCanBeSet() throws Exception {
    store.setOrigin(Origin.UNKNOWN);

    assertThat(store.origin()).isEqualTo(Origin.UNKNOWN);
    assertThat(store.afterProcessDeath().origin()).isEqualTo(Origin.UNKNOWN);
  }
}
