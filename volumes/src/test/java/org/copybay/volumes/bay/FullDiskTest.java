package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;

import java.nio.file.Path;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.SmallDisk;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P9 on a full disk: a clear errno, nothing else changes, and a state can still be recorded. */
class FullDiskTest {
  private static final int MIB = 1 << 20;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void writesAreRefusedAndNothingIsLost(String type) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory, type, 24);
        TestBay test = TestBay.create(disk.path().resolve("bay"))) {
      Volume volume = test.create("a", 8 * MIB);
      TestBay.write(volume, 0, Bytes.random(1, MIB));
      disk.fill();

      try (OpenFile open = volume.open(TestBay.WRITER, false)) {
        assertFault(Fault.NO_SPACE, () -> writeUntilFull(open));
        assertThat(open.write(0, Bytes.direct(Bytes.random(2, 4096)))).isEqualTo(4096);
        assertFault(Fault.NO_SPACE, () -> open.reserve(0, 8 * MIB, false));
      }
      volume.flush();

      assertThat(volume.failure()).isNull();
      assertThat(read(volume, 0, 4096)).isEqualTo(Bytes.random(2, 4096));
      disk.free();
      TestBay.write(volume, MIB, Bytes.random(3, MIB));
      test.reopen();
      assertThat(read(test.bay.find("a"), MIB, MIB)).isEqualTo(Bytes.random(3, MIB));
    }
  }

  private static void writeUntilFull(OpenFile open) throws StorageException {
    for (long offset = MIB; offset < 8 * MIB; offset += 4096) {
      open.write(offset, Bytes.direct(new byte[4096]));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void aCreationWorksWholeOrNotAtAll(String type) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory, type, 16);
        TestBay test = TestBay.create(disk.path().resolve("bay"))) {
      test.createFilled("a", 5000, 1);
      int made = 0;
      int refused = 0;
      while (refused < 3 && made < 300) { // on tmpfs an empty file needs no block
        disk.fill(); // takes what a released reserve gives
        try {
          test.create("v" + made, 100_000);
          made++;
        } catch (StorageException e) {
          assertThat(e.fault()).as(e.getMessage()).isEqualTo(Fault.NO_SPACE);
          refused++;
        }
        assertThat(test.bay.volumes()).hasSize(made + 1);
      }

      test.reopen();

      assertThat(test.bay.volumes()).hasSize(made + 1).noneMatch(Volume::damaged);
      assertThat(read(test.bay.find("a"))).isEqualTo(Bytes.random(1, 5000));
      test.assertNothingLeftBehind();
      disk.free();
      test.create("last", 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void statesAreRecordedForAsLongAsAnybodyAsks(String type) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory, type, 16);
        TestBay test = TestBay.create(disk.path().resolve("bay"))) {
      test.createFilled("a", MIB, 1);
      Path reserve = disk.path().resolve("bay/reserve");
      test.reopen(); // which ends the log of the catalogue, so that it needs space again
      Volume volume = test.bay.find("a");
      assertThat(reserve).exists();
      disk.fill();

      for (int i = 1; i <= 400; i++) {
        test.bay.setOwner(volume, new VolumeRecord.Owner(i, i, 0600));
      }
      disk.fill();
      test.bay.failed(volume, "disk");
      test.bay.rename("a", "b", true);
      disk.free();
      test.bay.setOwner(volume, new VolumeRecord.Owner(400, 400, 0600));
      assertThat(reserve).exists();
      test.reopen();

      assertThat(test.bay.find("b").row().owner().uid()).isEqualTo(400);
      assertThat(test.bay.find("b").failure()).isEqualTo("disk");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void aVolumeCanBeDeletedToMakeRoom(String type) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory, type, 16);
        TestBay test = TestBay.create(disk.path().resolve("bay"))) {
      test.createFilled("a", 2 * MIB, 1);
      disk.fill();

      test.bay.remove("a");

      assertThat(disk.path().toFile().getUsableSpace()).isGreaterThan(MIB);
      test.assertNothingLeftBehind();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void initOnAFullDiskLeavesNothing(String type) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory, type, 8)) {
      disk.fill();
      Path bay = disk.path().resolve("bay");

      try {
        TestBay.create(bay).close();
      } catch (StorageException e) {
        assertThat(bay.toFile().list()).isNullOrEmpty();
      }

      disk.free();
      if (!java.nio.file.Files.exists(bay.resolve("copybay.bay"))) {
        TestBay.create(bay).close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void theReserveServesManyChangesThoughWritersTakeWhatIsLeftOfIt(String type) throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory, type, 16);
        TestBay test = TestBay.create(disk.path().resolve("bay"))) {
      test.bay
          .catalogue()
          .change(c -> c.createStatement().execute("create table large (bytes blob)"));

      for (int i = 0; i < 8; i++) {
        disk.fill();
        test.bay
            .catalogue()
            .change(c -> c.createStatement().execute("insert into large values (zeroblob(9000))"));
      }

      disk.free();
      test.create("a", MIB);
      assertThat(disk.path().resolve("bay/reserve")).hasSize(MIB);
    }
  }
}
