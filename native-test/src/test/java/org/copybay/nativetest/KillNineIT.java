package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
    List<KilledWriter> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(
          new KilledWriter(BAY.volume("v"), i * (long) PART, PART, random.nextLong(), i == 1));
    }

    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (points) {
        BAY.must("cp $V/v was" + round + "; echo freeze v P" + round + " >$C/ctl");
        BAY.must("for g in 127 track; do echo bitmap reset v b$g >$C/ctl; done");
      }
      List<Thread> threads = writers.stream().map(Thread::new).toList();
      threads.forEach(Thread::start);
      for (KilledWriter writer : writers) {
        writer.awaitFirst();
      }
      TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(900));
      BAY.kill9();
      for (Thread thread : threads) {
        thread.join();
      }
      BAY.must("$COPYBAY check $BAY; $COPYBAY check --power-loss $BAY");
      BAY.mount();
      for (KilledWriter writer : writers) {
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
}
