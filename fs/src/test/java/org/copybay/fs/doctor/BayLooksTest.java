package org.copybay.fs.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.copybay.fs.doctor.Finding.Severity;
import org.copybay.fs.mount.Daemons;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.store.MountTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bay, the disk below it, and the place where it is mounted. */
class BayLooksTest {
  private static final Path BAY = Path.of("/srv/bay");
  private static final Path MNT = Path.of("/mnt/bay");
  private static final Optional<Daemons.Running> RUNNING =
      Optional.of(new Daemons.Running(42, BAY, MNT));

  @TempDir Path temp;

  @Test
  void fitFileSystemsAreInOrder() {
    for (String disk : List.of("ext4 /dev/sda rw", "xfs /dev/sda rw", "btrfs /dev/sda rw,ssd")) {
      assertThat(disk(disk).severity()).as(disk).isEqualTo(Severity.OK);
    }
    assertThat(disk("tmpfs t rw").found()).contains("gone with the power");
    assertThat(disk("f2fs /dev/sda rw").severity()).isEqualTo(Severity.WARNING);
    assertThat(disk("overlay overlay rw").severity()).isEqualTo(Severity.WARNING);
    assertThat(disk("ext4 /dev/sda rw,nobarrier").severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void unfitFileSystemsAreProblems() {
    for (String disk :
        List.of(
            "nfs4 host:/x rw,vers=4.2",
            "cifs //host/x rw",
            "fuse.sshfs host:/x rw",
            "fuse.copybay copybay#a rw",
            "vfat /dev/sdb1 rw",
            "ramfs r rw",
            "overlay overlay rw,volatile",
            "ext4 /dev/sda rw,data=writeback")) {
      assertThat(disk(disk).severity()).as(disk).isEqualTo(Severity.PROBLEM);
      assertThat(disk(disk).fix()).as(disk).isNotNull();
    }
    assertThat(disk("ext4 /dev/sda rw,data=writeback").fix()).contains("tune2fs");
  }

  private static Finding disk(String typeSourceOptions) {
    return BackingDisk.find(
        MountTable.parse("30 1 254:0 / / rw - " + typeSourceOptions + "\n")
            .holding(BAY)
            .orElseThrow(),
        BAY);
  }

  @Test
  void aScratchFileFindsHolesAndLeavesNothing() throws IOException, StorageException {
    List<Finding> findings = ScratchFile.look(temp);

    assertThat(findings).extracting(Finding::severity).containsOnly(Severity.OK);
    assertThat(findings).extracting(Finding::point).containsExactly("holes", "largest file");
    try (var left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
    assertThat(ScratchFile.holesMissing("none").severity()).isEqualTo(Severity.PROBLEM);
    assertThat(ScratchFile.largest((4L << 30) - 1).severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void scarceSpaceIsAWarning() {
    long tebibyte = 1L << 40;

    assertThat(DiskSpace.find(BAY, tebibyte, 2L << 30).severity()).isEqualTo(Severity.OK);
    assertThat(DiskSpace.find(BAY, tebibyte, 900L << 20).severity()).isEqualTo(Severity.WARNING);
    assertThat(DiskSpace.find(BAY, 1L << 30, 200L << 20).severity()).isEqualTo(Severity.OK);
    assertThat(DiskSpace.find(BAY, 1L << 30, 79L << 20).severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void aDirectoryThatIsNoBayIsAProblem() throws Exception {
    Finding finding = BayDirectory.look(temp, RightsTest.USER).get(0);

    assertThat(finding.severity()).isEqualTo(Severity.PROBLEM);
    assertThat(finding.fix()).contains("init");
    assertThat(BayDirectory.missing(BAY).fix()).isEqualTo("copybay init /srv/bay");
  }

  @Test
  void aCatalogueThatNoMountTakesIsAProblem() throws Exception {
    Path bay = temp.resolve("bay");
    BayOpener.init(bay, Clock.systemUTC());
    assertThat(BayDirectory.look(bay, RightsTest.ROOT))
        .allMatch(finding -> finding.severity() == Severity.OK);
    assertThat(BayDirectory.catalogue(bay))
        .extracting(Finding::severity, Finding::found)
        .containsExactly(tuple(Severity.OK, "it can be read"));

    Files.writeString(bay.resolve("catalogue.db"), "words");
    assertDamaged(bay, "it is empty or no catalogue");

    Files.delete(bay.resolve("catalogue.db"));
    assertDamaged(bay, "the file is missing");
  }

  private static void assertDamaged(Path bay, String why) throws Exception {
    assertThat(BayDirectory.catalogue(bay))
        .filteredOn(finding -> finding.severity() == Severity.PROBLEM)
        .singleElement()
        .satisfies(finding -> assertThat(finding.found()).contains(why))
        .satisfies(
            finding -> assertThat(finding.fix()).isEqualTo("copybay check --rebuild " + bay));
  }

  @Test
  void aBayMustBelongToWhoMountsIt() {
    assertThat(BayDirectory.access(BAY, true, 0, RightsTest.USER).severity())
        .isEqualTo(Severity.OK);
    assertThat(BayDirectory.access(BAY, false, 0, RightsTest.USER).fix())
        .startsWith("chown -R 1000 /srv/bay");
    assertThat(BayDirectory.access(BAY, false, 1000, RightsTest.USER).fix()).contains("-o ro");
    assertThat(BayDirectory.access(BAY, false, 7, RightsTest.ROOT).fix()).contains("-o ro");
  }

  @Test
  void theDaemonIsNamedAndOneThatCannotBeSeenIsAProblem() {
    assertThat(BayDirectory.daemon(BAY, RUNNING, false).found())
        .isEqualTo("pid 42 serves it at /mnt/bay");
    assertThat(BayDirectory.daemon(BAY, Optional.empty(), false).severity()).isEqualTo(Severity.OK);
    assertThat(BayDirectory.daemon(BAY, Optional.empty(), true).severity())
        .isEqualTo(Severity.PROBLEM);
  }

  @Test
  void theMountPointIsAnEmptyDirectoryOutsideOfTheBay() throws IOException {
    assertThat(MountPoint.look(temp.resolve("none"), BAY, RightsTest.ROOT).get(0).fix())
        .isEqualTo("mkdir " + temp.resolve("none"));
    assertThat(MountPoint.look(temp, temp.resolve("bay"), RightsTest.ROOT).get(0).found())
        .contains("one inside the other");
    assertThat(MountPoint.look(temp, temp.getParent(), RightsTest.ROOT).get(0).severity())
        .isEqualTo(Severity.PROBLEM);
    assertThat(MountPoint.look(temp, BAY, RightsTest.ROOT).get(0).found()).endsWith("is empty");
    Files.createFile(temp.resolve("file"));
    assertThat(MountPoint.look(temp, BAY, RightsTest.ROOT).get(0).found()).contains("hides");
    assertThat(MountPoint.find(MNT, true, false, RightsTest.USER).fix()).startsWith("chown 1000");
  }

  @Test
  void aMountPointIsTakenByAnotherBayOnly() {
    assertThat(MountPoint.taken(MNT, BAY, RUNNING).severity()).isEqualTo(Severity.OK);
    assertThat(MountPoint.taken(MNT, Path.of("/srv/other"), RUNNING).found()).contains("/srv/bay");
    assertThat(MountPoint.taken(MNT, BAY, Optional.empty()).fix())
        .isEqualTo("copybay umount /mnt/bay");
  }

  @Test
  void theHealthOfAMountIsPassedOn() {
    assertThat(MountedBay.healthy(MNT, "ok").severity()).isEqualTo(Severity.OK);
    Finding degraded = MountedBay.healthy(MNT, "degraded: volume v failed");
    assertThat(degraded.severity()).isEqualTo(Severity.WARNING);
    assertThat(degraded.fix()).isEqualTo("cat /mnt/bay/.control/health");
    assertThat(MountedBay.healthy(MNT, "failed: disk").severity()).isEqualTo(Severity.PROBLEM);
    assertThat(MountedBay.dead(MNT, RightsTest.ROOT).fix()).isEqualTo("umount -l /mnt/bay");
    assertThat(MountedBay.dead(MNT, RightsTest.USER).fix()).isEqualTo("fusermount3 -u -z /mnt/bay");
  }
}
