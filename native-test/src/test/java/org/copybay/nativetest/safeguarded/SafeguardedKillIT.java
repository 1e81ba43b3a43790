package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P1, P6, P7: kill -9 of the daemon at random moments of every command of a safeguarded session
 * whose volumes are written all the time. What was answered has happened, what was not has happened
 * on all volumes or on none; each backup keeps its bytes, a locked one stays, and recovery volumes
 * show their backup. More rounds by -Dsoak.rounds=N, a failure again by -Dcopybay.seed=SEED (the
 * moment of the kill differs).
 */
class SafeguardedKillIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);
  private static final List<String> VOLUMES = List.of("a", "b", "c");
  private static final int MANY = 6; // backups
  private static final int LOCK_MILLIS = 3000;
  private static final int LOCK_SLACK_MILLIS = 1000;

  /** The commands, of which each is cut in its turn. */
  private enum Step {
    BACKUP,
    BACKUP_LOCKED,
    RECOVER_NOCOPY,
    RECOVER_BACKGROUND,
    INITIATE,
    TERMINATE_H1R1,
    EXPIRE,
    EXPIRE_ONLY,
    RESTORE,
    TERMINATE
  }

  private enum Outcome {
    DONE,
    REFUSED,
    CUT
  }

  private final SafeguardedShell shell = new SafeguardedShell(BAY);
  private final List<String> log = new ArrayList<>();
  private final Map<Step, Integer> answered = new EnumMap<>(Step.class);
  private Random random;
  private SequenceWriters writers;
  private KnownBackups known;

  /** The backup that the recovery volumes show, and the one after the command that was cut. */
  private long recovered; // 0 for none

  private long recoveredNext;
  private long lockedAt; // the last one that was locked, and when
  private long locked;

  @Test
  void aCommandHasHappenedOnAllVolumesOrOnNone() throws Exception {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("SafeguardedKillIT rounds=" + ROUNDS + " seed=" + seed);
    random = new Random(seed);
    writers = new SequenceWriters(BAY, VOLUMES, 3, random);
    known = new KnownBackups(BAY, writers, VOLUMES);
    shell.must(
        """
        for v in a b c d; do echo "create volume $v size=%d" >$C/ctl; done
        pay a b c
        s create session=FOREVER; s add session=FOREVER volume=d
        scribble d; cp $V/d d.locked; s backup session=FOREVER lock=30d
        """
            .formatted(writers.bytes()));
    Step[] steps = Step.values();
    for (int round = 0; round < ROUNDS; round++) {
      Step step =
          steps[ROUNDS < steps.length ? random.nextInt(steps.length) : round % steps.length];
      log.clear();
      writers.start();
      prepare(step);
      Thread killer = new Thread(new Killer(random.nextInt(random.nextBoolean() ? 60 : 800)));
      killer.start();
      for (Step next = step; step(next); ) {
        next = steps[random.nextInt(steps.length)];
      }
      killer.join();
      writers.stop();
      String when = "seed=%d round=%d %s\n  %s".formatted(seed, round, step, log);
      shell.must("$COPYBAY check $BAY");
      BAY.mount();
      look(when + "\n");
    }
    System.err.println("SafeguardedKillIT answered=" + answered);
    wholeInTheEnd();
  }

  /** Ends the daemon after so many milliseconds. */
  private record Killer(int millis) implements Runnable {
    @Override
    public void run() {
      try {
        TimeUnit.MILLISECONDS.sleep(millis);
        BAY.kill9();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Lets a command find what it is about. */
  private void prepare(Step step) throws Exception {
    boolean there = true;
    while (there && known.ids().size() < 2) {
      there = step(Step.BACKUP);
    }
    boolean recovers = step == Step.RECOVER_NOCOPY || step == Step.RECOVER_BACKGROUND;
    boolean ends = step == Step.INITIATE || step == Step.TERMINATE_H1R1;
    if (recovers && recovered != 0) {
      there = step(Step.TERMINATE_H1R1);
    } else if (ends && recovered == 0) {
      there = step(Step.RECOVER_NOCOPY);
    }
    assertThat(there).as("the daemon is there").isTrue();
  }

  // ---- one command

  /** Whether the daemon was there until its end. */
  private boolean step(Step step) throws Exception {
    recoveredNext = recovered;
    try {
      Outcome outcome = perform(step);
      if (outcome == Outcome.DONE) {
        answered.merge(step, 1, Integer::sum);
      }
      return outcome != Outcome.CUT;
    } catch (UncheckedIOException e) { // of a list
      return requireGone(e.getCause());
    } catch (IOException e) {
      return requireGone(e);
    }
  }

  private static boolean requireGone(IOException e) throws IOException {
    if (!TestBay.isGone(e)) {
      throw e;
    }
    return false;
  }

  private Outcome perform(Step step) throws Exception {
    NavigableSet<Long> ids = known.ids();
    if (ids.isEmpty() && step != Step.BACKUP && step != Step.BACKUP_LOCKED) {
      return Outcome.REFUSED;
    }
    long id = ids.isEmpty() ? 0 : List.copyOf(ids).get(random.nextInt(ids.size()));
    return switch (step) {
      case BACKUP, BACKUP_LOCKED -> backup(step == Step.BACKUP_LOCKED);
      case RECOVER_NOCOPY -> recover(id, "copy=nocopy");
      case RECOVER_BACKGROUND -> recover(id, "copy=background" + rate());
      case INITIATE -> command("initiate-background-copy session=PAY" + rate());
      case TERMINATE_H1R1 -> terminateRecovery();
      case EXPIRE -> remove("expire session=PAY backup=" + id, known.shown().headSet(id, true));
      case EXPIRE_ONLY -> remove("expire session=PAY only=yes backup=" + id, Set.of(id));
      case RESTORE -> writers.paused(() -> restore(id));
      case TERMINATE -> terminate();
    };
  }

  private String rate() {
    return random.nextBoolean() ? "" : " rate=1M";
  }

  private Outcome backup(boolean locks) throws IOException {
    if (known.ids().size() > MANY) {
      return Outcome.REFUSED;
    }
    NavigableSet<Long> before = known.ids();
    long now = System.currentTimeMillis();
    known.making();
    Outcome outcome =
        command("backup session=PAY" + (locks ? " lock=" + LOCK_MILLIS / 1000 + "s" : ""));
    if (locks && outcome == Outcome.DONE) {
      NavigableSet<Long> fresh = known.ids();
      fresh.removeAll(before);
      locked = fresh.first();
      lockedAt = now;
    }
    return outcome;
  }

  private Outcome recover(long id, String how) throws IOException {
    recoveredNext = id;
    known.recovering(id);
    Outcome outcome =
        command("recover session=PAY open=allow replace=yes backup=" + id + " " + how);
    if (outcome == Outcome.DONE) {
      requireRecovered("after a recovery");
    }
    return outcome;
  }

  private Outcome terminateRecovery() throws IOException {
    recoveredNext = 0;
    return command("terminate-h1r1 session=PAY force=yes");
  }

  /** Not while a restore goes on: the writers would meet INVALID volumes. */
  private Outcome terminate() throws IOException {
    Path recoveries = BAY.mountPoint().resolve(".control/safeguard/PAY/recoveries");
    if (Files.readString(recoveries).contains("\nrestore ")) {
      return Outcome.REFUSED;
    }
    recoveredNext = 0;
    return remove("terminate session=PAY force=yes", known.shown());
  }

  private Outcome remove(String line, Set<Long> ids) throws IOException {
    Set<Long> going = known.ids();
    going.retainAll(ids);
    known.removing(going);
    boolean keeps = going.contains(locked);
    Outcome outcome = command(line + " confirm=" + ids.size());
    long sinceLock = System.currentTimeMillis() - lockedAt;
    if (keeps && sinceLock < LOCK_MILLIS - LOCK_SLACK_MILLIS) {
      assertThat(outcome).as("%s: backup %d is locked", log, locked).isNotEqualTo(Outcome.DONE);
    }
    return outcome;
  }

  private Outcome restore(long id) throws IOException {
    known.making();
    known.recovering(id);
    writers.forget();
    Outcome outcome = command("restore session=PAY confirm=yes open=allow backup=" + id + rate());
    if (outcome == Outcome.DONE) {
      assertThat(KnownBackups.hashes(VOLUMES.stream().map(BAY::volume).toList()))
          .as("%s: restored", log)
          .isEqualTo(known.image(id));
    }
    if (outcome != Outcome.CUT) {
      writers.goOn();
    }
    return outcome;
  }

  private Outcome command(String line) throws IOException {
    try {
      Files.writeString(BAY.mountPoint().resolve(".control/ctl"), "safeguarded " + line + "\n");
    } catch (IOException e) {
      boolean gone = TestBay.isGone(e);
      log.add((gone ? "cut " : "refused ") + line + (gone ? "" : ": " + e.getMessage()));
      if (gone) {
        return Outcome.CUT;
      }
      recoveredNext = recovered;
      known.refused();
      return Outcome.REFUSED;
    }
    log.add("ok " + line);
    recovered = recoveredNext;
    known.answered();
    return Outcome.DONE;
  }

  // ---- what is there

  private void look(String when) throws IOException {
    known.look(when);
    writers.requireAcknowledged(when);
    requireRecovery(when);
    shell.must("cmp d.locked $B/FOREVER/*/d");
    assertThat(shell.refused("s expire session=FOREVER backup=latest")).contains("SGC1006E");
    assertThat(shell.refused("s terminate session=FOREVER confirm=1")).contains("SGC1006E");
  }

  /** The recovery set is there, or not, on all volumes; what is suspended goes on when told to. */
  private void requireRecovery(String when) throws IOException {
    String rows = shell.must("grep '^R1 ' $C/safeguard/PAY/recoveries || true");
    if (!rows.isEmpty()) {
      List<String> ids = rows.lines().map(row -> row.split(" ", -1)[1]).toList();
      assertThat(ids).as(when + rows).hasSize(VOLUMES.size());
      assertThat(Set.copyOf(ids)).as(when + rows).hasSize(1);
      long id = Long.parseLong(ids.get(0));
      assertThat(id).as(when + rows).isIn(recovered, recoveredNext);
      recovered = id;
      if (rows.contains(" suspended ")) {
        shell.must("s initiate-background-copy session=PAY");
      }
      requireRecovered(when + rows);
    } else {
      if (recovered != 0) {
        assertThat(recoveredNext).as(when + ": the recovery is gone").isNotEqualTo(recovered);
      }
      recovered = 0;
    }
  }

  private void requireRecovered(String when) throws IOException {
    if (recovered != 0 && !known.image(recovered).isEmpty()) {
      List<Path> targets = VOLUMES.stream().map(volume -> BAY.volume("r" + volume)).toList();
      assertThat(KnownBackups.hashes(targets)).as(when).isEqualTo(known.image(recovered));
    }
  }

  /** All is whole when the copies have ended; what was expired leaves nothing behind. */
  private void wholeInTheEnd() throws Exception {
    if (recovered != 0) {
      shell.must("s initiate-background-copy session=PAY || true; jobs >/dev/null || true");
      requireRecovered("in the end");
      shell.must("s terminate-h1r1 session=PAY");
      requireRecovered("when the recovery has ended");
    }
    shell.must(
        """
        jobs >/dev/null || true # some were cancelled
        until [ $(ids | wc -l) = 0 ]; do
          s expire session=PAY backup=$(latest) confirm=$(ids | wc -l) || sleep 0.2
        done
        for v in a b c; do
          until grep -qx 'away_bytes: 0' $C/volumes/$v/status; do sleep 0.05; done
        done
        """);
    BAY.umount();
    shell.must("$COPYBAY check $BAY");
    BAY.mount();
    shell.must("[ $(ids | wc -l) = 0 ]; cmp d.locked $B/FOREVER/*/d");
  }
}
