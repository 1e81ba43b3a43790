package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was released of the spill when a run ended goes back to the disk after the next start. */
final class SpillSweepTest {
  private static final int BLOCK = 4096;
  private static final int SIZE = 64 * BLOCK;

  /** What is done to blocks that lie in the spill, before they are released. */
  interface Change {
    void apply(EngineFixture engine) throws StorageException;
  }

  static Stream<Change> changes() {
    return Stream.of(
        engine -> {},
        engine -> engine.zero(0, SIZE, true), // space without data
        engine -> engine.zero(0, SIZE, false));
  }

  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("changes")
  void whatNobodyNamesHasNoSpace(Change change) throws Exception {
    Path home = directory.resolve("home");
    try (HomeFile file = HomeFile.create(home)) {
      file.setSize(SIZE);
    }
    try (DirectoryStore store = new DirectoryStore(HomeFile.open(home, SIZE), false);
        EngineFixture engine = open(store)) {
      engine.keepsUp = false;
      engine.write(0, Bytes.random(1, SIZE));
      int first = engine.freeze();
      engine.write(0, Bytes.random(2, SIZE));
      change.apply(engine);
      int second = engine.freeze();
      engine.write(0, Bytes.random(3, SIZE));
      engine.drop(second);
      engine.drop(first);
    }

    try (DirectoryStore store = new DirectoryStore(HomeFile.open(home, SIZE), false);
        EngineFixture engine = open(store)) {
      for (int turns = 0; turns == 0 || engine.engine().upkeepWanted(); turns++) {
        assertThat(turns).as("turns of upkeep").isLessThan(10);
        engine.upkeep();
      }
      assertThat(engine.engine().spillBytes()).isZero();
      assertThat(engine.read(0)).isEqualTo(Bytes.random(3, SIZE));
      try (StoreFile spill = store.open(TrackFiles.SPILL)) {
        spill.read(
            0, ByteBuffer.allocateDirect((int) spill.size())); // unwritten pages show as data
        assertThat(spill.nextData(0)).isEqualTo(-1);
      }
    }
  }

  private static EngineFixture open(DirectoryStore store) throws StorageException {
    return new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.PROCESS);
  }
}
