package org.copybay.nativetest.replay;

import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;

/**
 * Plays the kernel's writeback, which may bring any page of any file to the disk at any moment and
 * without a flush. Left alone it would wait for half a minute and never be in the log.
 */
final class EarlyWriteback implements Callable<Void> {
  private static final int TIMES = 8;

  private final TestBay bay;
  private final Random random;

  EarlyWriteback(TestBay bay, long seed) {
    this.bay = bay;
    this.random = new Random(seed);
  }

  @Override
  public Void call() throws InterruptedException {
    for (int i = 0; i < TIMES; i++) {
      // Files of the bay come and go; one that is gone needs no writeback.
      bay.must(
          """
          find $BAY -ignore_readdir_race -type f -size +0 | sort | shuf -n 2 --random-source=<(yes %d) |
            while read -r file; do
              xfs_io -r -c 'sync_range -w %d %d' "$file" || true
            done
          """
              .formatted(random.nextInt(1 << 20), random.nextInt(1 << 20), 1 << 20));
      TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
    }
    return null;
  }
}
