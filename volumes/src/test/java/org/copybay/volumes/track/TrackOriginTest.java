package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes that show points of each other, ends that are in the middle of a block, and errors. */
final class TrackOriginTest {
  private static final int BLOCK = 4096;
  private static final int TRACK = 1 << 16;
  private static final int SIZE = 5 * TRACK + 5000;

  private final OriginVolume one = new OriginVolume(1, SIZE);
  private final OriginVolume other = new OriginVolume(2, SIZE);

  TrackOriginTest() throws StorageException {}

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  // ---- who shows whom

  @Test
  void aVolumeShowsAPointOfItsOwn() throws Exception {
    byte[] then = Bytes.random(1, SIZE);
    one.write(0, then);
    int point = one.freeze();
    one.write(TRACK, Bytes.random(2, 2 * TRACK));
    byte[] later = one.read();
    int safety = one.freeze();
    one.show(one.point(point), 7, TRACK, 2 * TRACK);

    assertThat(one.read()).isEqualTo(then);
    assertThat(one.read(safety)).isEqualTo(later);
    assertThat(one.read(point)).isEqualTo(then);
    one.write(2 * TRACK + 10, new byte[100]);
    one.fillAll();
    Arrays.fill(then, 2 * TRACK + 10, 2 * TRACK + 110, (byte) 0);
    assertThat(one.read()).isEqualTo(then);
    assertThat(one.read(safety)).isEqualTo(later);
  }

  @Test
  void twoVolumesShowPointsOfEachOther() throws Exception {
    byte[] ofOne = Bytes.random(1, SIZE);
    byte[] ofOther = Bytes.random(2, SIZE);
    one.write(0, ofOne);
    other.write(0, ofOther);
    int older = one.freeze();
    other.show(one.point(older), 7, 0, SIZE);
    other.write(3 * TRACK + 1, Bytes.random(3, 100));
    byte[] shown = ofOne.clone();
    System.arraycopy(Bytes.random(3, 100), 0, shown, 3 * TRACK + 1, 100);
    assertThat(other.read()).isEqualTo(shown);
    int younger = other.freeze();
    one.write(0, ofOther);
    one.show(other.point(younger), 8, 0, SIZE);

    assertThat(one.read()).isEqualTo(shown);
    assertThat(one.read(older)).isEqualTo(ofOne);
    one.write(100, new byte[3 * BLOCK]);
    other.write(TRACK, Bytes.random(4, TRACK));
    one.fillAll();
    other.fillAll();

    Arrays.fill(shown, 100, 100 + 3 * BLOCK, (byte) 0);
    assertThat(one.read()).isEqualTo(shown);
    assertThat(one.read(older)).isEqualTo(ofOne);
  }

  /** A point of that volume; before its first read something else happens. */
  private static Image interrupted(OriginVolume volume, int number, Runnable step) {
    Image point = volume.point(number);
    AtomicBoolean done = new AtomicBoolean();
    return new Image() {
      @Override
      public void read(long offset, ByteBuffer target) throws StorageException {
        if (!done.getAndSet(true)) {
          step.run();
        }
        point.read(offset, target);
      }

      @Override
      public long nextData(long offset) throws StorageException {
        return point.nextData(offset);
      }

      @Override
      public long nextHole(long offset) throws StorageException {
        return point.nextHole(offset);
      }
    };
  }

  /** The copy ends, and the volume is a plain one until it gets another first point. */
  private void replace(int point, byte[] next) {
    try {
      other.fillAll();
      one.drop(point);
      one.device.awaitUpkeep();
      assertThat(one.device.engaged()).isFalse();
      one.write(0, next);
      assertThat(one.freeze()).as("its number").isEqualTo(point);
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aReadThatIsLateDoesNotMeetAnotherPointOfTheSameNumber() throws Exception {
    byte[] then = Bytes.random(1, SIZE);
    one.write(0, then);
    int point = one.freeze();
    other.show(interrupted(one, point, () -> replace(point, Bytes.random(2, SIZE))), 7, 0, SIZE);

    assertThat(other.read()).isEqualTo(then);
  }

  /** Where all of it shows an origin, nothing of the volume itself is read. */
  @Test
  void aPointThatWasDroppedIsNotAnotherThatShowsAnOrigin() throws Exception {
    one.write(0, Bytes.random(1, SIZE));
    int point = one.freeze();
    Image before = one.point(point);
    one.drop(point);
    one.device.awaitUpkeep();
    one.show(new ByteImage(Bytes.random(2, SIZE)), 7, 0, SIZE);
    assertThat(one.freeze()).as("its number").isEqualTo(point);

    assertNotFound(() -> before.read(0, ByteBuffer.allocateDirect(100)));
    assertNotFound(() -> before.nextData(0));
    assertNotFound(() -> before.nextHole(0));
  }

  // ---- errors

  /** An image that was dropped; asks what happens meanwhile. */
  private static Image dropped(Runnable meanwhile) {
    return new Image() {
      private StorageException notFound() {
        meanwhile.run();
        return new StorageException(Fault.NOT_FOUND, "the point was dropped");
      }

      @Override
      public void read(long offset, ByteBuffer target) throws StorageException {
        target.put((byte) 1);
        throw notFound();
      }

      @Override
      public long nextData(long offset) throws StorageException {
        throw notFound();
      }

      @Override
      public long nextHole(long offset) throws StorageException {
        throw notFound();
      }
    };
  }

  private void assertNotFound(long offset) {
    assertNotFound(() -> one.read(0, offset, 100));
  }

  private static void assertNotFound(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FOUND));
  }

  @Test
  void aReadThatMeetsASwitchGoesOnWithTheNewOrigin() throws Exception {
    byte[] fresh = Bytes.random(2, SIZE);
    AtomicInteger asked = new AtomicInteger();
    Image old =
        dropped(
            () -> {
              asked.incrementAndGet();
              one.showUnchecked(new ByteImage(fresh), 8);
            });
    one.show(old, 7, 0, SIZE);

    assertThat(one.read()).isEqualTo(fresh);
    assertThat(asked).hasValue(1);
  }

  @Test
  void aSeekThatMeetsASwitchGoesOn() throws Exception {
    one.show(dropped(() -> one.showUnchecked(new ByteImage(new byte[SIZE]), 8)), 7, 0, SIZE);
    assertThat(one.device.nextData(0)).isZero(); // it may be: it was not known

    assertThat(one.device.nextData(0)).isEqualTo(-1);
    assertThat(one.device.nextHole(5)).isEqualTo(5);
  }

  @Test
  void aReadThatMeetsAFillGoesOnWithWhatWasFilled() throws Exception {
    byte[] fresh = Bytes.random(2, SIZE);
    one.show(dropped(() -> one.writeUnchecked(0, fresh)), 7, 0, SIZE);

    assertThat(one.read()).isEqualTo(fresh);
  }

  @Test
  void anOriginThatIsGoneIsAnErrorWhereItIsNeededOnly() throws Exception {
    one.write(0, Bytes.random(1, SIZE));
    one.show(dropped(() -> {}), 7, TRACK, TRACK);

    assertNotFound(TRACK);
    assertNotFound(2 * TRACK - 1);
    assertThat(one.read(0, 0, TRACK)).isEqualTo(Arrays.copyOf(Bytes.random(1, SIZE), TRACK));
    one.write(TRACK, Bytes.random(1, TRACK));
    assertThat(one.read()).hasSize(SIZE);
  }

  // ---- ends

  @ParameterizedTest
  @ValueSource(ints = {1, 511, 4095, 4096, 4097, 65535, 65536, 65537, 3 * TRACK + 5000})
  void theLastBlockIsFilledUpToTheEnd(int size) throws Exception {
    byte[] shown = Bytes.random(3, size);
    for (boolean point : new boolean[] {false, true}) {
      for (int what = 0; what < 5; what++) {
        try (OriginVolume volume = new OriginVolume(3, size)) {
          volume.write(0, Bytes.random(4, size));
          int before = point ? volume.freeze() : 0;
          volume.show(new ByteImage(shown), 7, 0, size);
          assertThat(volume.read()).isEqualTo(shown);
          byte[] want = change(volume, shown.clone(), what);
          assertThat(volume.read()).as("change %d", what).isEqualTo(want);
          volume.fillAll();
          assertThat(volume.read()).as("change %d, filled", what).isEqualTo(want);
          assertThat(volume.store.home().size()).isEqualTo(size);
          if (point) {
            assertThat(volume.read(before)).isEqualTo(Bytes.random(4, size));
          }
        }
      }
    }
  }

  private static byte[] change(OriginVolume volume, byte[] live, int what) throws StorageException {
    int at = what == 1 ? live.length - 1 : what < 4 ? 0 : live.length / 2;
    byte[] bytes = Bytes.random(5, live.length - at);
    if (what == 3 || what == 4) {
      volume.zero(at, bytes.length);
      Arrays.fill(bytes, (byte) 0);
    } else if (what > 0) {
      volume.write(at, bytes);
    } else {
      return live;
    }
    System.arraycopy(bytes, 0, live, at, bytes.length);
    return live;
  }

  /** A write bitmap has blocks up to a multiple of its own. */
  @Test
  void blocksBehindTheEndThatWerePreparedAreFilledWithNothing() throws Exception {
    byte[] shown = Bytes.random(3, SIZE);
    one.write(0, Bytes.random(1, SIZE));
    one.show(new ByteImage(shown), 7, 0, 8 * TRACK);

    one.fillAll();

    assertThat(one.read()).isEqualTo(shown);
    assertThat(one.store.home().size()).isEqualTo(SIZE);
  }

  @Test
  void whatAHomeGrewByIsNotOfTheOrigin() throws Exception {
    byte[] shown = Bytes.random(3, SIZE);
    one.show(new ByteImage(shown), 7, 0, SIZE);
    one.store.home().setSize(SIZE + TRACK);

    byte[] grown = one.read(0, SIZE / BLOCK * BLOCK + BLOCK, TRACK - BLOCK);
    assertThat(grown).containsOnly(0);
  }

  /** Full of bytes; who asks for more than some of it waits for ever. */
  private static final class Endless extends ByteImage {
    Endless(byte[] bytes) {
      super(bytes);
    }

    @Override
    public long nextData(long offset) {
      throw new AssertionError("all of it is looked through");
    }

    @Override
    public long nextHole(long offset) {
      throw new AssertionError("all of it is looked through");
    }

    @Override
    public long seek(long offset, long end, boolean data) {
      return data ? offset : end;
    }
  }

  @Test
  void aFillLooksForNoHoleBehindWhatItFills() throws Exception {
    byte[] shown = Bytes.random(3, SIZE);
    one.show(new Endless(shown), 7, 0, SIZE);
    assertThat(one.device.seek(0, SIZE, false)).isEqualTo(SIZE);

    one.fillAll();

    assertThat(one.read()).isEqualTo(shown);
  }

  /** Zeros, but for one block. */
  private record OneBlock(long at, long size) implements Image {
    @Override
    public void read(long offset, ByteBuffer target) {
      while (target.hasRemaining()) {
        target.put((byte) 7);
      }
    }

    @Override
    public long nextData(long offset) {
      return offset < at + BLOCK ? Math.max(offset, at) : -1;
    }

    @Override
    public long nextHole(long offset) {
      return offset >= size ? -1 : offset >= at && offset < at + BLOCK ? at + BLOCK : offset;
    }
  }

  @Test
  void dataAndHolesOfManyGigabytesAreThoseOfTheOrigin() throws Exception {
    long size = 5L << 30;
    long at = (7L << 29) + BLOCK;
    try (OriginVolume large = new OriginVolume(3, size)) {
      large.device.origin().hold();
      large.device.origin().prepare(0, size / TRACK, Geometry.WHOLE_TRACK);
      large.switchTo(new OneBlock(at, size), 7);

      assertThat(large.device.nextData(0)).isEqualTo(at);
      assertThat(large.device.nextData(at + 1)).isEqualTo(at + 1);
      assertThat(large.device.nextHole(at)).isEqualTo(at + BLOCK);
      assertThat(large.device.nextData(at + BLOCK)).isEqualTo(-1);
      assertThat(large.device.nextHole(3)).isEqualTo(3);
      large.device.origin().release();
    }
  }

  /** More blocks than a record counts. */
  @Test
  void manyTerabytesArePreparedInSeveralRecords() throws Exception {
    one.device.origin().hold();
    long tracks = (1L << 27) + 5;

    one.device.origin().prepare(0, tracks, Geometry.WHOLE_TRACK);

    Unfilled unfilled = one.engine().unfilled();
    assertThat(unfilled.preparedMask(tracks - 1)).isEqualTo(Geometry.WHOLE_TRACK);
    assertThat(unfilled.preparedMask(tracks)).isZero();
    one.device.origin().forgetPrepared();
    one.device.origin().release();
  }
}
