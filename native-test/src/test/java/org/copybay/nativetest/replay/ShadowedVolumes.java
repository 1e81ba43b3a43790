package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Shell;

/**
 * A shadow set that is written while one of its members is split and comes back by minicopy, again
 * and again. After power loss at any moment what was acknowledged is there at once, merges and
 * copies go on by themselves, the member that is out comes back, and then all members are equal
 * (P3, P6).
 */
final class ShadowedVolumes implements Scenario {
  private static final int SECTORS = 16_384;
  private static final int SPLITS = 3;

  @Override
  public void prepare(Recording recording) {
    recording.createSet("DSA1", SECTORS, "a", "b", "c");
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    actors.addAll(StampWriter.of(recording, recording.volumes().get(0), random));
    long seed = random.nextLong();
    actors.add(() -> splitAndBringBack(recording, new Random(seed)));
    return actors;
  }

  private static Void splitAndBringBack(Recording recording, Random random)
      throws InterruptedException {
    recording.bay().must(BRING_BACK);
    for (int i = 0; i < SPLITS; i++) {
      String member = random.nextBoolean() ? "b" : "c";
      recording.command("split members=" + member);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
      recording.bay().must(BRING_BACK);
    }
    return null;
  }

  /** Until nothing is copied or merged and all are members. */
  private static final String BRING_BACK =
      """
      for m in a b c; do
        if grep -qx 'role: former' $C/shadow/DSA1/members/$m/status; then
          echo "mount set=DSA1 members=$m" >$C/ctl || { cat $C/last_error >&2; exit 1; }
        fi
      done
      for i in $(seq 600); do
        if grep -qx 'state: steady' $C/shadow/DSA1/status; then break; fi
        sleep 0.05
      done
      grep -x 'state: steady' $C/shadow/DSA1/status || { cat $C/shadow/DSA1/status >&2; exit 1; }
      """;

  @Override
  public void check(Recovered state) {
    Shell.Result there = state.bay().run("test -e $C/shadow/DSA1/status");
    if (there.status() != 0) {
      return; // the cut came before the set
    }
    Shell.Result back = state.bay().run(UNTOUCHED + BRING_BACK + EQUAL);
    if (back.status() != 0) {
      state.complain("members: " + back.out() + back.err());
    }
  }

  /** Power loss makes no member one that somebody wrote to behind the set's back. */
  private static final String UNTOUCHED =
      """
      if grep -H 'wrote to its home' $C/shadow/DSA1/members/*/status >&2; then exit 1; fi
      for m in a b c; do
        if grep -qx 'role: former' $C/shadow/DSA1/members/$m/status; then
          echo "mount set=DSA1 members=$m policy=minicopy dry-run=yes" 2>/dev/null >$C/ctl || true
          if grep 'wrote to its home' $C/last_error >&2; then exit 1; fi
        fi
      done
      """;

  private static final String EQUAL =
      """
      cmp $V/a $V/b
      cmp $V/a $V/c
      cmp $V/a $MNT/shadow/DSA1
      """;
}
