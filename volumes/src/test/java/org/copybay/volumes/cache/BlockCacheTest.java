package org.copybay.volumes.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BlockCacheTest {
  private static final int BLOCK = BlockCache.BLOCK_SIZE_BYTES;

  private static byte[] block(int value) {
    byte[] block = new byte[BLOCK];
    block[0] = (byte) value;
    return block;
  }

  @Test
  void readersOfOneBlockShareOneLoad() throws Exception {
    BlockCache cache = new BlockCache(1 << 20);
    AtomicInteger loads = new AtomicInteger();
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    BlockCache.Loader loader =
        () -> {
          loads.incrementAndGet();
          loading.countDown();
          await(mayEnd);
          return block(7);
        };
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try {
      List<Future<byte[]>> readers = new ArrayList<>();
      readers.add(pool.submit(() -> cache.get(new BlockCache.Key(1, 1, 0), new LookUps(), loader)));
      loading.await();
      for (int i = 0; i < 7; i++) {
        readers.add(
            pool.submit(() -> cache.get(new BlockCache.Key(1, 1, 0), new LookUps(), loader)));
      }
      mayEnd.countDown();
      for (Future<byte[]> reader : readers) {
        assertThat(reader.get()[0]).isEqualTo((byte) 7);
      }
    } finally {
      pool.shutdown();
    }
    assertThat(loads.get()).isEqualTo(1);
    assertThat(cache.lookUps().misses()).isEqualTo(1);
    assertThat(cache.lookUps().hits()).isEqualTo(7);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void errorsAreNotKept() throws Exception {
    BlockCache cache = new BlockCache(1 << 20);
    BlockCache.Key key = new BlockCache.Key(1, 1, 0);

    assertThatThrownBy(
            () ->
                cache.get(
                    key,
                    new LookUps(),
                    () -> {
                      throw new StorageException(Fault.STORE_FAILED, "disk");
                    }))
        .hasMessage("disk");

    assertThat(cache.get(key, new LookUps(), () -> block(3))[0]).isEqualTo((byte) 3);
  }

  @Test
  void whoWaitedForALoadThatFailedAsksTheStoreItself() throws Exception {
    BlockCache cache = new BlockCache(1 << 20);
    BlockCache.Key key = new BlockCache.Key(1, 1, 0);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch mayFail = new CountDownLatch(1);
    Thread first =
        new Thread(
            () ->
                assertThatThrownBy(
                        () ->
                            cache.get(
                                key,
                                new LookUps(),
                                () -> {
                                  loading.countDown();
                                  await(mayFail);
                                  throw new StorageException(Fault.STORE_FAILED, "disk");
                                }))
                    .hasMessage("disk"));
    first.start();
    loading.await();
    CompletableFuture<Byte> second =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return cache.get(key, new LookUps(), () -> block(5))[0];
              } catch (StorageException e) {
                throw new IllegalStateException(e);
              }
            });

    mayFail.countDown();

    assertThat(second.join()).isEqualTo((byte) 5);
    first.join();
    assertThat(cache.lookUps().hits()).as("hits").isZero();
    assertThat(cache.lookUps().misses()).isEqualTo(2);
  }

  @Test
  void memoryIsBoundedByBytes() throws Exception {
    BlockCache cache = new BlockCache(10L * BLOCK);

    for (int i = 0; i < 1000; i++) {
      cache.get(new BlockCache.Key(1, 1, i), new LookUps(), () -> block(1));
    }

    assertThat(cache.bytes()).isBetween(1L, 10L * BLOCK);
  }

  @Test
  void aLoadThatBeganBeforeAnInvalidationIsNotKept() throws Exception {
    BlockCache cache = new BlockCache(1 << 20);
    BlockCache.Key key = new BlockCache.Key(1, 1, 0);

    byte[] old =
        cache.get(
            key,
            new LookUps(),
            () -> {
              cache.invalidate(key); // a write came in between
              return block(1);
            });

    assertThat(old[0]).isEqualTo((byte) 1);
    assertThat(cache.get(key, new LookUps(), () -> block(2))[0]).isEqualTo((byte) 2);
  }

  /** A device in memory: every block is stamped as a whole, and slow enough for races. */
  private static final class Stamped implements BlockDevice {
    private final AtomicLongArray stamps;

    Stamped(int blocks) {
      stamps = new AtomicLongArray(blocks);
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      long stamp = stamps.get((int) (offset / BLOCK));
      pause();
      while (target.remaining() >= Long.BYTES) {
        target.putLong(stamp);
      }
      target.position(target.limit());
    }

    @Override
    public int write(long offset, ByteBuffer source) {
      pause();
      stamps.set((int) (offset / BLOCK), source.getLong(source.position()));
      pause();
      int length = source.remaining();
      source.position(source.limit());
      return length;
    }

    private static void pause() {
      LockSupport.parkNanos(1000);
    }

    @Override
    public void zero(long offset, long length, boolean keepSpace) {}

    @Override
    public void flush() {}
  }

  @RepeatedTest(3)
  void noReadIsOlderThanTheLastAcknowledgedWrite() throws Exception {
    long seed = System.nanoTime();
    int blocks = 4;
    CachedDevice device =
        new CachedDevice(new BlockCache(2L * BLOCK), new LookUps(), new Stamped(blocks));
    device.setSize((long) blocks * BLOCK);
    device.use(true);
    AtomicLongArray acknowledged = new AtomicLongArray(blocks);
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Future<?>> ends = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(700);
    for (int i = 0; i < blocks; i++) {
      int index = i;
      ends.add(
          pool.submit(
              () -> {
                ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
                for (long stamp = 1; System.nanoTime() < end; stamp++) {
                  while (buffer.hasRemaining()) {
                    buffer.putLong(stamp);
                  }
                  device.write((long) index * BLOCK, buffer.flip());
                  acknowledged.set(index, stamp);
                  buffer.clear();
                }
                return null;
              }));
      ends.add(
          pool.submit(
              () -> {
                Random random = new Random(seed + index);
                ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
                while (System.nanoTime() < end) {
                  int at = random.nextInt(blocks);
                  long atLeast = acknowledged.get(at);
                  device.read((long) at * BLOCK, buffer.clear());
                  long first = buffer.getLong(0);
                  assertThat(first)
                      .as("seed=%d block=%d", seed, at)
                      .isGreaterThanOrEqualTo(atLeast);
                  assertThat(buffer.getLong(BLOCK - 8)).as("torn").isEqualTo(first);
                  if (index == 0 && random.nextInt(50) == 0) {
                    device.use(false); // switches the cache under everybody
                    device.use(true);
                  }
                }
                return null;
              }));
    }
    pool.shutdown();
    for (Future<?> each : ends) {
      each.get();
    }
  }

  @Test
  void aDeviceThatGrowsReadsZerosBehindItsOldEnd() throws Exception {
    CachedDevice device = new CachedDevice(new BlockCache(1 << 20), new LookUps(), new Stamped(2));
    device.setSize(100);
    device.use(true);
    device.read(0, ByteBuffer.allocateDirect(100));

    device.setSize(BLOCK + 100);

    ByteBuffer all = ByteBuffer.allocateDirect(BLOCK + 100);
    device.read(0, all);
    assertThat(all.hasRemaining()).isFalse();
  }
}
