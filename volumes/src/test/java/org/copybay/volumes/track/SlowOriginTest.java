package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody who closes the gate of a volume waits for a change that waits for the origin. */
final class SlowOriginTest {
  private static final int TRACK = 1 << 16;
  private static final int SIZE = 4 * TRACK;
  private static final long MOST_SECONDS = 10;

  /** The first track as a whole, and a part of the second, which is filled before. */
  private static final int END = 2 * TRACK - 100;

  private final OriginVolume volume = new OriginVolume(1, SIZE);
  private final byte[] shown = Bytes.random(2, SIZE);
  private final SlowImage slow = new SlowImage(new ByteImage(shown));
  private CompletableFuture<Boolean> changing = new CompletableFuture<>();

  SlowOriginTest() throws StorageException {}

  /** What a program does to the volume. */
  enum What {
    WRITE,
    ZERO;

    byte[] bytes() {
      return this == ZERO ? new byte[END] : Bytes.random(5, END);
    }
  }

  /** Something that must not wait. */
  @FunctionalInterface
  private interface Step {
    void run() throws StorageException;
  }

  private static CompletableFuture<Boolean> begin(Step step) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            step.run();
            return true;
          } catch (StorageException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task).start()); // the common pool may have one thread only
  }

  @AfterEach
  void close() throws Exception {
    slow.letGo();
    assertThat(changing.handle((done, e) -> true).get(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
    volume.close();
  }

  /** A change waits for the origin; then the step is made, and the change goes on. */
  private void changeAround(What what, Step step) throws Exception {
    changeAround(what, step, slow::letGo);
  }

  private void changeAround(What what, Step step, Runnable goOn) throws Exception {
    volume.write(0, Bytes.random(1, SIZE));
    volume.show(slow, 7, 0, SIZE);
    changing =
        begin(
            () -> {
              if (what == What.ZERO) {
                volume.zero(0, END);
              } else {
                volume.write(0, what.bytes());
              }
            });
    slow.awaitReader();
    assertThat(begin(step).get(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(changing).isNotDone();
    goOn.run();
    assertThat(changing.get(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private static byte[] changed(byte[] bytes, What what) {
    byte[] wanted = bytes.clone();
    System.arraycopy(what.bytes(), 0, wanted, 0, END);
    return wanted;
  }

  @ParameterizedTest
  @EnumSource(What.class)
  void anOriginIsTakenAway(What what) throws Exception {
    changeAround(what, () -> volume.device.origin().setOrigin(null));

    byte[] wanted = Arrays.copyOf(changed(shown, what), 2 * TRACK);
    assertThat(volume.read(0, 0, 2 * TRACK)).isEqualTo(wanted);
    assertThat(volume.device.origin().lostBytes()).isEqualTo(SIZE - 2 * TRACK);
  }

  @ParameterizedTest
  @EnumSource(What.class)
  void theCopyEndsAndItsOriginGoes(What what) throws Exception {
    changeAround(
        what,
        () -> {
          volume.fillAll();
          volume.device.origin().setOrigin(null);
        },
        slow::lose);

    assertThat(volume.read()).isEqualTo(changed(shown, what));
  }

  @ParameterizedTest
  @EnumSource(What.class)
  void anotherOriginIsShownAndTheFirstOneGoes(What what) throws Exception {
    byte[] other = Bytes.random(3, SIZE);
    changeAround(what, () -> volume.show(new ByteImage(other), 8, 0, SIZE), slow::lose);

    assertThat(volume.read()).isEqualTo(changed(other, what));
  }

  @ParameterizedTest
  @EnumSource(What.class)
  void aPointIsMade(What what) throws Exception {
    changeAround(what, () -> assertThat(volume.freeze()).isEqualTo(1));

    assertThat(volume.read()).isEqualTo(changed(shown, what));
    assertThat(volume.read(1)).isEqualTo(shown);
  }

  @ParameterizedTest
  @EnumSource(What.class)
  void anotherOriginIsShown(What what) throws Exception {
    byte[] other = Bytes.random(3, SIZE);
    changeAround(what, () -> volume.show(new ByteImage(other), 8, 0, SIZE));

    assertThat(volume.read()).isEqualTo(changed(other, what));
    volume.fillAll();
    assertThat(volume.read()).isEqualTo(changed(other, what));
  }

  @Test
  void theCopyIsGivenUp() throws Exception {
    changeAround(What.WRITE, volume.device.origin()::giveUp);

    assertThat(volume.read()).isEqualTo(changed(Bytes.random(1, SIZE), What.WRITE));
  }
}
