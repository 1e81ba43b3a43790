package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Evidence against plain arrays, seeded: random writes, zeroing, origins and fills, points that are
 * made, sealed and dropped in any order, sealings that are given up, merges and starts. Every hash
 * of every sealed point is right; then bytes are changed behind it, and it names exactly the tracks
 * that have them. Seeded: -Dcopybay.seed=N begins there.
 */
final class EvidenceModelTest {
  private static final int STEPS = 160;
  private static final int MOST_POINTS = 14;

  static Stream<Long> seeds() {
    int count = Integer.getInteger("model.seeds", 12);
    long first = Long.getLong("copybay.seed", 1L);
    return IntStream.range(0, count).mapToObj(i -> first + i);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everySealedPointIsProven(long seed) throws Exception {
    Random random = new Random(seed);
    int size = 20 * EvidenceVolume.TRACK + 512 * random.nextInt(128);
    try (EvidenceVolume volume = new EvidenceVolume(size, true)) {
      Model model = new Model(volume, random);
      for (int i = 0; i < STEPS; i++) {
        model.step();
        if (random.nextInt(10) == 0) {
          volume.requireHashes("seed " + seed + " after " + model.last);
        }
      }
      volume.requireHashes("seed " + seed + " at the end");
      assertThat(volume.evidence.check()).isGreaterThanOrEqualTo(0);
      model.requireVerified("at the end");
      model.flipAndVerify();
    } catch (StorageException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** The steps. */
  private static final class Model {
    private final EvidenceVolume volume;
    private final Random random;
    private String last = "nothing";

    Model(EvidenceVolume volume, Random random) {
      this.volume = volume;
      this.random = random;
    }

    void step() throws StorageException {
      int what = random.nextInt(100);
      if (what < 32) {
        change();
      } else if (what < 50) {
        freeze();
      } else if (what < 72) {
        seal();
      } else if (what < 83) {
        drop();
      } else if (what < 87) {
        show();
      } else if (what < 91) {
        last = "fill";
        volume.fill(1 + random.nextInt(6));
      } else if (what < 94) {
        last = "tidy";
        int stop = random.nextInt(40);
        int[] asked = new int[1];
        volume.evidence.tidy(() -> asked[0]++ > stop);
      } else if (what < 97) {
        last = "upkeep";
        volume.device.awaitUpkeep();
      } else if (random.nextBoolean()) {
        last = "start";
        volume.reopen();
      } else {
        last = "start of the evidence";
        volume.reopenEvidence();
      }
    }

    private void change() throws StorageException {
      int at = random.nextInt(volume.size);
      int most = random.nextInt(5) == 0 ? 6 * EvidenceVolume.TRACK : 9000;
      int length = Math.min(volume.size - at, 1 + random.nextInt(most));
      if (random.nextInt(4) == 0) {
        last = "zero at=" + at + " length=" + length;
        volume.zero(at, length);
      } else {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        if (random.nextInt(6) == 0) { // what is there already
          bytes = Arrays.copyOfRange(volume.live, at, at + length);
        }
        last = "write at=" + at + " length=" + length;
        volume.write(at, bytes);
      }
    }

    private void freeze() throws StorageException {
      if (volume.points.size() < MOST_POINTS) {
        last = "freeze " + volume.freeze();
      }
    }

    /** The oldest one that can be, or any one, or one that is given up. */
    private void seal() throws StorageException {
      int newest =
          volume.evidence.sealedPoints().stream().mapToInt(SealedPoint::number).max().orElse(0);
      List<FrozenPoint> unsealed =
          volume.points.keySet().stream().filter(each -> !volume.isSealed(each)).toList();
      if (unsealed.isEmpty()) {
        return;
      }
      FrozenPoint point = unsealed.get(random.nextInt(unsealed.size()));
      last = "seal " + point + " after " + newest;
      int stop = random.nextInt(5) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
      int[] asked = new int[1];
      try {
        SealedPoint found =
            volume.evidence.seal(point, (done, total) -> {}, () -> asked[0]++ >= stop);
        assertThat(found == null).isEqualTo(!volume.isSealed(point));
        assertThat(found != null || stop < Integer.MAX_VALUE).as(last).isTrue();
      } catch (StorageException e) {
        assertThat(e.fault()).as(last).isEqualTo(Fault.BAD_REQUEST);
        assertThat(newest).as(last).isPositive();
      }
    }

    private void drop() throws StorageException {
      if (!volume.points.isEmpty()) {
        List<FrozenPoint> points = new ArrayList<>(volume.points.keySet());
        boolean all = random.nextInt(12) == 0;
        int count = all ? points.size() : 1 + random.nextInt(Math.min(3, points.size()));
        for (int i = 0; i < count; i++) {
          FrozenPoint point =
              points.remove(random.nextInt(3) > 0 ? 0 : random.nextInt(points.size()));
          last = "drop " + point;
          volume.drop(point);
          if (random.nextBoolean()) {
            volume.evidence.drop(point);
          }
        }
        if (all && random.nextBoolean()) {
          volume.fill(100);
          volume.device.awaitUpkeep(); // numbers begin again
        }
      }
    }

    private void show() throws StorageException {
      byte[] bytes = new byte[volume.size];
      random.nextBytes(bytes);
      int hole = random.nextInt(volume.size);
      Arrays.fill(bytes, hole, Math.min(volume.size, hole + 300_000), (byte) 0);
      int track = random.nextInt(18);
      int count = 1 + random.nextInt(19 - track);
      int mask = random.nextBoolean() ? 0xffff : 1 + random.nextInt(0xffff);
      last = "show track=" + track + " count=" + count + " mask=" + mask;
      last += volume.show(bytes, track, count, mask) ? "" : ": refused";
    }

    // ---- what is found

    void requireVerified(String when) throws StorageException {
      for (Map.Entry<FrozenPoint, byte[]> each : volume.points.entrySet()) {
        byte[] found = EvidenceVolume.read(volume.verified(each.getKey()), 0, volume.size);
        assertThat(found)
            .as("%s: %s after %s", when, each.getKey(), last)
            .isEqualTo(each.getValue());
        if (volume.isSealed(each.getKey())) {
          Verified verified = volume.verify(each.getKey());
          assertThat(verified.bad()).as(when).isEmpty();
          assertThat(verified.isWhole()).isTrue();
        }
      }
    }

    /** Bytes of home and spill are changed; what each point has of them is what is named. */
    void flipAndVerify() throws StorageException {
      volume.fill(100);
      volume.device.awaitUpkeep();
      volume.reopenEvidence(); // tracks that were verified before are served as they were
      for (String name : List.of("home", "spill")) {
        if (name.equals("home") || volume.store.exists(name)) {
          try (StoreFile file = name.equals("home") ? null : volume.store.open(name)) {
            StoreFile bytes = file == null ? volume.store.home() : file;
            for (int i = 0; i < 4 && bytes.size() > 0; i++) {
              long at = Math.floorMod(random.nextLong(), bytes.size());
              if (bytes.nextData(at) == at) { // the bytes of a hole are nobody's
                EvidenceVolume.flip(bytes, at);
              }
            }
          }
        }
      }
      for (Map.Entry<FrozenPoint, byte[]> each : volume.points.entrySet()) {
        if (volume.isSealed(each.getKey())) {
          requireNamed(each.getKey(), each.getValue());
        }
      }
    }

    private void requireNamed(FrozenPoint point, byte[] want) throws StorageException {
      byte[] now = EvidenceVolume.read(volume.raw(point), 0, volume.size);
      List<Integer> changed =
          IntStream.range(0, volume.tracks())
              .filter(i -> !Arrays.equals(volume.track(want, i), volume.track(now, i)))
              .boxed()
              .toList();
      Verified verified = volume.verify(point);
      assertThat(verified.badTracks()).isEqualTo(changed.size());
      for (int i = 0; i < changed.size(); i++) {
        assertThat(verified.bad().get(i).why())
            .contains("backup point " + point.number() + ": track " + changed.get(i) + " ");
      }
      for (int track = 0; track < volume.tracks(); track++) {
        int at = track * EvidenceVolume.TRACK;
        int length = Math.min(volume.size - at, EvidenceVolume.TRACK);
        boolean isServed = true;
        try {
          byte[] found = EvidenceVolume.read(volume.verified(point), at, length);
          assertThat(found).isEqualTo(Arrays.copyOfRange(want, at, at + length));
        } catch (StorageException e) {
          assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
          isServed = false;
        }
        assertThat(isServed).isEqualTo(!changed.contains(track));
      }
    }
  }
}
