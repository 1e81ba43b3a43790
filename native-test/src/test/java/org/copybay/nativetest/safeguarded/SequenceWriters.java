package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.copybay.nativetest.TestBay;

/**
 * Writers that each count up: a number goes to the first volume, then to the second and so on, and
 * only when the last one has it comes the next number. So images of all volumes are of one instant
 * when no number of a writer is greater than in the volume before, and the first is at most one
 * ahead of the last. They write some noise too. Used by one thread.
 */
final class SequenceWriters {
  /** What each writer has of a volume; its number fills the first block. */
  private static final int PART_BYTES = 256 << 10;

  private static final int BLOCK_BYTES = 4096;

  private final TestBay bay;
  private final List<String> volumes;
  private final List<Writer> writers = new ArrayList<>();
  private final ReentrantReadWriteLock pass = new ReentrantReadWriteLock(true);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped; // volatile: asked by the writers

  SequenceWriters(TestBay bay, List<String> volumes, int count, Random random) {
    this.bay = bay;
    this.volumes = volumes;
    for (int i = 0; i < count; i++) {
      writers.add(new Writer(i, random.nextLong()));
    }
  }

  /** What the volumes must have room for. */
  long bytes() {
    return (long) writers.size() * PART_BYTES;
  }

  /** Starts them, from what the volumes hold. Returns when each has written something. */
  void start() throws IOException, InterruptedException {
    stopped = false;
    goOn();
    writers.stream().map(Thread::new).forEach(threads::add);
    List<Long> before = writers.stream().map(writer -> writer.number.get()).toList();
    threads.forEach(Thread::start);
    for (int i = 0; i < writers.size(); i++) {
      while (writers.get(i).number.get() <= before.get(i) && threads.get(i).isAlive()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }
  }

  /** Ends them; none has met another error than that the daemon is gone. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
    writers.forEach(Writer::requireNoError);
  }

  /** Does something between two numbers of every writer. */
  <T> T paused(Callable<T> work) throws Exception {
    pass.writeLock().lock();
    try {
      return work.call();
    } finally {
      pass.writeLock().unlock();
    }
  }

  /**
   * The volumes may hold something else now, also of before another restore: only that it is of one
   * instant can be said of it.
   */
  void forget() {
    writers.forEach(Writer::forget);
  }

  /** They count from what the volumes hold now; called while they are paused or stopped. */
  void goOn() throws IOException {
    long[][] numbers = requireOneInstant(files(), "volumes");
    writers.forEach(writer -> writer.goOn(numbers[writer.place]));
  }

  private List<Path> files() {
    return volumes.stream().map(bay::volume).toList();
  }

  /** The greatest number of any. */
  long number() {
    return writers.stream().mapToLong(writer -> writer.number.get()).max().orElseThrow();
  }

  /** The files of that directory, named as the volumes, are of one instant. */
  void requireOneInstant(Path directory, String when) throws IOException {
    requireOneInstant(volumes.stream().map(directory::resolve).toList(), when);
  }

  /** So are these, in the order of the volumes. Returns the numbers of each writer. */
  long[][] requireOneInstant(List<Path> files, String when) throws IOException {
    long[][] numbers = new long[writers.size()][files.size()];
    for (int v = 0; v < files.size(); v++) {
      try (FileChannel file = FileChannel.open(files.get(v), StandardOpenOption.READ)) {
        for (Writer writer : writers) {
          numbers[writer.place][v] = writer.read(file, when + " " + files.get(v));
        }
      }
    }
    for (long[] of : numbers) {
      String what = when + ": " + Arrays.toString(of) + " in " + files;
      boolean falls = IntStream.range(1, of.length).allMatch(v -> of[v] <= of[v - 1]);
      assertThat(falls && of[0] - of[of.length - 1] <= 1).as(what).isTrue();
    }
    return numbers;
  }

  /** The volumes hold at least what was acknowledged, and are as they were at one instant. */
  void requireAcknowledged(String when) throws IOException {
    long[][] numbers = requireOneInstant(files(), when);
    for (Writer writer : writers) {
      for (int v = 0; v < volumes.size(); v++) {
        assertThat(numbers[writer.place][v])
            .as("%s: writer %d in %s", when, writer.place, volumes.get(v))
            .isBetween(writer.acknowledged[v], writer.most());
      }
    }
  }

  /** One of them; it runs in a thread of its own. */
  private final class Writer implements Runnable {
    private final int place;
    private final Random random;
    private final long[] acknowledged = new long[volumes.size()]; // of each volume
    private final AtomicLong number = new AtomicLong(); // seen by who waits for the first
    private boolean whole = true; // the last volume has the number
    private long greatest; // before it went back
    private boolean forgotten;
    private String error = ""; // read when it has ended

    Writer(int place, long seed) {
      this.place = place;
      this.random = new Random(seed);
    }

    void forget() {
      Arrays.fill(acknowledged, 0);
      forgotten = true;
    }

    /** The greatest number that its volumes can hold. */
    long most() {
      return forgotten ? Math.max(greatest, number.get()) : number.get();
    }

    void goOn(long[] held) {
      forgotten = false;
      greatest = Math.max(greatest, number.get());
      number.set(held[0]);
      whole = held[held.length - 1] == held[0];
      System.arraycopy(held, 0, acknowledged, 0, held.length);
    }

    private long start() {
      return (long) place * PART_BYTES;
    }

    @Override
    public void run() {
      List<FileChannel> files = new ArrayList<>();
      try {
        for (String volume : volumes) {
          files.add(FileChannel.open(bay.volume(volume), StandardOpenOption.WRITE));
        }
        while (!stopped) {
          pass.readLock().lock();
          try {
            count(files);
          } finally {
            pass.readLock().unlock();
          }
        }
      } catch (IOException e) {
        error = TestBay.isGone(e) ? "" : String.valueOf(e);
      } finally {
        files.forEach(this::close);
      }
    }

    private void close(FileChannel file) {
      try {
        file.close();
      } catch (IOException e) {
        error += TestBay.isGone(e) ? "" : String.valueOf(e);
      }
    }

    private void count(List<FileChannel> files) throws IOException {
      long next = whole ? number.incrementAndGet() : number.get();
      whole = false;
      for (int v = 0; v < files.size(); v++) {
        byte[] noise = new byte[1 + random.nextInt(3 * BLOCK_BYTES)];
        random.nextBytes(noise);
        int room = PART_BYTES - BLOCK_BYTES - noise.length;
        long at = start() + BLOCK_BYTES + random.nextInt(room);
        files.get(v).write(ByteBuffer.wrap(noise), at);
        if (files.get(v).write(block(next), start()) == BLOCK_BYTES) {
          acknowledged[v] = next;
        }
      }
      whole = true;
    }

    private static ByteBuffer block(long number) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
      LongBuffer longs = block.asLongBuffer();
      while (longs.hasRemaining()) {
        longs.put(number);
      }
      return block;
    }

    long read(FileChannel file, String where) throws IOException {
      ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
      assertThat(file.read(block, start())).as(where).isEqualTo(BLOCK_BYTES);
      long found = block.getLong(0);
      assertThat(block.flip()).as(where + ": a torn block").isEqualTo(block(found));
      return found;
    }

    void requireNoError() {
      assertThat(error).as("writer %d", place).isEmpty();
    }
  }
}
