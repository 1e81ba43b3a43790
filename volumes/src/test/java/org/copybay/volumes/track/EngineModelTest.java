package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rule of the engine against plain arrays, seeded: random writes, zeroing, switches to an
 * origin, fills, freezes, drops, checkpoints and restarts; after each step some images, at the end
 * all of them.
 */
final class EngineModelTest {
  private static final int STEPS = 400;

  @TempDir Path directory;

  static Stream<Run> runs() {
    int[] blocks = {2, 8, 512, 4096};
    int seeds = Integer.getInteger("model.seeds", 8);
    long first = Long.getLong("copybay.seed", 1L);
    return Arrays.stream(blocks)
        .boxed()
        .flatMap(b -> IntStream.range(0, seeds).mapToObj(i -> new Run(b, first + i)));
  }

  /** A run with a seed. */
  record Run(int blockBytes, long seed) {}

  @ParameterizedTest
  @MethodSource("runs")
  void imagesAreWhatTheVolumeWas(Run run) throws Exception {
    Random random = new Random(run.seed * 31 + run.blockBytes);
    int size = run.blockBytes * 80 + random.nextInt(run.blockBytes * 4);
    Path home = directory.resolve("home");
    try (HomeFile file = HomeFile.create(home)) {
      file.setSize(size);
    }
    Model model = new Model(run, size, random);
    try {
      for (int restart = 0; restart < 4; restart++) {
        long journal = 32L * (10 + random.nextInt(200));
        try (DirectoryStore store = new DirectoryStore(HomeFile.open(home, size), false);
            EngineFixture engine =
                new EngineFixture(store, run.blockBytes, journal, RecoverMode.PROCESS)) {
          model.setOrigin(engine);
          model.requireAll(engine, "after a start");
          for (int i = 0; i < STEPS / 4; i++) {
            model.step(engine);
          }
          model.requireAll(engine, "at the end");
          if (restart == 3) {
            model.requireNothingKept(engine);
          }
          model.requireSound(store, "before a stop");
        }
      }
      assertThat(Files.readAllBytes(home)).as("%s: home", run).isEqualTo(model.live);
    } catch (StorageException e) {
      throw new AssertionError(run + ": " + e.getMessage(), e);
    }
    assertThat(Files.size(home)).isEqualTo(size);
  }

  /** The arrays. */
  private static final class Model {
    private final Run run;
    private final Random random;
    private final byte[] live;
    private final Map<Integer, byte[]> points = new TreeMap<>();
    private final Map<Long, byte[]> origins = new HashMap<>(); // by stamp
    private String last = "";

    Model(Run run, int size, Random random) {
      this.run = run;
      this.random = random;
      this.live = new byte[size];
    }

    void step(EngineFixture engine) throws StorageException {
      int what = random.nextInt(100);
      if (what < 50) {
        write(engine);
      } else if (what < 60) {
        zero(engine);
      } else if (what < 68) {
        freeze(engine);
      } else if (what < 75) {
        drop(engine);
      } else if (what < 77) {
        switchTo(engine);
      } else if (what < 80) {
        fill(engine, random.nextInt(8));
      } else if (what < 88) {
        engine.upkeep();
        last = "upkeep";
      } else if (what < 92) {
        engine.engine().flush();
        last = "flush";
      } else {
        requireSome(engine);
      }
      if (random.nextInt(8) == 0) {
        requireAll(engine, "after " + last);
      }
      if (random.nextInt(24) == 0) {
        requireSound(engine.store, "after " + last);
      }
    }

    /** What the death of the process would leave now passes an inspection. */
    void requireSound(TrackStore store, String when) throws StorageException {
      Inspected found =
          Inspected.sound(run + " " + when, store, run.blockBytes, RecoverMode.PROCESS, random);
      assertThat(found.points())
          .as("%s: points %s", run, when)
          .isEqualTo(List.copyOf(points.keySet()));
    }

    private int offset() {
      int at = random.nextInt(live.length);
      return random.nextInt(3) == 0 ? at / run.blockBytes * run.blockBytes : at;
    }

    private int length(int offset) {
      int most = run.blockBytes * (random.nextInt(4) == 0 ? 40 : 3);
      return Math.min(live.length - offset, 1 + random.nextInt(most));
    }

    private void write(EngineFixture engine) throws StorageException {
      int at = offset();
      byte[] bytes = new byte[length(at)];
      random.nextBytes(bytes);
      engine.write(at, bytes);
      System.arraycopy(bytes, 0, live, at, bytes.length);
      last = "write at=" + at + " length=" + bytes.length;
    }

    private void zero(EngineFixture engine) throws StorageException {
      int at = offset();
      int length = length(at);
      boolean keep = random.nextBoolean();
      engine.zero(at, length, keep);
      Arrays.fill(live, at, at + length, (byte) 0);
      last = "zero at=" + at + " length=" + length + " keep=" + keep;
    }

    private void freeze(EngineFixture engine) throws StorageException {
      if (points.size() < 6) {
        int number = engine.freeze();
        points.put(number, live.clone());
        last = "freeze " + number;
      }
    }

    private void drop(EngineFixture engine) throws StorageException {
      if (!points.isEmpty()) {
        int number = somePoint();
        engine.drop(number);
        points.remove(number);
        last = "drop " + number;
      }
    }

    private int somePoint() {
      List<Integer> numbers = new ArrayList<>(points.keySet());
      return numbers.get(random.nextInt(numbers.size()));
    }

    private void switchTo(EngineFixture engine) throws StorageException {
      byte[] origin = new byte[live.length];
      random.nextBytes(origin);
      if (random.nextInt(3) == 0) {
        Arrays.fill(origin, offset(), origin.length, (byte) 0);
      }
      for (int holes = random.nextInt(4); holes > 0; holes--) {
        int at = offset();
        Arrays.fill(origin, at, at + length(at), (byte) 0);
      }
      int trackBytes = run.blockBytes * Geometry.TRACK_BLOCKS;
      Map<Long, Integer> masks = new TreeMap<>();
      boolean all = random.nextInt(3) == 0;
      for (int i = random.nextInt(4); i >= 0 && !all; i--) {
        int track = random.nextInt(live.length / trackBytes + 1);
        int blocks = (live.length + run.blockBytes - 1) / run.blockBytes;
        int count = Math.min(Geometry.TRACK_BLOCKS, blocks - track * Geometry.TRACK_BLOCKS);
        int mask = random.nextInt(2) == 0 ? -1 : random.nextInt();
        mask &= Geometry.mask(0, count);
        if (mask != 0) {
          masks.put((long) track, mask);
        }
      }
      int stamp = 1 + random.nextInt(1 << 30);
      byte[] before = live.clone();
      Unfilled unfilled = engine.engine().unfilled();
      for (int at = 0; at < live.length; at++) {
        int block = at / run.blockBytes;
        long track = Geometry.track(block);
        int mask = masks.isEmpty() ? -1 : masks.getOrDefault(track, 0) | unfilled.mask(track);
        live[at] = (mask & 1 << Geometry.index(block)) != 0 ? origin[at] : live[at];
      }
      if (engine.switchTo(origin, stamp, masks)) {
        origins.put((long) stamp, origin);
      } else {
        System.arraycopy(before, 0, live, 0, live.length);
      }
      last = "switch " + masks;
    }

    private void fill(EngineFixture engine, int turns) throws StorageException {
      long track = 0;
      for (int i = 0; i < turns && track >= 0; i++) {
        TrackOrigin.Filled filled = engine.fillNext(track, 1 + random.nextInt(3));
        track = filled == null ? -1 : filled.track() + filled.count();
      }
      last = "fill turns=" + turns;
    }

    /** As whoever opens the engine knows it. */
    void setOrigin(EngineFixture engine) {
      engine.origins.putAll(origins);
      engine.setOrigin();
    }

    private void requireSome(EngineFixture engine) throws StorageException {
      int at = offset();
      int length = length(at);
      int point = points.isEmpty() || random.nextBoolean() ? 0 : somePoint();
      byte[] want = point == 0 ? live : points.get(point);
      assertThat(engine.read(point, at, length))
          .as("%s: point=%d at=%d length=%d after %s", run, point, at, length, last)
          .isEqualTo(Arrays.copyOfRange(want, at, at + length));
    }

    /** Without points, and settled, the home is the volume and the spill has no byte. */
    void requireNothingKept(EngineFixture engine) throws StorageException {
      for (int number : points.keySet()) {
        engine.drop(number);
      }
      points.clear();
      fill(engine, Integer.MAX_VALUE);
      for (int turns = 0; engine.engine().upkeepWanted(); turns++) {
        assertThat(turns).as("%s: turns of upkeep", run).isLessThan(10);
        engine.upkeep();
      }
      assertThat(engine.engine().dispensable()).as("%s: dispensable", run).isTrue();
      assertThat(engine.engine().spillBytes()).as("%s: spill in use", run).isZero();
      requireAll(engine, "after all was settled");
      try (StoreFile spill = engine.store.open(TrackFiles.SPILL)) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) spill.size());
        spill.read(0, bytes);
        assertThat(Bytes.of(bytes)).as("%s: spill", run).containsOnly(0);
        if (run.blockBytes >= 4096) { // smaller ones do not make a block of the disk free
          assertThat(spill.nextData(0)).as("%s: data in the spill", run).isEqualTo(-1);
        }
      }
    }

    void requireAll(EngineFixture engine, String when) throws StorageException {
      assertThat(engine.read(0)).as("%s: live %s", run, when).isEqualTo(live);
      for (Map.Entry<Integer, byte[]> point : points.entrySet()) {
        assertThat(engine.read(point.getKey()))
            .as("%s: point %d %s", run, point.getKey(), when)
            .isEqualTo(point.getValue());
      }
    }
  }
}
