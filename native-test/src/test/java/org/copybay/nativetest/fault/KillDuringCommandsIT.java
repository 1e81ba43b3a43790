package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The daemon is killed at random moments of a series of commands. Each time the bay mounts again,
 * every command that was answered has happened, the one in between has happened or not, and every
 * volume is whole. {@code COPYBAY_KILL_ROUNDS} and {@code COPYBAY_SEED} change the run.
 */
class KillDuringCommandsIT {
  private static final int ROUNDS =
      Integer.parseInt(System.getenv().getOrDefault("COPYBAY_KILL_ROUNDS", "5"));

  /** Writes its command before and after it to the file story, until a command fails. */
  private static final String WORK =
      """
      try() {
          echo "try $1" >>story
          echo "$1" >$C/ctl || exit 0
          echo "ok $1" >>story
      }
      round=%d
      for i in $(seq 1000); do
          n=r$round-$i
          try "create volume $n-a size=300K"
          try "rename volume=$n-a to=$n-b"
          try "duplicate from=stamp to=$n-c id=$n verify=no"
          cat $C/jobs/$n/wait >/dev/null || exit 0
          echo "ok copied $n-c" >>story
          try "duplicate from=stamp to=$n-b replace=yes id=$n-again"
          try "delete volume=$n-c"
      done
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @Test
  void bayMountsAgainAndNoHalfStateIsVisible() throws Exception {
    String given = System.getenv("COPYBAY_SEED");
    long seed = given == null ? new Random().nextLong() : Long.parseLong(given);
    System.out.println("KillDuringCommandsIT COPYBAY_SEED=" + seed);
    Random random = new Random(seed);
    bay.must(
        "echo 'create volume stamp size=1M' >$C/ctl; head -c 1M /dev/urandom >stamp; cp stamp $V/stamp");

    for (int round = 1; round <= ROUNDS; round++) {
      bay.must(": >story");
      Process work = bay.start(WORK.formatted(round));
      TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(1500));
      bay.kill9();
      assertThat(work.waitFor(60, TimeUnit.SECONDS)).isTrue();
      bay.mount();

      String where = "seed=" + seed + " round=" + round;
      bay.must(
          "for job in $(awk '!/^#/ { print $1 }' $C/jobs/running); do cat $C/jobs/$job/wait; done");
      List<String> volumes = bay.must("ls $V").lines().toList();
      assertEveryVolumeIsWhole(where);
      assertStoryHolds(where, round, bay.must("cat story").lines().toList(), volumes);
    }
  }

  private void assertEveryVolumeIsWhole(String where) {
    String wrong =
        bay.must(
            """
            for volume in $V/*; do
                name=${volume##*/}
                if [ "$(cat $C/volumes/$name/state)" != ready ]; then echo "$name: not ready"; fi
                awk '!/^#/' $C/volumes/$name/relations
                case $(stat -c %s $volume) in
                    307200) cmp -n 307200 /dev/zero $volume || echo "$name: not zero" ;;
                    1048576) cmp stamp $volume || echo "$name: not the stamp" ;;
                    *) echo "$name: size $(stat -c %s $volume)" ;;
                esac
            done 2>&1
            if [ $(ls $BAY/volumes | wc -l) != $(ls $V | wc -l) ]; then
                echo "directories: $(ls $BAY/volumes | wc -l) volumes: $(ls $V | wc -l)"
            fi
            """);
    assertThat(wrong).as(where).isEmpty();
    assertThat(bay.must("cat $C/health")).as(where).isEqualTo("ok");
  }

  /** Replays the answered commands; the last one tried may have happened or not. */
  private static void assertStoryHolds(
      String where, int round, List<String> story, List<String> volumes) {
    var expected = new java.util.TreeSet<String>();
    String open = "";
    for (String line : story) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("try")) {
        open = line.substring(4);
        continue;
      }
      open = "";
      switch (words[1]) {
        case "create" -> expected.add(words[3]);
        case "copied" -> expected.add(words[2]);
        case "rename" -> {
          expected.remove(value(words, "volume="));
          expected.add(value(words, "to="));
        }
        case "delete" -> expected.remove(value(words, "volume="));
        default -> {
          // A duplicate: its copy is there at the end of its job.
        }
      }
    }
    var seen = new java.util.TreeSet<>(volumes);
    seen.removeIf(name -> !name.startsWith("r" + round + "-"));
    var difference = new java.util.TreeSet<>(expected);
    difference.removeAll(seen);
    var more = new java.util.TreeSet<>(seen);
    more.removeAll(expected);
    // Only names of the command in between, or of a duplicate that was answered, may differ.
    String excuse = open + " " + (story.isEmpty() ? "" : story.get(story.size() - 1));
    assertThat(difference).as("missing, %s, open <<%s>>", where, open).allMatch(open::contains);
    assertThat(more).as("unexpected, %s, excuse <<%s>>", where, excuse).allMatch(excuse::contains);
  }

  private static String value(String[] words, String key) {
    for (String word : words) {
      if (word.startsWith(key)) {
        return word.substring(key.length());
      }
    }
    throw new AssertionError(key);
  }
}
