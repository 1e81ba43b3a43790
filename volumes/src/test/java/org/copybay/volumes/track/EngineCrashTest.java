package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine is stopped after any step, also of its recovery, and started on what the death of the
 * process or lost power leaves: P1, P2, P4 and P5. Seeded: -Dcopybay.seed=N begins there.
 */
final class EngineCrashTest {
  private static final int[] BLOCKS = {512, 1024, 4096};

  private static final int LIVES = 8;
  private static final List<Loss> LOSSES = List.of(Loss.values());

  static Stream<Long> seeds() {
    int count = Integer.getInteger("crash.seeds", 60);
    long first = Long.getLong("copybay.seed", 1L);
    return IntStream.range(0, count).mapToObj(i -> first + i);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingThatWasPromisedIsLost(long seed) throws Exception {
    Random random = new Random(seed);
    int blockBytes = BLOCKS[random.nextInt(BLOCKS.length)];
    int size = blockBytes * 40 + 512 * random.nextInt(8);
    CrashModel model = new CrashModel(size, random);
    SimulatedStore store = new SimulatedStore(size, seed);
    try {
      EngineFixture engine = start(store, blockBytes, random, RecoverMode.AUTO);
      for (int life = 0; life < LIVES; life++) {
        run(model, store, engine, random);
        boolean power = random.nextBoolean();
        store = afterCrash(store, random, power);
        store = stopInRecovery(store, blockBytes, random, power);
        if (!power && random.nextInt(3) == 0) { // what a start has found is lost with the power
          start(store, blockBytes, random, mode(random, false));
          store = afterCrash(store, random, true);
          power = true;
        }
        RecoverMode mode = mode(random, power);
        Inspected.soundAfterCrash("power=" + power, store, blockBytes, mode, random);
        engine = start(store, blockBytes, random, mode);
        model.setOrigin(engine);
        if (power) {
          model.requireAfterPowerLoss(engine);
        } else {
          model.requireAfterProcessDeath(engine);
        }
      }
    } catch (AssertionError | StorageException | RuntimeException e) {
      fail("seed=" + seed + ": " + e, e);
    }
  }

  private static RecoverMode mode(Random random, boolean power) {
    return random.nextBoolean()
        ? RecoverMode.AUTO
        : power ? RecoverMode.POWER : RecoverMode.PROCESS;
  }

  private static EngineFixture start(
      SimulatedStore store, int blockBytes, Random random, RecoverMode mode)
      throws StorageException {
    return new EngineFixture(store, blockBytes, 32L * (4 + random.nextInt(100)), mode);
  }

  private static void run(
      CrashModel model, SimulatedStore store, EngineFixture engine, Random random)
      throws StorageException {
    store.stopAfter(1 + random.nextInt(300));
    try {
      for (int i = 0; i < 150; i++) {
        model.step(engine);
      }
    } catch (SimulatedStore.Stopped e) {
      // the process is dead
    }
  }

  private static SimulatedStore afterCrash(SimulatedStore store, Random random, boolean power) {
    return power
        ? store.afterPowerLoss(random, LOSSES.get(random.nextInt(LOSSES.size())))
        : store.afterProcessDeath();
  }

  /**
   * A start that dies as well, once or more often; the death of the power may follow at any time.
   */
  private static SimulatedStore stopInRecovery(
      SimulatedStore found, int blockBytes, Random random, boolean power) throws StorageException {
    SimulatedStore store = found;
    while (random.nextInt(3) == 0) {
      store.stopAfter(1 + random.nextInt(25));
      try {
        start(store, blockBytes, random, mode(random, power)).close();
      } catch (SimulatedStore.Stopped e) {
        // dead again
      }
      store = afterCrash(store, random, power);
    }
    return store;
  }
}
