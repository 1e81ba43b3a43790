package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;

/** Threads that write random bytes to random places of a virtual unit until they are closed. */
final class Writers implements AutoCloseable {
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean ending;

  Writers(TestSets test, int count) throws StorageException {
    this(test.unit(), count);
  }

  Writers(VirtualUnit unit, int count) throws StorageException {
    for (int i = 0; i < count; i++) {
      OpenFile open = unit.open(WRITER, false);
      Random random = new Random(i);
      Thread thread = new Thread(() -> write(open, unit.size(), random), "writer-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void write(OpenFile open, long size, Random random) {
    try (open) {
      while (!ending) {
        byte[] bytes = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(bytes);
        long offset = random.nextInt((int) size - bytes.length);
        open.write(offset, ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
        writes.incrementAndGet();
      }
    } catch (StorageException | RuntimeException | Error e) {
      failure.set(e);
    }
  }

  void awaitWrites(int more) {
    int wanted = writes.get() + more;
    TestJobs.await("writes", () -> writes.get() >= wanted || failure.get() != null);
  }

  @Override
  public void close() {
    ending = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assertThat(failure.get()).isNull();
  }
}
