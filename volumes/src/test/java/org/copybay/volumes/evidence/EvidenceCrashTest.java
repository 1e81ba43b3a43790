package org.copybay.volumes.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.junit.jupiter.api.Test;

/**
 * Sealings and merges are stopped after each step, and opened on what the death of the process or
 * lost power leaves: what was sealed stays sealed, what was not is sealed or not as a whole (P7).
 */
final class EvidenceCrashTest {
  private static final int SIZE = 4 * EvidenceVolume.TRACK + 700;

  private final Random random = new Random(7);

  private EvidenceVolume volume(int points) throws StorageException {
    EvidenceVolume volume = new EvidenceVolume(SIZE, false);
    for (int i = 0; i < points; i++) {
      for (int j = random.nextInt(3); j >= 0; j--) {
        byte[] bytes = new byte[1 + random.nextInt(100_000)];
        random.nextBytes(bytes);
        volume.write(random.nextInt(SIZE - bytes.length), bytes);
      }
      if (i % 5 == 2) {
        volume.zero(random.nextInt(SIZE / 2), SIZE / 3);
      }
      volume.freeze();
    }
    return volume;
  }

  private static List<FrozenPoint> points(EvidenceVolume volume) {
    return new ArrayList<>(volume.points.keySet());
  }

  /** What is done. */
  @FunctionalInterface
  private interface Action {
    void run(EvidenceVolume volume) throws StorageException;
  }

  private static Set<FrozenPoint> sealedPoints(EvidenceVolume volume) {
    return volume.points.keySet().stream().filter(volume::isSealed).collect(Collectors.toSet());
  }

  /** Stops it after each step in turn. */
  private void stopEverywhere(EvidenceVolume volume, Action action) throws StorageException {
    SimulatedStore begun = volume.evidenceStore;
    Set<FrozenPoint> before = sealedPoints(volume);
    int stops = 0;
    boolean ended = false;
    while (!ended) {
      volume.evidence.close();
      volume.evidenceStore = begun.afterPowerLoss(random, Loss.KEEP_ALL);
      volume.evidence = volume.openEvidence();
      volume.evidenceStore.stopAfter(++stops);
      try {
        action.run(volume);
        ended = true;
      } catch (SimulatedStore.Stopped e) {
        assertThat(volume.evidenceStore.stopped()).isTrue();
      }
      SimulatedStore stopped = volume.evidenceStore;
      Set<FrozenPoint> after = sealedPoints(volume);
      requireFound(volume, stopped.afterProcessDeath(), before, after, ended, action);
      for (Loss loss : Loss.values()) {
        SimulatedStore lost = stopped.afterPowerLoss(random, loss);
        requireFound(volume, lost, before, after, ended, action);
      }
    }
    assertThat(stops).as("steps").isGreaterThan(5);
  }

  private static void requireFound(
      EvidenceVolume volume,
      SimulatedStore found,
      Set<FrozenPoint> before,
      Set<FrozenPoint> after,
      boolean ended,
      Action action)
      throws StorageException {
    volume.evidence.close();
    volume.evidenceStore = found;
    volume.evidence = volume.openEvidence();
    Set<FrozenPoint> now = sealedPoints(volume);
    if (ended) {
      assertThat(now).isEqualTo(after);
    } else {
      assertThat(now).containsAll(before);
    }
    assertThat(volume.evidence.check()).isNotNegative();
    volume.requireHashes("after a crash");
    action.run(volume); // it can be done again
    volume.requireHashes("after it was done again");
    assertThat(volume.evidence.check()).isNotNegative();
    int named = 0;
    for (int slot = 0; slot < EvidenceFiles.SLOTS; slot++) {
      named += found.exists(EvidenceFiles.sheet(slot)) ? 1 : 0;
    }
    assertThat(named).isLessThanOrEqualTo(MergePlan.MOST_SHEETS);
  }

  @Test
  void theFirstSealing() throws Exception {
    try (EvidenceVolume volume = volume(1)) {
      stopEverywhere(volume, each -> each.seal(points(each).get(0)));
    }
  }

  @Test
  void aSealingOfWhatChanged() throws Exception {
    try (EvidenceVolume volume = volume(3)) {
      List<FrozenPoint> points = points(volume);
      volume.seal(points.get(0));
      volume.seal(points.get(1));
      stopEverywhere(volume, each -> each.seal(points.get(2)));
    }
  }

  @Test
  void aSealingThatMergesFirst() throws Exception {
    try (EvidenceVolume volume = volume(9)) {
      List<FrozenPoint> points = points(volume);
      for (FrozenPoint point : points.subList(0, 8)) {
        volume.seal(point);
      }
      volume.drop(points.get(2));
      volume.drop(points.get(7));
      stopEverywhere(volume, each -> each.seal(points.get(8)));
    }
  }

  @Test
  void aMergeOfAllAfterManyWereDropped() throws Exception {
    try (EvidenceVolume volume = volume(20)) {
      List<FrozenPoint> points = points(volume);
      for (FrozenPoint point : points) {
        volume.seal(point);
      }
      for (int i = 0; i < 20; i++) {
        if (i % 5 != 3) {
          volume.drop(points.get(i));
        }
      }
      stopEverywhere(volume, each -> each.evidence.tidy(() -> false));
    }
  }

  @Test
  void theEndOfAllThatWasSealed() throws Exception {
    try (EvidenceVolume volume = volume(3)) {
      List<FrozenPoint> points = points(volume);
      volume.seal(points.get(0));
      volume.seal(points.get(1));
      volume.drop(points.get(0));
      volume.drop(points.get(1));
      stopEverywhere(volume, each -> each.evidence.tidy(() -> false));
      stopEverywhere(volume, each -> each.seal(points.get(2)));
    }
  }
}
