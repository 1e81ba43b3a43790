package org.copybay.nativetest.optical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P1, P6: kill -9 of the daemon while a duplicate is at each tenth of its sectors, in turn to a
 * *WORM and an *ERASE target, and while a *WORM volume is written. The target is spoiled or
 * incomplete, and shows no label; source and drives are as before; what was acknowledged is there,
 * and no sector is written twice. More rounds by -Dsoak.rounds=N, a failure again by
 * -Dcopybay.seed=SEED.
 */
class KillIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);
  private static final int MIB = 12;

  private final Jukebox jukebox = new Jukebox(BAY);

  @Test
  void aTargetThatIsNotWholeSaysSo() throws Exception {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("optical KillIT rounds=" + ROUNDS + " seed=" + seed);
    Random random = new Random(seed);
    jukebox.anew().library("LIB", 2);
    jukebox.must(
        """
        mkdir -p tree; for i in 1 2 3 4 5 6; do head -c 2M /dev/urandom >tree/f$i; done
        genisoimage -quiet -J -R -V SRC -o src.iso tree
        blank LIB S *WORM 32M
        c optical initialize volume=S.A newvol=SRC
        dd if=src.iso of=$O/SRC bs=1M status=none
        cp $O/SRC before
        blank LIB E *ERASE 32M
        """);
    for (int round = 0; round < ROUNDS; round++) {
      boolean once = round % 2 == 0;
      String target = once ? "W" + round : "E";
      if (once) {
        jukebox.must("blank LIB " + target + " *WORM 32M");
      }
      jukebox.must(
          "c optical duplicate from=SRC to=%s.A clear=yes rate=%dM/s id=k%d"
              .formatted(target, MIB, round));
      int tenth = ROUNDS < 10 ? random.nextInt(10) : round % 10;
      TimeUnit.MILLISECONDS.sleep(tenth * 100L + random.nextInt(100));
      BAY.kill9();
      BAY.must("$COPYBAY check $BAY");
      BAY.mount();
      look("seed=%d round=%d tenth=%d".formatted(seed, round, tenth), target, once, "k" + round);
    }
    jukebox.must("d end from=SRC to=E.A clear=yes newvol=WHOLE; cmp before $O/WHOLE || true");
    assertThat(
            jukebox.must(
                "{ cmp -l before $O/WHOLE || true; } | awk '$1 < 32769 || $1 > 36864' | wc -l"))
        .isEqualTo("0");
  }

  private void look(String when, String target, boolean once, String job) {
    // Killed before the first sector, it is made anew; meanwhile its target is not whole either.
    String ended = jukebox.run("cat $C/jobs/" + job + "/wait").out();
    String state = jukebox.status(target + ".A", "state");
    if (state.equals("initialized") && ended.contains("done")) {
      return; // it was faster, or was made anew
    }
    if (!state.equals("initialized")) {
      assertThat(state).as(when).isEqualTo(once ? "spoiled" : "incomplete");
      assertThat(jukebox.job(job).get("state")).as(when).isEqualTo("failed");
      String home = jukebox.must("echo $BAY/volumes/$(st " + target + ".A uuid)/home");
      assertThat(BAY.run("blkid -p " + home).out()).as(when).doesNotContain("LABEL");
    }
    jukebox.must("cmp before $O/SRC");
    if (!once) {
      jukebox.must("d r%s from=SRC to=E.A resume=yes".formatted(job));
      assertThat(jukebox.status("E.A", "state")).as(when).isEqualTo("initialized");
    }
    jukebox.must("c optical initialize volume=E.A newvol=E" + job.substring(1) + " || true");
  }

  @Test
  void aWormVolumeKeepsWhatWasAcknowledged() throws Exception {
    jukebox.anew().library("LIB", 2);
    for (int round = 0; round < Math.max(2, ROUNDS / 10); round++) {
      jukebox.must(
          "rm -f acknowledged; blank LIB V%d *WORM 256M; c optical initialize volume=V%1$d.A newvol=V%1$d"
              .formatted(round));
      Process writer =
          jukebox.start(
              """
              python3 - $O/V%d <<'END'
              import os, sys
              f = os.open(sys.argv[1], os.O_WRONLY)
              for n in range(200000):
                  os.write(f, (b"%%015d\\n" %% n) * 128)
                  with open("acknowledged.new", "w") as a: a.write(str(n + 1))
                  os.rename("acknowledged.new", "acknowledged")
              END
              """
                  .formatted(round));
      BAY.must("for i in $(seq 300); do test -s acknowledged && exit; sleep 0.1; done; exit 1");
      TimeUnit.MILLISECONDS.sleep(200 + 50L * (round % 20));
      BAY.kill9();
      writer.waitFor(20, TimeUnit.SECONDS);
      BAY.must("$COPYBAY check $BAY");
      BAY.mount();
      jukebox.must(
          """
          python3 - $O/V%d <<'END'
          import os, sys
          n = int(open("acknowledged").read())
          data = open(sys.argv[1], "rb").read()
          assert len(data) in (n * 2048, (n + 1) * 2048), (len(data), n)
          for i in range(n):
              assert data[i * 2048:i * 2048 + 2048] == (b"%%015d\\n" %% i) * 128, i
          END
          """
              .formatted(round));
      jukebox.refused("printf x | dd of=$O/V" + round + " conv=notrunc status=none");
    }
  }
}
