package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.optical.DuplicateSpec.Verify;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Torture test 25: a duplicate in which the process dies, or power is lost, and one that ends. */
final class DuplicateCrashTest extends OpticalFixture {
  private static final int SECTORS = 2 * TestOptical.MIB / S;
  private static final int TRACKS = SECTORS * S / 65536;
  private static final int TENTHS = 10;

  private OpticalVolume source;
  private byte[] bytes;

  /** A source with a format, or one that ends with zeros. */
  private void makeSource(MediaType type, boolean format) throws Exception {
    source = test.init(test.add("SRC", "LIB", type, SECTORS), "SOURCE");
    bytes = format ? TestOptical.iso("SOURCE", SECTORS) : random(1, SECTORS * S);
    if (!format) {
      Arrays.fill(bytes, bytes.length - 3 * S, bytes.length, (byte) 0);
    }
    test.write(source, 0, bytes);
  }

  private void after(Path crash, RecoverMode mode) throws Exception {
    test.close();
    test = TestOptical.open(crash, mode);
    optical = test.optical;
    source = test.side("SRC.A");
  }

  @ParameterizedTest
  @CsvSource({
    "WORM,PROCESS,SPOILED",
    "WORM,POWER,SPOILED",
    "ERASE,PROCESS,INCOMPLETE",
    "ERASE,POWER,INCOMPLETE"
  })
  void aCrashInEachTenthLeavesNoLabelAndNothingHeld(
      MediaType type, RecoverMode mode, SideState state) throws Exception {
    makeSource(MediaType.WORM, true);
    OpticalVolume target = test.add("TGT", "LIB", type, SECTORS);
    if (type == MediaType.ERASE) {
      test.write(target, 0, TestOptical.iso("OLD", SECTORS));
    }
    Crashes crashes = new Crashes(test, directory);
    AtomicInteger writes = new AtomicInteger();
    HookedDisk.underBitmaps(target.medium().volume())
        .hook(
            request -> {
              if (request == HookedDisk.Request.WRITE
                  && writes.getAndIncrement() % (TRACKS / TENTHS) == 1) {
                crashes.now();
              }
            });
    Job job = test.duplicate(Ask.of("SOURCE", target.id()).clear(true).ids("COPY"));

    assertThat(crashes.all()).hasSizeGreaterThanOrEqualTo(TENTHS);
    for (Path crash : crashes.all().subList(0, TENTHS)) {
      after(crash, mode);
      requireFailed(job.id(), crash, state);
      test.close();
      assertThat(TestOptical.damages(crash)).isEmpty();
    }
    after(crashes.all().get(TENTHS / 2), mode);
    if (type == MediaType.ERASE) {
      test.duplicate(Ask.of("SOURCE", "TGT.A").ids("COPY").resume());
      assertThat(test.side("TGT.A").id()).isEqualTo("COPY");
      assertThat(TestOptical.format(test.side("TGT.A")).formats()).hasSize(1);
    }
  }

  private void requireFailed(String id, Path crash, SideState state) throws Exception {
    Job found = Objects.requireNonNull(test.jobs.find(id));
    assertThat(found.state()).as("%s", crash).isEqualTo(JobState.FAILED);
    assertThat(found.error()).hasMessageStartingWith("ODUP-SYS: the mount ended while");
    OpticalVolume target = test.side("TGT.A");
    assertThat(target.row().state()).isEqualTo(state);
    assertThat(target.id()).isNotEqualTo("COPY");
    assertThat(TestOptical.format(target).formats()).as("%s", crash).isEmpty();
    assertThat(Arrays.equals(TestOptical.raw(source), bytes)).isTrue();
    test.assertNothingHeld();
  }

  @ParameterizedTest
  @EnumSource(names = {"WORM", "ERASE"})
  void afterACrashAtAnyCommitItIsDoneOrFailedOrWasNeverAccepted(MediaType type) throws Exception {
    makeSource(MediaType.WORM, true);
    OpticalVolume target = test.add("TGT", "LIB", type, SECTORS);
    Crashes crashes = new Crashes(test, directory);
    crashes.inEveryTransaction();
    Job job = test.duplicate(Ask.of("SOURCE", target.id()).ids("COPY"));
    crashes.now();

    int done = 0;
    int failed = 0;
    for (Path crash : crashes.all()) {
      after(crash, RecoverMode.AUTO);
      Job found = test.jobs.find(job.id());
      OpticalVolume now = test.side("TGT.A");
      if (found == null) {
        assertThat(now.row().state()).isEqualTo(SideState.UNINITIALIZED);
      } else {
        TestJobs.awaitEnd(found);
        boolean whole = found.state() == JobState.DONE;
        done += whole ? 1 : 0;
        failed += whole ? 0 : 1;
        assertThat(now.row().state() == SideState.INITIALIZED).as("%s", crash).isEqualTo(whole);
        assertThat(now.id().equals("COPY")).isEqualTo(whole);
        assertThat(now.row().state().broken()).isEqualTo(!whole);
      }
      test.assertNothingHeld();
      test.close();
      assertThat(TestOptical.damages(crash)).as("%s", crash).isEmpty();
    }
    assertThat(done).isPositive();
    assertThat(failed).isPositive();
  }

  // ---- a clean end of the mount

  private Job startSlowly(Ask ask) throws Exception {
    Job job = test.start(ask.rate(1 << 20));
    TestJobs.await("checkpoint", () -> job.row().checkpoint() > 0);
    return job;
  }

  private Job goOn(Job job) throws Exception {
    Job found = Objects.requireNonNull(test.jobs.find(job.id()));
    found.setRate(0);
    TestJobs.awaitEnd(found);
    assertThat(found.state()).as("%s", found.error()).isEqualTo(JobState.DONE);
    return found;
  }

  @ParameterizedTest
  @CsvSource({"WORM,WORM", "WORM,ERASE", "ERASE,ERASE"})
  void afterACleanEndOfTheMountItGoesOnAndIsWhole(MediaType from, MediaType to) throws Exception {
    makeSource(from, false);
    test.add("TGT", "LIB", to, SECTORS);
    Job job = startSlowly(Ask.of("SOURCE", "TGT.A").ids("COPY"));

    reopen();
    long checkpoint = Objects.requireNonNull(test.jobs.find(job.id())).row().checkpoint();
    Job found = goOn(job);

    OpticalVolume target = test.side("TGT.A");
    assertThat(TestOptical.copied(found)).isEqualTo(bytes.length - checkpoint);
    assertThat(Arrays.equals(TestOptical.read(target), bytes)).isTrue();
    assertThat(target.id()).isEqualTo("COPY");
    test.assertNothingHeld();
  }

  @Test
  void whatIsWrittenBetweenTheMountsIsNotInIt() throws Exception {
    makeSource(MediaType.ERASE, false);
    test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = startSlowly(Ask.of("SOURCE", "TGT.A").ids("COPY"));
    test.write(source, 0, random(5, bytes.length));

    reopen();
    test.write(test.side("SRC.A"), 9 * S, random(6, 500_000));
    goOn(job);

    assertThat(Arrays.equals(TestOptical.read(test.side("TGT.A")), bytes)).isTrue();
    source = test.side("SRC.A");
    test.duplicate(Ask.of("SOURCE", "COPY").incremental().verify(Verify.NO));
    assertThat(Arrays.equals(TestOptical.raw(test.side("TGT.A")), TestOptical.raw(source)))
        .isTrue();
  }

  @Test
  void zerosThatWereOverwrittenBeforeACleanEndReplaceWhatTheTargetHeld() throws Exception {
    makeSource(MediaType.ERASE, false);
    test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    test.duplicate(Ask.of("SOURCE", "TGT.A").ids("COPY"));
    bytes = random(2, bytes.length);
    int zeros = bytes.length - 10 * S;
    Arrays.fill(bytes, zeros, zeros + S, (byte) 0);
    test.write(source, 0, bytes);
    Job job = startSlowly(Ask.of("SOURCE", "COPY").incremental().verify(Verify.NO));
    test.write(source, zeros, random(3, S));

    reopen();
    goOn(job);

    assertThat(Arrays.equals(TestOptical.read(test.side("TGT.A")), bytes)).isTrue();
  }

  @Test
  void whatIsErasedBeforeACleanEndIsInIt() throws Exception {
    makeSource(MediaType.ERASE, false);
    test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = startSlowly(Ask.of("SOURCE", "TGT.A").ids("COPY").verify(Verify.NO));
    test.truncate(source);

    reopen();
    goOn(job);

    assertThat(Arrays.equals(TestOptical.read(test.side("TGT.A")), bytes)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"WORM,SPOILED", "ERASE,INCOMPLETE"})
  void aCrashAfterACleanEndEndsIt(MediaType type, SideState state) throws Exception {
    makeSource(MediaType.WORM, false);
    test.add("TGT", "LIB", type, SECTORS);
    Job job = startSlowly(Ask.of("SOURCE", "TGT.A").ids("COPY"));
    reopen();
    Path crash = test.copyTo(directory.resolve("crashed"));

    after(crash, RecoverMode.AUTO);

    requireFailed(job.id(), crash, state);
  }

  @Test
  void aVolumeThatIsGoneAtTheMountEndsIt() throws Exception {
    makeSource(MediaType.WORM, false);
    test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    Job job = startSlowly(Ask.of("SOURCE", "TGT.A").ids("COPY"));
    test.jobs.close();
    Files.delete(source.medium().volume().directory().resolve("optical")); // its label
    test.bay
        .catalogue()
        .change(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute("delete from optical_side where key = 'SRC.A'");
              }
            });
    reopen();

    Job found = Objects.requireNonNull(test.jobs.find(job.id()));
    assertThat(found.state()).isEqualTo(JobState.FAILED);
    assertThat(found.error()).hasMessage("ODUP-SYS: side SRC.A is gone");
  }
}
