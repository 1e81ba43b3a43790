package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Finding;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A volume is served from its home alone only where no engine ever had anything to say, or said
 * that it has not; and from a spill only where that is whole (P8).
 */
final class EnginePresenceTest {
  private static final int BLOCK = 512;
  private static final int SIZE = BLOCK * 64;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private EngineFixture engine;

  @BeforeEach
  void makeEngine() throws StorageException {
    engine = start(store);
    engine.write(0, Bytes.random(1, SIZE));
  }

  private static EngineFixture start(SimulatedStore store) throws StorageException {
    return new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
  }

  private static void assertCorrupt(String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining(words);
  }

  private static void assertOneDamage(String what, SimulatedStore store) throws StorageException {
    assertThat(Inspected.of(store, BLOCK, RecoverMode.PROCESS, Portions.STANDARD).damages())
        .extracting(Finding::what)
        .containsExactly(what);
  }

  // ---- a superblock that was taken away

  private void assertRefusedWithoutSuperblock() throws StorageException {
    engine.engine().flush();
    engine.close();
    SimulatedStore found = store.afterProcessDeath();
    found.delete(Superblock.FILE);

    assertCorrupt("want the file engine", () -> start(found));
    assertOneDamage("superblock", found);
  }

  @Test
  void aSpillWithDataNeedsOne() throws Exception {
    int point = engine.freeze();
    engine.write(0, Bytes.random(2, SIZE));
    engine.drop(point);
    assertRefusedWithoutSuperblock();
  }

  @Test
  void blocksThatWereZeroedNeedOneAlthoughTheSpillIsEmpty() throws Exception {
    engine.freeze();
    engine.zero(0, SIZE, false);
    assertRefusedWithoutSuperblock();
  }

  @Test
  void aCheckpointNeedsOneWhereTheJournalIsEmpty() throws Exception {
    engine.freeze();
    engine.zero(0, SIZE, false);
    engine.engine().flush();
    engine.close();
    engine = start(store);
    assertRefusedWithoutSuperblock();
  }

  @Test
  void anEngineThatNeverHadAPointNeedsNone() throws Exception {
    engine.close();
    SimulatedStore found = store.afterProcessDeath();
    found.delete(Superblock.FILE);

    assertThat(Inspected.of(found, BLOCK, RecoverMode.PROCESS, Portions.STANDARD).damages())
        .isEmpty();
    start(found).close();
  }

  // ---- an engine that retires

  private byte[] makeDispensable() throws StorageException {
    byte[] now = Bytes.random(2, SIZE);
    int point = engine.freeze();
    engine.write(0, now);
    engine.drop(point);
    for (int i = 0; engine.engine().upkeepWanted(); i++) {
      assertThat(i).isLessThan(20);
      engine.upkeep();
    }
    assertThat(engine.engine().dispensable()).isTrue();
    engine.engine().flush();
    return now;
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void canBeStoppedAfterEveryStepOfItsEnd(Loss loss) throws Exception {
    byte[] now = makeDispensable();
    engine.close();
    long steps = 0;
    for (boolean ended = false; !ended; steps++) {
      SimulatedStore found = store.afterProcessDeath();
      found.stopAfter(1 + steps);
      try {
        EngineFiles.retireLeft(found);
        ended = true;
      } catch (SimulatedStore.Stopped e) {
        // the next one gets a step further
      }
      requireHomeIsTheVolume(found.afterProcessDeath(), now);
      requireHomeIsTheVolume(found.afterPowerLoss(new Random(steps), loss), now);
    }
    assertThat(steps).isGreaterThan(8);
  }

  /** Whatever is left of the engine, the volume is its home, and takes points again. */
  private static void requireHomeIsTheVolume(SimulatedStore found, byte[] now)
      throws StorageException {
    Inspected.soundAfterCrash("retired", found, BLOCK, RecoverMode.PROCESS, new Random(1));
    try (EngineFixture again = start(found)) {
      assertThat(again.engine().points()).isEmpty();
      assertThat(again.read(0)).isEqualTo(now);
      int point = again.freeze();
      again.write(0, Bytes.random(3, BLOCK));
      assertThat(again.read(point)).isEqualTo(now);
    }
  }

  @Test
  void whatCouldNotBeRemovedIsRemovedByTheNextOne() throws Exception {
    byte[] now = makeDispensable();
    engine.close();
    store.refuse((file, kind, offset, length) -> file.equals("map.0") ? Fault.STORE_FAILED : null);
    assertThatThrownBy(() -> EngineFiles.retireLeft(store)).isInstanceOf(StorageException.class);
    EngineFiles.tidyRetired(store); // as a start does
    assertThatThrownBy(() -> start(store)).isInstanceOf(StorageException.class);
    SimulatedStore stillThere = store.afterProcessDeath();
    store.refuse((file, kind, offset, length) -> null);

    requireHomeIsTheVolume(stillThere, now);
    requireHomeIsTheVolume(store, now);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aNewOneOverWhatIsLeftCanBeStoppedAfterEveryStep(Loss loss) throws Exception {
    byte[] now = makeDispensable();
    engine.close();
    store.refuse((file, kind, offset, length) -> file.equals("map.0") ? Fault.STORE_FAILED : null);
    assertThatThrownBy(() -> EngineFiles.retireLeft(store)).isInstanceOf(StorageException.class);
    store.refuse((file, kind, offset, length) -> null);
    long steps = 0;
    for (boolean ended = false; !ended; steps++) {
      SimulatedStore found = store.afterProcessDeath();
      found.stopAfter(1 + steps);
      try {
        start(found).close();
        ended = true;
      } catch (SimulatedStore.Stopped e) {
        // the next one gets a step further
      }
      requireHomeIsTheVolume(found.afterProcessDeath(), now);
      requireHomeIsTheVolume(found.afterPowerLoss(new Random(steps), loss), now);
    }
    assertThat(steps).isGreaterThan(20);
  }

  @Test
  void aStartRemovesWhatARetiredOneLeft() throws Exception {
    makeDispensable();
    engine.close();
    store.refuse((file, kind, offset, length) -> file.equals("map.0") ? Fault.STORE_FAILED : null);
    assertThatThrownBy(() -> EngineFiles.retireLeft(store)).isInstanceOf(StorageException.class);
    store.refuse((file, kind, offset, length) -> null);

    EngineFiles.tidyRetired(store);

    for (String name : EngineFiles.NAMES) {
      assertThat(store.exists(name)).as(name).isFalse();
    }
  }

  // ---- a spill that was cut

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSpillThatWasCutIsRefusedAndTakesNoWrite(boolean checkpointed) throws Exception {
    engine.freeze();
    engine.write(0, Bytes.random(2, SIZE));
    engine.engine().flush();
    engine.close();
    if (checkpointed) {
      start(store).close();
    }
    SimulatedStore found = store.afterProcessDeath();
    start(found).close();
    try (StoreFile spill = found.open(TrackFiles.SPILL)) {
      assertThat(spill.size()).isEqualTo(SIZE);
      spill.setSize(SIZE - 1);
    }

    assertCorrupt("it was cut: want at least 32768 bytes, got 32767", () -> start(found));
    assertOneDamage("spill", found);
  }

  @Test
  void aSpillThatIsCutUnderTheEngineIsFound() throws Exception {
    engine.freeze();
    engine.write(0, Bytes.random(2, SIZE));
    engine.engine().requireUncut();
    try (StoreFile spill = store.open(TrackFiles.SPILL)) {
      spill.setSize(BLOCK);
    }

    assertCorrupt("spill is damaged: it was cut", () -> engine.engine().requireUncut());
    engine.close();
  }

  /** A start would ask for all that map and journal have ever named. */
  @Test
  void aSpillThatIsCutUnderTheEngineIsFoundAlsoWhereItIsFree() throws Exception {
    int first = engine.freeze();
    engine.write(0, Bytes.random(2, SIZE));
    engine.freeze();
    engine.write(0, Bytes.random(3, SIZE));
    engine.drop(first);
    engine.upkeep();
    engine.close();
    engine = start(store);
    try (StoreFile spill = store.open(TrackFiles.SPILL)) {
      assertThat(spill.size()).isEqualTo(2 * SIZE);
      spill.setSize(SIZE);

      assertCorrupt("want at least 65536 bytes", () -> engine.engine().requireUncut());
      spill.setSize(2 * SIZE);
    }
    engine.engine().requireUncut();
    engine.close();
    start(store).close();
  }
}
