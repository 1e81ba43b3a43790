package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change costs whose zone, bits and blocks are set already. */
final class AnnounceCostTest {
  private static final long SIZE = 1L << 30;
  private static final int BLOCK = 4096;
  private static final int CHANGES = 2_000_000;

  /** Generous: a busy machine must not fail the test; what is measured is printed. */
  private static final long MOST_NANOS = 500;

  @TempDir Path directory;

  @Test
  void threeBitmapsThatAreSetCostLittleAndNoWrite() throws Exception {
    HookedStore store = HookedStore.create(directory);
    try (BitmapSet set =
        BitmapSet.open(store, List.of(), SIZE, RecoverMode.AUTO, () -> {}, () -> {})) {
      for (String name : List.of("a", "b", "c")) {
        set.add(set.create(name, name.equals("b") ? Grain.TRACK : Grain.SECTORS_127));
      }
      set.aboutToChange(0, SIZE);
      store.forget();

      long allocated = allocatedBytes();
      long best = Long.MAX_VALUE;
      for (int round = 0; round < 5; round++) {
        best = Math.min(best, nanosOfAChange(set));
      }

      allocated = allocatedBytes() - allocated;

      System.out.println("announcing 4 KiB to three set bitmaps: " + best + " ns");
      assertThat(best).isLessThan(MOST_NANOS);
      assertThat(store.done()).isEmpty();
      assertThat(allocated).as("bytes for ten million changes").isLessThan(CHANGES);
    }
    store.close();
  }

  private static long allocatedBytes() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static long nanosOfAChange(BitmapSet set) throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    long begun = System.nanoTime();
    for (int i = 0; i < CHANGES; i++) {
      set.aboutToChange(random.nextInt((int) (SIZE / BLOCK)) * (long) BLOCK, BLOCK);
    }
    return (System.nanoTime() - begun) / CHANGES;
  }
}
