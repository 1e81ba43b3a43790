package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every byte that a start relies on, flipped under an engine that is in use (P8). */
final class EngineCheckTest {
  private static final int BLOCK = 4096;
  private static final int SIZE = BLOCK * 64;

  private final SimulatedStore store = new SimulatedStore(SIZE, 1);
  private EngineFixture engine;

  /** A map with entries and a point, and after it a journal with some records. */
  @BeforeEach
  void makeMapAndJournal() throws StorageException {
    engine = new EngineFixture(store, BLOCK, 1 << 20, RecoverMode.AUTO);
    int first = engine.freeze();
    engine.write(0, Bytes.random(1, 10 * BLOCK));
    int second = engine.freeze();
    engine.write(3000, Bytes.random(2, 5 * BLOCK));
    engine.drop(first);
    engine.upkeep();
    engine.write(20 * BLOCK, Bytes.random(3, 5 * BLOCK));
    engine.zero(BLOCK, BLOCK, false);
    assertThat(second).isEqualTo(2);
  }

  private void requireEveryByte(String name, int from, int to, String words) throws Exception {
    engine.engine().check();
    try (StoreFile file = store.open(name)) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(to - from);
      file.read(from, bytes);
      byte[] sound = Bytes.of(bytes);
      for (int i = 0; i < sound.length; i++) {
        byte[] flipped = Arrays.copyOfRange(sound, i, i + 1);
        flipped[0] ^= (byte) (1 << i % 8);
        file.write(from + i, Bytes.direct(flipped));
        assertThatThrownBy(() -> engine.engine().check())
            .as("byte %d of %s", from + i, name)
            .isInstanceOfSatisfying(
                StorageException.class,
                e -> {
                  assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
                  assertThat(e.getMessage()).startsWith(name + " is damaged: ");
                  assertThat(e.getMessage()).contains(words).contains("want=").contains("got=");
                });
        file.write(from + i, Bytes.direct(sound[i]));
      }
    }
    engine.engine().check();
  }

  @Test
  void everyByteOfBothSuperblocksIsChecked() throws Exception {
    requireEveryByte("engine", 0, 512, "copy at 0");
    requireEveryByte("engine", 4096, 4608, "copy at 4096");
  }

  @Test
  void everyByteOfTheMapIsChecked() throws Exception {
    requireEveryByte("map.1", 0, 4096, "page 0");
    requireEveryByte("map.1", 4096, 8192, "page 1");
    requireEveryByte("map.1", 8192, 12288, "page 2");
  }

  @Test
  void everyByteOfTheJournalIsChecked() throws Exception {
    requireEveryByte("journal.1", 0, 512, "head at 0");
    requireEveryByte("journal.1", 512, 544, "at 512");
    requireEveryByte("journal.1", 544, 576, "at 544");
    requireEveryByte("journal.1", 576, 608, "at 576"); // the barrier of the first check
  }

  /** A file that is gone, and a superblock of before, which checks for itself. */
  @Test
  void whatIsMissingOrOldIsFound() throws Exception {
    engine.engine().check();
    try (StoreFile file = store.open("engine")) {
      ByteBuffer older = ByteBuffer.allocateDirect(512);
      file.read(0, older);
      file.write(4096, older.flip());
      assertThatThrownBy(() -> engine.engine().check()).hasMessageContaining("copy at 4096: want");
    }

    store.delete("engine");
    assertThatThrownBy(() -> engine.engine().check())
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("a file is missing")
        .hasMessageContaining("engine");
  }
}
