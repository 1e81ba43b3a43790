package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/** Two volumes, one in each way of caching, under writers of every habit. */
final class PlainVolumes implements Scenario {
  private static final int SECTORS = 4096;

  @Override
  public void prepare(Recording recording) {
    recording.create("a", SECTORS, "page");
    recording.create("b", SECTORS, "block");
  }

  @Override
  public List<Callable<Void>> actors(Recording recording, Random random) {
    List<Callable<Void>> actors = new ArrayList<>();
    for (StampedVolume volume : recording.volumes()) {
      actors.addAll(StampWriter.of(recording, volume, random));
    }
    return actors;
  }
}
