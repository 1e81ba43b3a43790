package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to unfilled blocks between the steps of a checkpoint. */
final class CheckpointOfFillsTest {
  private static final int BLOCK = 512;
  private static final int TRACK = BLOCK * Geometry.TRACK_BLOCKS;
  private static final int TRACKS = 24;
  private static final int SIZE = TRACKS * TRACK;
  private static final long STAMP = 7;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private final byte[] own = Bytes.random(1, SIZE);
  private final byte[] origin = Bytes.random(2, SIZE);
  private EngineFixture engine;

  @BeforeEach
  void makeEngine() throws StorageException {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, own);
    engine.engine().flush();
  }

  private EngineFixture after(SimulatedStore found) throws StorageException {
    EngineFixture later = new EngineFixture(found, BLOCK, 1 << 20, RecoverMode.AUTO);
    later.origins.putAll(engine.origins);
    later.setOrigin();
    return later;
  }

  private void checkpoint() throws StorageException {
    engine.drop(engine.freeze()); // which wants one
    engine.upkeep();
  }

  // ---- fences

  /** Fills a track before each sync; returns when a checkpoint was made. */
  private void checkpointWhileFilling(Map<String, Integer> tracksBefore) throws StorageException {
    store.refuse(
        (file, kind, offset, length) -> {
          if (kind == Kind.FLUSH) {
            fill(tracksBefore.getOrDefault(file.replaceAll("[0-9]", ""), 0));
          }
          return null;
        });
    checkpoint();
    store.refuse((file, kind, offset, length) -> null);
  }

  private void fill(int tracks) {
    try {
      for (int i = 0; i < tracks; i++) {
        assertThat(engine.fillNext(0, 1)).isNotNull();
      }
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void noTrackWhoseBytesWereLostIsCalledFilled(Loss loss) throws Exception {
    for (String file : new String[] {"home", "journal.", "map.", "engine"}) {
      requireNothingLost(file, loss);
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void noneIsWhoseHomeAPointNeeds(Loss loss) throws Exception {
    int point = engine.freeze();
    for (String file : new String[] {"spill", "journal.", "map.", "engine"}) {
      requireNothingLost(file, loss);
      assertThat(engine.read(point)).as("the point").isEqualTo(own);
    }
  }

  private void requireNothingLost(String file, Loss loss) throws StorageException {
    assertThat(engine.switchTo(origin, STAMP, Map.of())).isTrue();
    engine.engine().flush();
    fill(1); // so that there is something to sync
    checkpointWhileFilling(Map.of(file, 2));
    long left = engine.engine().unfilled().now().blocks().trackCount();
    assertThat(left).as("after fills before a sync of %s", file).isBetween(1L, TRACKS - 3L);

    EngineFixture later = after(store.afterPowerLoss(new Random(3), loss));

    assertThat(later.read(0)).as("fills before a sync of %s", file).isEqualTo(origin);
    while (later.fillNext(0, 3) != null) {
      assertThat(later.read(0)).as("another fill").isEqualTo(origin);
    }
  }

  // ---- switches

  /** What is done before a write of the new map, once. */
  @FunctionalInterface
  private interface Step {
    void run() throws StorageException;
  }

  private final Queue<Step> steps = new ArrayDeque<>();

  /**
   * A checkpoint fails after it was begun; then the steps are done, and it is made. The map must
   * not know better than the journal that is replayed over it.
   */
  private void checkpointAround(Step... between) throws StorageException {
    steps.addAll(Arrays.asList(between));
    engine.drop(engine.freeze());
    store.refuse(
        (file, kind, offset, length) ->
            file.startsWith("map.") && kind == Kind.WRITE ? Fault.NO_SPACE : null);
    assertThatThrownBy(engine::upkeep).isInstanceOf(StorageException.class);
    store.refuse((file, kind, offset, length) -> null);
    for (Step step : steps) {
      step.run();
    }
    engine.upkeep();
  }

  private void prepare(long track, int mask) throws StorageException {
    int ticket = engine.gate.enter();
    try {
      engine.engine().prepare(track, 1, mask);
    } finally {
      engine.gate.leave(ticket);
    }
  }

  private void switchTo(Unfilled.Where where, byte[] shown, long stamp) throws StorageException {
    engine.origins.put(stamp, shown);
    try (var closed = engine.gate.close()) {
      engine.engine().needSwitch();
      engine.engine().switchTo(where, SIZE, stamp, new ByteImage(shown));
    }
  }

  /** All is as it was, and the engine that was left is sound. */
  private void requireSame(String what) throws StorageException {
    SimulatedStore found = store.afterProcessDeath();
    assertThat(Inspected.of(found, BLOCK, RecoverMode.PROCESS, Portions.STANDARD).damages())
        .as(what)
        .isEmpty();
    EngineFixture later = after(found);
    Unfilled now = later.engine().unfilled();
    Unfilled then = engine.engine().unfilled();
    for (int track = 0; track < TRACKS; track++) {
      assertThat(now.mask(track))
          .as("%s: unfilled of track %d", what, track)
          .isEqualTo(then.mask(track));
      assertThat(now.preparedMask(track))
          .as("%s: prepared of track %d", what, track)
          .isEqualTo(then.preparedMask(track));
    }
    assertThat(now.now().mark()).as("%s: mark", what).isEqualTo(then.now().mark());
    assertThat(now.now().stamp()).as("%s: stamp", what).isEqualTo(then.now().stamp());
    assertThat(later.read(0)).as("%s: bytes", what).isEqualTo(engine.read(0));
  }

  @Test
  void whatIsPreparedForTheNextSwitchIsNotSwitchedByTheOneBefore() throws Exception {
    prepare(1, 0x00ff);

    checkpointAround(
        () -> switchTo(Unfilled.Where.PREPARED, origin, STAMP), () -> prepare(5, 0xffff));

    requireSame("prepared after a switch");
    assertThat(engine.engine().unfilled().mask(5)).isZero();
  }

  @Test
  void whatWasPreparedIsSwitchedAlthoughItWasFilledBefore() throws Exception {
    switchTo(Unfilled.Where.ALL, origin, STAMP);
    prepare(0, 0xffff);

    checkpointAround(
        () -> fill(1), () -> switchTo(Unfilled.Where.PREPARED, Bytes.random(9, SIZE), STAMP + 1));

    requireSame("filled, then switched");
    assertThat(engine.engine().unfilled().mask(0)).isEqualTo(0xffff);
  }

  @Test
  void aMarkIsThatOfAPointWhichTheMapKnows() throws Exception {
    checkpointAround(
        () -> assertThat(engine.freeze()).isPositive(),
        () -> switchTo(Unfilled.Where.ALL, origin, STAMP),
        () -> fill(2));

    requireSame("a point and a switch");
  }

  @Test
  void everyOrderOfStepsIsReplayedToTheSame() throws Exception {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      StringBuilder told = new StringBuilder("seed " + seed + ":");
      for (int i = random.nextInt(6); i > 0; i--) {
        step(random, told).run();
      }
      told.append(" | ");
      Step[] between = new Step[random.nextInt(7)];
      Arrays.setAll(between, i -> step(random, told));
      steps.clear();
      checkpointAround(between);
      told.append(" | ");
      for (int i = random.nextInt(4); i > 0; i--) {
        step(random, told).run();
      }
      requireSame(told.toString());
    }
  }

  private Step step(Random random, StringBuilder told) {
    int track = random.nextInt(3);
    int mask = random.nextBoolean() ? 0xffff : 1 + random.nextInt(0xfffe);
    long stamp = 100L + random.nextInt(1 << 20);
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        told.append(" prepare ").append(track);
        return () -> prepare(track, mask);
      }
      case 2, 3 -> {
        told.append(" switch");
        return () -> switchTo(Unfilled.Where.PREPARED, Bytes.random(stamp, SIZE), stamp);
      }
      case 4 -> {
        told.append(" all");
        return () -> switchTo(Unfilled.Where.ALL, Bytes.random(stamp, SIZE), stamp);
      }
      case 5 -> {
        boolean none = random.nextBoolean();
        told.append(none ? " none" : " unprepared");
        return () -> switchTo(none ? Unfilled.Where.NONE : Unfilled.Where.UNPREPARED, own, 0);
      }
      default -> {
        told.append(" fill ").append(track);
        return () -> assertThat(engine.fillNext(track, 1)).satisfies(filled -> {});
      }
    }
  }
}
