package org.copybay.nativetest.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Shell;

/**
 * A volume with write bitmaps that are reset while it is written. The writers leave one zone of the
 * intent log after the other, so that its generations end. Whatever a sector holds that was written
 * after the last reset, its region and its block are named (P3); so are those of a sector that
 * holds what it held before that: power loss took what was there at the reset.
 */
final class TrackedVolumes implements Scenario {
  private static final int ZONE_SECTORS = 8192;
  private static final int ZONES = 4;
  private static final int RESETS = 3;
  private static final int BLOCK_SECTORS = 8;

  private final List<Tracked> bitmaps =
      List.of(new Tracked("t", 128, "track"), new Tracked("s", 127, "127"));
  private volatile Path volume = Path.of("");

  /** One bitmap, with a region of so many sectors. */
  private record Tracked(String name, int regionSectors, String grain, List<Reset> resets) {
    Tracked(String name, int regionSectors, String grain) {
      this(name, regionSectors, grain, new CopyOnWriteArrayList<>());
    }
  }

  /**
   * A start or a reset.
   *
   * @param begun the position before the command
   * @param made the position after it
   * @param oldest what had been written before the command
   * @param newest what may have been written before its answer
   */
  private record Reset(long begun, long made, List<Integer> oldest, List<Integer> newest) {}

  @Override
  public void prepare(Recording recording) {
    recording.create("a", ZONES * ZONE_SECTORS, "page");
    volume = recording.bay().volume("a");
    for (Tracked bitmap : bitmaps) {
      reset(
          recording,
          bitmap,
          "bitmap start volume=a bitmap=" + bitmap.name + " grain=" + bitmap.grain);
    }
  }

  private static void reset(Recording recording, Tracked bitmap, String command) {
    int[] oldest = recording.volumes().get(0).written();
    long begun = recording.position();
    long made = recording.command(command);
    int[] newest = recording.volumes().get(0).issued();
    bitmap.resets.add(new Reset(begun, made, list(oldest), list(newest)));
  }

  private static List<Integer> list(int[] versions) {
    return Arrays.stream(versions).boxed().toList();
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    actors.addAll(StampWriter.of(recording, recording.volumes().get(0), ZONES, random));
    long seed = random.nextLong();
    actors.add(() -> resetSome(recording, new Random(seed)));
    return actors;
  }

  private Void resetSome(Recording recording, Random random) throws InterruptedException {
    for (int i = 0; i < RESETS; i++) {
      TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
      Tracked bitmap = bitmaps.get(random.nextInt(bitmaps.size()));
      reset(recording, bitmap, "bitmap reset volume=a bitmap=" + bitmap.name);
    }
    return null;
  }

  @Override
  public void check(Recovered state) {
    for (Tracked bitmap : bitmaps) {
      Shell.Result found = state.bay().run("cat $C/volumes/a/bitmaps/" + bitmap.name + "/ranges");
      if (found.status() == 0) {
        check(state, bitmap, found.out());
      } else if (state.after(bitmap.resets.get(0).made)) {
        state.complain("bitmap " + bitmap.name + ": " + found.err());
      }
    }
  }

  private void check(Recovered state, Tracked bitmap, String ranges) {
    Reset last = bitmap.resets.get(0);
    for (Reset reset : bitmap.resets) {
      last = state.after(reset.begun) ? reset : last;
    }
    BitSet regions = set(ranges);
    BitSet blocks = set(state.bay().must("cat $C/volumes/a/bitmaps/" + bitmap.name + "/blocks"));
    int[] versions = state.versions(volume);
    for (int sector = 0; sector < versions.length; sector++) {
      boolean named =
          regions.get(sector / bitmap.regionSectors) && blocks.get(sector / BLOCK_SECTORS);
      boolean changed =
          versions[sector] > last.newest.get(sector) || versions[sector] < last.oldest.get(sector);
      if (changed && !named) {
        state.complain(
            "bitmap %s does not name sector %d, version %d"
                .formatted(bitmap.name, sector, versions[sector]));
        return;
      }
    }
  }

  private static BitSet set(String lines) {
    BitSet set = new BitSet();
    lines
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" ", -1))
        .forEach(
            run -> {
              int first = Integer.parseInt(run[0]);
              set.set(first, first + Integer.parseInt(run[1]));
            });
    return set;
  }
}
