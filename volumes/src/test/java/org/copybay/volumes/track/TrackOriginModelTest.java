package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is read and asked of a volume that shows an origin, live and as of points, against plain
 * arrays; its upkeep runs beside. Seeded: -Dcopybay.seed=N begins there.
 */
final class TrackOriginModelTest {
  private static final int BLOCK = 4096;
  private static final int STEPS = 120;

  static Stream<Long> seeds() {
    int count = Integer.getInteger("model.seeds", 6);
    long first = Long.getLong("copybay.seed", 1L);
    return IntStream.range(0, count).mapToObj(i -> first + i);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everythingIsThatOfPlainArrays(long seed) throws Exception {
    Random random = new Random(seed);
    int size = 3 * 16 * BLOCK + random.nextInt(16 * BLOCK);
    try (OriginVolume volume = new OriginVolume(1, size)) {
      Model model = new Model(volume, random, size, "seed=" + seed);
      for (int i = 0; i < STEPS; i++) {
        model.step();
        if (random.nextInt(3) == 0) {
          model.requireSame();
        }
      }
    }
  }

  /** A point, and the blocks that were changed since. */
  private static final class Frozen {
    final byte[] bytes;
    final BitSet touched = new BitSet();

    Frozen(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  /** The arrays. */
  private static final class Model {
    private final OriginVolume volume;
    private final Random random;
    private final String seed;
    private final byte[] live;
    private final Map<Integer, Frozen> points = new TreeMap<>();
    private String last = "";
    private long stamp;

    Model(OriginVolume volume, Random random, int size, String seed) {
      this.volume = volume;
      this.random = random;
      this.seed = seed;
      live = new byte[size];
    }

    private String at(String what) {
      return seed + " after " + last + ": " + what;
    }

    private void touch(int offset, int length) {
      int first = offset / BLOCK;
      int end = (offset + length + BLOCK - 1) / BLOCK;
      points.values().forEach(point -> point.touched.set(first, end));
    }

    // ---- steps

    void step() throws StorageException {
      int at = random.nextInt(live.length);
      at = random.nextInt(3) == 0 ? at / BLOCK * BLOCK : at;
      int most = random.nextInt(4) == 0 ? 30 * BLOCK : 2 * BLOCK;
      int length = Math.min(live.length - at, 1 + random.nextInt(most));
      int what = random.nextInt(20);
      if (what < 6) {
        last = "write " + at + " " + length;
        byte[] bytes = Bytes.random(random.nextLong(), length);
        volume.write(at, bytes);
        System.arraycopy(bytes, 0, live, at, length);
        touch(at, length);
      } else if (what < 9) {
        last = "zero " + at + " " + length;
        volume.zero(at, length);
        Arrays.fill(live, at, at + length, (byte) 0);
        touch(at, length);
      } else if (what < 11 && points.size() < 4) {
        int number = volume.freeze();
        last = "freeze " + number;
        points.put(number, new Frozen(live.clone()));
      } else if (what < 13 && !points.isEmpty()) {
        List<Integer> numbers = new ArrayList<>(points.keySet());
        int number = numbers.get(random.nextInt(numbers.size()));
        if (!isOrigin(number)) {
          last = "drop " + number;
          volume.drop(number);
          points.remove(number);
        }
      } else if (what < 16) {
        show(at, length);
      } else {
        last = "fill";
        ByteBuffer buffer = ByteBuffer.allocateDirect((1 + random.nextInt(2)) * 16 * BLOCK);
        assertThat(volume.device.origin().fillNext(random.nextInt(3), buffer))
            .satisfies(filled -> {});
      }
    }

    private int ownOrigin; // the point that is shown, 0 for another image

    private boolean isOrigin(int number) {
      return number == ownOrigin && volume.device.origin().any();
    }

    /** Random bytes, or a point of this very volume, where the points let it. */
    private void show(int at, int length) throws StorageException {
      TrackOrigin origin = volume.device.origin();
      if (origin.any() && points.keySet().stream().anyMatch(number -> number > origin.mark())) {
        return;
      }
      int newest = points.keySet().stream().reduce(0, Math::max);
      boolean own = newest > 0 && random.nextBoolean();
      byte[] bytes = Bytes.random(random.nextLong(), live.length);
      Arrays.fill(bytes, at, at + length, (byte) 0);
      Image image = new ByteImage(bytes);
      if (own) {
        bytes = points.get(newest).bytes;
        image = volume.point(newest);
      }
      last = "show " + at + " " + length + " of " + (own ? "point " + newest : "an image");
      int first = at / BLOCK;
      int end = (at + length + BLOCK - 1) / BLOCK;
      for (int block = 0; block * BLOCK < live.length; block++) {
        boolean is = (origin.mask(block / 16) & 1 << block % 16) != 0;
        if (is || (block >= first && block < end)) {
          int from = block * BLOCK;
          int count = Math.min(BLOCK, live.length - from);
          System.arraycopy(bytes, from, live, from, count);
          touch(from, count);
        }
      }
      ownOrigin = own ? newest : 0;
      stamp++;
      volume.show(image, stamp, at, length);
    }

    // ---- looks

    void requireSame() throws StorageException {
      requireSame(0, live);
      for (Map.Entry<Integer, Frozen> point : points.entrySet()) {
        requireSame(point.getKey(), point.getValue().bytes);
        requireChanged(point.getKey(), point.getValue());
        requireHome(point.getKey(), point.getValue().bytes);
      }
    }

    private void requireSame(int point, byte[] want) throws StorageException {
      assertThat(volume.read(point)).as(at("point " + point)).isEqualTo(want);
      int from = random.nextInt(want.length);
      int length = 1 + random.nextInt(want.length - from);
      assertThat(volume.read(point, from, length))
          .as(at("point " + point + " from " + from + " length " + length))
          .isEqualTo(Arrays.copyOfRange(want, from, from + length));
      requireHoles(point, want, random.nextInt(want.length));
      requireHoles(point, want, 0);
    }

    private long seek(int point, long offset, boolean data) throws StorageException {
      return point == 0
          ? volume.device.seek(offset, live.length, data)
          : volume.device.points().seek(point, volume.instant(point), offset, live.length, data);
    }

    /** Data and holes follow each other up to the end, and no byte of a hole is another than 0. */
    private void requireHoles(int point, byte[] want, int from) throws StorageException {
      boolean data = seek(point, from, true) == from;
      for (long at = from; at < want.length; ) {
        long end = seek(point, at, !data);
        assertThat(end).as(at("end of data=" + data + " from " + at)).isGreaterThan(at);
        if (!data) {
          assertThat(Arrays.copyOfRange(want, (int) at, (int) end))
              .as(at("point " + point + " has a hole from " + at + " to " + end))
              .containsOnly(0);
        }
        at = end;
        data = !data;
      }
      if (point == 0) {
        long found = seek(0, from, true);
        assertThat(volume.device.nextData(from)).isEqualTo(found == want.length ? -1 : found);
        assertThat(volume.device.nextHole(from)).isEqualTo(seek(0, from, false));
      }
    }

    /** An answer that goes from one extent to the next. */
    @FunctionalInterface
    private interface Next {
      @Nullable Extent from(long offset) throws StorageException;
    }

    private BitSet all(Next next) throws StorageException {
      BitSet blocks = new BitSet();
      for (Extent found = next.from(0); found != null; found = next.from(found.end())) {
        assertThat(found.length()).isPositive();
        blocks.set((int) (found.offset() / BLOCK), (int) ((found.end() + BLOCK - 1) / BLOCK));
      }
      return blocks;
    }

    private void requireChanged(int number, Frozen point) throws StorageException {
      BitSet found =
          all(
              offset ->
                  volume.device.points().changedSince(number, volume.instant(number), offset));
      for (int block = 0; block * BLOCK < live.length; block++) {
        int from = block * BLOCK;
        int end = Math.min(live.length, from + BLOCK);
        if (!Arrays.equals(live, from, end, point.bytes, from, end)) {
          assertThat(found.get(block)).as(at("changed block " + block)).isTrue();
        }
        if (found.get(block)) {
          assertThat(point.touched.get(block))
              .as(at("block " + block + " since point " + number))
              .isTrue();
        }
      }
    }

    /** What does not lie elsewhere lies at home. */
    private void requireHome(int number, byte[] want) throws StorageException {
      BitSet away =
          all(offset -> volume.device.points().away(number, volume.instant(number), offset));
      ByteBuffer target = ByteBuffer.allocateDirect(want.length);
      volume.store.home().read(0, target);
      byte[] home = Bytes.of(target);
      for (int block = 0; block * BLOCK < want.length; block++) {
        int from = block * BLOCK;
        int end = Math.min(want.length, from + BLOCK);
        boolean same = Arrays.equals(home, from, end, want, from, end);
        assertThat(same || away.get(block))
            .as(at("home of block " + block + " of point " + number))
            .isTrue();
      }
    }
  }
}
