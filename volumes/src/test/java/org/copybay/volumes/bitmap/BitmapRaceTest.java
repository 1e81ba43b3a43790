package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two steps on one region that begin at the same moment, again and again. */
final class BitmapRaceTest {
  private static final int SIZE = 64;

  @TempDir Path directory;

  private HookedStore store;
  private WriteBitmap bitmap;

  @BeforeEach
  void create() throws Exception {
    store = HookedStore.create(directory);
    bitmap = WriteBitmap.create(store, "b", new Grain(32, 4), SIZE, 64);
  }

  @AfterEach
  void close() {
    bitmap.close();
    store.close();
  }

  @Test
  void ofAChangeAndAClearingThatMeetTheChangeIsNotLost() throws Exception {
    AtomicReference<Taken> taken = new AtomicReference<>();
    int[] spins = {0};
    meet(
        () -> {
          bitmap.aboutToChange(0, 4);
          taken.set(bitmap.take(0, 1));
          store.forget();
        },
        () -> {
          spin(spins[0]++ % 64);
          bitmap.aboutToChange(4, 4);
        },
        () -> bitmap.clear(taken.get()),
        () -> {
          assertThat(bitmap.isSet(0)).as("P3").isTrue();
          assertThat(bitmap.changed(0)).isEqualTo(2);
          bitmap.clear(bitmap.take(0, 1));
        });
  }

  @Test
  void ofAResetAndACopierThatMeetNoChangeInFlightIsLost() throws Exception {
    Tickets tickets = new Tickets();
    int[] spins = {0};
    meet(
        () -> {
          bitmap.aboutToChange(0, SIZE);
          store.forget();
        },
        () -> {
          for (int i = 0; i < 4; i++) {
            int ticket = tickets.enter();
            bitmap.aboutToChange(4, 4);
            spin(spins[0]++ % 64);
            Taken taken = bitmap.take(0, 1);
            spin(64);
            boolean set = bitmap.isSet(0);
            bitmap.putBack(taken);
            tickets.leave(ticket);
            assertThat(set).as("P3").isTrue();
          }
        },
        () -> bitmap.reset(tickets),
        () -> {});
  }

  /** Does the first step, the next two at once, then the last, many times. */
  private static void meet(
      WriteBitmapTest.Step first,
      WriteBitmapTest.Step one,
      WriteBitmapTest.Step other,
      WriteBitmapTest.Step last)
      throws Exception {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        WriteBitmapTest.started(
            () -> {
              for (int round = 1; await(begun, round); round++) {
                try {
                  other.run();
                } catch (StorageException | AssertionError e) {
                  failure.set(e);
                }
                ended.set(round);
              }
            });
    try {
      long end = System.nanoTime() + 1_500_000_000L;
      for (int round = 1; System.nanoTime() < end; round++) {
        first.run();
        begun.set(round);
        one.run();
        await(ended, round);
        assertThat(failure.get()).isNull();
        last.run();
      }
    } finally {
      begun.set(-1);
      thread.join();
    }
  }

  private static boolean await(AtomicInteger number, int wanted) {
    for (int spins = 0; number.get() >= 0 && number.get() < wanted; spins++) {
      if (spins > 10_000) {
        LockSupport.parkNanos(1000); // the other one may need this processor
      }
      Thread.onSpinWait();
    }
    return number.get() >= 0;
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
