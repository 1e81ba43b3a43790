package org.copybay.volumes.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.journal.VolumeIdentity;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.HomeFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sparse volume of 15 TiB with many points and a journal of records all over it. What the
 * inspection keeps in memory is bounded by its portions; -Dlarge.records=1000000
 * -Dlarge.points=1000 makes the largest that a journal has room for, and `java -Xmx96m` must do.
 */
final class LargeInspectionTest {
  private static final int BLOCK = 4096;
  private static final long SIZE = 15L << 40;
  private static final int RECORDS = Integer.getInteger("large.records", 20_000);
  private static final int POINTS = Integer.getInteger("large.points", 50);

  @TempDir Path directory;

  @Test
  void aJournalAllOverALargeVolumeIsInspectedRangeByRange() throws Exception {
    Path home = directory.resolve("home");
    try (HomeFile file = HomeFile.create(home)) {
      file.setSize(SIZE);
    }
    fill(home);
    Findings findings = new Findings();
    try (DirectoryStore store = new DirectoryStore(HomeFile.openForReading(home, SIZE), true)) {
      Portions portions =
          RECORDS > 500_000 ? Portions.STANDARD : new Portions(RECORDS / 3, 1 << 10, 1000);
      var points =
          EngineInspection.run(
              store,
              new VolumeIdentity(EngineFixture.VOLUME, "a", SIZE),
              Geometry.STANDARD,
              portions,
              RecoverMode.PROCESS,
              findings);
      assertThat(points).hasSize(POINTS);
    }
    assertThat(findings.all()).isEmpty();
  }

  private static void fill(Path home) throws StorageException {
    Random random = new Random(1);
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    try (DirectoryStore store = new DirectoryStore(HomeFile.open(home, SIZE), false);
        EngineFixture engine = new EngineFixture(store, BLOCK, 1 << 30, RecoverMode.PROCESS)) {
      for (int i = 0; i < RECORDS; i++) {
        if (i % (RECORDS / POINTS) == 0 && i / (RECORDS / POINTS) < POINTS) {
          engine.freeze();
        }
        long at = random.nextLong(SIZE / BLOCK) * BLOCK;
        engine.write(at, block.putLong(0, i).clear());
      }
    }
  }
}
