package org.copybay.volumes.bitmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads that write, copy, reset and change generations at once, on a volume so small that
 * they meet all the time. Whenever all stand still: a region with a clear bit is the same in source
 * and copy, what ended after a reset is in the bitmap, and the file says what memory says.
 */
final class BitmapThreadsTest {
  private static final int SIZE = 127 * 70 - 20;
  private static final Grain[] GRAINS = {new Grain(127, 8), new Grain(64, 4)};
  private static final ZoneGrain ZONES = new ZoneGrain(512, 8, 2);
  private static final int WRITERS = 4;

  @TempDir Path directory;

  private final Tickets tickets = new Tickets();
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final byte[] source = new byte[SIZE];
  private final byte[][] copies = new byte[GRAINS.length][SIZE];

  // of the bitmap that is reset: when writes of a region ended, and when the last reset did
  private final AtomicLong clock = new AtomicLong();
  private final AtomicLongArray ended = new AtomicLongArray(SIZE);
  private volatile long resetEnded;

  private HookedStore store;
  private BitmapSet set;
  private volatile boolean over;

  @Test
  void noThreadMakesABitmapNameTooLittle() throws Exception {
    store = HookedStore.create(directory);
    set = BitmapSet.open(store, List.of(), SIZE, ZONES, RecoverMode.AUTO, tickets, () -> {});
    for (int i = 0; i < GRAINS.length; i++) {
      set.add(set.create("copied" + i, GRAINS[i]));
    }
    set.add(set.create("reset", GRAINS[0]));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      threads.add(looped(i, this::write));
    }
    for (int i = 0; i < GRAINS.length; i++) {
      int number = i;
      threads.add(looped(10 + i, random -> copy(number, random)));
    }
    threads.add(looped(20, random -> reset()));
    threads.add(looped(21, random -> advance()));

    long end = System.nanoTime() + Long.getLong("seconds", 2) * 1_000_000_000L;
    int checks = 0;
    try {
      while (System.nanoTime() < end && failure.get() == null) {
        check();
        checks++;
        LockSupport.parkNanos(1_000_000); // so that the threads do many steps between two checks
      }
    } finally {
      over = true;
      for (Thread thread : threads) {
        thread.join();
      }
    }
    check();
    set.close();
    store.close();

    assertThat(failure.get()).isNull();
    assertThat(checks).isGreaterThan(10);
  }

  /** One step of a thread. */
  @FunctionalInterface
  private interface Step {
    void run(Random random) throws StorageException;
  }

  private Thread looped(int seed, Step step) {
    Random random = new Random(seed);
    return WriteBitmapTest.started(
        () -> {
          while (!over && failure.get() == null) {
            gate.readLock().lock();
            try {
              step.run(random);
            } catch (Throwable e) {
              failure.compareAndSet(null, e);
            } finally {
              gate.readLock().unlock();
            }
          }
        });
  }

  private void write(Random random) throws StorageException {
    int offset = random.nextInt(SIZE);
    int length = 1 + random.nextInt(Math.min(SIZE - offset, 40));
    int ticket = tickets.enter();
    try {
      set.aboutToChange(offset, length);
      requireSet(offset, length);
      requireEntered(random, offset, length);
      for (int at = offset; at < offset + length; at++) {
        source[at] = (byte) random.nextInt();
      }
      long now = clock.incrementAndGet();
      for (int r = offset / 127; r <= (offset + length - 1) / 127; r++) {
        ended.accumulateAndGet(r, now, Math::max);
      }
      requireSet(offset, length);
      requireEntered(random, offset, length);
    } finally {
      tickets.leave(ticket);
    }
  }

  /** From its announcement to its end a change has its bits. */
  private void requireSet(int offset, int length) {
    for (WriteBitmap bitmap : set.bitmaps()) {
      long bytes = bitmap.grain().regionBytes();
      for (long r = offset / bytes; r <= (offset + length - 1) / bytes; r++) {
        if (!bitmap.isSet(r)) {
          throw new AssertionError("P3: region " + r + " of " + bitmap.name() + " in a change");
        }
      }
    }
  }

  /** From its announcement to its end a change has its zones in the file of the log. */
  private void requireEntered(Random random, int offset, int length) throws StorageException {
    if (random.nextInt(64) != 0) {
      return;
    }
    boolean[] entered = new boolean[SIZE];
    for (Extent zones : zonesOfTheFile()) {
      Arrays.fill(entered, (int) zones.offset(), (int) zones.end(), true);
    }
    for (int at = offset; at < offset + length; at++) {
      if (!entered[at]) {
        throw new AssertionError("P3: the zone of byte " + at + " in a change");
      }
    }
  }

  private List<Extent> zonesOfTheFile() throws StorageException {
    while (true) {
      try (IntentLog other = IntentLog.open(store, BitmapSet.LOG_NAME, ZONES, SIZE)) {
        return other.lastZones();
      } catch (StorageException e) {
        if (e.fault() != Fault.CORRUPT) { // else it was read while it was written
          throw e;
        }
      }
    }
  }

  private void copy(int number, Random random) throws StorageException {
    WriteBitmap bitmap = set.find("copied" + number);
    int first = random.nextInt((int) bitmap.regions());
    Taken taken = bitmap.take(first, 1 + random.nextInt(20));
    tickets.awaitEarlier();
    for (Extent extent : taken.extents()) {
      int at = (int) extent.offset();
      System.arraycopy(source, at, copies[number], at, (int) extent.length());
    }
    if (random.nextInt(8) == 0) {
      bitmap.putBack(taken);
    } else {
      bitmap.clear(taken);
    }
  }

  private void reset() throws StorageException {
    set.find("reset").reset(tickets);
    resetEnded = clock.get();
  }

  /** Now and then only: after it all writers wait for syncs, and meet nobody. */
  private void advance() throws StorageException {
    LockSupport.parkNanos(5_000_000);
    set.advance();
  }

  private void check() throws StorageException {
    gate.writeLock().lock();
    try {
      for (int i = 0; i < GRAINS.length; i++) {
        checkCopy(set.find("copied" + i), copies[i]);
      }
      WriteBitmap reset = set.find("reset");
      for (int r = 0; r < reset.regions(); r++) {
        assertThat(reset.isSet(r) || ended.get(r) <= resetEnded).as("P3: region " + r).isTrue();
      }
      for (WriteBitmap bitmap : set.bitmaps()) {
        checkFile(bitmap);
      }
    } finally {
      gate.writeLock().unlock();
    }
  }

  private void checkCopy(WriteBitmap bitmap, byte[] copy) {
    Grain grain = bitmap.grain();
    for (int r = 0; r < bitmap.regions(); r++) {
      int start = (int) grain.start(r);
      int end = (int) grain.end(r, SIZE);
      boolean same = Arrays.equals(source, start, end, copy, start, end);
      assertThat(same || bitmap.isSet(r)).as("P3: region " + r + " of " + bitmap.name()).isTrue();
      assertThat(bitmap.isSet(r) == (bitmap.changed(r) != 0)).as("region " + r).isTrue();
    }
  }

  private void checkFile(WriteBitmap bitmap) throws StorageException {
    try (WriteBitmap other = WriteBitmap.open(store, bitmap.name(), SIZE)) {
      assertThat(other.changedRegions(0, 999))
          .as("P3: file of " + bitmap.name())
          .isEqualTo(bitmap.changedRegions(0, 999));
    }
  }
}
