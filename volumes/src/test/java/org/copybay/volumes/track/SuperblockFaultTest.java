package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One of the two superblocks is lost, as a bad sector loses it: at any moment in the life of an
 * engine a start finds all that was written, or refuses; it never goes back to what was before.
 */
final class SuperblockFaultTest {
  private static final int BLOCK = 512;
  private static final int SIZE = BLOCK * 64;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private EngineFixture engine;
  private byte[] now = new byte[SIZE];
  private int changes;

  /** What an engine did last. */
  private enum Life {
    MADE,
    STARTED,
    STARTED_TWICE,
    CHECKPOINT,
    TWO_CHECKPOINTS,
    CHECKPOINT_AFTER_A_START
  }

  private void start() throws StorageException {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
  }

  private void startAgain() throws StorageException {
    engine.close();
    start();
    change();
  }

  /** Every block gets another place, which only the journal tells. */
  private void change() throws StorageException {
    engine.freeze();
    now = Bytes.random(++changes, SIZE);
    engine.write(0, now);
    engine.engine().flush();
  }

  private void checkpoint() throws StorageException {
    int point = engine.freeze();
    engine.drop(point);
    engine.upkeep();
    change();
  }

  private void live(Life life) throws StorageException {
    start();
    change();
    switch (life) {
      case MADE -> {}
      case STARTED -> startAgain();
      case STARTED_TWICE -> {
        startAgain();
        startAgain();
      }
      case CHECKPOINT -> checkpoint();
      case TWO_CHECKPOINTS -> {
        checkpoint();
        checkpoint();
      }
      case CHECKPOINT_AFTER_A_START -> {
        startAgain();
        checkpoint();
      }
    }
    engine.close();
  }

  @ParameterizedTest
  @EnumSource
  void aFlippedOrZeroedOneLosesNothing(Life life) throws Exception {
    live(life);
    for (long copy : new long[] {0, Superblock.SPACING}) {
      for (byte[] bytes : new byte[][] {{77}, new byte[Superblock.LENGTH]}) {
        SimulatedStore found = store.afterProcessDeath();
        try (StoreFile file = found.open(Superblock.FILE)) {
          file.write(copy, Bytes.direct(bytes));
        }
        requireAllOrRefused(found, life + " copy at " + copy);
      }
    }
  }

  /** A disk that says that it has written, and has not. */
  @Test
  void theLastWriteOfAStartThatIsLostLosesNothing() throws Exception {
    live(Life.STARTED);
    SimulatedStore before = store.afterProcessDeath();
    startAgain();
    engine.close();
    try (StoreFile then = before.open(Superblock.FILE);
        StoreFile file = store.open(Superblock.FILE)) {
      long copy = Superblock.read(store).sequence() % 2 * Superblock.SPACING;
      ByteBuffer old = ByteBuffer.allocateDirect(Superblock.LENGTH);
      then.read(copy, old);
      file.writeAll(copy, old.flip());
    }
    assertThat(Inspected.of(store, BLOCK, RecoverMode.PROCESS, Portions.STANDARD).points())
        .as("the journal counts for a look as well")
        .hasSize(3);
    requireAllOrRefused(store, "lost write");
  }

  private void requireAllOrRefused(SimulatedStore found, String when) throws StorageException {
    for (RecoverMode mode : new RecoverMode[] {RecoverMode.PROCESS, RecoverMode.POWER}) {
      SimulatedStore again = found.afterProcessDeath();
      try (EngineFixture started = new EngineFixture(again, BLOCK, 1 << 20, mode)) {
        assertThat(started.read(0)).as(when + " " + mode).isEqualTo(now);
      } catch (StorageException e) {
        assertThat(e.fault()).as(when + " " + mode).isEqualTo(Fault.CORRUPT);
      }
    }
  }
}
