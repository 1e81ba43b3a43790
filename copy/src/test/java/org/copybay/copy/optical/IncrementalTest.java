package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.copybay.copy.engine.Job;
import org.copybay.copy.optical.DuplicateSpec.Verify;
import org.copybay.volumes.Fault;
import org.copybay.volumes.media.MediaType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Duplicates that copy only what changed since the last one; nothing verifies them but the test.
 */
final class IncrementalTest extends OpticalFixture {
  private static final int SECTORS = 2 * TestOptical.MIB / S;

  private OpticalVolume source;
  private OpticalVolume target;

  @BeforeEach
  void duplicateOnce() throws Exception {
    source = test.init(test.add("SRC", "LIB", MediaType.ERASE, SECTORS), "SOURCE");
    test.write(source, 0, random(1, 900 * S));
    target = test.add("TGT", "LIB", MediaType.ERASE, SECTORS);
    test.duplicate(Ask.of("SOURCE", "TGT.A").ids("COPY"));
  }

  private Job again() throws Exception {
    return test.duplicate(Ask.of("SOURCE", "COPY").incremental().verify(Verify.NO));
  }

  private void assertIdentical() throws Exception {
    assertThat(Arrays.equals(TestOptical.raw(target), TestOptical.raw(source))).isTrue();
    assertThat(TestOptical.written(target)).isEqualTo(TestOptical.written(source));
    test.assertNothingHeld();
  }

  @Test
  void whereNothingChangedNothingIsCopied() throws Exception {
    Job job = again();

    assertThat(TestOptical.copied(job)).isZero();
    assertThat(job.row().result()).contains("incremental=yes");
    assertIdentical();
  }

  @Test
  void onlyWhatChangedIsCopied() throws Exception {
    test.write(source, 10 * 4096, random(2, 4096));
    test.write(source, 1000L * S, random(3, 2 * S));

    Job job = again();

    assertThat(TestOptical.copied(job)).isEqualTo(2 * 4096);
    assertIdentical();
  }

  @Test
  void whatAProgramChangedOnTheTargetIsCopiedToo() throws Exception {
    test.write(target, 20 * 4096, random(2, 100));

    Job job = again();

    assertThat(TestOptical.copied(job)).isEqualTo(4096);
    assertIdentical();
  }

  @Test
  void aSectorThatOnlyTheTargetHasMakesItAFullOne() throws Exception {
    test.write(target, 950L * S, random(2, S));

    Job job = again();

    assertThat(TestOptical.copied(job)).isEqualTo(900L * S);
    assertThat(job.log()).anyMatch(line -> line.contains("sectors that the source has not"));
    assertIdentical();
  }

  @Test
  void anErasedSourceMakesItAFullOne() throws Exception {
    test.truncate(source);
    test.write(source, 0, random(5, 30 * S));

    again();

    assertIdentical();
  }

  @Test
  void anErasedTargetMakesItAFullOne() throws Exception {
    test.truncate(target);

    Job job = test.duplicate(Ask.of("SOURCE", "COPY").clear(true).incremental().verify(Verify.NO));

    assertThat(TestOptical.copied(job)).isEqualTo(900L * S);
    assertIdentical();
  }

  @Test
  void itGoesOnAfterARestart() throws Exception {
    test.write(source, 10 * 4096, random(2, 4096));
    reopen();
    source = test.side("SRC.A");
    target = test.side("TGT.A");
    test.write(source, 30 * 4096, random(2, 4096));

    Job job = again();

    assertThat(TestOptical.copied(job)).isEqualTo(2 * 4096);
    assertIdentical();
  }

  @Test
  void lostBitmapsMakeItAFullOne() throws Exception {
    Base base = Objects.requireNonNull(target.row().base());
    test.bay.bitmaps().deleteHidden(source.medium().volume(), base.sourceBitmap());
    test.write(source, 10 * 4096, random(2, 4096));

    Job job = again();

    assertThat(TestOptical.copied(job)).isEqualTo(900L * S);
    assertThat(job.log()).anyMatch(line -> line.contains("is not known"));
    assertIdentical();
  }

  @Test
  void withoutItAllIsCopied() throws Exception {
    Job job = test.duplicate(Ask.of("SOURCE", "COPY").clear(true));

    assertThat(TestOptical.copied(job)).isEqualTo(900L * S);
    assertThat(job.row().result()).contains("incremental=no");
  }

  @Test
  void aDescriptorThatIsNoneAnyMoreIsCopied() throws Exception {
    byte[] image = TestOptical.iso("ISO", 200);
    TestOptical.put(image, 17 * S, "\0CD001\1"); // a boot record
    TestOptical.put(image, 18 * S, "\2CD001\1");
    TestOptical.put(image, 18 * S + 40, "\0I\0S\0O");
    TestOptical.put(image, 18 * S + 88, "%/E");
    TestOptical.put(image, 18 * S + 813, "2019050607080910\4");
    TestOptical.put(image, 19 * S, "\377CD001\1");
    test.write(source, 0, image);
    again();
    assertThat(TestOptical.format(target).formats()).hasSize(2);
    test.write(source, 16L * S, new byte[S]); // no format any more; that of Joliet stays
    assertThat(TestOptical.format(source).formats()).isEmpty();

    again();

    assertIdentical();
  }

  @Test
  void eachTargetHasItsOwnRecordOfWhatChanged() throws Exception {
    test.add("T2", "LIB", MediaType.ERASE, SECTORS);
    test.write(source, 10 * 4096, random(2, 4096));
    test.duplicate(Ask.of("SOURCE", "T2.A").ids("COPY2"));
    test.write(source, 40 * 4096, random(2, 4096));

    Job second = test.duplicate(Ask.of("SOURCE", "COPY2").incremental().verify(Verify.NO));
    Job first = again();

    assertThat(TestOptical.copied(second)).isEqualTo(4096);
    assertThat(TestOptical.copied(first)).isEqualTo(2 * 4096);
    assertIdentical();
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 8192, 65536})
  void randomChangesOfBothAreMadeGoodAtEverySectorSize(int sector) throws Exception {
    long seed = Long.getLong("copybay.seed", System.nanoTime());
    Random random = new Random(seed);
    int sectors = TestOptical.MIB / sector;
    source =
        test.init(
            test.add(TestOptical.wanted("RS", "LIB", MediaType.ERASE, sector, TestOptical.MIB, 1)),
            "RSOURCE");
    target = test.add(TestOptical.wanted("RT", "LIB", MediaType.ERASE, sector, TestOptical.MIB, 1));
    test.write(source, 0, random(1, sectors / 2 * sector));
    test.duplicate(Ask.of("RSOURCE", "RT.A").ids("RCOPY"));
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 5; i++) {
        OpticalVolume either = random.nextInt(3) == 0 ? target : source;
        int offset = random.nextInt(TestOptical.MIB - 20_000);
        test.write(either, offset, random(random.nextLong(), 1 + random.nextInt(20_000)));
      }
      test.duplicate(Ask.of("RSOURCE", "RCOPY").incremental().verify(Verify.NO));
      assertThat(Arrays.equals(TestOptical.raw(target), TestOptical.raw(source)))
          .as("-Dcopybay.seed=%s round=%s", seed, round)
          .isTrue();
      assertThat(TestOptical.written(target)).isEqualTo(TestOptical.written(source));
    }
  }

  @Test
  void theBackupOfAnotherVolumeOfThatNameIsNotOverwritten() throws Exception {
    optical.labels().change(source, new Labels.Changing("OLD", null, null, null), NOTHING);
    OpticalVolume other = test.init(test.add("O", "LIB", MediaType.ERASE, SECTORS), "SOURCE");

    assertFault(
        Fault.EXISTS,
        () -> test.start(Ask.of(other.id(), "COPY").incremental()),
        "ODUP-NOTCLEAR: target COPY is initialized");
    test.duplicate(Ask.of("OLD", "COPY").incremental());
  }

  @Test
  void aWormTargetHasNoLaterOne() throws Exception {
    OpticalVolume worm = test.init(test.add("W", "LIB", MediaType.WORM, SECTORS), "WSRC");
    test.write(worm, 0, random(4, 20 * S));
    test.add("WT", "LIB", MediaType.WORM, SECTORS);
    test.duplicate(Ask.of("WSRC", "WT.A").ids("WCOPY"));

    assertThat(test.side("WT.A").row().base()).isNull();
    optical.cartridges().destroy(optical.cartridge("WT"), NOTHING);
    test.assertNothingHeld();
  }
}
