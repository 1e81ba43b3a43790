package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Sessions against plain arrays, seeded: a cascade of three volumes with starts, restores, points,
 * cancels and writes, while the copies run; in some runs the daemon is killed, in others the bay is
 * mounted again. More runs by -Dsoak.rounds=N, a failure again by -Dcopybay.seed=SEED.
 */
class QuickOpcModelIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int RUNS = Integer.getInteger("soak.rounds", 12);
  private static final int STEPS = 40;

  @Test
  void everyVolumeAndPointHoldsWhatItHasTo() throws Exception {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("QuickOpcModelIT runs=" + RUNS + " seed=" + seed);
    int taken = 0;
    int refused = 0;
    for (int i = 0; i < RUNS; i++) {
      Random random = new Random(seed + i);
      SessionModel model = new SessionModel(BAY, random, "r" + i);
      String when = "seed=" + (seed + i);
      try {
        model.make();
        for (int step = 0; step < STEPS; step++) {
          model.step();
          if (random.nextInt(4) == 0) {
            model.check();
          }
          interrupt(random);
        }
        model.check();
        model.remove();
      } catch (AssertionError | Exception e) {
        throw new AssertionError(when + ": " + e.getMessage(), e);
      }
      taken += model.taken;
      refused += model.refused;
    }
    System.err.println("QuickOpcModelIT taken=" + taken + " refused=" + refused);
    assertThat(taken).isGreaterThan(refused / 2);
  }

  /** Once in some runs; a mount takes as long as many operations. */
  private static void interrupt(Random random) {
    int what = random.nextInt(STEPS * 6);
    if (what == 0) {
      BAY.kill9();
      BAY.must("$COPYBAY check $BAY");
      BAY.mount();
    } else if (what == 1) {
      BAY.remount();
    }
  }
}
