package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads of a sealed point, and its verification. */
final class VerifiedImageTest {
  private static final int TRACK = EvidenceVolume.TRACK;
  private static final int SIZE = 40 * TRACK + 1000;

  private EvidenceVolume volume;
  private FrozenPoint point;

  @BeforeEach
  void freeze() throws StorageException {
    volume = new EvidenceVolume(SIZE, true);
    volume.write(0, Bytes.random(1, 20 * TRACK));
    volume.write(SIZE - 500, Bytes.random(2, 500));
    volume.write(30 * TRACK + 8192, Bytes.random(3, 4096));
    point = volume.freeze();
  }

  @AfterEach
  void close() {
    volume.close();
  }

  private byte[] held() {
    byte[] bytes = volume.points.get(point);
    assertThat(bytes).isNotNull();
    return bytes;
  }

  private void flipHome(long at) throws StorageException {
    EvidenceVolume.flip(volume.store.home(), at);
  }

  @Test
  void readsOfAnyShapeGiveWhatWasSealed() throws Exception {
    volume.seal(point);
    Image image = volume.verified(point);

    for (int[] each :
        new int[][] {
          {0, SIZE},
          {5, 1},
          {TRACK - 1, 2},
          {TRACK, TRACK},
          {TRACK, 3 * TRACK + 1},
          {17, 25 * TRACK},
          {SIZE - 700, 700},
          {SIZE - 1, 1},
          {39 * TRACK, TRACK + 1000},
          {SIZE, 0}
        }) {
      assertThat(EvidenceVolume.read(image, each[0], each[1]))
          .isEqualTo(Arrays.copyOfRange(held(), each[0], each[0] + each[1]));
    }
  }

  @Test
  void bytesPassThroughUntilThePointIsSealed() throws Exception {
    flipHome(5);

    assertThat(EvidenceVolume.read(volume.verified(point), 5, 1)[0])
        .isEqualTo((byte) (held()[5] ^ 0x10));
    assertThat(volume.evidence.of(point)).isInstanceOf(Evidence.Unsealed.class);
    assertThatThrownBy(() -> volume.verify(point))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FOUND));
  }

  @Test
  void aChangedByteIsNamedAndNothingOfItsTrackIsServed() throws Exception {
    volume.seal(point);
    flipHome(3 * TRACK + 77);
    Image image = volume.verified(point);

    for (int[] each : new int[][] {{3 * TRACK, 1}, {0, 8 * TRACK}, {4 * TRACK - 1, 1}}) {
      ByteBuffer target = ByteBuffer.allocateDirect(each[1]);
      assertThatThrownBy(() -> image.read(each[0], target))
          .hasMessageMatching(
              "volume alpha, backup point 1: track 3 \\(bytes 196608-262143\\) does not have the"
                  + " hash it was sealed with: want [0-9a-f]{32} got [0-9a-f]{32}")
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT));
      byte[] left = new byte[each[1]];
      target.clear().get(left);
      int bad = Math.max(0, 3 * TRACK - each[0]);
      assertThat(Arrays.copyOfRange(left, bad, left.length)).containsOnly(0);
    }
    assertThat(EvidenceVolume.read(image, 0, 3 * TRACK)).isEqualTo(volume.live(0, 3 * TRACK));
  }

  @Test
  void aHoleThatSomebodyPunchedIsDataAndIsFound() throws Exception {
    volume.seal(point);
    volume.store.home().zero(6 * TRACK, 2 * TRACK, false);
    volume.store.home().zero(30 * TRACK, TRACK, false);
    Image image = volume.verified(point);

    assertThat(volume.raw(point).seek(0, SIZE, false)).isEqualTo(6L * TRACK);
    assertThat(image.seek(0, SIZE, false)).isEqualTo(20L * TRACK);
    assertThat(image.seek(6 * TRACK + 1, SIZE, true)).isEqualTo(6 * TRACK + 1);
    assertThat(image.nextData(20L * TRACK)).isEqualTo(30L * TRACK);
    assertThat(image.nextHole(30L * TRACK)).isEqualTo(31L * TRACK);
    assertThatThrownBy(() -> EvidenceVolume.read(image, 6 * TRACK, 10))
        .hasMessageContaining("got zeros");
    Verified verified = volume.verify(point);
    assertThat(verified.badTracks()).isEqualTo(3);
    assertThat(verified.bad().get(2).why()).contains("track 30 ").endsWith("got zeros");
  }

  @Test
  void whatSomebodyPutIntoAHoleIsFound() throws Exception {
    volume.seal(point);
    volume.store.home().writeAll(25L * TRACK, Bytes.direct((byte) 1));

    assertThatThrownBy(() -> EvidenceVolume.read(volume.verified(point), 25 * TRACK + 9, 1))
        .hasMessageContaining("want zeros");
    assertThat(volume.verify(point).badTracks()).isEqualTo(1);
  }

  @Test
  void theHolesOfASealedPointAreThoseItHas() throws Exception {
    volume.seal(point);
    Image image = volume.verified(point);

    assertThat(image.nextHole(0)).isEqualTo(20L * TRACK);
    assertThat(image.nextData(20L * TRACK)).isEqualTo(30L * TRACK); // a track at a time
    assertThat(image.nextHole(30L * TRACK)).isEqualTo(31L * TRACK);
    assertThat(image.nextData(31L * TRACK)).isBetween(40L * TRACK, SIZE - 500L);
    assertThat(image.nextHole(SIZE - 1)).isEqualTo(SIZE);
    assertThat(image.nextHole(SIZE)).isEqualTo(-1);
    assertThat(image.nextData(SIZE)).isEqualTo(-1);
  }

  @Test
  void smallReadsOfATrackHashItOnce() throws Exception {
    volume.seal(point);
    Image image = volume.verified(point);
    assertThat(EvidenceVolume.read(image, TRACK, 4096)).hasSize(4096);
    volume.store.startLog();

    for (int at = TRACK; at < 2 * TRACK; at += 4096) {
      assertThat(EvidenceVolume.read(image, at, 4096))
          .isEqualTo(Arrays.copyOfRange(held(), at, at + 4096));
    }

    assertThat(volume.store.log()).noneMatch(each -> each.kind() == Kind.READ);
  }

  @Test
  void aPointThatWasDroppedIsNotServedFromMemory() throws Exception {
    volume.seal(point);
    Image image = volume.verified(point);
    assertThat(EvidenceVolume.read(image, 0, 100)).hasSize(100);

    volume.drop(point);

    assertThatThrownBy(() -> EvidenceVolume.read(image, 0, 100))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FOUND));
    volume.evidence.drop(point);
    assertThatThrownBy(() -> EvidenceVolume.read(image, 0, 100))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FOUND));
  }

  @Test
  void aVerificationNamesTheFirstHundredAndCountsAll() throws Exception {
    int size = 300 * TRACK;
    try (EvidenceVolume large = new EvidenceVolume(size, true)) {
      large.write(0, Bytes.random(4, size));
      FrozenPoint all = large.freeze();
      large.seal(all);
      for (int track = 0; track < 150; track++) {
        EvidenceVolume.flip(large.store.home(), 2L * track * TRACK + 1);
      }

      Verified verified = large.verify(all);

      assertThat(verified.badTracks()).isEqualTo(150);
      assertThat(verified.bad()).hasSize(Verified.MOST_NAMED);
      assertThat(verified.readBytes()).isEqualTo(size);
      assertThat(verified.isWhole()).isTrue();
    }
  }

  @Test
  void aVerificationGoesOnBehindWhatCannotBeRead() throws Exception {
    volume.seal(point);
    volume.store.refuse(
        (file, kind, offset, length) ->
            kind == Kind.READ && offset < 5 * TRACK && offset + length > 4 * TRACK + 10
                ? Fault.STORE_FAILED
                : null);

    Verified verified = volume.verify(point);

    assertThat(verified.badTracks()).isEqualTo(1);
    assertThat(verified.bad().get(0).why()).contains("track 4 ").contains("simulated: READ");
  }

  @Test
  void aVerificationCanBeStoppedAndTellsHowFarItIs() throws Exception {
    volume.seal(point);
    int[] asked = new int[1];
    long[] told = new long[2];

    Verified verified =
        volume.evidence.verify(
            point,
            (done, total) -> {
              assertThat(done).isGreaterThanOrEqualTo(told[0]);
              told[0] = done;
              told[1] = total;
            },
            () -> ++asked[0] > 19);

    assertThat(verified.isWhole()).isFalse();
    assertThat(told[0]).isPositive().isLessThan(SIZE);
    assertThat(told[1]).isEqualTo(SIZE);
  }
}
