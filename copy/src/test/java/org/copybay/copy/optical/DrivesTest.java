package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.READER;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in which drive. */
final class DrivesTest extends OpticalFixture {
  private OpticalVolume a;
  private OpticalVolume b;
  private OpticalVolume c;

  @BeforeEach
  void addCartridges() throws Exception {
    a = test.add(TestOptical.wanted("A", "LIB", MediaType.ERASE, S, 20L * S, 2));
    b = test.add("B", "LIB", MediaType.ERASE, 20);
    c = test.add("C", "LIB", MediaType.ERASE, 20);
  }

  /** The cartridges in the drives of the library. */
  private String drives() throws StorageException {
    return optical.drives().look(optical.device("LIB")).stream()
        .map(drive -> drive.cartridge() + (drive.users() > 0 ? "*" : ""))
        .collect(Collectors.joining(" "));
  }

  @Test
  void anOpenFetchesTheCartridgeIntoAnEmptyDrive() throws Exception {
    assertThat(drives()).isEqualTo("null null");
    try (OpenFile one = a.open(READER, false);
        OpenFile more = a.open(READER, false);
        OpenFile two = b.open(READER, false)) {
      assertThat(drives()).isEqualTo("A* B*");
      assertThat(optical.drives().driveOf(b)).isEqualTo(2);
      assertThat(optical.drives().driveOf(c)).isZero();
    }
    assertThat(drives()).as("they stay in").isEqualTo("A B");
  }

  @Test
  void anIdleVolumeIsTakenOutForAnotherOne() throws Exception {
    a.open(READER, false).close();
    try (OpenFile open = b.open(READER, false)) {
      c.open(READER, false).close();
      assertThat(drives()).isEqualTo("C B*");
    }
  }

  @Test
  void whereAllDrivesAreBusyTheSentenceSaysWho() throws Exception {
    try (OpenFile one = a.open(READER, false);
        OpenFile two = b.open(READER, false)) {
      assertFault(
          Fault.BUSY,
          () -> c.open(READER, false),
          "no drive of LIB is free for volume "
              + c.id()
              + ": drive 1 has "
              + a.id()
              + ", in use by ");
      assertThat(c.openers()).isEmpty();
    }
    c.open(READER, false).close();
  }

  @Test
  void anOpenWaitsForADriveThatGetsFree() throws Exception {
    OpenFile one = a.open(READER, false);
    try (OpenFile two = b.open(READER, false)) {
      CompletableFuture<Void> waiting =
          CompletableFuture.runAsync(
              () -> {
                try {
                  c.open(READER, false).close();
                } catch (StorageException e) {
                  throw new AssertionError(e);
                }
              });
      TestJobs.await("waits", () -> TestJobs.isIn(Drives.class, "await"));
      one.close();
      waiting.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void theOtherSideIsNotHadWhileOneIsOpen() throws Exception {
    OpticalVolume other = test.side("A.B");
    try (OpenFile open = a.open(READER, false)) {
      assertFault(
          Fault.BUSY,
          () -> other.open(READER, false),
          "the other side of cartridge A is in use: drive 1");
    }
    other.open(READER, false).close();
    assertThat(drives()).as("one cartridge is in one drive").isEqualTo("A null");
    assertThat(optical.drives().driveOf(a)).isZero();
    assertThat(optical.drives().driveOf(other)).isEqualTo(1);
  }

  @Test
  void aLibraryWithOneDriveHasOneVolumeAtATime() throws Exception {
    test.library("ONE", 1);
    OpticalVolume x = test.add("X", "ONE", MediaType.ERASE, 20);
    OpticalVolume y = test.add("Y", "ONE", MediaType.ERASE, 20);
    try (OpenFile open = x.open(WRITER, false)) {
      assertFault(Fault.BUSY, () -> y.open(READER, false), "no drive of ONE is free");
    }
    y.open(READER, false).close();
  }

  @Test
  void aJobHasItsDrivesForItself() throws Exception {
    optical.drives().hold(List.of(a, b), "7", false);

    assertThat(optical.drives().look(optical.device("LIB"))).allMatch(d -> "7".equals(d.job()));
    a.open(READER, false).close();
    assertFault(Fault.BUSY, () -> b.open(READER, false), "is held by job 7");
    assertFault(Fault.BUSY, () -> c.open(READER, false), "held by job 7");
    assertFault(Fault.BUSY, () -> optical.drives().hold(List.of(c), "8", true), "ODUP-DRIVEBUSY");
    assertFault(
        Fault.BUSY,
        () -> optical.moving().shelve(optical.cartridge("A"), "", NOTHING),
        "held by job 7");
    optical.drives().release(List.of(a, b), "8"); // another's
    assertThat(a.job()).isEqualTo("7");
    optical.drives().release(List.of(a, b), "7");
    test.assertNothingHeld();
    c.open(READER, false).close();
  }

  @Test
  void whoDoesNotGetAllDrivesGetsNone() throws Exception {
    try (OpenFile open = c.open(READER, false)) {
      assertFault(
          Fault.BUSY, () -> optical.drives().hold(List.of(a, b), "7", false), "ODUP-DRIVEBUSY");
      test.assertNothingHeld();
      b.open(READER, false).close();
    }
  }

  @Test
  void anOpenTargetIsInUse() throws Exception {
    try (OpenFile open = b.open(READER, false)) {
      assertFault(Fault.BUSY, () -> optical.drives().hold(List.of(a, b), "7", false), "ODUP-INUSE");
      test.assertNothingHeld();
    }
  }

  @Test
  void anUnloadedCartridgeIsBackInItsSlot() throws Exception {
    assertFault(Fault.ALREADY, () -> optical.moving().unload(a), "is in no drive");
    OpenFile open = a.open(READER, false);
    assertFault(Fault.BUSY, () -> optical.moving().unload(a), "cannot unload it");
    open.close();
    optical.moving().unload(a);
    assertThat(drives()).isEqualTo("null null");
  }

  @Test
  void everyImageOfACatalogueHasADriveOfItsOwn() throws Exception {
    OpticalDevice catalogue = test.device("CAT", DeviceType.VIRTUAL, 1);
    for (String name : new String[] {"X", "Y", "Z"}) {
      test.add(name, "CAT", MediaType.ERASE, 20).open(READER, false).close();
    }
    optical.moving().shelve(optical.cartridge("X"), "", NOTHING);
    test.add("W", "CAT", MediaType.ERASE, 20).open(READER, false).close();

    assertThat(optical.drives().look(catalogue))
        .extracting(Drives.DriveStatus::number)
        .doesNotHaveDuplicates()
        .hasSize(3);
  }
}
