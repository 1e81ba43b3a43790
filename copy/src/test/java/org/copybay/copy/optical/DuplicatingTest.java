package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.optical.DuplicateSpec.Verify;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a duplicate is. */
final class DuplicatingTest extends OpticalFixture {
  private static final int SECTORS = 3 * TestOptical.MIB / S;

  /** A source with gaps in what is written. */
  private OpticalVolume source(MediaType type) throws Exception {
    OpticalVolume source = test.init(test.add("SRC", "LIB", type, SECTORS), "SOURCE");
    test.write(source, 0, random(1, 700 * S));
    test.write(source, 900L * S, random(2, 3 * S));
    test.write(source, 1000L * S, new byte[2 * S]); // zeros that were written
    return source;
  }

  private void assertIdentical(OpticalVolume target, OpticalVolume source) throws Exception {
    assertThat(Arrays.equals(TestOptical.raw(target), TestOptical.raw(source))).isTrue();
    assertThat(TestOptical.written(target)).isEqualTo(TestOptical.written(source));
  }

  @ParameterizedTest
  @EnumSource(names = {"WORM", "ERASE"})
  void aDuplicateOfWormIsItSectorForSector(MediaType type) throws Exception {
    OpticalVolume source = source(MediaType.WORM);
    OpticalVolume target = test.add("TGT", "LIB", type, SECTORS + 50);

    Job job = test.duplicate(Ask.of("SOURCE", target.id()).ids("COPY"));

    assertThat(TestOptical.written(target)).isEqualTo(TestOptical.written(source));
    assertThat(TestOptical.read(target)).isEqualTo(TestOptical.read(source));
    assertThat(TestOptical.copied(job)).isEqualTo(705L * S);
    assertThat(target.id()).isEqualTo("COPY");
    assertThat(target.row().state()).isEqualTo(SideState.INITIALIZED);
    SideRecord.Duplicate of = Objects.requireNonNull(target.row().duplicate());
    assertThat(of.of()).isEqualTo("SOURCE");
    assertThat(of.hash()).isNotNull().isEqualTo(of.sourceHash());
    assertThat(target.row().label().created()).isAfter(source.row().label().created());
    test.assertNothingHeld();
  }

  @Test
  void whatATargetHeldIsGone() throws Exception {
    OpticalVolume source = source(MediaType.ERASE);
    OpticalVolume target = test.init(test.add("TGT", "LIB", MediaType.ERASE, SECTORS), "OLD");
    test.write(target, 0, random(9, SECTORS * S));

    test.duplicate(Ask.of("SOURCE", "OLD").clear(true));

    assertIdentical(target, source);
    assertThat(target.id()).isEqualTo("OLD");
  }

  @Test
  void onlyTheDescriptorsOfAFormatDiffer() throws Exception {
    OpticalVolume source = test.init(test.add("SRC", "LIB", MediaType.ERASE, 200), "SOURCE");
    test.write(source, 0, TestOptical.iso("SOURCE", 200));
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, 200);

    test.duplicate(Ask.of("SOURCE", target.id()).ids("COPY"));

    byte[] of = TestOptical.raw(source);
    byte[] copy = TestOptical.raw(target);
    for (Extent extent : TestOptical.format(source).extents()) {
      Arrays.fill(of, (int) extent.offset(), (int) extent.end(), (byte) 0);
      Arrays.fill(copy, (int) extent.offset(), (int) extent.end(), (byte) 0);
    }
    assertThat(Arrays.equals(of, copy)).isTrue();
    assertThat(TestOptical.format(target).formats().get(0).identifier()).isEqualTo("COPY");
    assertThat(TestOptical.written(target)).isEqualTo(TestOptical.written(source));
    SideRecord.Duplicate row = Objects.requireNonNull(target.row().duplicate());
    assertThat(row.hash()).isNotEqualTo(row.sourceHash());
  }

  @Test
  void whatIsWrittenMeanwhileIsNotInIt() throws Exception {
    OpticalVolume source = source(MediaType.ERASE);
    byte[] before = TestOptical.raw(source);
    var written = TestOptical.written(source);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = test.start(Ask.of("SOURCE", target.id()).rate(1));

    test.write(source, 0, random(8, SECTORS * S));
    job.setRate(0);
    TestJobs.awaitEnd(job);

    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    assertThat(Arrays.equals(TestOptical.raw(target), before)).isTrue();
    assertThat(TestOptical.written(target)).isEqualTo(written);
  }

  @Test
  void anExclusiveOneKeepsProgramsFromItsSource() throws Exception {
    OpticalVolume source = source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = test.start(Ask.of("SOURCE", target.id()).exclusive().rate(1));

    assertFault(Fault.BUSY, () -> source.open(TestJobs.READER, false), "by job " + job.id());
    job.setRate(0);
    TestJobs.awaitEnd(job);

    source.open(TestJobs.READER, false).close();
  }

  @Test
  void aTargetIsNotOpenedMeanwhile() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = test.start(Ask.of("SOURCE", target.id()).rate(1));

    assertFault(Fault.BUSY, () -> target.open(WRITER, false), "by job " + job.id());
    assertFault(Fault.BUSY, () -> test.init(target, "X"), "");
    job.setRate(0);
    TestJobs.awaitEnd(job);
  }

  @Test
  void aChangeThatComesWithTheCommitDoesNotUndoIt() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    AtomicBoolean over = new AtomicBoolean();
    Thread changing =
        new Thread(
            () -> {
              try {
                while (!over.get()) {
                  optical.labels().setOwner(target, TestOptical.OWNER);
                }
              } catch (StorageException e) {
                throw new IllegalStateException(e);
              }
            });
    changing.start();
    for (int round = 0; round < 5; round++) {
      test.duplicate(Ask.of("SOURCE", "TGT.A").ids("COPY" + round).clear(true));
    }
    over.set(true);
    changing.join();

    reopen();
    assertThat(test.side("TGT.A").row().state()).isEqualTo(SideState.INITIALIZED);
    assertThat(test.side("TGT.A").id()).isEqualTo("COPY4");
  }

  @Test
  void nobodyElseTakesItsNameMeanwhile() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    test.library("LIB2", 2);
    test.init(test.add("S2", "LIB2", MediaType.ERASE, SECTORS), "OTHER");
    test.add("T2", "LIB2", MediaType.ERASE, SECTORS);
    Job job = test.start(Ask.of("SOURCE", target.id()).ids("NEW").rate(1));

    assertFault(
        Fault.EXISTS, () -> optical.images().create("NEW", TestOptical.OWNER), "NEW exists");
    assertFault(
        Fault.EXISTS,
        () -> test.start(Ask.of("OTHER", "T2.A").ids("NEW")),
        "ODUP-DUPNAME: OPT1375: volume NEW is being made by job " + job.id());
    job.setRate(0);
    TestJobs.awaitEnd(job);

    assertThat(optical.activeOrNull("NEW")).isSameAs(target);
    test.duplicate(Ask.of("OTHER", "T2.A").ids("FREE"));
  }

  @Test
  void itIsNotInterruptedUnlessThatWasAskedFor() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = test.start(Ask.of("SOURCE", target.id()).rate(1));
    assertFault(Fault.FORBIDDEN, job::pause, "which is not interrupted: cannot pause");
    assertFault(Fault.FORBIDDEN, job::cancel, "which is not interrupted: cannot cancel");
    job.setRate(0);
    TestJobs.awaitEnd(job);

    Job other = test.start(Ask.of("SOURCE", target.id()).clear(true).interruptible().rate(1));
    TestJobs.await("begun", () -> target.row().state() == SideState.INCOMPLETE);
    other.pause();
    assertThat(other.state()).isEqualTo(JobState.PAUSED);
    other.cancel();
    TestJobs.awaitEnd(other);
    assertThat(other.state()).isEqualTo(JobState.CANCELLED);
    assertThat(target.row().state()).isEqualTo(SideState.INCOMPLETE);
    test.assertNothingHeld();
  }

  @Test
  void threeTargetsAreWrittenInOneRead() throws Exception {
    test.library("BIG", 4);
    OpticalVolume source = test.init(test.add("S1", "BIG", MediaType.WORM, 600), "S1");
    test.write(source, 0, random(5, 600 * S));
    for (String name : new String[] {"T1", "T2", "T3"}) {
      test.add(name, "BIG", name.equals("T2") ? MediaType.WORM : MediaType.ERASE, 600);
    }

    Job job = test.duplicate(Ask.of("S1", "T1.A", "T2.A", "T3.A").ids("C1", "C2", "C3"));

    assertThat(TestOptical.copied(job)).isEqualTo(600L * S);
    for (String name : new String[] {"T1", "T2", "T3"}) {
      assertIdentical(test.side(name + ".A"), source);
      assertThat(test.side(name + ".A").id()).isEqualTo(name.replace('T', 'C'));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasReadAgainIsSaid(Verify verify) throws Exception {
    OpticalVolume source = source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);

    Job job = test.duplicate(Ask.of("SOURCE", target.id()).verify(verify));

    assertIdentical(target, source);
    assertThat(job.row().result()).contains("verified=" + verify.name().toLowerCase(Locale.ROOT));
    SideRecord.Duplicate of = Objects.requireNonNull(target.row().duplicate());
    assertThat(of.hash() != null).isEqualTo(verify == Verify.YES);
  }

  @Test
  void udfGrowsToTwiceTheSourceAndToTwiceItsFirstSize() throws Exception {
    long gib = 1L << 30;
    test.add(TestOptical.wanted("G1", "LIB", MediaType.DVD_RAM, S, gib, 1));
    test.add(TestOptical.wanted("G2", "LIB", MediaType.DVD_RAM, S, 2 * gib, 1));
    test.add(TestOptical.wanted("G4", "LIB", MediaType.DVD_RAM, S, 4 * gib, 1));
    test.init(test.side("G1.A"), "G1");
    test.write(test.side("G1.A"), 0, random(1, 9 * S));

    test.duplicate(Ask.of("G1", "G2.A").ids("G2"));
    var plan = optical.duplicating().check(Ask.of("G2", "G4.A").ids("G4").spec());
    test.duplicate(Ask.of("G2", "G4.A").ids("G4"));

    assertThat(test.side("G2.A").limit().end()).isEqualTo(2 * gib);
    assertThat(test.side("G4.A").limit().end()).isEqualTo(2 * gib);
    assertThat(plan.warnings()).anyMatch(warning -> warning.contains(2 * gib + " are usable"));
    OpticalVolume last = test.side("G4.A");
    try (OpenFile open = last.open(WRITER, false)) {
      assertThat(open.write(2 * gib - 1, TestOptical.direct(new byte[5]))).isEqualTo(1);
      assertFault(
          Fault.NO_SPACE,
          () -> open.write(2 * gib, TestOptical.direct(new byte[1])),
          "lies past the end");
    }
  }

  @Test
  void hpofsDoesNotGrow() throws Exception {
    OpticalVolume source = source(MediaType.ERASE);
    assertThat(source.row().label().format()).isEqualTo(MediaFormat.HPOFS);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, 2 * SECTORS);
    test.duplicate(Ask.of("SOURCE", target.id()));
    assertThat(target.limit().end()).isEqualTo((long) SECTORS * S);
  }

  @Test
  void aBackupStaysOneAndBelongsToItsPrimary() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    optical
        .initializing()
        .initialize(
            target,
            new Initializing.Spec("BACKUP", 0, false, "", VolumeType.BACKUP, null),
            NOTHING);

    test.duplicate(Ask.of("SOURCE", "BACKUP").clear(true));
    test.duplicate(Ask.of("SOURCE", "BACKUP").clear(true));

    assertThat(target.row().label().type()).isEqualTo(VolumeType.BACKUP);
    assertThat(target.row().label().primary()).isEqualTo("SRC.A");
    assertThat(target.row().label().threshold()).isEqualTo(99);
    assertFault(Fault.FORBIDDEN, () -> test.write(target, 0, new byte[1]), "*BACKUP volume");
    assertFault(Fault.FORBIDDEN, () -> test.truncate(target), "*BACKUP volume");
  }

  @Test
  void aDuplicateMayHaveTheNameOfItsSourceAndNoFileThen() throws Exception {
    OpticalVolume source = source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);

    test.duplicate(Ask.of("SOURCE", target.id()).ids(DuplicateSpec.FROM));

    assertThat(target.id()).isEqualTo("SOURCE");
    assertThat(optical.activeOrNull("SOURCE")).isSameAs(source);
    optical.moving().shelve(optical.cartridge("SRC"), "", NOTHING);
    assertThat(optical.activeOrNull("SOURCE")).isSameAs(target);
  }

  @Test
  void whatIsMountedIsDuplicatedAndTakenOut() throws Exception {
    for (String device : new String[] {"D1", "D2"}) {
      test.device(device, DeviceType.STANDALONE, 1);
      test.add("IN" + device, device, MediaType.ERASE, 50);
    }
    OpticalVolume source = test.init(test.side("IND1.A"), "S");
    test.write(source, 0, random(1, 9 * S));

    test.duplicate(Ask.of("*MOUNTED", "*MOUNTED").in("D1", "D2").ids("COPY").unload());

    assertIdentical(test.side("IND2.A"), source);
    assertThat(optical.cartridge("IND1").shelved()).isTrue();
    assertThat(optical.cartridge("IND2").shelved()).isTrue();
  }

  @Test
  void aDuplicateThatDidNotEndIsNotReadOrWritten() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = test.start(Ask.of("SOURCE", target.id()).interruptible().rate(1));
    TestJobs.await("begun", () -> target.row().state() == SideState.INCOMPLETE);
    job.cancel();
    TestJobs.awaitEnd(job);

    assertFault(Fault.CORRUPT, () -> target.open(TestJobs.READER, false), "is incomplete");
    try (OpenFile open = target.open(WRITER, false)) {
      assertFault(
          Fault.CORRUPT, () -> open.read(0, TestOptical.direct(new byte[1])), "is incomplete");
    }
    assertFault(Fault.FORBIDDEN, () -> test.write(target, 0, new byte[1]), "is incomplete");
    test.truncate(target);
    test.write(target, 0, new byte[1]);
    assertThat(target.row().state()).isEqualTo(SideState.UNINITIALIZED);
    assertThat(target.row().base()).isNull();
  }

  @Test
  void anotherOneForAHeldDriveIsRefusedWithoutADeadlock() throws Exception {
    source(MediaType.ERASE);
    test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    OpticalVolume other = test.init(test.add("S2", "LIB", MediaType.ERASE, SECTORS), "OTHER");
    test.add("T2", "LIB", MediaType.ERASE, SECTORS);
    Job job = test.start(Ask.of("SOURCE", "TGT.A").rate(1));

    assertFault(
        Fault.BUSY, () -> test.start(Ask.of(other.id(), "T2.A")), "ODUP-DRIVEBUSY: no drive");
    assertFault(
        Fault.BUSY, () -> test.start(Ask.of("SOURCE", "T2.A")), "ODUP-INUSE: volume SOURCE");
    assertFault(Fault.BUSY, () -> other.open(WRITER, false), "no drive of LIB is free");
    job.setRate(0);
    TestJobs.awaitEnd(job);
    test.duplicate(Ask.of(other.id(), "T2.A"));
  }

  @Test
  void twoThatStartAtOnceDoNotWaitForEachOther() throws Exception {
    for (int i = 1; i <= 2; i++) {
      OpticalVolume source = test.add("S" + i, "LIB", MediaType.ERASE, 200);
      test.init(source, "SOURCE" + i);
      test.write(source, 0, random(i, 200 * S));
      test.add("T" + i, "LIB", MediaType.ERASE, 200);
    }
    Thread[] threads = new Thread[2];
    int[] started = new int[2];
    for (int i = 0; i < 2; i++) {
      int at = i;
      threads[i] =
          new Thread(
              () -> {
                try {
                  test.start(Ask.of("SOURCE" + (at + 1), "T" + (at + 1) + ".A").rate(1));
                  started[at] = 1;
                } catch (StorageException e) {
                  started[at] = e.fault() == Fault.BUSY ? 0 : 9;
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join(20_000);
      assertThat(thread.isAlive()).isFalse();
    }
    assertThat(started[0] + started[1]).isLessThanOrEqualTo(1);
    for (Job job : test.jobs.all()) {
      job.setRate(0);
      TestJobs.awaitEnd(job);
    }
  }
}
