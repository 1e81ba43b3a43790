package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.VolumeState;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices and cartridges come, move and go; programs make images. */
final class CartridgesTest extends OpticalFixture {
  private Cartridges cartridges() {
    return optical.cartridges();
  }

  private OpticalVolume add(String name, String device) throws StorageException {
    return test.add(TestOptical.wanted(name, device, MediaType.ERASE, S, 20L * S, 2));
  }

  private void shelve(String name) throws StorageException {
    optical.moving().shelve(optical.cartridge(name), "", NOTHING);
  }

  private void insert(String name, String device, int slot) throws StorageException {
    optical.moving().insert(optical.cartridge(name), optical.device(device), slot, NOTHING);
  }

  // ---- devices

  @ParameterizedTest
  @CsvSource({
    "LIB, LIBRARY, 1, 5, EXISTS",
    "lib2, LIBRARY, 1, 5, BAD_REQUEST",
    "L2, LIBRARY, 0, 5, BAD_REQUEST",
    "L2, LIBRARY, 65, 5, BAD_REQUEST",
    "L2, LIBRARY, 1, 0, BAD_REQUEST",
    "L2, LIBRARY, 1, 4097, BAD_REQUEST"
  })
  void aDeviceThatCannotBeIsRefused(
      String name, DeviceType type, int drives, int slots, Fault fault) {
    DeviceRecord wanted = new DeviceRecord(name, type, drives, slots, MediaType.DVD_RAM);
    assertFault(fault, () -> optical.setup().create(wanted, NOTHING), "");
  }

  @Test
  void aDeviceWithACartridgeStays() throws Exception {
    add("C", "LIB");
    assertFault(
        Fault.BUSY,
        () -> optical.setup().remove(optical.device("LIB"), NOTHING),
        "cartridge C is in");
    shelve("C");
    optical.setup().remove(optical.device("LIB"), NOTHING);
    reopen();
    assertThat(optical.devices()).isEmpty();
    assertThat(optical.cartridge("C").shelved()).isTrue();
  }

  // ---- new cartridges

  @Test
  void bothSidesOfANewCartridgeAreBlankVolumesWithAStamp() throws Exception {
    OpticalVolume a = add("C", "LIB");
    OpticalVolume b = test.side("C.B");
    Set<String> ids = new HashSet<>();
    for (OpticalVolume each : new OpticalVolume[] {a, b, add("D", "LIB")}) {
      assertThat(each.id()).matches("[0-9]{12}");
      assertThat(each.size()).isZero();
      assertThat(each.row().state()).isEqualTo(SideState.UNINITIALIZED);
      assertThat(ids.add(each.id())).as("stamps differ").isTrue();
      assertThat(optical.activeOrNull(each.id())).isSameAs(each);
    }
    assertThat(optical.opposite(a)).isSameAs(b);
    assertThat(test.bay.volumes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2047, 20470, 1, a power of two",
    "256, 2560, 1, a power of two",
    "131072, 131072, 1, a power of two",
    "2048, 2047, 1, whole sectors",
    "2048, 3000, 1, whole sectors",
    "2048, 20480, 0, one or two sides",
    "2048, 20480, 3, one or two sides"
  })
  void aMediumThatCannotBeIsRefused(int sector, long capacity, int sides, String words) {
    assertFault(
        Fault.BAD_REQUEST,
        () -> test.add(TestOptical.wanted("C", "LIB", MediaType.ERASE, sector, capacity, sides)),
        words);
    assertThat(test.bay.hiddenVolumes()).isEmpty();
  }

  @Test
  void aSideHasNoMoreSectorsThanAJobKeepsInMemory() {
    long most = MediaType.MAX_SECTORS * 512;
    assertFault(
        Fault.OUT_OF_RANGE,
        () -> test.add(TestOptical.wanted("C", "LIB", MediaType.ERASE, 512, most + 512, 1)),
        "a side has at most 134217728 sectors");
    assertThat(test.bay.hiddenVolumes()).isEmpty();
  }

  @Test
  void aCdHasOneSide() {
    assertFault(
        Fault.BAD_REQUEST,
        () -> test.add(TestOptical.wanted("C", "LIB", MediaType.CD_ROM, S, 20L * S, 2)),
        "has one side");
  }

  @Test
  void aNameIsTakenOnce() throws Exception {
    add("C", "LIB");
    assertFault(Fault.EXISTS, () -> add("C", "LIB"), "cartridge C exists");
    assertFault(Fault.BAD_REQUEST, () -> add("c", "LIB"), "named by 1 to 32");
    assertThat(cartridges().freeName()).isEqualTo("C00001");
  }

  @Test
  void slotsAreTakenFromTheFirstOneOn() throws Exception {
    for (String name : new String[] {"A", "B", "C"}) {
      add(name, "LIB");
    }
    shelve("B");
    assertThat(optical.cartridge("C").slot()).isEqualTo(3);
    add("D", "LIB");
    assertThat(optical.cartridge("D").slot()).isEqualTo(2);
    assertFault(Fault.BUSY, () -> insert("B", "LIB", 2), "slot 2 of library LIB is taken");
    assertFault(Fault.BAD_REQUEST, () -> insert("B", "LIB", 51), "slots 1 to 50");
    insert("B", "LIB", 50);
    assertThat(optical.cartridge("B").slot()).isEqualTo(50);
  }

  @Test
  void aFullLibraryTakesNoMore() throws Exception {
    optical
        .setup()
        .create(new DeviceRecord("L1", DeviceType.LIBRARY, 1, 1, MediaType.DVD_RAM), NOTHING);
    add("A", "L1");
    assertFault(Fault.NO_SPACE, () -> add("B", "L1"), "all 1 slots of library L1");
    assertThat(test.bay.hiddenVolumes()).hasSize(2);
  }

  // ---- moving

  @Test
  void aShelvedCartridgeHasNoFileAndComesBack() throws Exception {
    OpticalVolume a = test.init(add("C", "LIB"), "V");
    test.write(a, 0, random(1, S));
    optical.moving().shelve(optical.cartridge("C"), "in the safe", NOTHING);

    assertThat(optical.activeOrNull("V")).isNull();
    assertThat(optical.hidden(a)).isEqualTo("its cartridge is in no device");
    assertThat(optical.cartridge("C").location()).isEqualTo("in the safe");
    assertFault(Fault.NOT_FOUND, () -> a.open(WRITER, false), "is not to be had");
    assertFault(Fault.ALREADY, () -> shelve("C"), "on the shelf already");
    insert("C", "LIB", 0);
    assertThat(TestOptical.read(a)).isEqualTo(random(1, S));
    assertFault(Fault.BUSY, () -> insert("C", "LIB", 0), "cartridge C is in device LIB");
  }

  @Test
  void anOpenVolumeKeepsItsCartridgeWhereItIs() throws Exception {
    OpticalVolume a = add("C", "LIB");
    try (OpenFile open = a.open(WRITER, false)) {
      assertFault(Fault.BUSY, () -> shelve("C"), "in use by");
      assertFault(
          Fault.BUSY,
          () -> cartridges().destroy(optical.cartridge("C"), NOTHING),
          "cannot destroy its cartridge");
    }
    shelve("C");
  }

  @Test
  void aStandaloneDeviceShowsTheSideThatIsUp() throws Exception {
    OpticalDevice drive = test.device("DRIVE", DeviceType.STANDALONE, 1);
    OpticalVolume a = add("C", "DRIVE");
    OpticalVolume b = test.side("C.B");
    assertThat(optical.setup().mountedVolume(drive)).isSameAs(a);
    assertThat(optical.hidden(b)).isEqualTo("the other side of its cartridge is up");

    try (OpenFile open = a.open(WRITER, false)) {
      assertFault(Fault.BUSY, () -> optical.moving().flip(drive, NOTHING), "cannot turn cartridge");
    }
    optical.moving().flip(drive, NOTHING);

    assertThat(optical.setup().mountedVolume(drive)).isSameAs(b);
    assertFault(Fault.NOT_FOUND, () -> a.open(WRITER, false), "the other side");
    b.open(WRITER, false).close();
    reopen();
    assertThat(optical.setup().mountedVolume(optical.device("DRIVE")).key()).isEqualTo("C.B");
    assertFault(Fault.BUSY, () -> add("D", "DRIVE"), "has cartridge C");
  }

  @Test
  void nothingIsMountedInALibrary() {
    assertFault(
        Fault.UNSUPPORTED,
        () -> optical.setup().mounted(optical.device("LIB")),
        "is for stand-alone devices");
  }

  @Test
  void oneSideIsNotTurned() throws Exception {
    OpticalDevice drive = test.device("DRIVE", DeviceType.STANDALONE, 1);
    assertFault(Fault.NO_MEDIUM, () -> optical.moving().flip(drive, NOTHING), "OPT1504");
    test.add("C", "DRIVE", MediaType.ERASE, 20);
    assertFault(Fault.BAD_REQUEST, () -> optical.moving().flip(drive, NOTHING), "one side only");
  }

  @Test
  void ofTwoVolumesOfOneNameOneIsActive() throws Exception {
    OpticalVolume a = test.init(add("C", "LIB"), "V");
    shelve("C");
    OpticalVolume other = test.init(add("D", "LIB"), "V");
    insert("C", "LIB", 0);

    assertThat(optical.activeOrNull("V")).as("that which was first").isSameAs(other);
    assertThat(optical.hidden(a)).isEqualTo("another volume of its name is active");
    assertFault(Fault.NOT_FOUND, () -> a.open(WRITER, false), "another volume of its name");
    assertThat(optical.find("C.A")).isSameAs(a);
    shelve("D");
    assertThat(optical.activeOrNull("V")).isSameAs(a);
  }

  @Test
  void aDestroyedCartridgeIsGoneWithItsBytes() throws Exception {
    add("C", "LIB");
    cartridges().destroy(optical.cartridge("C"), NOTHING);
    assertThat(optical.volumes()).isEmpty();
    assertThat(test.bay.hiddenVolumes()).isEmpty();
    add("C", "LIB");
  }

  // ---- images

  private OpticalVolume image(String id, byte[] bytes) throws StorageException {
    OpticalVolume image = optical.images().create(id, TestOptical.OWNER);
    try (OpenFile open = image.open(WRITER, true)) {
      for (int at = 0; at < bytes.length; at += 50_000) {
        byte[] piece = java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 50_000));
        open.write(at, TestOptical.direct(piece));
      }
    }
    return image;
  }

  @Test
  void anImageOfIsoIsWholeAndWriteProtected() throws Exception {
    byte[] bytes = TestOptical.iso("DISC", 60);
    OpticalVolume image = image("IMAGE", bytes);

    assertThat(image.medium().volume().state()).isEqualTo(VolumeState.READY);
    assertThat(image.row().state()).isEqualTo(SideState.INITIALIZED);
    assertThat(image.row().label().writeProtected()).isTrue();
    assertThat(TestOptical.read(image)).isEqualTo(bytes);
    assertThat(TestOptical.written(image).cardinality()).isEqualTo(60);
    assertThat(image.medium().capacity()).isEqualTo(60L * S);
    assertFault(Fault.READ_ONLY, () -> test.write(image, 0, new byte[1]), "write-protected");
    assertThat(optical.deviceOf(image)).isSameAs(optical.device(DeviceRecord.IMAGES));
  }

  @Test
  void anImageWithoutAFormatHasItsNameOnly() throws Exception {
    OpticalVolume image = image("IMAGE", random(1, 5 * S + 1));
    assertThat(image.row().state()).isEqualTo(SideState.INITIALIZED);
    assertThat(image.medium().capacity()).as("whole sectors").isEqualTo(6L * S);
    assertThat(image.row().label().writeProtected()).isFalse();
    test.write(image, 0, random(2, S));
  }

  @Test
  void anotherProgramDoesNotEraseAnImageInTheMaking() throws Exception {
    OpticalVolume image = optical.images().create("IMAGE", TestOptical.OWNER);
    try (OpenFile open = image.open(WRITER, false)) {
      open.write(0, TestOptical.direct(random(1, S)));
      assertFault(
          Fault.BUSY,
          () -> image.open(new Opener(WRITER.pid() + 1, true), true),
          "image IMAGE is being made by pid");
    }
    assertThat(TestOptical.read(image)).isEqualTo(random(1, S));
  }

  @Test
  void theLabelBesideASideIsMadeGoodByTheMount() throws Exception {
    Path label = add("C", "LIB").medium().volume().directory().resolve("optical");
    String said = Files.readString(label);
    for (String wrong : new String[] {null, said.replace("ERASE", "WORM")}) {
      test.close();
      Files.delete(label);
      if (wrong != null) {
        Files.writeString(label, wrong);
      }
      reopen();
      assertThat(Files.readString(label)).isEqualTo(said);
    }
  }

  @Test
  void twoRenamesAtOnceDoNotTakeOneName() throws Exception {
    for (int round = 0; round < 20; round++) {
      String name = "N" + round;
      add("P" + round, "LIB");
      add("Q" + round, "LIB");
      List<OpticalVolume> both =
          List.of(test.side("P" + round + ".A"), test.side("Q" + round + ".A"));
      long taken =
          both.parallelStream()
              .filter(
                  each -> {
                    try {
                      optical
                          .labels()
                          .change(each, new Labels.Changing(name, null, null, null), NOTHING);
                      return true;
                    } catch (StorageException e) {
                      assertThat(e.fault()).isEqualTo(Fault.EXISTS);
                      return false;
                    }
                  })
              .count();
      assertThat(taken).isEqualTo(1);
    }
  }

  @Test
  void anImageInTheMakingIsGoneOnWithAfterARestart() throws Exception {
    OpticalVolume image = optical.images().create("IMAGE", TestOptical.OWNER);
    assertThat(image.row().state()).isEqualTo(SideState.MAKING);
    assertThat(image.making()).isTrue();
    reopen();
    OpticalVolume again = optical.find("IMAGE");
    try (OpenFile open = again.open(WRITER, false)) {
      open.write(0, TestOptical.direct(TestOptical.iso("DISC", 30)));
    }
    assertThat(again.row().state()).isEqualTo(SideState.INITIALIZED);
  }

  @Test
  void anImageWithTheNameOfAVolumeIsRefused() throws Exception {
    test.init(add("C", "LIB"), "V");
    assertFault(
        Fault.EXISTS, () -> optical.images().create("V", TestOptical.OWNER), "volume V exists");
    assertFault(
        Fault.BAD_REQUEST, () -> optical.images().create("v", TestOptical.OWNER), "A-Z 0-9");
    assertThat(optical.deviceOrNull(DeviceRecord.IMAGES)).isNull();
  }

  @Test
  void aProgramThatWritesAFormatLabelsABlankVolume() throws Exception {
    OpticalVolume a = test.add("C", "LIB", MediaType.ERASE, 60);
    test.write(a, 0, TestOptical.iso("DISC", 60));
    assertThat(a.row().state()).isEqualTo(SideState.INITIALIZED);
    test.truncate(a);
    assertThat(a.size()).isZero();
  }

  @Test
  void manyProgramsMakeImagesAtOnce() throws Exception {
    Queue<StorageException> refused = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int own = i;
      Thread thread =
          new Thread(
              () -> {
                for (String id : new String[] {"SAME", "OWN" + own, "OWN" + (own + 10)}) {
                  try {
                    optical.images().create(id, TestOptical.OWNER);
                  } catch (StorageException e) {
                    refused.add(e);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(refused).hasSize(3).allMatch(e -> e.fault() == Fault.EXISTS);
    assertThat(refused).allMatch(e -> String.valueOf(e.getMessage()).contains("SAME"));
    assertThat(optical.active()).hasSize(9);
    assertThat(test.bay.hiddenVolumes()).hasSize(9);
  }
}
