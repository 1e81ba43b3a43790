package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a volume while a fill waits for its origin stays so when the fill goes on. */
final class SlowFillTest {
  private static final int BLOCK = 512;
  private static final int TRACK = BLOCK * Geometry.TRACK_BLOCKS;
  private static final int SIZE = 5 * TRACK;
  private static final long STAMP = 7;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private final byte[] origin = Bytes.random(2, SIZE);
  private final SlowImage slow = new SlowImage(new ByteImage(origin));
  private EngineFixture engine;
  private byte[] live;
  private CompletableFuture<Boolean> filling = new CompletableFuture<>();

  /** All tracks show the origin, and a fill of all of them has read it and waits. */
  @BeforeEach
  void beginToFill() throws Exception {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, Bytes.random(1, SIZE));
    assertThat(engine.switchTo(origin, STAMP, Map.of())).isTrue();
    engine.engine().unfilled().setOrigin(slow);
    engine.engine().flush();
    live = origin.clone();
    EngineFixture filled = engine;
    filling = CompletableFuture.supplyAsync(() -> fill(filled));
    slow.awaitReader();
  }

  private static boolean fill(EngineFixture engine) {
    try {
      return engine.fillNext(0, SIZE / TRACK) != null;
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void endFill() throws Exception {
    slow.letGo();
    engine.close();
  }

  private void write(int at, int length) throws StorageException {
    byte[] bytes = Bytes.random(at + length, length);
    engine.write(at, bytes);
    System.arraycopy(bytes, 0, live, at, length);
  }

  private void zero(int at, int length) throws StorageException {
    engine.zero(at, length, false);
    Arrays.fill(live, at, at + length, (byte) 0);
  }

  private void show(byte[] other, long stamp, Map<Long, Integer> masks) throws StorageException {
    for (int at = 0; at < SIZE; at++) {
      long block = at / BLOCK;
      int mask = masks.getOrDefault(Geometry.track(block), 0);
      mask |= engine.engine().unfilled().mask(Geometry.track(block));
      live[at] = (mask & 1 << Geometry.index(block)) != 0 ? other[at] : live[at];
    }
    assertThat(engine.switchTo(other, stamp, masks)).isTrue();
  }

  /** The fill goes on; then all is as before, and as the death of the process leaves it. */
  private void requireNothingLost() throws Exception {
    slow.letGo();
    assertThat(filling.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(engine.read(0)).as("after the fill").isEqualTo(live);
    EngineFixture later =
        new EngineFixture(store.afterProcessDeath(), BLOCK, 1 << 20, RecoverMode.AUTO);
    later.origins.putAll(engine.origins);
    later.setOrigin();
    assertThat(later.read(0)).as("after the death of the process").isEqualTo(live);
    while (engine.fillNext(0, 2) != null) {
      assertThat(engine.read(0)).as("after another fill").isEqualTo(live);
    }
  }

  @Test
  void whatIsWrittenMeanwhileStays() throws Exception {
    write(0, TRACK);
    write(TRACK + 100, 1000);
    write(3 * TRACK - 5, 10);

    requireNothingLost();
  }

  @Test
  void whatIsZeroedMeanwhileStays() throws Exception {
    zero(0, TRACK);
    zero(TRACK + 100, 1000);
    zero(2 * TRACK + 100, 2 * TRACK);

    requireNothingLost();
  }

  @Test
  void whatIsWrittenAfterAPointStaysAndSoDoesThePoint() throws Exception {
    byte[] before = live.clone();
    int point = engine.freeze();
    write(0, TRACK);
    zero(TRACK + 100, 1000);
    write(3 * TRACK - 5, 10);

    requireNothingLost();
    assertThat(engine.read(point)).isEqualTo(before);
  }

  @Test
  void whatIsShownOfASecondOriginStays() throws Exception {
    write(0, TRACK);
    byte[] other = Bytes.random(9, SIZE);
    show(other, STAMP + 1, Map.of(0L, 0x0ff0));
    write(TRACK, TRACK);

    requireNothingLost();
  }

  @Test
  void whatIsShownOfASecondOriginAndWasWrittenIsNotFilledFromTheFirst() throws Exception {
    write(0, TRACK);
    byte[] other = Bytes.random(9, SIZE);
    show(other, STAMP + 1, Map.of(0L, 0xffff, 1L, 0xffff));
    write(0, TRACK);
    write(TRACK * 2, TRACK);

    requireNothingLost();
  }

  @Test
  void anOriginThatIsGoneAfterASecondSwitchIsNotMissed() throws Exception {
    write(0, TRACK);
    show(
        Bytes.random(9, SIZE),
        STAMP + 1,
        Map.of(0L, 0xffff, 1L, 0xffff, 2L, 0xffff, 3L, 0xffff, 4L, 0xffff));
    slow.lose();

    requireNothingLost();
  }

  @Test
  void anOriginThatIsGoneAfterAnotherFillIsNotMissed() throws Exception {
    while (engine.fillNext(0, 2) != null) {
      assertThat(engine.read(0)).isEqualTo(live);
    }
    engine.engine().unfilled().setOrigin(null);
    slow.lose();

    requireNothingLost();
  }

  @Test
  void anOriginThatIsGoneTooEarlyIsAnError() {
    slow.lose();

    assertThat(filling.handle((filled, e) -> e != null).join()).isTrue();
  }

  @Test
  void whatIsGivenUpMeanwhileIsNotFilled() throws Exception {
    try (var closed = engine.gate.close()) {
      engine.engine().needSwitch();
      engine.engine().switchTo(Unfilled.Where.NONE, 0, 0, null);
    }
    live = Bytes.random(1, SIZE);
    write(TRACK, 2 * TRACK);

    requireNothingLost();
  }

  /** A fence failed and the volume began again, while the fill belongs to what was before. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsWrittenAfterARestartStays(boolean again) throws Exception {
    engine.restart();
    engine.setOrigin();
    write(0, SIZE);
    if (again) {
      engine.engine().flush();
    }

    requireNothingLost();
  }
}
