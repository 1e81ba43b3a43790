package org.copybay.volumes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many threads on one device with small blocks and a cache that holds a few of them. Each thread
 * owns units of bytes that lie between those of the others, so that every block is shared by all:
 * it alone changes them, and what it reads of them must be its byte array. One more takes the cache
 * into use and out of it, and one owns the end, which it cuts off and grows again. The bytes of
 * others that a reader loads on its way are what a stale block would be made of.
 */
class CacheThreadsTest {
  private static final int BLOCK = 256;
  private static final int BLOCKS = 12;
  private static final int UNIT = 24;
  private static final int OWNERS = 4;
  private static final int STEPS = 1500;

  /** Where the part begins that is cut off: in the middle of a block. */
  private static final int END = 9 * BLOCK + 100;

  private static final int SIZE = BLOCK * BLOCKS - 13;

  static Stream<Long> seeds() {
    long first = Long.getLong("copybay.seed", 1L);
    return IntStream.range(0, Integer.getInteger("threads.seeds", 10)).mapToObj(i -> first + i);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyOwnerReadsWhatItWrote(long seed) throws Exception {
    Race race = new Race(seed);
    race.run();
    Throwable wrong = race.failure.get();
    if (wrong != null) {
      fail("seed=" + seed + ": " + wrong.getMessage(), wrong);
    }
    byte[] all = race.read(0, SIZE);
    assertThat(all).as("seed=%d", seed).isEqualTo(race.disk.bytes);
    assertThat(race.cache.bytes()).isLessThanOrEqualTo(3L * BLOCK);
    assertThat(race.lookUps.hits()).isPositive();
    assertThat(race.lookUps.misses()).isPositive();
  }

  /** Lets the threads meet in the middle of things. */
  private static final class SlowDisk implements BlockDevice {
    final byte[] bytes = new byte[SIZE];

    private static void pause() {
      if (Math.floorMod(System.nanoTime() / 64, 5L) == 0) {
        LockSupport.parkNanos(1000);
      }
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      target.put(bytes, (int) offset, target.remaining());
      pause();
    }

    @Override
    public int write(long offset, ByteBuffer source) {
      pause();
      int length = source.remaining();
      source.get(bytes, (int) offset, length);
      pause();
      return length;
    }

    @Override
    public void zero(long offset, long length, boolean keepSpace) {
      pause();
      Arrays.fill(bytes, (int) offset, (int) (offset + length), (byte) 0);
      pause();
    }

    @Override
    public void flush() {}
  }

  /** The threads and what they share. */
  private static final class Race {
    final SlowDisk disk = new SlowDisk();
    final BlockCache cache = new BlockCache(3 * BLOCK, BLOCK);
    final LookUps lookUps = new LookUps();
    final CachedDevice device = new CachedDevice(cache, lookUps, disk);
    final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final long seed;
    private volatile boolean ended;

    Race(long seed) {
      this.seed = seed;
      device.setSize(SIZE);
      device.use(true);
    }

    private interface Steps {
      void run(Random random) throws StorageException;
    }

    void run() throws InterruptedException {
      List<Thread> working = new ArrayList<>();
      for (int i = 0; i < OWNERS; i++) {
        Owner owner = new Owner(this, i);
        working.add(start(i, random -> repeat(() -> owner.step(random))));
      }
      working.add(start(OWNERS, this::cutAndGrow));
      Thread switching = start(OWNERS + 1, this::switchUse);
      for (Thread thread : working) {
        thread.join();
      }
      ended = true;
      switching.join();
    }

    private void repeat(Disk.Step step) throws StorageException {
      for (int i = 0; i < STEPS && failure.get() == null; i++) {
        step.run();
      }
    }

    private Thread start(int number, Steps steps) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  steps.run(new Random(seed * 100 + number));
                } catch (StorageException | RuntimeException | Error e) {
                  failure.compareAndSet(null, e);
                }
              });
      thread.start();
      return thread;
    }

    byte[] read(int offset, int length) throws StorageException {
      ByteBuffer target = ByteBuffer.allocateDirect(length);
      device.read(offset, target);
      return Bytes.of(target);
    }

    private void switchUse(Random random) {
      while (!ended) {
        LockSupport.parkNanos(20_000L * random.nextInt(10));
        device.use(false);
        LockSupport.parkNanos(1_000L * random.nextInt(10));
        device.use(true);
      }
    }

    /** The way of a resize: the new size is told, then the file is cut; what grows back is zero. */
    private void cutAndGrow(Random random) throws StorageException {
      byte[] model = new byte[SIZE - END];
      for (int i = 0; i < STEPS / 5 && failure.get() == null; i++) {
        device.setSize(END);
        Arrays.fill(disk.bytes, END, SIZE, (byte) 0);
        Arrays.fill(model, (byte) 0);
        device.setSize(SIZE);
        assertThat(read(END, SIZE - END)).as("grown back").isEqualTo(model);
        byte[] bytes = new byte[1 + random.nextInt(model.length)];
        random.nextBytes(bytes);
        int at = random.nextInt(model.length - bytes.length + 1);
        device.write(END + at, Bytes.direct(bytes));
        System.arraycopy(bytes, 0, model, at, bytes.length);
        assertThat(read(END, SIZE - END)).as("the end").isEqualTo(model);
      }
    }
  }

  /** One thread, its units and what they hold. */
  private static final class Owner {
    private final Race race;
    private final int number;
    private final byte[] model = new byte[END];

    Owner(Race race, int number) {
      this.race = race;
      this.number = number;
    }

    void step(Random random) throws StorageException {
      int unit = random.nextInt(END / UNIT / OWNERS) * OWNERS + number;
      int from = unit * UNIT + random.nextInt(UNIT);
      int length = 1 + random.nextInt((unit + 1) * UNIT - from);
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          race.device.write(from, Bytes.direct(bytes));
          System.arraycopy(bytes, 0, model, from, length);
          check(from, from + length);
        }
        case 2 -> {
          race.device.zero(from, length, random.nextBoolean());
          Arrays.fill(model, from, from + length, (byte) 0);
          check(from, from + length);
        }
        case 3 -> check(0, END);
        default -> check(from, from + random.nextInt(Math.min(3 * BLOCK, END - from) + 1));
      }
    }

    private void check(int from, int to) throws StorageException {
      byte[] read = race.read(from, to - from);
      for (int at = from; at < to; at++) {
        if (at / UNIT % OWNERS == number
            && at < END / UNIT * UNIT
            && read[at - from] != model[at]) {
          throw new AssertionError("owner " + number + " finds other bytes at " + at);
        }
      }
    }
  }
}
