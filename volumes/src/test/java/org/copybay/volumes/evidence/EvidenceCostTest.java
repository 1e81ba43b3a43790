package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.Test;

/** What sealing and looking up cost, in reads and bytes. */
final class EvidenceCostTest {
  private static final int TRACK = EvidenceVolume.TRACK;

  private static long readBytes(EvidenceVolume volume) {
    return volume.store.log().stream()
        .filter(each -> each.kind() == Kind.READ)
        .filter(each -> each.file().equals("home") || each.file().equals("spill"))
        .mapToLong(each -> each.length())
        .sum();
  }

  @Test
  void onlyWhatChangedIsReadAgain() throws Exception {
    int size = 64 * TRACK;
    try (EvidenceVolume volume = new EvidenceVolume(size, true)) {
      volume.write(0, Bytes.random(1, 40 * TRACK)); // the rest is a hole
      FrozenPoint first = volume.freeze();
      volume.write(3 * TRACK + 5, Bytes.random(2, 100));
      volume.write(50 * TRACK, Bytes.random(3, 2 * TRACK));
      FrozenPoint second = volume.freeze();
      volume.write(9 * TRACK, Bytes.random(4, 100));
      volume.store.startLog();

      SealedPoint one = volume.seal(first);

      assertThat(readBytes(volume)).isEqualTo(40L * TRACK);
      assertThat(one.hashedTracks()).isEqualTo(40);
      assertThat(one.hashedBytes()).isEqualTo(40L * TRACK);
      volume.store.startLog();
      List<Long> told = new ArrayList<>();

      SealedPoint two =
          volume.evidence.seal(
              second,
              (done, total) -> {
                told.add(done);
                assertThat(total).isEqualTo(3L * TRACK);
              },
              () -> false);

      assertThat(readBytes(volume)).isEqualTo(3L * TRACK);
      assertThat(two).isNotNull();
      assertThat(two.hashedTracks()).isEqualTo(3);
      assertThat(two.entries()).isEqualTo(3);
      assertThat(two.previous()).isEqualTo(one.root());
      assertThat(told).isSorted().startsWith(0L).endsWith(3L * TRACK);
      volume.requireHashes("both");
    }
  }

  @Test
  void whatIsWrittenAsItWasIsNotEnteredAgain() throws Exception {
    try (EvidenceVolume volume = new EvidenceVolume(8 * TRACK, true)) {
      volume.write(0, Bytes.random(1, 4 * TRACK));
      volume.seal(volume.freeze());
      volume.write(TRACK, volume.live(TRACK, 100));
      volume.zero(6 * TRACK, TRACK);

      SealedPoint again = volume.seal(volume.freeze());

      assertThat(again.hashedTracks()).isEqualTo(1);
      assertThat(again.entries()).isZero();
    }
  }

  @Test
  void aSealingThatIsGivenUpLeavesNothing() throws Exception {
    try (EvidenceVolume volume = new EvidenceVolume(40 * TRACK, true)) {
      volume.write(0, Bytes.random(1, 40 * TRACK));
      FrozenPoint point = volume.freeze();
      int[] asked = new int[1];

      assertThat(volume.evidence.seal(point, (done, total) -> {}, () -> ++asked[0] > 30)).isNull();

      assertThat(volume.isSealed(point)).isFalse();
      assertThat(EvidenceFiles.anySheet(volume.store)).isEmpty();
      volume.seal(point);
      volume.requireHashes("then sealed");
    }
  }

  @Test
  void aThousandPointsOfAChangingVolume() throws Exception {
    int size = 5 * TRACK + 123;
    Random random = new Random(1);
    Map<FrozenPoint, TrackHash[]> hashes = new HashMap<>();
    List<FrozenPoint> points = new ArrayList<>();
    try (EvidenceVolume volume = new EvidenceVolume(size, true)) {
      for (int i = 0; i < 1000; i++) {
        volume.write(random.nextInt(size - 3000), Bytes.random(i, 1 + random.nextInt(3000)));
        FrozenPoint point = volume.freeze();
        volume.seal(point);
        points.add(point);
        hashes.put(point, hashes(volume));
        volume.points.clear();
      }
      requireHashes(volume, hashes);
      assertThat(volume.evidence.check()).isGreaterThan(980);
      assertThat(sheets(volume)).isLessThanOrEqualTo(MergePlan.MOST_SHEETS);

      Collections.shuffle(points, random);
      for (FrozenPoint point : points.subList(0, 900)) {
        volume.drop(point);
        volume.evidence.drop(point);
        hashes.remove(point);
      }
      volume.evidence.tidy(() -> false);

      assertThat(sheets(volume)).isEqualTo(1);
      try (StoreFile file = volume.store.open(EvidenceFiles.anySheet(volume.store))) {
        assertThat(file.size()).isLessThan(100 * 6 * 28 + 12 * 4096L);
      }
      requireHashes(volume, hashes);
      volume.reopen();
      requireHashes(volume, hashes);
      for (FrozenPoint point : hashes.keySet()) {
        assertThat(volume.verify(point).bad()).isEmpty();
      }
    }
  }

  private static TrackHash[] hashes(EvidenceVolume volume) {
    TrackHash[] hashes = new TrackHash[volume.tracks()];
    for (int track = 0; track < hashes.length; track++) {
      hashes[track] = TrackHash.of(ByteBuffer.wrap(volume.track(volume.live, track)));
    }
    return hashes;
  }

  private static void requireHashes(EvidenceVolume volume, Map<FrozenPoint, TrackHash[]> hashes)
      throws StorageException {
    for (Map.Entry<FrozenPoint, TrackHash[]> each : hashes.entrySet()) {
      assertThat(volume.isSealed(each.getKey())).isTrue();
      for (int track = 0; track < each.getValue().length; track++) {
        assertThat(volume.evidence.expected(each.getKey().number(), track))
            .isEqualTo(each.getValue()[track]);
      }
    }
  }

  private static int sheets(EvidenceVolume volume) throws StorageException {
    int count = 0;
    for (int slot = 0; slot < EvidenceFiles.SLOTS; slot++) {
      count += volume.store.exists(EvidenceFiles.sheet(slot)) ? 1 : 0;
    }
    return count;
  }
}
