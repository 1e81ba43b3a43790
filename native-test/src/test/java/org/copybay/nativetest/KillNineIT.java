package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * P1, P3 and P5: kill -9 of the daemon under random writes that nobody synced, also while points in
 * time are made and dropped between them and write bitmaps are kept. Every write that returned is
 * there after the next mount; of the one under way each byte is the old or the new one, and every
 * region with a new one is named; what the kill left passes {@code copybay check}. More rounds by
 * -Dsoak.rounds=N, a failure again by -Dcopybay.seed=SEED (the moment of the kill differs).
 */
class KillNineIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int WRITERS = 3;
  private static final int PART = 2_000_003;
  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);

  @ParameterizedTest
  @CsvSource({"page, false", "block, false", "page, true", "block, true"})
  void everyAcknowledgedWriteIsThere(String cache, boolean points)
      throws IOException, InterruptedException {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println(
        "KillNineIT cache=" + cache + " points=" + points + " rounds=" + ROUNDS + " seed=" + seed);
    Random random = new Random(seed);
    BAY.must("rm -f $V/v");
    BAY.command("create volume v size=" + WRITERS * PART + " cache=" + cache);
    if (points) {
      BAY.must("for g in 127 track; do echo bitmap start v b$g grain=$g >$C/ctl; done");
    }
    List<Writer> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i * (long) PART, random.nextLong(), i == 1));
    }

    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (points) {
        BAY.must("cp $V/v was" + round + "; echo freeze v P" + round + " >$C/ctl");
        BAY.must("for g in 127 track; do echo bitmap reset v b$g >$C/ctl; done");
      }
      List<Thread> threads = writers.stream().map(Thread::new).toList();
      threads.forEach(Thread::start);
      for (Writer writer : writers) {
        writer.awaitFirst();
      }
      TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(900));
      BAY.kill9();
      for (Thread thread : threads) {
        thread.join();
      }
      BAY.must("$COPYBAY check $BAY; $COPYBAY check --power-loss $BAY");
      BAY.mount();
      for (Writer writer : writers) {
        writer.requireCutByTheKill();
        writer.check("seed=" + seed + " round=" + round);
        acknowledged += writer.takeAcknowledged();
      }
      if (points) {
        checkBitmap("was" + round, "b127", 127 * 512);
        checkBitmap("was" + round, "btrack", 64 << 10);
        checkPoints(round, random);
      }
    }

    System.err.println("KillNineIT acknowledged=" + acknowledged);
    assertThat(acknowledged).isPositive();
    if (points) {
      BAY.must("for p in $(ls $MNT/points); do echo drop $p >$C/ctl; done; rm was*");
    }
    BAY.must("rm $V/v");
  }

  /** All points are what they were; when there are four, one of them goes. */
  private static void checkPoints(int last, Random random) {
    BAY.must("for p in $(ls $MNT/points); do cmp was${p#P} $MNT/points/$p/v; done");
    BAY.must("ls $MNT/points | grep -qx P" + last);
    if (BAY.must("ls $MNT/points").lines().count() == 4) {
      String gone = BAY.must("ls $MNT/points").lines().toList().get(random.nextInt(4));
      BAY.must("echo drop " + gone + " >$C/ctl; rm was" + gone.substring(1));
    }
  }

  /** Every region that is not what it was at the reset is named. */
  private static void checkBitmap(String was, String bitmap, int regionBytes) throws IOException {
    byte[] before = Files.readAllBytes(BAY.scratch().resolve(was));
    byte[] now = Files.readAllBytes(BAY.volume("v"));
    Path map = BAY.mountPoint().resolve(".control/volumes/v/bitmaps/" + bitmap + "/map");
    BitSet bits = BitSet.valueOf(Files.readAllBytes(map));
    for (int i = 0; i < now.length; i++) {
      if (before[i] != now[i] && !bits.get(i / regionBytes)) {
        throw new AssertionError("bitmap " + bitmap + " does not name the change of byte " + i);
      }
    }
  }

  /** Writes at random within its part of the volume until the daemon is gone. */
  private static final class Writer implements Runnable {
    private final long start;
    private final Random random;
    private final boolean large;
    private final byte[] model = new byte[PART];
    // What may or may not have arrived: the write that failed.
    private int openAt;
    private byte[] open = new byte[0];
    private final AtomicLong acknowledged = new AtomicLong();
    private volatile String error = "";

    Writer(long start, long seed, boolean large) {
      this.start = start;
      this.random = new Random(seed);
      this.large = large;
    }

    @Override
    public void run() {
      try (FileChannel channel = FileChannel.open(BAY.volume("v"), StandardOpenOption.WRITE)) {
        while (true) {
          open = new byte[1 + random.nextInt(large ? 600_000 : 9000)];
          random.nextBytes(open);
          openAt = random.nextInt(PART - open.length + 1);
          int written = channel.write(ByteBuffer.wrap(open), start + openAt);
          System.arraycopy(open, 0, model, openAt, written);
          acknowledged.incrementAndGet();
          if (written < open.length) {
            // The daemon went in the middle of this one; the rest may have arrived.
            break;
          }
          open = new byte[0];
        }
      } catch (IOException daemonIsGone) {
        error = String.valueOf(daemonIsGone.getMessage());
      }
    }

    /** Returns when a write was acknowledged, or when this writer has met an error. */
    void awaitFirst() throws InterruptedException {
      while (acknowledged.get() == 0 && error.isEmpty()) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }

    /** Any other error than that of a connection that is gone would hide a lost write. */
    void requireCutByTheKill() {
      assertThat(error)
          .matches("|Transport endpoint is not connected|Software caused connection abort");
      assertThat(acknowledged.get()).isPositive();
      error = "";
    }

    void check(String when) throws IOException {
      ByteBuffer read = ByteBuffer.allocate(PART);
      try (FileChannel channel = FileChannel.open(BAY.volume("v"), StandardOpenOption.READ)) {
        while (read.hasRemaining()) {
          assertThat(channel.read(read, start + read.position())).isPositive();
        }
      }
      byte[] got = read.array();
      for (int i = 0; i < PART; i++) {
        int inOpen = i - openAt;
        boolean maybe = inOpen >= 0 && inOpen < open.length;
        if (got[i] != model[i] && !(maybe && got[i] == open[inOpen])) {
          throw new AssertionError(
              "%s: an acknowledged byte is lost: offset=%d want=%d got=%d"
                  .formatted(when, start + i, model[i], got[i]));
        }
      }
      System.arraycopy(got, 0, model, 0, PART);
      open = new byte[0];
    }

    long takeAcknowledged() {
      return acknowledged.getAndSet(0);
    }
  }
}
