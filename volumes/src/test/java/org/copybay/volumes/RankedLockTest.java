package org.copybay.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RankedLockTest {
  private final RankedLock jobs = new RankedLock(LockRank.JOBS);
  private final RankedLock bay = new RankedLock(LockRank.BAY);
  private final RankedLock volume = new RankedLock(LockRank.VOLUME);

  @Test
  void locksOfLaterRankMayBeTakenInside() {
    try (var outer = jobs.enter();
        var middle = bay.enter();
        var inner = volume.enter()) {
      assertThat(volume.isHeld()).isTrue();
    }
    assertThat(jobs.isHeld() || bay.isHeld() || volume.isHeld()).isFalse();
  }

  @Test
  void aLockOfEarlierRankIsRefused() {
    try (var held = volume.enter()) {
      assertThatThrownBy(bay::enter)
          .isInstanceOf(AssertionError.class)
          .hasMessage("lock order: want BAY while holding VOLUME");
    }
    assertThat(bay.isHeld()).isFalse();
  }

  @Test
  void anotherLockOfTheSameRankIsRefused() {
    RankedLock other = new RankedLock(LockRank.BAY);
    try (var held = bay.enter()) {
      assertThatThrownBy(other::enter).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void theSameLockMayBeTakenAgainAlsoBehindLaterOnes() {
    try (var outer = bay.enter();
        var inner = volume.enter();
        var again = bay.enter()) {
      assertThat(bay.isHeld()).isTrue();
    }
    assertThat(bay.isHeld()).isFalse();
  }

  @Test
  void ranksOfOneThreadDoNotConcernAnother() {
    try (var held = volume.enter()) {
      CompletableFuture.runAsync(() -> bay.enter().close()).join();
    }
  }
}
