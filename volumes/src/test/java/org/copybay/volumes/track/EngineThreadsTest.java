package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many threads on one engine until the store stops: writers of whole blocks that have a version,
 * one that makes and drops points, one that fences, one of upkeep, one that fills what every other
 * run takes from an origin, and readers of points. A block of a point has a version that was
 * acknowledged when the point began to be made, or a later one that was begun before it was made,
 * and always the same one (P5). After the crash a block has the last version that a fence covered
 * or a later one (P2), or after the death of the process the last that was acknowledged (P1).
 */
final class EngineThreadsTest {
  private static final int BLOCK = 512;
  private static final int BLOCKS = 100;
  private static final int WRITERS = 3;
  private static final List<Loss> LOSSES = List.of(Loss.values());

  static Stream<Long> seeds() {
    int count = Integer.getInteger("threads.seeds", 25);
    long first = Long.getLong("copybay.seed", 1L);
    return IntStream.range(0, count).mapToObj(i -> first + i);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyBlockHasAVersionThatItMayHave(long seed) throws Exception {
    Oracle oracle = new Oracle(seed);
    try {
      oracle.run();
      oracle.check();
    } catch (AssertionError | StorageException e) {
      fail("seed=" + seed + ": " + e.getMessage(), e);
    }
  }

  /** The versions of each block at some moment. */
  private static int[] copy(AtomicIntegerArray array) {
    return IntStream.range(0, array.length()).map(array::get).toArray();
  }

  /** What the blocks of a point may have. */
  private static final class Frozen {
    final int[] from; // acknowledged before
    final int[] to; // begun before
    final AtomicIntegerArray seen = new AtomicIntegerArray(BLOCKS); // by a reader, plus 1

    Frozen(int[] from, int[] to) {
      this.from = from;
      this.to = to;
    }
  }

  /** The threads and what they know. */
  private static final class Oracle {
    private final Random random;
    private final long seed;
    private final SimulatedStore store;
    private final EngineFixture engine;
    private final AtomicIntegerArray begun = new AtomicIntegerArray(BLOCKS);
    private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(BLOCKS);
    private final Map<Integer, Frozen> points = new ConcurrentHashMap<>();
    private final Map<Integer, Frozen> fencedPoints = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile int[] fenced = new int[BLOCKS];
    private volatile boolean dead;

    private static final long STAMP = 9;

    Oracle(long seed) throws StorageException {
      this.seed = seed;
      random = new Random(seed);
      store = new SimulatedStore((long) BLOCK * BLOCKS, seed);
      engine = new EngineFixture(store, BLOCK, 32 * 64, RecoverMode.AUTO);
      engine.keepsUp = false;
      if (seed % 2 == 0) {
        showOrigin();
      }
    }

    /** Every block shows an origin, which has its first version, until a thread has filled it. */
    private void showOrigin() throws StorageException {
      ByteBuffer origin = ByteBuffer.allocate(BLOCKS * BLOCK);
      for (int b = 0; b < BLOCKS; b++) {
        begun.set(b, 1);
        acknowledged.set(b, 1);
        for (int i = 0; i < BLOCK / 8; i++) {
          origin.putInt(1).putInt(b);
        }
      }
      assertThat(engine.switchTo(origin.array(), STAMP, Map.of())).isTrue();
      engine.engine().flush();
      fenced = copy(acknowledged);
    }

    void run() throws InterruptedException {
      store.refuse(
          (file, kind, offset, length) -> {
            // So that threads meet in the middle of things, and some are slow.
            long dice = Math.floorMod(System.nanoTime() / 64, 50L);
            if (dice < 7) {
              LockSupport.parkNanos(dice == 0 && kind == Kind.READ ? 3_000_000 : 50_000);
            }
            return null;
          });
      store.stopAfter(500 + random.nextInt(3000));
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int number = i;
        threads.add(start(() -> write(number, new Random(seed * 100 + number))));
      }
      Random own = new Random(seed * 100 + 50);
      threads.add(start(() -> changePoints(own)));
      threads.add(start(this::fence));
      threads.add(start(engine::upkeep));
      threads.add(start(this::fill));
      Random reading = new Random(seed * 100 + 51);
      threads.add(start(() -> readPoint(reading)));
      for (Thread thread : threads) {
        thread.join();
      }
    }

    /** A step of a thread. */
    private interface Step {
      void run() throws StorageException;
    }

    private Thread start(Step step) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (!dead) {
                    step.run();
                  }
                } catch (SimulatedStore.Stopped e) {
                  dead = true;
                } catch (StorageException | RuntimeException | Error e) {
                  if (!store.stopped()) { // else it is what a dead store says
                    failure.compareAndSet(null, e);
                  }
                  dead = true;
                } finally {
                  engine.room.setFull(false); // whoever waits for room finds the store dead
                }
              });
      thread.start();
      return thread;
    }

    /** Each writer has blocks of its own, in runs of up to 20. */
    private void write(int writer, Random own) throws StorageException {
      int first = writer * (BLOCKS / WRITERS) + own.nextInt(BLOCKS / WRITERS);
      int count = 1 + own.nextInt(20);
      count = Math.min(count, (writer + 1) * (BLOCKS / WRITERS) - first);
      ByteBuffer bytes = ByteBuffer.allocateDirect(count * BLOCK);
      for (int b = first; b < first + count; b++) {
        int version = begun.incrementAndGet(b);
        for (int i = 0; i < BLOCK / 8; i++) {
          bytes.putInt(version).putInt(b);
        }
      }
      bytes.flip();
      while (bytes.hasRemaining()) {
        engine.write((long) first * BLOCK + bytes.position(), bytes);
      }
      for (int b = first; b < first + count; b++) {
        acknowledged.set(b, begun.get(b));
      }
    }

    private void fill() throws StorageException {
      TrackOrigin.Filled filled = engine.fillNext(0, 1);
      LockSupport.parkNanos(filled == null ? 1_000_000 : 100_000);
    }

    private void changePoints(Random own) throws StorageException {
      if (points.size() < 4 && own.nextBoolean()) {
        int[] from = copy(acknowledged);
        int number = engine.freeze();
        points.put(number, new Frozen(from, copy(begun)));
      } else if (!points.isEmpty()) {
        List<Integer> numbers = new ArrayList<>(points.keySet());
        int number = numbers.get(own.nextInt(numbers.size()));
        points.remove(number);
        fencedPoints.remove(number);
        engine.drop(number);
      }
      LockSupport.parkNanos(200_000);
    }

    private void fence() throws StorageException {
      int[] before = copy(acknowledged);
      Map<Integer, Frozen> pointsBefore = Map.copyOf(points);
      engine.engine().flush();
      fenced = before;
      pointsBefore.forEach(
          (number, frozen) -> {
            if (points.containsKey(number)) {
              fencedPoints.put(number, frozen);
            }
          });
      LockSupport.parkNanos(100_000);
    }

    private void readPoint(Random own) throws StorageException {
      for (Map.Entry<Integer, Frozen> point : points.entrySet()) {
        int first = own.nextInt(BLOCKS);
        int count = Math.min(BLOCKS - first, 1 + own.nextInt(30));
        byte[] bytes = engine.read(point.getKey(), (long) first * BLOCK, count * BLOCK);
        if (points.containsKey(point.getKey())) { // else it may have been dropped meanwhile
          for (int b = first; b < first + count; b++) {
            require(point.getKey(), point.getValue(), b, ByteBuffer.wrap(bytes), b - first);
          }
        }
      }
    }

    private static void require(int number, Frozen frozen, int b, ByteBuffer bytes, int index) {
      int version = version(bytes, index, b);
      String what = "P5: point " + number + " block " + b;
      assertThat(version).as(what).isBetween(frozen.from[b], frozen.to[b]);
      int seen = frozen.seen.compareAndExchange(b, 0, version + 1);
      assertThat(seen == 0 ? version : seen - 1).as(what + " again").isEqualTo(version);
    }

    private static int version(ByteBuffer bytes, int index, int block) {
      int at = index * BLOCK;
      int version = bytes.getInt(at);
      for (int i = 0; i < BLOCK; i += 8) {
        assertThat(bytes.getInt(at + i))
            .as("block %d is of two versions", block)
            .isEqualTo(version);
        int owner = version == 0 ? 0 : block;
        assertThat(bytes.getInt(at + i + 4))
            .as("block %d has another's bytes", block)
            .isEqualTo(owner);
      }
      return version;
    }

    void check() throws StorageException {
      Throwable error = failure.get();
      if (error != null) {
        throw new AssertionError(error.getMessage(), error);
      }
      boolean power = random.nextInt(3) > 0;
      SimulatedStore found =
          power
              ? store.afterPowerLoss(random, LOSSES.get(random.nextInt(LOSSES.size())))
              : store.afterProcessDeath();
      EngineFixture after = new EngineFixture(found, BLOCK, 32 * 64, RecoverMode.AUTO);
      after.origins.putAll(engine.origins);
      after.setOrigin();
      int[] atLeast = power ? fenced : copy(acknowledged);
      ByteBuffer live = ByteBuffer.wrap(after.read(0));
      for (int b = 0; b < BLOCKS; b++) {
        if (power || begun.get(b) == acknowledged.get(b)) { // else the write that died cut it
          int version = version(live, b, b);
          assertThat(version)
              .as("%s: block %d", power ? "P2" : "P1", b)
              .isBetween(atLeast[b], begun.get(b));
        }
      }
      points.forEach(
          (number, frozen) -> {
            if (!power || fencedPoints.containsKey(number)) {
              checkPoint(after, number, frozen);
            }
          });
    }

    private static void checkPoint(EngineFixture after, int number, Frozen frozen) {
      try {
        ByteBuffer image = ByteBuffer.wrap(after.read(number));
        for (int b = 0; b < BLOCKS; b++) {
          require(number, frozen, b, image, b);
        }
      } catch (StorageException e) {
        throw new AssertionError("point " + number + ": " + e.getMessage(), e);
      }
    }
  }
}
