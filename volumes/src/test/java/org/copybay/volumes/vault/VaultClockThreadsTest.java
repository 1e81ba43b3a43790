package org.copybay.volumes.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class VaultClockThreadsTest extends VaultFixture {
  private static final int LOOKERS = 3;

  @Test
  void nobodySeesATimeBeforeOneThatAnotherSaw() throws Exception {
    AtomicBoolean end = new AtomicBoolean();
    AtomicReference<Instant> newest = new AtomicReference<>(Instant.EPOCH);
    Callable<Long> look =
        () -> {
          long looks = 0;
          for (; !end.get(); looks++) {
            Instant before = newest.get();
            Instant now = vault.now();
            assertThat(now).isAfterOrEqualTo(before);
            newest.accumulateAndGet(now, (a, b) -> a.isAfter(b) ? a : b);
          }
          return looks;
        };
    ExecutorService threads = Executors.newFixedThreadPool(LOOKERS);
    try {
      List<Future<Long>> lookers = new ArrayList<>();
      for (int i = 0; i < LOOKERS; i++) {
        lookers.add(threads.submit(look));
      }
      for (int i = 0; i < 200; i++) {
        machine.pass(Duration.ofMillis(10));
        machine.step(Duration.ofSeconds(i % 3 - 1));
        if (i % 2 == 0) {
          vault.save();
        } else {
          vault.follow();
        }
      }
      end.set(true);
      for (Future<Long> looker : lookers) {
        assertThat(looker.get()).isPositive();
      }
    } finally {
      end.set(true);
      threads.shutdown();
    }
  }

  /** One that was recorded and then overwritten by an older one would be forgotten by a crash. */
  @Test
  void noSaveUndoesWhatAnotherHasRecorded() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int i = 1; i <= 100; i++) {
        Instant found = at(days(i));
        Future<?> saver =
            threads.submit(
                () -> {
                  vault.save();
                  return null;
                });
        vault.atLeast(found.toEpochMilli());
        saver.get();
        openVault();
        assertThat(vault.now()).isAfterOrEqualTo(found);
      }
    } finally {
      threads.shutdown();
    }
  }
}
