package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule of DUPOPT refuses with its code, and changes neither source nor target. */
final class OdupTest extends OpticalFixture {
  private final List<OpenFile> open = new ArrayList<>();

  private OpticalVolume source(MediaType type) throws Exception {
    OpticalVolume source = test.init(test.add("SRC", "LIB", type, 64), "SOURCE");
    test.write(source, 0, random(1, 20 * S));
    return source;
  }

  private OpticalVolume target(MediaType type) throws Exception {
    return test.add("TGT", "LIB", type, 64);
  }

  /** A source and a target that nothing speaks against, and what is asked of them. */
  private Ask usual() throws Exception {
    source(MediaType.ERASE);
    target(MediaType.ERASE);
    return Ask.of("SOURCE", "TGT.A").ids("COPY");
  }

  @Test
  void nothingSpeaksAgainstTheUsualOne() throws Exception {
    test.duplicate(usual());
  }

  /** Every code but that of an optical storage which is damaged: that ends a job. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SYS")
  void aRefusalHasItsCodeAndLeavesBothAsTheyWere(Odup code) throws Exception {
    Ask ask = prepare(code);
    List<String> before = seen();
    int jobs = test.jobs.all().size();

    assertThatThrownBy(() -> test.start(ask))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(code.fault()))
        .hasMessageStartingWith(code.code() + ": ");

    assertThat(seen()).isEqualTo(before);
    assertThat(test.jobs.all()).hasSize(jobs);
    open.forEach(OpenFile::close);
    test.assertNothingHeld();
  }

  /** Bytes, written sectors and rows of all that can be read. */
  private List<String> seen() throws StorageException {
    List<String> seen = new ArrayList<>();
    for (OpticalVolume each : optical.volumes()) {
      String bytes;
      try {
        bytes = "" + java.util.Arrays.hashCode(TestOptical.raw(each));
      } catch (StorageException e) {
        bytes = "unreadable";
      }
      seen.add(each.row() + " " + bytes + " " + TestOptical.written(each));
    }
    return seen;
  }

  private Ask prepare(Odup code) throws Exception {
    return switch (code) {
      case NODRIVE, DRIVEBUSY, NOSRC, NOTGT, EMPTY -> devices(code);
      case SECTOR, OPPSIDE, SAMEVOL, DEVCLASS, MEDIATYPE, SMALL -> media(code);
      case WORMUSED, NOTCLEAR, WRTPTC, BACKUP, INUSE, AUTH -> states(code);
      case BADNAME -> usual().ids("small letters");
      case DUPNAME -> {
        test.add("OTHER", "LIB", MediaType.ERASE, 8);
        test.init(test.side("OTHER.A"), "TAKEN");
        yield usual().ids("TAKEN");
      }
      case FORMAT -> {
        byte[] image = TestOptical.iso("ISO", 64);
        TestOptical.put(image, 1024, "H+\0\4");
        TestOptical.put(image, 1024 + 40, "\0\0\20\0");
        Ask ask = usual();
        test.write(test.side("SRC.A"), 0, image);
        yield ask;
      }
      case MEDIA -> {
        Ask ask = usual();
        cut(test.side("SRC.A"));
        yield ask;
      }
      case SYS -> throw new AssertionError();
    };
  }

  private static void cut(OpticalVolume volume) {
    try (var channel =
        Files.newByteChannel(volume.medium().volume().home(), StandardOpenOption.WRITE)) {
      channel.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Ask devices(Odup code) throws Exception {
    switch (code) {
      case NODRIVE -> {
        test.library("ONE", 1);
        test.init(test.add("S1", "ONE", MediaType.ERASE, 8), "S1");
        test.add("T1", "ONE", MediaType.ERASE, 8);
        return Ask.of("S1", "T1.A");
      }
      case DRIVEBUSY -> {
        Ask ask = usual();
        OpticalVolume other = test.add("OTHER", "LIB", MediaType.ERASE, 8);
        open.add(other.open(WRITER, false));
        return ask;
      }
      case NOSRC -> {
        usual();
        return Ask.of("NOBODY", "TGT.A");
      }
      case NOTGT -> {
        usual();
        return Ask.of("SOURCE", "NOBODY");
      }
      default -> {
        usual();
        test.device("DRIVE", DeviceType.STANDALONE, 1);
        return Ask.of("SOURCE", DuplicateSpec.MOUNTED).in(null, "DRIVE");
      }
    }
  }

  private Ask media(Odup code) throws Exception {
    switch (code) {
      case SECTOR -> {
        source(MediaType.ERASE);
        test.add(TestOptical.wanted("TGT", "LIB", MediaType.ERASE, 512, 64L * S, 1));
      }
      case OPPSIDE -> {
        OpticalVolume a =
            test.add(TestOptical.wanted("TGT", "LIB", MediaType.ERASE, S, 64L * S, 2));
        test.init(a, "SOURCE");
        return Ask.of("SOURCE", "TGT.B");
      }
      case SAMEVOL -> {
        source(MediaType.ERASE);
        return Ask.of("SOURCE", "SRC.A").clear(true);
      }
      case DEVCLASS -> {
        source(MediaType.ERASE);
        test.device("DRIVE", DeviceType.STANDALONE, 1);
        test.add("TGT", "DRIVE", MediaType.ERASE, 64);
      }
      case MEDIATYPE -> {
        source(MediaType.ERASE);
        target(MediaType.WORM);
      }
      default -> {
        source(MediaType.ERASE);
        test.add("TGT", "LIB", MediaType.ERASE, 63);
      }
    }
    return Ask.of("SOURCE", "TGT.A");
  }

  private Ask states(Odup code) throws Exception {
    Ask ask = code == Odup.WORMUSED ? Ask.of("SOURCE", "TGT.A").clear(true) : usual();
    switch (code) {
      case WORMUSED -> {
        source(MediaType.WORM);
        test.write(target(MediaType.WORM), 0, new byte[] {1});
      }
      case NOTCLEAR -> test.init(test.side("TGT.A"), "USED");
      case WRTPTC ->
          optical
              .labels()
              .change(test.side("TGT.A"), new Labels.Changing(null, null, null, true), NOTHING);
      case BACKUP -> {
        OpticalVolume other = test.init(test.add("S2", "LIB", MediaType.ERASE, 64), "PRIMARY2");
        backup(test.side("TGT.A"));
        test.duplicate(Ask.of(other.id(), "BACKUP").clear(true));
        ask.clear(true);
      }
      case INUSE -> open.add(test.side("TGT.A").open(WRITER, false));
      default -> {
        optical.labels().setOwner(test.side("SRC.A"), new Owner(1, 2, 0600));
        ask.by(77);
      }
    }
    return ask;
  }

  private void backup(OpticalVolume volume) throws StorageException {
    optical
        .initializing()
        .initialize(
            volume,
            new Initializing.Spec("BACKUP", 0, false, "", VolumeType.BACKUP, null),
            NOTHING);
  }

  // ---- more ways to the same codes

  private void assertRefused(Odup code, Ask ask, String words) {
    assertFault(code.fault(), () -> test.start(ask), code.code() + ": ");
    assertFault(code.fault(), () -> test.start(ask), words);
    test.assertNothingHeld();
  }

  @Test
  void aSourceWithoutALabelIsNone() throws Exception {
    usual();
    assertRefused(Odup.NOSRC, Ask.of("TGT.A", "SRC.A"), "is uninitialized: it has no label");
  }

  @Test
  void aShelvedVolumeIsNotFoundInADevice() throws Exception {
    Ask ask = usual();
    optical.moving().shelve(optical.cartridge("TGT"), "safe", NOTHING);
    assertRefused(Odup.NOTGT, ask, "OPT1330: volume TGT.A is not found in a device");
  }

  @Test
  void aVolumeInAnotherDeviceThanTheNamedOneIsNotThere() throws Exception {
    usual();
    test.device("DRIVE", DeviceType.STANDALONE, 1);
    assertRefused(Odup.NOTGT, Ask.of("SOURCE", "TGT.A").in(null, "DRIVE"), "OPT1460");
    assertRefused(Odup.NOSRC, Ask.of("SOURCE", "TGT.A").in("DRIVE", null), "OPT1460");
  }

  @Test
  void mountedNeedsADeviceThatIsNoLibrary() throws Exception {
    usual();
    assertFault(Fault.BAD_REQUEST, () -> test.start(Ask.of("*MOUNTED", "TGT.A")), "needs a device");
    assertFault(
        Fault.UNSUPPORTED,
        () -> test.start(Ask.of("*MOUNTED", "TGT.A").in("LIB", null)),
        "is for stand-alone devices");
  }

  @Test
  void aTargetThatIsNamedTwiceIsOneTooMany() throws Exception {
    usual();
    assertRefused(Odup.SAMEVOL, Ask.of("SOURCE", "TGT.A", "TGT.A"), "is named twice");
  }

  @Test
  void twoTargetsDoNotGetOneName() throws Exception {
    usual();
    test.add("TGT2", "LIB", MediaType.ERASE, 64);
    test.library("BIG", 4);
    assertRefused(
        Odup.DUPNAME, Ask.of("SOURCE", "TGT.A", "TGT2.A").ids("ONE", "ONE"), "is named twice");
    assertFault(
        Fault.BAD_REQUEST,
        () -> test.start(Ask.of("SOURCE", "TGT.A").ids("A", "B")),
        "newvol= names 2 volumes");
  }

  @Test
  void theNameOfAUdfVolumeHas30Characters() throws Exception {
    OpticalVolume source = test.add("SRC", "LIB", MediaType.DVD_RAM, 64);
    test.init(source, "SOURCE");
    assertThat(source.row().label().format()).isEqualTo(MediaFormat.UDF);
    target(MediaType.DVD_RAM);
    Ask ask = Ask.of("SOURCE", "TGT.A");
    assertRefused(Odup.BADNAME, ask.ids("X".repeat(31)), "OPT1542 reason 01");
    test.duplicate(ask.ids("X".repeat(30)));
  }

  @Test
  void aWriteProtectedTargetIsLeftAloneWithClearToo() throws Exception {
    Ask ask = usual();
    optical
        .labels()
        .change(test.side("TGT.A"), new Labels.Changing(null, null, null, true), NOTHING);
    assertRefused(Odup.WRTPTC, ask.clear(true), "is write-protected");
  }

  @Test
  void anInitializedWormIsUsed() throws Exception {
    source(MediaType.WORM);
    test.init(target(MediaType.WORM), "USED");
    assertRefused(Odup.WORMUSED, Ask.of("SOURCE", "USED").clear(true), "*WORM and initialized");
  }

  @Test
  void aWrittenTargetWithoutALabelNeedsClearToo() throws Exception {
    Ask ask = usual();
    test.write(test.side("TGT.A"), 0, new byte[] {1});
    assertRefused(Odup.NOTCLEAR, ask, "is written");
    test.duplicate(ask.clear(true));
  }

  @Test
  void incrementalAndResumedOnesLoseNoOtherVolume() throws Exception {
    usual();
    test.init(test.side("TGT.A"), "PRECIOUS");
    assertRefused(Odup.NOTCLEAR, Ask.of("SOURCE", "PRECIOUS").incremental(), "is initialized");
    assertRefused(Odup.NOTCLEAR, Ask.of("SOURCE", "PRECIOUS").resume(), "is initialized");
  }

  @Test
  void anImageInTheMakingIsNoTarget() throws Exception {
    usual();
    OpticalVolume image = optical.images().create("IMAGE", TestOptical.OWNER);
    OpenFile writer = image.open(WRITER, true);
    writer.write(0, TestOptical.direct(random(1, 100 * S)));
    assertRefused(Odup.NOTGT, Ask.of("SOURCE", "IMAGE").clear(true), "is being made");
    assertFault(Fault.BUSY, () -> test.init(image, "OTHER"), "");
    writer.close();
  }

  @Test
  void aBackupIsTheSourceOfNoOtherBackup() throws Exception {
    Ask ask = usual();
    backup(test.side("TGT.A"));
    test.duplicate(ask.clear(true).ids(DuplicateSpec.TO));
    OpticalVolume second = test.add("T2", "LIB", MediaType.ERASE, 64);
    optical
        .initializing()
        .initialize(
            second,
            new Initializing.Spec("BACKUP2", 0, false, "", VolumeType.BACKUP, null),
            NOTHING);
    assertRefused(Odup.BACKUP, Ask.of("BACKUP", "BACKUP2").clear(true), "is a *BACKUP volume");
  }

  @Test
  void whoMayNotWriteTheTargetIsRefused() throws Exception {
    Ask ask = usual();
    optical.labels().setOwner(test.side("SRC.A"), new Owner(1, 2, 0644));
    assertRefused(Odup.AUTH, ask.by(77), "uid 77 may not write target");
    optical.labels().setOwner(test.side("TGT.A"), new Owner(77, 2, 0200));
    test.duplicate(ask);
  }

  @Test
  void aSourceThatIsOpenIsNoExclusiveOne() throws Exception {
    Ask ask = usual();
    try (OpenFile reader = test.side("SRC.A").open(WRITER, false)) {
      assertRefused(Odup.INUSE, ask.exclusive(), "source SOURCE is open by");
    }
  }
}
