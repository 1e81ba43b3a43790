package org.copybay.nativetest.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;

/** One recording of a scenario and the states of the disk that are built from it. */
final class Replay implements AutoCloseable {
  private static final int SHOWN_STATES = 5;

  private final Scenario scenario;
  private final long seed;
  private final Random random;
  private final TestBay bay;
  private final RecordedDisk disk;
  private final Recording recording;
  private long start;
  private long end;

  Replay(Scenario scenario, long seed) throws IOException {
    this.scenario = scenario;
    this.seed = seed;
    this.random = new Random(seed);
    this.bay =
        TestBay.onDisk()
            .withEnvironment(
                "COPYBAY_JAVA_OPTS", "-Dcopybay.bitmaps.advance=50 -Dcopybay.shadow.rotate=50")
            .makePlaces();
    boolean made = false;
    try {
      this.disk = new RecordedDisk(bay);
      made = true;
    } finally {
      if (!made) {
        bay.close();
      }
    }
    this.recording = new Recording(bay, disk);
    say("seed=" + seed);
  }

  /** Lets the scenario run: with a restart of the daemon in its middle, killed or unmounted. */
  void record() throws IOException, InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    bay.must("$COPYBAY init $BAY");
    start = disk.position();
    bay.mount();
    scenario.prepare(recording);
    act();
    stop();
    bay.mount();
    act();
    stop();
    end = disk.position();
    disk.close();
    int acknowledged = recording.volumes().stream().mapToInt(StampedVolume::acknowledgements).sum();
    say("recorded: acknowledgements=" + acknowledged + " seconds=" + secondsSince(begun));
  }

  private void act() throws InterruptedException, ExecutionException {
    List<Callable<Void>> actors = new ArrayList<>(scenario.actors(recording, random));
    actors.add(new EarlyWriteback(bay, random.nextLong()));
    ExecutorService threads = Executors.newFixedThreadPool(actors.size());
    try {
      for (Future<Void> actor : threads.invokeAll(actors)) {
        actor.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private void stop() {
    if (random.nextBoolean()) {
      bay.umount();
    } else {
      bay.kill9();
      bay.must("umount $MNT");
    }
  }

  /** Recovers from so many cuts, or from all, and fails with what was wrong in which. */
  void check(int limit) throws IOException {
    long begun = System.nanoTime();
    Recovery recovery = new Recovery(bay);
    Map<Cut, List<String>> bad = new LinkedHashMap<>();
    try (WriteLog log = WriteLog.open(disk.logFile(), end)) {
      List<WriteLog.Entry> entries = log.entries();
      List<Cut> cuts =
          Cut.some(
              Cut.all(entries, start, random),
              limit,
              cut -> scenario.isCommand(entries.get(cut.entries() - 1).end()),
              random);
      assertThat(cuts).as("cuts").isNotEmpty();
      DiskStates states = new DiskStates(log, copyOfBase());
      for (Cut cut : cuts) {
        // A file for each: the mount namespace of a test beside this one can keep the last one
        // mounted, and mount(8) would take its loop device, with what it remembers, once more.
        Path image = disk.file("state" + cut.entries() + "-" + cut.subsetSeed() + ".img");
        states.build(cut, image);
        long position = entries.get(cut.entries() - 1).end();
        List<String> wrong = recovery.of(image, cut.toString(), position, this::look);
        Files.delete(image);
        if (!wrong.isEmpty()) {
          bad.put(cut, wrong);
        }
      }
      long prefixes = cuts.stream().filter(Cut::prefix).count();
      say(
          "checked: entries=%d prefixes=%d subsets=%d bad=%d seconds=%d"
              .formatted(
                  entries.size(),
                  prefixes,
                  cuts.size() - prefixes,
                  bad.size(),
                  secondsSince(begun)));
      if (!bad.isEmpty()) {
        keep(log, bad.keySet().iterator().next());
      }
    }
    assertThat(bad.entrySet().stream().limit(SHOWN_STATES))
        .as("seed=%d: %d states are bad, the first of them", seed, bad.size())
        .isEmpty();
  }

  private void look(Recovered state) {
    state.requireHealth(scenario::isWell);
    recording.volumes().forEach(state::requireVolume);
    scenario.check(state);
  }

  private Path copyOfBase() {
    bay.must("cp --sparse=always ram/base.img ram/flushed.img");
    return disk.file("flushed.img");
  }

  /** Keeps the disk before the log, the log, and the disk at the first bad cut. */
  private void keep(WriteLog log, Cut cut) throws IOException {
    Path kept = Files.createDirectories(Path.of("target", "replay-" + seed).toAbsolutePath());
    new DiskStates(log, copyOfBase()).build(cut, kept.resolve("bad.img"));
    bay.must("cp --sparse=always ram/base.img ram/log " + kept);
    say("kept " + kept + " with the disk of " + cut);
  }

  private void say(String sentence) {
    System.err.println("ReplayIT " + scenario.getClass().getSimpleName() + " " + sentence);
  }

  private static long secondsSince(long nanoTime) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - nanoTime);
  }

  @Override
  public void close() {
    // A recording that failed: the daemon must go before its disk.
    bay.daemon().ifPresent(ProcessHandle::destroyForcibly);
    bay.run("if grep -q \" $MNT \" /proc/self/mounts; then umount -l $MNT; fi");
    disk.close();
    bay.run("umount ram || umount -l ram");
    bay.close();
  }
}
