package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which tracks are named as changed between two points: none too few, and not all. */
final class PointChangesTest {
  private static final int TRACK = 1 << 16;
  private static final int TRACKS = 16;
  private static final int SIZE = TRACKS * TRACK;

  private static PointId point(OriginVolume volume, int number) {
    return new PointId(number, volume.instant(number));
  }

  private static Set<Integer> changed(OriginVolume volume, int from, int to)
      throws StorageException {
    Set<Integer> tracks = new TreeSet<>();
    PointId earlier = point(volume, from);
    PointId later = point(volume, to);
    Extent found = volume.device.points().changedBetween(earlier, later, 0);
    while (found != null) {
      assertThat(found.length()).isEqualTo(TRACK);
      assertThat(tracks.add((int) (found.offset() / TRACK))).isTrue();
      found = volume.device.points().changedBetween(earlier, later, found.end());
    }
    return tracks;
  }

  @Test
  void onlyTracksThatWereWrittenBetweenTwoPointsAreNamed() throws Exception {
    try (OriginVolume volume = new OriginVolume(1, SIZE)) {
      volume.write(0, new byte[] {1});
      int first = volume.freeze();
      volume.write(3 * TRACK, new byte[] {2});
      int second = volume.freeze();
      volume.write(7 * TRACK + 5, new byte[] {3});
      int third = volume.freeze();
      volume.write(9 * TRACK, new byte[] {4});

      assertThat(changed(volume, first, second)).containsExactly(3);
      assertThat(changed(volume, second, third)).containsExactly(7);
      assertThat(changed(volume, first, third)).containsExactly(3, 7);
    }
  }

  @Test
  void whatChangedBeforeAPointThatWasDroppedIsNamed() throws Exception {
    try (OriginVolume volume = new OriginVolume(1, SIZE)) {
      int first = volume.freeze();
      volume.write(3 * TRACK, new byte[] {2});
      int second = volume.freeze();
      volume.write(4 * TRACK, new byte[] {3});
      volume.write(3 * TRACK, new byte[] {5});
      int third = volume.freeze();
      volume.write(0, new byte[SIZE]);

      volume.drop(second);
      volume.device.awaitUpkeep();

      assertThat(changed(volume, first, third)).containsExactly(3, 4);
    }
  }

  @Test
  void whatAnOriginShowsIsNamedFilledOrNot() throws Exception {
    byte[] origin = new byte[SIZE];
    Arrays.fill(origin, (byte) 9);
    try (OriginVolume volume = new OriginVolume(1, SIZE)) {
      int first = volume.freeze();
      volume.show(new ByteImage(origin), 1, 2 * TRACK, 3 * TRACK);
      int second = volume.freeze();
      volume.write(2 * TRACK, new byte[] {1});
      int third = volume.freeze();

      assertThat(changed(volume, first, second)).containsExactly(2, 3, 4);
      assertThat(changed(volume, second, third)).containsExactly(2);
      volume.fillAll();
      volume.device.awaitUpkeep();
      assertThat(changed(volume, first, second)).containsExactly(2, 3, 4);
      assertThat(changed(volume, second, third)).containsExactly(2);
    }
  }

  @Test
  void aPointThatWasDroppedIsNotCompared() throws Exception {
    try (OriginVolume volume = new OriginVolume(1, SIZE)) {
      int first = volume.freeze();
      PointId earlier = point(volume, first);
      int second = volume.freeze();
      PointId later = point(volume, second);

      volume.drop(first);

      assertThatThrownBy(() -> volume.device.points().changedBetween(earlier, later, 0))
          .hasMessageContaining("dropped");
      assertThatThrownBy(() -> volume.device.points().changedBetween(later, earlier, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aPointThatIsDroppedDuringTheLookIsNotCompared() throws Exception {
    try (OriginVolume volume = new OriginVolume(1, SIZE)) {
      PointId earlier = point(volume, volume.freeze());
      volume.write(3 * TRACK, new byte[] {2});
      PointId later = point(volume, volume.freeze());
      int[] asked = new int[1];
      Passages epochs = new Passages(5);
      PointChanges changes =
          new PointChanges(
              epochs,
              () -> {
                if (++asked[0] == 3) { // behind the look, which may have met the next checkpoint
                  dropUnchecked(volume, earlier.number());
                }
                return volume.engine();
              },
              new OriginReader(epochs, volume::engine));

      assertThatThrownBy(() -> changes.next(earlier, later, 0)).hasMessageContaining("dropped");
    }
  }

  private static void dropUnchecked(OriginVolume volume, int number) {
    try {
      volume.drop(number);
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- against plain arrays

  static Stream<Long> seeds() {
    int count = Integer.getInteger("model.seeds", 40);
    long first = Long.getLong("copybay.seed", 1L);
    return IntStream.range(0, count).mapToObj(i -> first + i);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsNotNamedIsTheSameInBothPoints(long seed) throws Exception {
    Random random = new Random(seed);
    try (OriginVolume volume = new OriginVolume(1, SIZE)) {
      Map<Integer, byte[]> points = new TreeMap<>();
      for (int i = 0; i < 120; i++) {
        step(volume, points, random);
        if (random.nextInt(10) == 0) {
          requireNamed("seed " + seed + " step " + i, volume, points);
        }
      }
      requireNamed("seed " + seed, volume, points);
    }
  }

  private static void step(OriginVolume volume, Map<Integer, byte[]> points, Random random)
      throws StorageException {
    int what = random.nextInt(100);
    int at = random.nextInt(SIZE);
    int length = 1 + random.nextInt(Math.min(SIZE - at, random.nextInt(3) == 0 ? 200_000 : 6000));
    if (what < 35) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      volume.write(at, bytes);
    } else if (what < 45) {
      volume.zero(at, length);
    } else if (what < 65 && points.size() < 8) {
      points.put(volume.freeze(), volume.read());
    } else if (what < 75 && !points.isEmpty()) {
      List<Integer> numbers = new ArrayList<>(points.keySet());
      int number = numbers.get(random.nextInt(numbers.size()));
      volume.drop(number);
      points.remove(number);
    } else if (what < 83) {
      show(volume, points, random);
    } else if (what < 93) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(TRACK);
      for (int i = random.nextInt(6); i >= 0; i--) {
        var filled = volume.device.origin().fillNext(random.nextInt(TRACKS), buffer);
        assertThat(filled == null || filled.count() >= 0).isTrue();
      }
    } else {
      volume.device.awaitUpkeep();
    }
  }

  private static void show(OriginVolume volume, Map<Integer, byte[]> points, Random random)
      throws StorageException {
    int mark = volume.device.origin().mark();
    if (volume.device.origin().any() && points.keySet().stream().anyMatch(n -> n > mark)) {
      return;
    }
    byte[] origin = new byte[SIZE];
    random.nextBytes(origin);
    int hole = random.nextInt(SIZE);
    Arrays.fill(origin, hole, Math.min(SIZE, hole + 400_000), (byte) 0);
    int from = random.nextInt(TRACKS * 16 - 1);
    int blocks = 1 + random.nextInt(TRACKS * 16 - from);
    volume.show(new ByteImage(origin), 1 + random.nextInt(1 << 20), from * 4096, blocks * 4096);
  }

  private static void requireNamed(String when, OriginVolume volume, Map<Integer, byte[]> points)
      throws StorageException {
    for (int from : points.keySet()) {
      for (int to : points.keySet()) {
        if (from < to) {
          Set<Integer> named = changed(volume, from, to);
          for (int track = 0; track < TRACKS; track++) {
            int at = track * TRACK;
            boolean same =
                Arrays.equals(points.get(from), at, at + TRACK, points.get(to), at, at + TRACK);
            assertThat(same || named.contains(track))
                .as("%s: track %d from %d to %d", when, track, from, to)
                .isTrue();
          }
        }
      }
    }
  }
}
