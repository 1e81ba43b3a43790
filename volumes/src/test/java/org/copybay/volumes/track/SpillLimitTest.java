package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Requester;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who waits for room in the spill, and what ends that. */
final class SpillLimitTest {
  private static final int BLOCK = 4096;

  private final SpillLimit limit = new SpillLimit(BLOCK);
  private final AtomicLong used = new AtomicLong();
  private final AtomicBoolean gone = new AtomicBoolean();

  /** Waits in a thread of its own; what comes of it is the error, or null. */
  private CompletableFuture<@Nullable StorageException> waiting() {
    CompletableFuture<@Nullable StorageException> end = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              Requester.is(gone::get);
              try {
                limit.await(used::get);
                end.complete(null);
              } catch (StorageException e) {
                end.complete(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> end.isDone() || limit.waiting() == 1);
    assertThat(end).isNotDone();
    return end;
  }

  private static void assertFault(
      CompletableFuture<@Nullable StorageException> end, @Nullable Fault fault) {
    StorageException error = end.join();
    assertThat(error == null ? null : error.fault()).isEqualTo(fault);
  }

  @Test
  void whatIsLeftOfABlockIsNoRoom() {
    limit.set(2 * BLOCK + 1, false);
    assertThat(limit.blocksLeft(0)).isEqualTo(2);
    assertThat(limit.blocksLeft(2 * BLOCK)).isZero();
    assertThat(limit.blocksLeft(9 * BLOCK)).isZero();
    SpillSpace space = new SpillSpace(limit, BLOCK);
    assertThatThrownBy(
            () -> {
              while (true) {
                assertThat(space.take(1).count()).isEqualTo(1);
              }
            })
        .isInstanceOf(SpillFullException.class);
    assertThat(space.usedCount()).isEqualTo(2);
    limit.set(0, true);
    assertThat(limit.blocksLeft(9 * BLOCK)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whoWaitsGoesOnWhenThereIsRoom() {
    used.set(BLOCK);
    limit.set(BLOCK, true);
    CompletableFuture<@Nullable StorageException> end = waiting();
    used.set(0);
    assertFault(end, null);
    used.set(BLOCK);
    end = waiting();
    limit.set(2 * BLOCK, true);
    assertFault(end, null);
    limit.set(BLOCK, true);
    end = waiting();
    limit.set(BLOCK, false);
    assertFault(end, null);
    assertThat(limit.waiting()).isZero();
  }

  @Test
  void aSignalEndsTheWaitAndSoDoesAClose() {
    used.set(BLOCK);
    limit.set(BLOCK, true);
    CompletableFuture<@Nullable StorageException> end = waiting();
    gone.set(true);
    assertFault(end, Fault.INTERRUPTED);
    gone.set(false);
    end = waiting();
    limit.close();
    assertFault(end, Fault.INTERRUPTED);
    assertThat(limit.waiting()).isZero();
  }
}
