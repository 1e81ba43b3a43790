package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A checkpoint that is replaced stays open for a fill that has begun to look in it. */
final class FillBesideCheckpointTest {
  private static final int BLOCK = 512;
  private static final int TRACK = BLOCK * Geometry.TRACK_BLOCKS;
  private static final int SIZE = 4 * TRACK;
  private static final long MOST_SECONDS = 30;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private final byte[] origin = Bytes.random(2, SIZE);
  private final CountDownLatch committing = new CountDownLatch(1);
  private final CountDownLatch looking = new CountDownLatch(1);
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private EngineFixture engine;
  private Thread upkeep = new Thread(this::checkpoint);

  /** A checkpoint knows the first track, which shows the origin, and another is to be committed. */
  @BeforeEach
  void beginCheckpoint() throws Exception {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    engine.write(0, Bytes.random(1, SIZE));
    assertThat(engine.freeze()).isPositive();
    engine.write(0, Bytes.random(3, TRACK)); // to the spill
    engine.drop(engine.freeze()); // which wants a checkpoint
    engine.upkeep();
    assertThat(engine.switchTo(origin, 7, Map.of())).isTrue();
    engine.drop(engine.freeze());
    Thread filler = Thread.currentThread();
    store.refuse(
        (file, kind, offset, length) -> {
          if (file.equals(Superblock.FILE) && kind == Kind.WRITE) {
            committing.countDown();
            await(looking);
          } else if (file.startsWith("map.") && Thread.currentThread() == filler) {
            looking.countDown();
            awaitCheckpoint();
          }
          return null;
        });
    upkeep.start();
    await(committing);
  }

  private void checkpoint() {
    try {
      engine.upkeep();
    } catch (StorageException | RuntimeException | Error e) {
      failure.set(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Until it has been made, or waits for who has entered an epoch. */
  private void awaitCheckpoint() {
    while (upkeep.isAlive() && !waitsForEpochs()) {
      LockSupport.parkNanos(100_000);
    }
  }

  private boolean waitsForEpochs() {
    return upkeep.getState() == Thread.State.WAITING
        && Arrays.stream(upkeep.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals("awaitEarlier"));
  }

  private void require(byte[] wanted) throws Exception {
    upkeep.join(TimeUnit.SECONDS.toMillis(MOST_SECONDS));
    assertThat(failure.get()).isNull();
    assertThat(looking.getCount()).as("the checkpoint was looked at").isZero();
    assertThat(engine.read(0)).isEqualTo(wanted);
    engine.write(0, wanted); // the map is whole
  }

  @Test
  void aCopierFills() throws Exception {
    assertThat(engine.fillNext(0, 1)).isNotNull();

    require(origin);
  }

  @Test
  void aWriterFillsTheRestOfATrack() throws Exception {
    byte[] wanted = origin.clone();
    Arrays.fill(wanted, 100, 200, (byte) 9);

    engine.write(100, Arrays.copyOfRange(wanted, 100, 200));

    require(wanted);
  }
}
