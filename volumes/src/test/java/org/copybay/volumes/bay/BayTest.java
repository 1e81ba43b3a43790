package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.READER;
import static org.copybay.volumes.bay.TestBay.WRITER;
import static org.copybay.volumes.bay.TestBay.assertFault;
import static org.copybay.volumes.bay.TestBay.read;
import static org.copybay.volumes.bay.TestBay.write;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BayTest extends BayFixture {

  // ---- names

  @Test
  void aVolumeIsCreatedAsAHoleOfItsSizeAndComesBack() throws Exception {
    Volume made = test.create("payroll", 1_000_001);

    assertThat(made.row().generation()).isEqualTo(1);
    assertThat(made.status().blocks()).isZero();
    assertThat(read(made)).hasSize(1_000_001).containsOnly(0);
    reopen();
    Volume found = bay.find("payroll");
    assertThat(found.row()).isEqualTo(made.row());
    assertThat(found.row().owner()).isEqualTo(TestBay.OWNER);
    assertThat(found.state()).isEqualTo(VolumeState.READY);
    test.assertNothingLeftBehind();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "-", "...", "né", "\ud83d\ude00", "?", "%41", "'; drop table volume; --"})
  void anyFileNameIsAName(String name) throws Exception {
    test.create(name, 1);
    reopen();
    assertThat(test.names()).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", "a/b", "/", "a\nb", "\u0000", "\u007f", "\u0085", "\ufffd", "\ud83d"
      })
  void whatIsNoFileNameIsRefused(String name) throws Exception {
    assertFault(Fault.BAD_REQUEST, () -> test.create(name, 1));
    assertFault(Fault.BAD_REQUEST, () -> test.making(name));
    test.create("a", 1);
    assertFault(Fault.BAD_REQUEST, () -> bay.rename("a", name, false));
    test.assertNothingLeftBehind();
  }

  @Test
  void aNameHas255BytesAtMost() throws Exception {
    test.create("x".repeat(255), 1);
    test.create("é".repeat(127), 1);
    assertFault(Fault.NAME_TOO_LONG, () -> test.create("x".repeat(256), 1));
    assertFault(Fault.NAME_TOO_LONG, () -> test.create("é".repeat(128), 1));
  }

  /** Else who found it, and cannot open it, finds it again when he looks once more. */
  @Test
  void aDeletedVolumeIsNotFoundFromTheMomentWhereItCannotBeOpened() throws Exception {
    for (int i = 0; i < 50; i++) {
      Volume volume = test.create("a", 1);
      CompletableFuture<Volume> found =
          CompletableFuture.supplyAsync(
              () -> {
                while (volume.state() != VolumeState.DROPPING) {
                  Thread.onSpinWait();
                }
                return bay.findOrNull("a");
              });
      bay.remove("a");
      assertThat(found.get(10, TimeUnit.SECONDS)).isNull();
    }
  }

  @Test
  void aTakenNameIsRefusedAndTheVolumeStaysWhole() throws Exception {
    test.createFilled("a", 5000, 1);

    assertFault(Fault.EXISTS, () -> test.create("a", 7));
    assertFault(Fault.EXISTS, () -> test.making("a"));

    assertThat(read(bay.find("a"))).isEqualTo(Bytes.random(1, 5000));
    test.assertNothingLeftBehind();
  }

  @Test
  void aSizeBelowOneOrAboveTheFileSystemIsRefusedAndNothingIsLeft() throws Exception {
    assertFault(Fault.BAD_REQUEST, () -> test.create("a", 0));
    assertFault(Fault.OUT_OF_RANGE, () -> test.create("a", Long.MAX_VALUE));
    assertThat(bay.volumes()).isEmpty();
    test.assertNothingLeftBehind();
    reopen();
    assertThat(bay.volumes()).isEmpty();
    test.create("a", 1);
  }

  @Test
  void inodeNumbersDifferAndStay() throws Exception {
    test.create("a", 1);
    test.create("b", 1);
    bay.remove("a");
    reopen();
    assertThat(bay.find("b").row().inode()).isEqualTo(2);
    assertThat(test.create("c", 1).row().inode()).isEqualTo(3);
  }

  // ---- rename and remove

  @Test
  void renameKeepsBytesAndOwner() throws Exception {
    Volume volume = test.createFilled("a", 5000, 1);
    bay.setOwner(volume, new VolumeRecord.Owner(7, 8, 0600));

    bay.rename("a", "b", true);
    reopen();

    assertThat(test.names()).containsExactly("b");
    assertThat(read(bay.find("b"))).isEqualTo(Bytes.random(1, 5000));
    assertThat(bay.find("b").row().owner()).isEqualTo(new VolumeRecord.Owner(7, 8, 0600));
  }

  @Test
  void renameOverAVolumeDeletesItUnlessForbidden() throws Exception {
    test.createFilled("a", 100, 1);
    test.createFilled("b", 200, 2);

    assertFault(Fault.EXISTS, () -> bay.rename("a", "b", true));
    assertThat(test.names()).containsExactly("a", "b");
    bay.rename("a", "b", false);
    bay.rename("b", "b", false);

    reopen();
    assertThat(test.names()).containsExactly("b");
    assertThat(read(bay.find("b"))).isEqualTo(Bytes.random(1, 100));
    test.assertNothingLeftBehind();
  }

  @Test
  void renameOfWhatIsNotThereIsRefused() throws Exception {
    assertFault(Fault.NOT_FOUND, () -> bay.rename("a", "b", false));
  }

  @Test
  void whoHasADeletedVolumeOpenKeepsItsBytesUntilTheLastClose() throws Exception {
    Volume volume = test.createFilled("a", 100, 1);
    OpenFile open = volume.open(WRITER, false);
    OpenFile second = volume.open(READER, false);
    Path home = volume.home();

    bay.remove("a");

    assertThat(bay.findOrNull("a")).isNull();
    assertFault(Fault.NOT_FOUND, () -> volume.open(READER, false));
    assertThat(open.write(10, Bytes.direct((byte) 5))).isEqualTo(1);
    test.create("a", 5);
    open.close();
    assertThat(home).exists();
    second.close();
    assertThat(home).doesNotExist();
    assertFault(Fault.NOT_FOUND, volume::status);
    test.assertNothingLeftBehind();
  }

  @Test
  void aVolumeThatIsDeletedUnderItsMakerGrowsOn() throws Exception {
    OpenFile maker = test.making("a");
    maker.write(0, Bytes.direct(Bytes.random(1, 100)));

    bay.remove("a");

    assertThat(maker.write(100, Bytes.direct(Bytes.random(2, 100)))).isEqualTo(100);
    assertThat(maker.file().size()).isEqualTo(200);
    maker.close();
    test.assertNothingLeftBehind();
  }

  @Test
  void aDeletedVolumeIsNotBroughtBackByALateChangeOfItsRow() throws Exception {
    Volume volume = test.create("a", 1);
    bay.remove("a");

    bay.setOwner(volume, TestBay.OWNER);
    bay.failed(volume, "late");

    assertThat(bay.catalogue().read(VolumeTable::all)).isEmpty();
  }

  @Test
  void aDeletionThatACrashInterruptedIsFinishedByTheNextMount() throws Exception {
    Volume volume = test.createFilled("a", 100, 1);
    OpenFile open = volume.open(READER, false);
    bay.remove("a");
    assertThat(volume.home()).exists();

    reopen(); // while it was open

    assertThat(volume.home()).doesNotExist();
    assertThat(bay.catalogue().read(VolumeTable::all)).isEmpty();
    open.close();
  }

  // ---- holds

  @Test
  void aHeldVolumeIsReadableAndNothingElse() throws Exception {
    Volume volume = test.createFilled("a", 100, 1);
    test.create("b", 1);
    volume.hold("a", new Hold("17", "being duplicated"));

    assertFault(
        Fault.BUSY,
        () -> volume.open(WRITER, false),
        e -> {
          assertThat(e).hasMessageContaining("being duplicated by job 17");
          assertThat(e.remedy()).isEqualTo("cat .control/jobs/17/wait");
        });
    assertFault(Fault.BUSY, () -> bay.remove("a"));
    assertFault(Fault.BUSY, () -> bay.rename("a", "c", false));
    assertFault(Fault.BUSY, () -> bay.rename("b", "a", false));
    assertFault(Fault.BUSY, () -> bay.resize(volume, 200, false, NOTHING));
    assertFault(Fault.BUSY, () -> volume.hold("a", new Hold("18", "being checked")));
    assertThat(read(volume)).isEqualTo(Bytes.random(1, 100));

    volume.release("18");
    assertFault(Fault.BUSY, () -> bay.remove("a"));
    volume.release("17");
    bay.remove("a");
  }

  @Test
  void aVolumeThatGotAnotherNameIsNotHeldByTheOldOne() throws Exception {
    Volume volume = test.create("a", 1);
    bay.rename("a", "b", false);

    assertFault(Fault.NOT_FOUND, () -> volume.hold("a", JOB));

    assertThat(volume.hold()).isNull();
  }

  @Test
  void aVolumeThatIsOpenForWritingCannotBeHeld() throws Exception {
    Volume volume = test.create("a", 1);
    try (OpenFile reader = volume.open(READER, false);
        OpenFile writer = volume.open(WRITER, false)) {
      assertFault(
          Fault.BUSY,
          () -> volume.hold("a", JOB),
          e -> assertThat(e).hasMessageContaining("open for writing by pid " + TestBay.PID));
    }
    volume.hold("a", JOB);
  }

  @Test
  void aDeletedVolumeCannotBeHeld() throws Exception {
    Volume volume = test.create("a", 1);
    bay.remove("a");
    assertFault(Fault.NOT_FOUND, () -> volume.hold("a", JOB));
  }

  @Test
  void renameNeverReplacesAVolumeThatIsBeingMade() throws Exception {
    test.createFilled("a", 100, 1);
    try (OpenFile maker = test.making("b")) {
      maker.write(0, Bytes.direct(Bytes.random(2, 10)));
      assertFault(Fault.BUSY, () -> bay.rename("a", "b", false));
    }
    assertThat(read(bay.find("b"))).isEqualTo(Bytes.random(2, 10));
    bay.rename("a", "b", false);
    assertThat(read(bay.find("b"))).isEqualTo(Bytes.random(1, 100));
  }

  // ---- sync

  @Test
  void aVolumeThatLostASyncTakesNoWritesAndNoSyncsUntilItWasRepaired() throws Exception {
    Volume volume = test.createFilled("a", 1000, 1);
    bay.failed(volume, "sync: Input/output error");
    reopen();
    Volume found = bay.find("a");

    assertFault(Fault.STORE_FAILED, () -> write(found, 0, new byte[1]));
    assertFault(
        Fault.STORE_FAILED, found::flush, e -> assertThat(e.remedy()).isEqualTo("check volume=a"));
    assertFault(Fault.STORE_FAILED, () -> bay.resize(found, 2000, false, NOTHING));
    assertThat(read(found)).isEqualTo(Bytes.random(1, 1000));

    bay.repaired(found, NOTHING);
    reopen();
    write(bay.find("a"), 0, new byte[1]);
    bay.find("a").flush();
  }

  @Test
  void aFenceRecordsThatTheSizeIsSafe() throws Exception {
    OpenFile maker = test.making("a");
    maker.write(0, Bytes.direct(new byte[100]));
    maker.close();
    Volume volume = bay.find("a");
    assertThat(volume.row().sizeSynced()).isFalse();

    volume.flush();

    reopen();
    assertThat(bay.find("a").row().sizeSynced()).isTrue();
  }

  @Test
  void closeGivesEveryDescriptorBack() throws Exception {
    for (int i = 0; i < 20; i++) {
      test.create("v" + i, 1);
    }
    reopen();
    long before = descriptors();
    reopen();
    reopen();
    assertThat(descriptors()).isLessThan(before + 10);
    Volume last = bay.find("v0");
    bay.close();
    assertThat(descriptors()).isLessThanOrEqualTo(before - 20);
    assertFault(Fault.CORRUPT, last::status);
  }

  private static long descriptors() throws Exception {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
