package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.optical.DuplicateSpec.Verify;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Duplicates that fail part-way: what is left of the target, and how it is made good. */
final class FailedDuplicateTest extends OpticalFixture {
  private static final int SECTORS = 4 * TestOptical.MIB / S;

  private OpticalVolume source;

  @BeforeEach
  void makeSource() throws Exception {
    test.library("BIG", 4);
  }

  private OpticalVolume source(MediaType type) throws Exception {
    source = test.init(test.add("SRC", "BIG", type, SECTORS), "SOURCE");
    test.write(source, 0, random(1, SECTORS * S));
    return source;
  }

  private OpticalVolume target(String name, MediaType type) throws Exception {
    return test.add(name, "BIG", type, SECTORS);
  }

  /** Lets writes to a volume fail after so many. */
  private static HookedDisk failAfter(OpticalVolume volume, int writes) throws StorageException {
    HookedDisk disk = HookedDisk.underBitmaps(volume.medium().volume());
    AtomicLong left = new AtomicLong(writes);
    disk.hook(
        request -> {
          if (request == HookedDisk.Request.WRITE && left.getAndDecrement() <= 0) {
            throw new StorageException(Fault.STORE_FAILED, "the test lets it fail");
          }
        });
    return disk;
  }

  /** Lets syncs of a volume fail. */
  private static HookedDisk failSyncs(OpticalVolume volume) throws StorageException {
    HookedDisk disk = HookedDisk.underBitmaps(volume.medium().volume());
    disk.hook(
        request -> {
          if (request == HookedDisk.Request.SYNC) {
            throw new StorageException(Fault.STORE_FAILED, "the test lets it fail");
          }
        });
    return disk;
  }

  private void assertWhole(OpticalVolume target) throws Exception {
    assertThat(target.row().state()).isEqualTo(SideState.INITIALIZED);
    assertThat(Arrays.equals(TestOptical.raw(target), TestOptical.raw(source))).isTrue();
    assertThat(TestOptical.written(target)).isEqualTo(TestOptical.written(source));
  }

  @Test
  void aWormTargetIsSpoiledForEver() throws Exception {
    source(MediaType.WORM);
    OpticalVolume target = target("TGT", MediaType.WORM);
    byte[] before = TestOptical.raw(source);
    failAfter(target, 20);

    Job job = test.fail(Ask.of("SOURCE", target.id()).ids("COPY"));

    assertThat(job.error()).hasMessageStartingWith("ODUP-MEDIA: target ");
    assertThat(TestOptical.raw(source)).isEqualTo(before);
    test.assertNothingHeld();
    assertSpoiled(target);
    reopen();
    assertSpoiled(test.side("TGT.A"));
  }

  private void assertSpoiled(OpticalVolume target) {
    assertThat(target.row().state()).isEqualTo(SideState.SPOILED);
    assertThat(optical.activeOrNull(target.id())).isNull();
    assertFault(Fault.NOT_FOUND, () -> target.open(TestJobs.READER, false), "it is spoiled");
    assertFault(Fault.READ_ONLY, () -> test.init(target, "AGAIN"), "is spoiled");
    assertFault(
        Fault.NOT_FOUND,
        () -> test.start(Ask.of("SOURCE", "TGT.A").clear(true).resume()),
        "ODUP-NOTGT: target");
    assertFault(
        Fault.READ_ONLY,
        () ->
            optical.labels().change(target, new Labels.Changing("NEW", null, null, null), NOTHING),
        "is spoiled");
  }

  @ParameterizedTest
  @EnumSource(names = {"ERASE", "DVD_RAM"})
  void aRewritableTargetIsIncompleteAndCanBeWrittenAgain(MediaType type) throws Exception {
    source(type);
    OpticalVolume target = target("TGT", type);
    HookedDisk disk = failAfter(target, 20);

    test.fail(Ask.of("SOURCE", target.id()).ids("COPY"));

    assertThat(target.row().state()).isEqualTo(SideState.INCOMPLETE);
    assertThat(target.id()).isNotEqualTo("COPY");
    test.assertNothingHeld();
    disk.well();
    Job again = test.duplicate(Ask.of("SOURCE", target.id()).ids("COPY"));
    assertThat(TestOptical.copied(again)).isEqualTo((long) SECTORS * S);
    assertWhole(target);
  }

  @ParameterizedTest
  @EnumSource
  void resumeCopiesTheRestAndWhatChanged(Verify verify) throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = target("TGT", MediaType.ERASE);
    HookedDisk disk = failAfter(target, 50); // of 64 tracks
    test.fail(Ask.of("SOURCE", target.id()).ids("COPY"));
    long safe = Objects.requireNonNull(target.row().base()).end();
    assertThat(safe).isPositive();
    disk.well();
    test.write(source, 5 * S, random(7, S));

    Job job = test.duplicate(Ask.of("SOURCE", target.id()).ids("COPY").resume().verify(verify));

    assertThat(TestOptical.copied(job)).isEqualTo((long) SECTORS * S - safe + 4096);
    assertWhole(target);
    test.assertNothingHeld();
  }

  @Test
  void afterARestartItIsResumedToo() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = target("TGT", MediaType.ERASE);
    failAfter(target, 50);
    test.fail(Ask.of("SOURCE", target.id()).ids("COPY"));
    long safe = Objects.requireNonNull(target.row().base()).end();

    reopen();
    source = test.side("SRC.A");
    Job job = test.duplicate(Ask.of("SOURCE", "TGT.A").ids("COPY").resume());

    assertThat(TestOptical.copied(job)).isEqualTo((long) SECTORS * S - safe);
    assertWhole(test.side("TGT.A"));
  }

  @Test
  void aTargetThatFailsLeavesTheOthersWhole() throws Exception {
    source(MediaType.WORM);
    OpticalVolume good = target("T1", MediaType.WORM);
    OpticalVolume bad = target("T2", MediaType.ERASE);
    OpticalVolume fine = target("T3", MediaType.ERASE);
    failAfter(bad, 20);

    Job job = test.fail(Ask.of("SOURCE", "T1.A", "T2.A", "T3.A").ids("C1", "C2", "C3"));

    assertThat(job.error()).hasMessageContaining("target ");
    assertWhole(good);
    assertWhole(fine);
    assertThat(bad.row().state()).isEqualTo(SideState.INCOMPLETE);
    test.assertNothingHeld();
  }

  @Test
  void aTargetThatTakesNoWritesIsRefusedBeforeAnotherOneIsSpoiled() throws Exception {
    source(MediaType.WORM);
    OpticalVolume good = target("T1", MediaType.WORM);
    OpticalVolume bad = target("T2", MediaType.ERASE);
    HookedDisk disk = failSyncs(bad);
    assertFault(Fault.STORE_FAILED, bad.medium()::flush, "");
    disk.well();

    assertFault(
        Fault.NOT_FOUND,
        () -> test.start(Ask.of("SOURCE", "T1.A", "T2.A").ids("C1", "C2")),
        "ODUP-NOTGT: target " + bad.id() + " takes no writes");
    assertThat(good.row().state()).isEqualTo(SideState.UNINITIALIZED);
  }

  @Test
  void aTargetThatCannotBeginLeavesTheOthersWhole() throws Exception {
    source(MediaType.WORM);
    OpticalVolume good = target("T1", MediaType.WORM);
    OpticalVolume bad = target("T2", MediaType.ERASE);
    failSyncs(bad);

    test.fail(Ask.of("SOURCE", "T2.A", "T1.A").ids("C2", "C1"));

    assertWhole(good);
    test.assertNothingHeld();
  }

  @Test
  void aTargetThatFailedBeforeACrashIsNotTakenForCopied() throws Exception {
    source(MediaType.WORM);
    target("T1", MediaType.ERASE);
    OpticalVolume bad = target("T2", MediaType.ERASE);
    failAfter(bad, 5);
    test.optical.duplicating().setCheckpoints(Duration.ofMillis(1));
    Job job =
        test.start(
            Ask.of("SOURCE", "T1.A", "T2.A").ids("C1", "C2").verify(Verify.NO).rate(2 << 20));
    TestJobs.await("two pieces", () -> job.row().checkpoint() >= 2 << 20);
    Path crash = test.copyTo(directory.resolve("crashed"));
    job.setRate(0);
    TestJobs.awaitEnd(job);

    test.close();
    test = TestOptical.open(crash, RecoverMode.AUTO);
    optical = test.optical;
    source = test.side("SRC.A");
    assertThat(Objects.requireNonNull(test.jobs.find(job.id())).state()).isEqualTo(JobState.FAILED);
    test.duplicate(Ask.of("SOURCE", "T2.A").ids("C2").resume().verify(Verify.NO));

    assertWhole(test.side("T2.A"));
  }

  /** Lets a duplicate fail once it has passed that byte; up to where its target is whole. */
  private long failBehind(OpticalVolume target, long passed, Ask ask) throws Exception {
    HookedDisk disk = HookedDisk.underBitmaps(target.medium().volume());
    Job job = test.start(ask.rate(2 << 20));
    TestJobs.await("a checkpoint", () -> job.row().checkpoint() > passed);
    disk.fail(HookedDisk.Request.WRITE, Fault.STORE_FAILED);
    TestJobs.awaitEnd(job);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    disk.well();
    return Objects.requireNonNull(target.row().base()).end();
  }

  @Test
  void whatAResumedOneCopiedIsNotCopiedAThirdTime() throws Exception {
    source(MediaType.ERASE);
    OpticalVolume target = target("TGT", MediaType.ERASE);
    test.optical.duplicating().setCheckpoints(Duration.ofMillis(1));
    long first = failBehind(target, 0, Ask.of("SOURCE", target.id()).ids("COPY"));
    long second = failBehind(target, first, Ask.of("SOURCE", target.id()).ids("COPY").resume());
    assertThat(second).isGreaterThan(first);

    Job job = test.duplicate(Ask.of("SOURCE", target.id()).ids("COPY").resume());

    assertThat(TestOptical.copied(job)).isEqualTo((long) SECTORS * S - second);
    assertWhole(target);
  }

  @ParameterizedTest
  @EnumSource
  void aTargetThatFailedEarlyIsResumedWhereItFailed(Verify verify) throws Exception {
    source(MediaType.WORM);
    OpticalVolume good = target("T1", MediaType.ERASE);
    OpticalVolume bad = target("T2", MediaType.ERASE);
    HookedDisk disk = failAfter(bad, 5); // of 64, while the other one goes on
    test.fail(Ask.of("SOURCE", "T1.A", "T2.A").ids("C1", "C2"));
    assertWhole(good);
    disk.well();

    test.duplicate(Ask.of("SOURCE", "T2.A").ids("C2").resume().verify(verify));

    assertWhole(bad);
  }

  @Test
  void aTargetThatFailedBeforeACleanEndOfTheMountStaysFailed() throws Exception {
    source(MediaType.WORM);
    target("T1", MediaType.WORM);
    OpticalVolume bad = target("T2", MediaType.ERASE);
    HookedDisk disk = failAfter(bad, 5);
    Job job =
        test.start(
            Ask.of("SOURCE", "T1.A", "T2.A").ids("C1", "C2").verify(Verify.NO).rate(2 << 20));
    TestJobs.await("two pieces", () -> job.row().checkpoint() >= 2 << 20);

    reopen();
    disk.well();
    source = test.side("SRC.A");
    Job found = Objects.requireNonNull(test.jobs.find(job.id()));
    found.setRate(0);
    TestJobs.awaitEnd(found);

    assertThat(found.state()).isEqualTo(JobState.FAILED);
    assertWhole(test.side("T1.A"));
    assertThat(test.side("T2.A").row().state()).isEqualTo(SideState.INCOMPLETE);
    test.assertNothingHeld();
    test.duplicate(Ask.of("SOURCE", "T2.A").ids("C2").resume().verify(Verify.NO));
    assertWhole(test.side("T2.A"));
  }

  // ---- sources that cannot be read

  /** From some byte on the source cannot be read any more while it is copied. */
  private Job startAndCut(Ask ask, long size) throws Exception {
    Job job = test.start(ask.rate(1));
    TestJobs.await("first piece", () -> job.progress().bytesCopied() >= TestOptical.MIB);
    try (var channel =
        Files.newByteChannel(source.medium().volume().home(), StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
    job.setRate(0);
    TestJobs.awaitEnd(job);
    return job;
  }

  @ParameterizedTest
  @CsvSource({"WORM,SPOILED", "ERASE,INCOMPLETE"})
  void aSourceThatCannotBeReadEndsIt(MediaType type, SideState state) throws Exception {
    source(MediaType.WORM);
    OpticalVolume target = target("TGT", type);
    Job job = startAndCut(Ask.of("SOURCE", target.id()), 3 << 20);

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.error())
        .hasMessageStartingWith("ODUP-MEDIA: OPT1605: sector ")
        .hasMessageContaining("of volume SOURCE cannot be read");
    assertThat(target.row().state()).isEqualTo(state);
    assertThat(source.row().state()).isEqualTo(SideState.INITIALIZED);
    test.assertNothingHeld();
  }

  @Test
  void damagedDataOfFilesMayBeLeftOut() throws Exception {
    source(MediaType.ERASE);
    byte[] all = TestOptical.raw(source);
    OpticalVolume target = target("TGT", MediaType.ERASE);

    Job job = startAndCut(Ask.of("SOURCE", target.id()).mediaErrors(), (3 << 20) + 100);

    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    Arrays.fill(all, 3 << 20, all.length, (byte) 0);
    assertThat(Arrays.equals(TestOptical.raw(target), all)).isTrue();
    assertThat(job.row().result()).contains("damaged_sectors=512");
    assertThat(job.log()).anyMatch(line -> line.contains("512 sectors of 1 files"));
    assertThat(job.log()).anyMatch(line -> line.contains("damaged file /"));
  }

  @Test
  void whatWasLeftOutIsCopiedOnceItCanBeRead() throws Exception {
    source(MediaType.ERASE);
    byte[] all = TestOptical.raw(source);
    OpticalVolume target = target("TGT", MediaType.ERASE);
    Job job = startAndCut(Ask.of("SOURCE", target.id()).ids("COPY").mediaErrors(), 3 << 20);
    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    try (var channel =
        Files.newByteChannel(source.medium().volume().home(), StandardOpenOption.WRITE)) {
      channel.position(3 << 20);
      channel.write(ByteBuffer.wrap(all, 3 << 20, all.length - (3 << 20)));
    }
    Job check = optical.checking().start(source, new Checking.Spec(false, false, null, "", 0));
    TestJobs.awaitEnd(check);
    assertThat(check.state()).as("%s", check.error()).isEqualTo(JobState.DONE);

    test.duplicate(Ask.of("SOURCE", "COPY").incremental().verify(Verify.CHANGED));

    assertThat(Arrays.equals(TestOptical.raw(target), all)).isTrue();
  }
}
