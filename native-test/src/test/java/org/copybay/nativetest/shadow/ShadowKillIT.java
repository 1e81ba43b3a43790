package org.copybay.nativetest.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.KilledWriter;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P1, P3, P6, P7: kill -9 of the daemon under random writes to a virtual unit, while it is steady,
 * after a split, in the middle of a split, a minicopy, a full copy or a merge, so also between the
 * legs of writes. Every write that returned is there, what the kill left passes {@code copybay
 * check}, copies and merges go on by themselves, and at the end all members are equal. More rounds
 * by -Dsoak.rounds=N, a failure again by -Dcopybay.seed=SEED (the moment of the kill differs).
 */
class ShadowKillIT {
  @RegisterExtension
  static final TestBay BAY =
      TestBay.onDisk().withEnvironment("COPYBAY_JAVA_OPTS", "-Dcopybay.shadow.rotate=300");

  private static final int WRITERS = 3;
  private static final int PART = 2_000_003;
  private static final int ROUNDS = Integer.getInteger("soak.rounds", 4);

  /** What is done with the set while it is written, until the daemon is killed. */
  private enum Phase {
    STEADY(""),
    SPLIT("echo 'split members=b' >$C/ctl"),
    SPLITTING("sleep 0.$((RANDOM % 9)); echo 'split members=b' >$C/ctl &"),
    MINICOPY(
        """
        echo 'split members=b' >$C/ctl
        sleep 0.3
        echo 'mount set=DSA1 members=b' >$C/ctl
        """),
    FULL_COPY(
        """
        echo 'dismount members=b' >$C/ctl
        echo 'mount set=DSA1 members=b' >$C/ctl
        """),
    MERGE("echo 'merge set=DSA1' >$C/ctl"),
    MERGE_AND_COPY(
        """
        echo 'dismount members=c' >$C/ctl
        echo 'merge set=DSA1' >$C/ctl
        echo 'mount set=DSA1 members=c' >$C/ctl
        """);

    private final String script;

    Phase(String script) {
      this.script = script;
    }
  }

  @Test
  void membersAreEqualAndNothingAcknowledgedIsLost() throws IOException, InterruptedException {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("ShadowKillIT rounds=" + ROUNDS + " seed=" + seed);
    Random random = new Random(seed);
    BAY.must(
        """
        for v in a b c; do echo "create volume $v size=%d" >$C/ctl; done
        echo 'mount set=DSA1 members=a,b,c id=first' >$C/ctl
        cat $C/jobs/first/wait
        """
            .formatted(WRITERS * PART));
    Path unit = BAY.mountPoint().resolve("shadow/DSA1");
    List<KilledWriter> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new KilledWriter(unit, i * (long) PART, PART, random.nextLong(), i == 1));
    }
    long acknowledged = 0;
    int phases = Phase.values().length;
    for (int round = 0; round < ROUNDS; round++) {
      int next = ROUNDS < phases ? random.nextInt(phases) : round % phases;
      Phase phase = Phase.values()[next];
      String when = "seed=" + seed + " round=" + round + " phase=" + phase;
      acknowledged += killed(phase, writers, random, when);
      bringBack(when);
    }
    System.err.println("ShadowKillIT acknowledged=" + acknowledged);
    assertThat(acknowledged).isPositive();
  }

  private static long killed(Phase phase, List<KilledWriter> writers, Random random, String when)
      throws IOException, InterruptedException {
    List<Thread> threads = writers.stream().map(Thread::new).toList();
    threads.forEach(Thread::start);
    for (KilledWriter writer : writers) {
      writer.awaitFirst();
    }
    BAY.must("echo 'shadow set=DSA1 rate=" + (1 + random.nextInt(20)) + "M/s' >$C/ctl");
    BAY.must(phase.script);
    TimeUnit.MILLISECONDS.sleep(random.nextInt(700));
    BAY.kill9();
    for (Thread thread : threads) {
      thread.join();
    }
    BAY.must("$COPYBAY check $BAY; $COPYBAY check --power-loss $BAY");
    BAY.mount();
    long acknowledged = 0;
    for (KilledWriter writer : writers) {
      writer.requireCutByTheKill();
      writer.check(when); // also before the merge has ended
      acknowledged += writer.takeAcknowledged();
    }
    return acknowledged;
  }

  /** Ends what goes on, lets former members come back, and compares. */
  private static void bringBack(String when) {
    BAY.must(
        """
        echo 'shadow set=DSA1 rate=0' >$C/ctl
        for j in $(ls $C/jobs | grep -x '[0-9]*'); do
          if grep -qE '^state: (running|queued|paused)' $C/jobs/$j/status; then
            echo "rate job=$j limit=0" >$C/ctl || true
            cat $C/jobs/$j/wait >/dev/null
          fi
        done
        for m in a b c; do
          if grep -qx 'role: former' $C/shadow/DSA1/members/$m/status; then
            echo "mount set=DSA1 members=$m id=back-$m-$RANDOM$RANDOM" >$C/ctl || { cat $C/last_error >&2; exit 1; }
            cat $C/jobs/latest/wait >/dev/null
          fi
        done
        grep -qx 'state: steady' $C/shadow/DSA1/status || { cat $C/shadow/DSA1/status >&2; tail -n 40 $BAY/log/* >&2; exit 1; }
        cmp $V/a $V/b >&2 && cmp $V/a $V/c >&2 && cmp $V/a $MNT/shadow/DSA1 >&2 || { echo %s >&2; exit 1; }
        """
            .formatted("'" + when + "'"));
  }
}
