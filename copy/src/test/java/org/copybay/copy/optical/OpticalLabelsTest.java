package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** INZOPT, CHGOPTVOL and CVTOPTBKU. */
final class OpticalLabelsTest extends OpticalFixture {
  private OpticalVolume volume(MediaType type) throws Exception {
    return test.add("V" + optical.cartridgeRows().size(), "LIB", type, 100);
  }

  private void initialize(OpticalVolume volume, Initializing.Spec wanted) throws StorageException {
    optical.initializing().initialize(volume, wanted, NOTHING);
  }

  private static Initializing.Spec wanted(
      String id, int threshold, VolumeType type, @Nullable MediaFormat format) {
    return new Initializing.Spec(id, threshold, false, "", type, format);
  }

  private void change(OpticalVolume volume, Labels.Changing wanted) throws StorageException {
    optical.labels().change(volume, wanted, NOTHING);
  }

  private static Labels.Changing threshold(int percent) {
    return new Labels.Changing(null, percent, null, null);
  }

  @Test
  void anInitializedVolumeIsBlankAndHasItsLabel() throws Exception {
    OpticalVolume volume = test.init(volume(MediaType.ERASE), "FIRST");
    test.write(volume, 0, random(1, 9 * S));

    initialize(
        volume, new Initializing.Spec("SECOND", 80, false, "a text", VolumeType.PRIMARY, null));

    assertThat(volume.size()).isZero();
    assertThat(TestOptical.raw(volume)).containsOnly(0);
    assertThat(volume.id()).isEqualTo("SECOND");
    assertThat(volume.row().label().threshold()).isEqualTo(80);
    assertThat(volume.row().label().text()).isEqualTo("a text");
    assertThat(optical.activeOrNull("FIRST")).isNull();
    assertThat(optical.activeOrNull("SECOND")).isSameAs(volume);
  }

  @ParameterizedTest
  @CsvSource({
    "WORM, HPOFS, true",
    "WORM, UDF, false",
    "ERASE, HPOFS, true",
    "ERASE, UDF, true",
    "DVD_RAM, UDF, true",
    "DVD_RAM, HPOFS, false"
  })
  void aMediumTakesTheFormatsOfItsType(MediaType type, MediaFormat format, boolean takes)
      throws Exception {
    OpticalVolume volume = volume(type);
    Initializing.Spec wanted = wanted("V", 0, VolumeType.PRIMARY, format);
    if (takes) {
      initialize(volume, wanted);
      assertThat(volume.row().label().format()).isEqualTo(format);
    } else {
      assertFault(Fault.BAD_REQUEST, () -> initialize(volume, wanted), "is initialized as");
    }
  }

  @ParameterizedTest
  @CsvSource({"WORM,HPOFS", "ERASE,HPOFS", "DVD_RAM,UDF"})
  void theUsualFormatIsThatOfTheMedium(MediaType type, MediaFormat format) throws Exception {
    assertThat(test.init(volume(type), "V").row().label().format()).isEqualTo(format);
  }

  @Test
  void aWormIsInitializedOnce() throws Exception {
    OpticalVolume volume = test.init(volume(MediaType.WORM), "ONCE");
    assertFault(Fault.READ_ONLY, () -> test.init(volume, "TWICE"), "it is initialized once");
    OpticalVolume written = volume(MediaType.WORM);
    test.write(written, 0, new byte[] {1});
    assertFault(Fault.READ_ONLY, () -> test.init(written, "LATE"), "*WORM and written");
  }

  @Test
  void whatIsNeverWrittenIsNotInitialized() throws Exception {
    OpticalVolume volume = volume(MediaType.CD_ROM);
    assertFault(Fault.READ_ONLY, () -> test.init(volume, "V"), "it is never written");
  }

  @Test
  void checkYesRefusesAnInitializedVolume() throws Exception {
    OpticalVolume volume = volume(MediaType.ERASE);
    Initializing.Spec checked = new Initializing.Spec("V", 100, true, "", VolumeType.PRIMARY, null);
    initialize(volume, checked);
    test.write(volume, 0, random(1, S));

    assertFault(Fault.EXISTS, () -> initialize(volume, checked), "check=yes was given");

    assertThat(volume.size()).isEqualTo(S);
  }

  @ParameterizedTest
  @CsvSource({
    "0, PRIMARY, HPOFS, 95",
    "1, PRIMARY, HPOFS, 1",
    "100, PRIMARY, HPOFS, 100",
    "101, PRIMARY, HPOFS, BAD_REQUEST",
    "-1, PRIMARY, HPOFS, BAD_REQUEST",
    "0, PRIMARY, UDF, 100",
    "99, PRIMARY, UDF, BAD_REQUEST",
    "0, BACKUP, HPOFS, 99",
    "99, BACKUP, HPOFS, 99",
    "100, BACKUP, HPOFS, FORBIDDEN",
    "0, BACKUP, UDF, 99",
    "100, BACKUP, UDF, FORBIDDEN"
  })
  void theThresholdIsBounded(int percent, VolumeType type, MediaFormat format, String result)
      throws Exception {
    OpticalVolume volume = volume(MediaType.ERASE);
    Initializing.Spec wanted = wanted("V", percent, type, format);
    String got;
    try {
      initialize(volume, wanted);
      got = "" + volume.row().label().threshold();
    } catch (StorageException e) {
      got = e.fault().name();
    }
    assertThat(got).isEqualTo(result);
  }

  @Test
  void theThresholdIsChangedWithinTheSameBounds() throws Exception {
    OpticalVolume volume = test.init(volume(MediaType.ERASE), "V");
    change(volume, threshold(10));
    assertThatWritten(volume, 10);
    change(volume, threshold(12));
    assertThatWritten(volume, 12);
    assertFault(Fault.BAD_REQUEST, () -> change(volume, threshold(0)), "1 to 100 percent");
    initialize(volume, wanted("V", 0, VolumeType.PRIMARY, MediaFormat.UDF));
    assertFault(Fault.BAD_REQUEST, () -> change(volume, threshold(99)), "OPT1542 reason 05");
    initialize(volume, wanted("V", 0, VolumeType.BACKUP, null));
    assertFault(Fault.FORBIDDEN, () -> change(volume, threshold(98)), "is always 99");
  }

  /** As much as the threshold lets a program write. */
  private static void assertThatWritten(OpticalVolume volume, int sectors) throws Exception {
    try (OpenFile open = volume.open(WRITER, false)) {
      open.write(volume.size(), TestOptical.direct(random(1, 50 * S)));
      assertFault(
          Fault.NO_SPACE,
          () -> open.write(volume.size(), TestOptical.direct(new byte[1])),
          "volume-full threshold: " + sectors + " of " + sectors);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "small", "-DASH", "A B", "A/B", "ÄÖÜ", "X23456789012345678901234567890123"})
  void thatIsNoIdentifier(String id) throws Exception {
    OpticalVolume volume = volume(MediaType.ERASE);
    assertFault(Fault.BAD_REQUEST, () -> test.init(volume, id), "A-Z 0-9 - _ .");
  }

  @Test
  void anIdentifierOfUdfHas30Characters() throws Exception {
    OpticalVolume udf = volume(MediaType.DVD_RAM);
    assertFault(Fault.BAD_REQUEST, () -> test.init(udf, "X".repeat(31)), "OPT1542 reason 01");
    test.init(udf, "X".repeat(30));
    assertFault(
        Fault.BAD_REQUEST,
        () -> change(udf, new Labels.Changing("Y".repeat(31), null, null, null)),
        "OPT1542 reason 01");
    test.init(volume(MediaType.ERASE), "Z".repeat(32));
  }

  @Test
  void noIdentifierIsTakenTwice() throws Exception {
    test.init(volume(MediaType.ERASE), "V");
    OpticalVolume other = test.init(volume(MediaType.ERASE), "W");
    assertFault(Fault.EXISTS, () -> test.init(other, "V"), "volume V exists");
    assertFault(
        Fault.EXISTS,
        () -> change(other, new Labels.Changing("V", null, null, null)),
        "volume V exists");
    test.init(other, "W");
  }

  @Test
  void aTextHas50Characters() throws Exception {
    OpticalVolume volume = test.init(volume(MediaType.ERASE), "V");
    change(volume, new Labels.Changing(null, null, "x".repeat(50), null));
    assertThat(volume.row().label().text()).hasSize(50);
    assertFault(
        Fault.BAD_REQUEST,
        () -> change(volume, new Labels.Changing(null, null, "x".repeat(51), null)),
        "at most 50 characters");
    assertFault(
        Fault.BAD_REQUEST,
        () ->
            initialize(
                volume,
                new Initializing.Spec("V", 0, false, "x".repeat(51), VolumeType.PRIMARY, null)),
        "at most 50 characters");
  }

  @Test
  void aVolumeThatIsOpenIsNotInitialized() throws Exception {
    OpticalVolume volume = volume(MediaType.ERASE);
    try (OpenFile open = volume.open(WRITER, false)) {
      assertFault(Fault.BUSY, () -> test.init(volume, "V"), "is open by");
    }
    test.init(volume, "V");
    test.assertNothingHeld();
  }

  @Test
  void aWriteProtectedVolumeStaysAsItIs() throws Exception {
    OpticalVolume volume = test.init(volume(MediaType.ERASE), "V");
    test.write(volume, 0, random(1, S));
    change(volume, new Labels.Changing(null, null, null, true));

    assertFault(Fault.READ_ONLY, () -> test.write(volume, 0, new byte[1]), "write-protected");
    assertFault(Fault.READ_ONLY, () -> test.truncate(volume), "write-protected");
    assertFault(Fault.READ_ONLY, () -> test.init(volume, "W"), "write-protected");
    change(volume, new Labels.Changing(null, null, null, false));
    test.write(volume, 0, new byte[1]);
  }

  @Test
  void whatWasMadeIsNotRenamed() throws Exception {
    OpticalVolume volume = volume(MediaType.DVD_ROM);
    assertFault(
        Fault.UNSUPPORTED,
        () -> change(volume, new Labels.Changing("NEW", null, null, null)),
        "OPT1542 reason 08");
  }

  // ---- *BACKUP

  @Test
  void noProgramWritesABackupAndNothingOfItIsDeleted() throws Exception {
    OpticalVolume volume = volume(MediaType.ERASE);
    initialize(volume, wanted("B", 0, VolumeType.BACKUP, null));

    assertFault(Fault.FORBIDDEN, () -> test.write(volume, 0, new byte[1]), "*BACKUP volume");
    assertFault(Fault.FORBIDDEN, () -> volume.zero(0, 1, true), "*BACKUP volume");
    assertFault(Fault.FORBIDDEN, () -> volume.setSize(S), "*BACKUP volume");
  }

  @Test
  void aBackupBecomesAPrimaryVolumeForGood() throws Exception {
    OpticalVolume volume = volume(MediaType.DVD_RAM);
    initialize(volume, wanted("B", 0, VolumeType.BACKUP, null));
    assertFault(
        Fault.BAD_REQUEST,
        () -> optical.labels().convert(volume, "X".repeat(31), NOTHING),
        "OPT1542 reason 01");

    optical.labels().convert(volume, "P", NOTHING);

    assertThat(volume.id()).isEqualTo("P");
    assertThat(volume.row().label().type()).isEqualTo(VolumeType.PRIMARY);
    test.write(volume, 0, new byte[1]);
    assertFault(
        Fault.BAD_REQUEST,
        () -> optical.labels().convert(volume, null, NOTHING),
        "is no *BACKUP volume");
    initialize(volume, wanted("B", 0, VolumeType.BACKUP, null)); // the only way back
  }

  @Test
  void labelsSurviveARestart() throws Exception {
    OpticalVolume volume = volume(MediaType.ERASE);
    initialize(
        volume, new Initializing.Spec("V", 42, false, "some text", VolumeType.PRIMARY, null));
    String key = volume.key();
    SideRecord row = volume.row();
    reopen();
    assertThat(test.side(key).row()).isEqualTo(row);
  }
}
