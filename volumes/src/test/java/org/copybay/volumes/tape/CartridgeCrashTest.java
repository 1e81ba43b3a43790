package org.copybay.volumes.tape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.SimulatedStore.Stopped;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cartridge is stopped after any step, also of its recovery, and opened on what the death of the
 * process or lost power leaves: P1, P2 and P4. Seeded: -Dcopybay.seed=N begins there.
 */
final class CartridgeCrashTest {
  private static final int LIVES = 8;
  private static final List<Loss> LOSSES = List.of(Loss.values());

  private TapeModel before = new TapeModel(); // when the step began
  private TapeModel now = new TapeModel(); // when the step has ended
  private int synced; // objects that survive power loss, also when the step is stopped

  static Stream<Long> seeds() {
    int count = Integer.getInteger("crash.seeds", 300);
    long first = Long.getLong("copybay.seed", 1L);
    return IntStream.range(0, count).mapToObj(i -> first + i);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingThatWasPromisedIsLost(long seed) throws Exception {
    Random random = new Random(seed);
    SimulatedStore store = new SimulatedStore(0, seed);
    Cartridge.format(new UUID(seed, 1), 0, store);
    try {
      for (int life = 0; life < LIVES; life++) {
        run(store, random);
        boolean power = random.nextBoolean();
        store = afterCrash(store, random, power);
        store = stopInRecovery(store, random, power);
        assertInOrder(store, seed);
        check(TapeModel.of(open(store, power, random)), power);
      }
    } catch (AssertionError | StorageException | RuntimeException e) {
      fail("seed=" + seed + ": " + e, e);
    }
  }

  /** What a crash leaves is no damage to a check of the bay. */
  private static void assertInOrder(SimulatedStore store, long seed) {
    Findings findings = new Findings();
    boolean readData = seed % 2 == 0;
    CartridgeInspection.run(new UUID(seed, 1), store, RecoverMode.AUTO, readData, findings);
    assertThat(findings.all()).isEmpty();
  }

  private static SimulatedStore afterCrash(SimulatedStore store, Random random, boolean power) {
    return power
        ? store.afterPowerLoss(random, LOSSES.get(random.nextInt(LOSSES.size())))
        : store.afterProcessDeath();
  }

  private static SimulatedStore stopInRecovery(SimulatedStore store, Random random, boolean power)
      throws StorageException {
    SimulatedStore found = store;
    for (int tries = random.nextInt(3); tries > 0; tries--) {
      found.stopAfter(random.nextInt(8));
      try {
        assertThat(open(found, power, random).end()).isNotNull();
      } catch (Stopped e) {
        // as wanted
      }
      found = afterCrash(found, random, power);
    }
    return found;
  }

  private static Cartridge open(SimulatedStore store, boolean power, Random random)
      throws StorageException {
    RecoverMode mode =
        random.nextBoolean() ? RecoverMode.AUTO : power ? RecoverMode.POWER : RecoverMode.PROCESS;
    return Cartridge.open("cartridge", store, mode, false);
  }

  private void check(TapeModel found, boolean power) {
    assertThat(found.isPrefixOf(now) || found.isPrefixOf(before)).isTrue();
    assertThat(found.size())
        .isGreaterThanOrEqualTo(power ? synced : Math.min(before.size(), now.size()));
    before = new TapeModel(found);
    now = new TapeModel(found);
    synced = found.size();
  }

  // ---- one life

  private void run(SimulatedStore store, Random random) throws StorageException {
    Cartridge cartridge = Cartridge.open("cartridge", store, RecoverMode.AUTO, false);
    store.stopAfter(1 + random.nextInt(random.nextBoolean() ? 20 : 200));
    try {
      while (!store.stopped()) {
        step(cartridge, random);
        before = new TapeModel(now);
      }
    } catch (Stopped e) {
      // as wanted
    }
  }

  private void step(Cartridge cartridge, Random random) throws StorageException {
    switch (random.nextInt(12)) {
      case 0 -> mark(cartridge, 1 + random.nextInt(3), random.nextBoolean());
      case 1 -> cut(cartridge, random.nextInt(now.size() + 1));
      case 2 -> {
        cartridge.sync();
        synced = now.size();
      }
      case 3 -> {
        cartridge.settle();
        synced = now.size();
      }
      case 4 -> cartridge.compress(random.nextBoolean());
      default -> append(cartridge, random);
    }
  }

  private void append(Cartridge cartridge, Random random) throws StorageException {
    byte[] record = Bytes.random(random.nextLong(), 1 + random.nextInt(1500));
    if (random.nextBoolean()) {
      java.util.Arrays.fill(record, (byte) random.nextInt());
    }
    now.add(record);
    cartridge.append(Bytes.direct(record));
  }

  private void mark(Cartridge cartridge, int count, boolean sync) throws StorageException {
    IntStream.range(0, count).forEach(i -> now.add(TapeModel.MARK));
    cartridge.mark(count, sync);
    synced = sync ? now.size() : synced;
  }

  private void cut(Cartridge cartridge, int number) throws StorageException {
    now.cut(number);
    synced = Math.min(synced, number);
    cartridge.cut(number);
  }
}
