package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Shell;

/**
 * Two volumes that are frozen together, again and again, while they are written; old points are
 * dropped. A point has what was written before its command, whether it was synced or not, and
 * nothing that was begun after it was answered (P5); it is there whole or not at all (P7).
 */
final class FrozenVolumes implements Scenario {
  private static final int SECTORS = 4096;
  private static final int POINTS = 5;

  private final List<Point> points = new CopyOnWriteArrayList<>();
  private volatile List<StampedVolume> volumes = List.of();

  /** What is known of a point. */
  private static final class Point {
    final String name;
    final FrozenImages images;
    volatile boolean dropping;

    Point(String name, FrozenImages images) {
      this.name = name;
      this.images = images;
    }
  }

  @Override
  public void prepare(Recording recording) {
    recording.create("a", SECTORS, "page");
    recording.create("b", SECTORS, "block");
    volumes = recording.volumes();
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    for (StampedVolume volume : recording.volumes()) {
      actors.addAll(StampWriter.of(recording, volume, random));
    }
    actors.add(() -> freeze(recording));
    return actors;
  }

  private Void freeze(Recording recording) throws InterruptedException {
    for (int i = 0; i < POINTS; i++) {
      TimeUnit.MILLISECONDS.sleep(150);
      Point point = new Point("P" + points.size(), new FrozenImages(volumes));
      points.add(point);
      point.images.made(recording.command("freeze volumes=a,b name=" + point.name));
      if (i % 2 == 1) {
        Point old = points.get(points.size() - 2);
        old.dropping = true;
        recording.command("drop point=" + old.name);
      }
    }
    return null;
  }

  @Override
  public void check(Recovered state) {
    Shell.Result names = state.bay().run("ls $MNT/points");
    List<String> there = names.out().lines().toList();
    for (Point point : points) {
      boolean found = there.contains(point.name);
      if (!found && state.after(point.images.made()) && !point.dropping) {
        state.complain("point " + point.name + " is gone");
      }
      if (found) {
        point.images.require(state, state.bay().mountPoint().resolve("points").resolve(point.name));
      }
    }
  }
}
