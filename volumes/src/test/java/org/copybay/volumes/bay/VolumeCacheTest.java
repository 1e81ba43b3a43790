package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.READER;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;
import static org.copybay.volumes.bay.TestBay.write;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.track.EngineFiles;
import org.junit.jupiter.api.Test;

/** Volumes with cache=block: what they read after their content was switched. */
class VolumeCacheTest extends BayFixture {
  private static final NewVolume WANTED =
      new NewVolume("a", 100_000, null, CacheMode.BLOCK, TestBay.OWNER);

  private Volume createCached(long seed) throws Exception {
    Volume volume = bay.create(WANTED, NOTHING);
    write(volume, 0, Bytes.random(seed, 100_000));
    assertThat(read(volume)).isEqualTo(Bytes.random(seed, 100_000));
    return volume;
  }

  @Test
  void aTargetThatReplacesACachedVolumeIsRead() throws Exception {
    Volume old = createCached(1);
    Volume target = bay.reserve(WANTED, true, JOB);
    target.fill().write(0, Bytes.direct(Bytes.random(2, 100_000)));
    try (OpenFile reader = old.open(READER, false)) {

      bay.reveal(target, true, connection -> {});

      assertThat(read(bay.find("a"))).isEqualTo(Bytes.random(2, 100_000));
      ByteBuffer bytes = ByteBuffer.allocateDirect(100_000);
      reader.read(0, bytes);
      assertThat(Bytes.of(bytes))
          .as("the old one, by its reader")
          .isEqualTo(Bytes.random(1, 100_000));
    }
    target.release(JOB.job());
  }

  @Test
  void aVolumeOfTheSameNameReadsItsOwnBytes() throws Exception {
    createCached(1);
    bay.remove("a");
    Volume second = bay.create(WANTED, NOTHING);
    assertThat(read(second)).containsOnly(0);
  }

  @Test
  void aVolumeWithPointsReadsWhatWasWrittenAfterThem() throws Exception {
    Volume volume = createCached(1);
    byte[] now = Bytes.random(1, 100_000);
    for (int i = 0; i < 3; i++) {
      bay.points().freeze(List.of(volume), "p" + i, NOTHING);
      write(volume, 30_000L * i, Bytes.random(10 + i, 5000));
      System.arraycopy(Bytes.random(10 + i, 5000), 0, now, 30_000 * i, 5000);
      assertThat(read(volume)).isEqualTo(now);
    }
  }

  /** The disk has other bytes than memory; a check that finds damage beside the home says so. */
  @Test
  void aRepairThatFailsForgetsTheBlocksTooSinceTheDiskWasRead() throws Exception {
    Volume volume = createCached(1);
    bay.points().freeze(List.of(volume), "p", NOTHING);
    Files.write(volume.home().resolveSibling(EngineFiles.NAMES.get(0)), new byte[8192]);
    bay.failed(volume, "sync: Input/output error");
    try (HomeFile home = HomeFile.open(volume.home(), 0)) {
      home.write(0, Bytes.direct(new byte[100_000]));
    }

    assertFault(Fault.CORRUPT, () -> bay.repaired(volume, NOTHING));

    assertThat(read(volume)).containsOnly(0);
  }

  @Test
  void lookUpsAreCountedForEachVolume() throws Exception {
    Volume volume = createCached(1);
    Volume other = test.createFilled("b", 1000, 2);
    read(volume);
    read(other);

    assertThat(volume.activity().lookUps().hitPercent()).isEqualTo(50);
    assertThat(other.activity().lookUps().hitPercent()).isNull();
    assertThat(bay.cache().lookUps().hitPercent()).isEqualTo(50);
    assertThat(Arrays.equals(read(volume), Bytes.random(1, 100_000))).isTrue();
    assertThat(volume.activity().lookUps().hitPercent()).isEqualTo(66);
  }
}
