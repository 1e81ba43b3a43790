package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Finding;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes in a directory that their owner chose, whose disk may be away. */
class OtherDiskTest {
  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void makeBay() throws Exception {
    path = directory.resolve("bay");
    try (TestBay test = TestBay.create(path)) {
      test.createFilled("a", 5000, 1);
      test.createFilled("b", 7000, 2);
    }
  }

  private static NewVolume far(Path where) {
    return new NewVolume("far", 100, where, CacheMode.PAGE, TestBay.OWNER);
  }

  @Test
  void aVolumeMayLieInAnotherDirectory() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk2"));
    NewVolume wanted = far(disk);
    try (TestBay test = TestBay.open(path)) {
      TestBay.write(test.bay.create(wanted, NOTHING), 0, Bytes.random(3, 100));
      test.reopen();
      assertThat(read(test.bay.find("far"))).isEqualTo(Bytes.random(3, 100));
      assertThat(test.bay.find("far").home().startsWith(disk)).isTrue();
      test.bay.remove("far");
    }
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatIsMissingOrRelativeIsRefused() throws Exception {
    try (TestBay test = TestBay.open(path)) {
      for (Path where : List.of(directory.resolve("none"), path.resolve("copybay.bay"))) {
        NewVolume wanted = far(where);
        assertFault(Fault.NOT_FOUND, () -> test.bay.create(wanted, NOTHING));
      }
      NewVolume relative = far(Path.of("x"));
      assertFault(Fault.BAD_REQUEST, () -> test.bay.create(relative, NOTHING));
      assertThat(test.bay.catalogue().read(VolumeTable::all)).hasSize(2);
    }
  }

  @Test
  void aVolumeWhoseDiskIsAbsentStaysListedAsDamagedAndComesBack() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk2"));
    NewVolume wanted = far(disk);
    try (TestBay test = TestBay.open(path)) {
      TestBay.write(test.bay.create(wanted, NOTHING), 0, Bytes.random(3, 100));
    }
    Path away = directory.resolve("away");
    Files.move(disk, away);
    for (int mount = 0; mount < 2; mount++) {
      try (TestBay test = TestBay.open(path)) {
        assertThat(test.names()).containsExactly("a", "b", "far");
        assertThat(test.bay.find("far").damaged()).isTrue();
      }
    }
    Files.move(away, disk);
    try (TestBay test = TestBay.open(path)) {
      assertThat(read(test.bay.find("far"))).isEqualTo(Bytes.random(3, 100));
    }
  }

  @Test
  void aVolumeThatIsDeletedWhileItsDiskIsAbsentGoesWhenTheDiskIsBack() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk2"));
    NewVolume wanted = far(disk);
    Path away = directory.resolve("away");
    try (TestBay test = TestBay.open(path)) {
      test.bay.create(wanted, NOTHING);
      Files.move(disk, away);
      test.reopen();
      test.bay.remove("far");
      test.reopen();
      assertThat(test.names()).containsExactly("a", "b");
      Files.move(away, disk);
      test.reopen();
    }
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void aCopyOfTheBayNeitherUsesNorDeletesTheFilesOfTheFirst() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk2"));
    NewVolume wanted = far(disk);
    try (TestBay test = TestBay.open(path)) {
      TestBay.write(test.bay.create(wanted, NOTHING), 0, Bytes.random(3, 100));
      Path copied = TestBay.copy(path, directory.resolve("copied"));
      try (TestBay copy = TestBay.open(copied)) {
        assertThat(copy.bay.find("far").failure()).contains("in use by another bay");
        assertThat(read(copy.bay.find("a"))).isEqualTo(Bytes.random(1, 5000));
        copy.bay.remove("far");
        assertThat(copy.bay.catalogue().read(VolumeTable::all)).hasSize(3);
      }
      assertThat(read(test.bay.find("far"))).isEqualTo(Bytes.random(3, 100));
      test.reopen();
      assertThat(read(test.bay.find("far"))).isEqualTo(Bytes.random(3, 100));
    }
  }

  @Test
  void theEmptyMountPointOfAnAbsentDiskIsNotTakenForADiskWithoutIt() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk2"));
    NewVolume wanted = far(disk);
    Path away = directory.resolve("away");
    try (TestBay test = TestBay.open(path)) {
      test.bay.create(wanted, NOTHING);
      Files.move(disk, away);
      Files.createDirectory(disk);
      test.reopen();
      test.bay.remove("far");
      test.reopen();
      Files.delete(disk);
      Files.move(away, disk);
      test.reopen();
      assertThat(test.bay.catalogue().read(VolumeTable::all)).hasSize(2);
    }
    assertThat(disk).isEmptyDirectory();
  }

  @Test
  void filesThatWereSeenGoingAreNotWaitedFor() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk2"));
    NewVolume wanted = far(disk);
    try (TestBay test = TestBay.open(path)) {
      test.bay.create(wanted, NOTHING);
      test.bay
          .catalogue()
          .change(
              connection -> {
                try (var statement = connection.createStatement()) {
                  statement.execute(
                      "create temp trigger no before delete on volume"
                          + " begin select raise(abort, 'no'); end");
                }
              });
      test.bay.remove("far");
      assertThat(disk).isEmptyDirectory();
      assertThat(test.bay.catalogue().read(VolumeTable::all)).hasSize(3);
      test.reopen();
      assertThat(test.bay.catalogue().read(VolumeTable::all)).hasSize(2);
    }
  }

  /** Nothing was made: no mount would ever see the directory, and so end it. */
  @Test
  void aPlaceThatTakesNoDirectoryLeavesNoRow() throws Exception {
    try (TestBay test = TestBay.open(path)) {
      NewVolume wanted = far(Path.of("/proc/self"));
      assertThatThrownBy(() -> test.bay.create(wanted, NOTHING))
          .isInstanceOf(StorageException.class);
      assertThat(test.bay.catalogue().read(VolumeTable::all)).hasSize(2);
    }
  }

  /** Numbers begin again when an engine retires: the row that waits for the disk means another. */
  @Test
  void aDropThatWaitsForADiskHitsNoLaterPointOfTheOtherVolume() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk2"));
    Path away = directory.resolve("away");
    NewVolume wanted = far(disk);
    try (TestBay test = TestBay.open(path)) {
      Volume far = test.bay.create(wanted, NOTHING);
      TestBay.write(far, 0, Bytes.random(3, 100));
      test.bay.points().freeze(List.of(test.bay.find("a"), far), "P", NOTHING);
      test.bay.close();
      Files.move(disk, away);
      test.bay = TestBay.open(path).bay;
      test.bay.points().drop("P", NOTHING);
      test.bay.find("a").bytes().tracks().awaitUpkeep();
      assertThat(test.bay.find("a").bytes().tracks().engaged()).isFalse();
      test.bay.points().freeze(List.of(test.bay.find("a")), "Q", NOTHING);
      for (int mount = 0; mount < 2; mount++) {
        test.bay.close();
        assertThat(BayCheck.run(path, new CheckOptions(RecoverMode.AUTO, true)).all())
            .extracting(Finding::line)
            .noneMatch(line -> line.contains("number"));
        if (mount == 1) {
          Files.move(away, disk);
        }
        test.bay = TestBay.open(path).bay;
        assertThat(test.bay.find("a").failure()).isNull();
        PointInTime q = Objects.requireNonNull(test.bay.points().findOrNull("Q"));
        assertThat(q.volumes().get(0).number()).isEqualTo(1);
      }
      test.bay.find("far").bytes().tracks().awaitUpkeep();
      assertThat(test.bay.find("far").bytes().tracks().engaged()).isFalse();
      assertThat(test.bay.catalogue().read(PointTable::all)).hasSize(1);
    }
  }
}
