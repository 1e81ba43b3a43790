package org.copybay.nativetest.replay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Source and target of a QuickOPC session, both written while it is started again and again, mostly
 * before the copy of the start before has ended, restored, cancelled when it is whole, and started
 * anew. After power loss at any moment the target holds what the source held at the last start that
 * was answered, or what was written to it since (P2, P4); source and target are the same where no
 * set says that they may differ (P3); the session is there whole or not at all (P7), and its copy
 * goes on by itself. What a restore took away is in its point (P5).
 */
final class SessionVolumes implements Scenario {
  private static final int ZONE_SECTORS = 8192; // of the intent logs, which power loss marks whole
  private static final int ZONES = 3;
  private static final int SECTORS = ZONES * ZONE_SECTORS;
  private static final int DIFFS = 3;
  private static final int WRITERS_IN_TURN = 4;

  private final List<Turn> turns = new CopyOnWriteArrayList<>();
  private final List<Safety> points = new CopyOnWriteArrayList<>();
  private volatile List<StampedVolume> volumes = List.of();
  private volatile long pairMade = Long.MAX_VALUE;

  /**
   * A start, a restore or an end of the session.
   *
   * @param begun the position before the command
   * @param made the position after it
   * @param there whether there is a session after it
   */
  private record Turn(long begun, long made, boolean there) {}

  /**
   * A point that was made before a restore.
   *
   * @param name of the point
   * @param made the position after the restore
   * @param held what it has to hold
   */
  private record Safety(String name, long made, Contents held) {}

  @Override
  public void prepare(Recording recording) {
    recording.create("s", SECTORS, "page");
    recording.create("t", SECTORS, "block");
    volumes = recording.volumes();
    recording.command("quickopc group create group=g");
    pairMade = recording.command("quickopc pair add group=g pair=p source=s target=t");
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    for (StampedVolume volume : recording.volumes()) {
      List<List<Callable<Void>>> turnsOfWriters = new ArrayList<>();
      for (int i = 0; i < WRITERS_IN_TURN; i++) {
        turnsOfWriters.add(StampWriter.of(recording, volume, ZONES, random));
      }
      for (int share = 0; share < turnsOfWriters.get(0).size(); share++) {
        int own = share;
        actors.add(
            () -> {
              for (List<Callable<Void>> writers : turnsOfWriters) {
                writers.get(own).call();
              }
              return null;
            });
      }
    }
    long seed = random.nextLong();
    actors.add(() -> startAndRestore(recording, new Random(seed)));
    return actors;
  }

  // ---- commands

  private Void startAndRestore(Recording recording, Random random) throws InterruptedException {
    if (turns.isEmpty()) {
      start(recording, random, "full");
    }
    for (int i = 0; i < DIFFS; i++) {
      TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(200));
      start(recording, random, "diff");
    }
    TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(200));
    restore(recording, random);
    start(recording, random, "diff");
    TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
    recording.bay().must(FASTER + UNTIL_WHOLE);
    long begun = recording.position();
    long made = recording.command("quickopc cancel group=g pair=p");
    turns.add(new Turn(begun, made, false));
    start(recording, random, "full");
    return null;
  }

  private void start(Recording recording, Random random, String mode) {
    start(recording, random, mode, volumes.get(0), volumes.get(1));
  }

  private long start(
      Recording recording, Random random, String mode, StampedVolume from, StampedVolume onto) {
    Supplier<Contents> source = from.fixed();
    long begun = recording.position();
    Epoch epoch = onto.start(begun);
    long made =
        recording.command(
            "quickopc start group=g pair=p mode=%s open=allow rate=%dK"
                .formatted(mode, 500 + random.nextInt(1000)));
    epoch.answered(made, source.get(), onto.issued());
    turns.add(new Turn(begun, made, true));
    return made;
  }

  private void restore(Recording recording, Random random) {
    StampedVolume source = volumes.get(0);
    Supplier<Contents> lost = source.fixed();
    long made = start(recording, random, "restore", volumes.get(1), source);
    Contents held = lost.get();
    String name = recording.bay().must("sed -n 's/^safety_point: *//p' $C/quickopc/g/p/info");
    points.add(new Safety(name, made, held));
    recording.bay().must(UNTIL_WHOLE);
  }

  private static final String FASTER =
      """
      if ! grep -qx none $C/quickopc/g/p/phase; then
        echo 'quickopc rate group=g pair=p limit=20M' >$C/ctl || { cat $C/last_error >&2; exit 1; }
      fi
      """;

  /** Until nothing is copied; nobody helps the copies, and none may have met an error. */
  private static final String UNTIL_WHOLE =
      """
      for i in $(seq 600); do
        cat $C/quickopc/g/p/info >info
        if ! grep -qxE 'phase: *(tracking|copying/tracking|none)' info; then break; fi
        if grep -qx 'restore: *-' info && grep -qxE 'phase: *(tracking|none)' info; then exit; fi
        sleep 0.05
      done
      cat info >&2
      exit 1
      """;

  // ---- what must be so

  @Override
  public boolean isCommand(long position) {
    return turns.stream().anyMatch(turn -> turn.begun < position && position <= turn.made);
  }

  @Override
  public void check(Recovered state) {
    if (state.bay().run("test -e $C/quickopc/g/p/phase").status() != 0) {
      if (state.after(pairMade)) {
        state.complain("the pair is gone");
      }
      return; // the cut came before it
    }
    String phase = state.bay().must("cat $C/quickopc/g/p/phase");
    requireSession(state, phase);
    requireSets(state);
    requirePoints(state);
    // The copies end by themselves, and nobody sees it.
    require(state, "copies", FASTER + UNTIL_WHOLE);
    require(state, "pages", "for v in s t; do dd if=$V/$v iflag=nocache count=0 status=none; done");
    volumes.forEach(state::requireVolume);
    requireSets(state);
    requirePoints(state);
    if (!phase.equals("none")) {
      require(state, "verify", VERIFY);
    }
    startAgain(state, phase.equals("none") ? "full" : "diff");
  }

  private static void require(Recovered state, String what, String script) {
    var result = state.bay().run(script);
    if (result.status() != 0) {
      state.complain(what + ": " + result.out() + result.err());
    }
  }

  private static final String VERIFY =
      """
      id=verify-$RANDOM$RANDOM
      echo "quickopc verify group=g pair=p id=$id" >$C/ctl || { cat $C/last_error >&2; exit 1; }
      cat $C/jobs/$id/wait
      """;

  /** It is there, or is not, as the last command left it that was answered, or the next one. */
  private void requireSession(Recovered state, String phase) {
    boolean there = !phase.equals("none");
    boolean wanted = false;
    boolean sure = true;
    for (Turn turn : turns) {
      if (state.after(turn.made)) {
        wanted = turn.there;
      } else if (state.after(turn.begun)) {
        sure = turn.there == wanted;
      }
    }
    if (state.isReplaced(state.bay().volume("t"))) { // this check has started it
      wanted = true;
      sure = true;
    }
    if (sure && there != wanted) {
      state.complain("wanted a session: " + wanted + ", got phase " + phase);
    }
  }

  private void requirePoints(Recovered state) {
    for (Safety point : points) {
      Path file = state.bay().mountPoint().resolve("points/" + point.name + "/s");
      if (Files.exists(file)) {
        state.requireImage(file, point.held);
      } else if (state.after(point.made)) {
        state.complain("point " + point.name + " is gone");
      }
    }
  }

  /** A region in no set is the same on both sides, and none is in U and TD. */
  private static void requireSets(Recovered state) {
    var diff = state.bay().run("cat $C/quickopc/g/p/diff");
    if (diff.status() != 0) {
      state.complain("diff: " + diff.err());
    }
    if (diff.status() == 0 && !diff.out().startsWith("#")) {
      ChangedRegions regions = ChangedRegions.of(diff.out());
      long[] source = state.stamps(state.bay().volume("s"));
      long[] target = state.stamps(state.bay().volume("t"));
      regions.differences(source, target).forEach(state::complain);
    }
  }

  /** Another start works, and both sides are the same then, since nobody writes. */
  private static void startAgain(Recovered state, String mode) {
    require(
        state,
        "start " + mode,
        """
        echo 'quickopc start group=g pair=p mode=%s rate=2M' >$C/ctl ||
          { cat $C/last_error >&2; exit 1; }
        cmp $V/s $V/t
        """
            .formatted(mode));
    state.replaced(state.bay().volume("t"), state.bay().volume("s"));
    requireSets(state);
  }
}
