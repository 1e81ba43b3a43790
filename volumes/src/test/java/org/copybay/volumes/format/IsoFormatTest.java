package org.copybay.volumes.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IsoFormatTest {
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789Z");

  @Test
  void sayWhatTheMediumIs() throws Exception {
    MediumFormat plain = IsoMedium.plain("OLD").format();

    assertThat(plain.name()).isEqualTo("ISO 9660");
    assertThat(plain.formats())
        .containsExactly(
            new FoundFormat(
                FoundFormat.Kind.ISO_9660, "OLD", Instant.parse("2019-05-06T06:08:09.100Z")));
    assertThat(plain.refusal()).isNull();
    assertThat(plain.extents()).containsExactly(new Extent(32768, 2048));
  }

  @Test
  void theNewLabelStandsInEveryDescriptorAndNothingElseChanges() throws Exception {
    MemoryImage image = IsoMedium.withJoliet("OLD");

    List<Patch> patches = image.format().relabel("NEW-1.X_Y", NOW);

    MemoryImage changed = image.with(patches);
    assertThat(image.format().name()).isEqualTo("ISO 9660 with Joliet");
    assertThat(patches.stream().map(Patch::extent)).isEqualTo(image.format().extents());
    assertThat(changed.text(IsoMedium.at(0) + 40, 32)).isEqualTo("NEW-1.X_Y" + " ".repeat(23));
    assertThat(changed.text(IsoMedium.at(2) + 40, 32)).isEqualTo("NEW-1.X_Y" + " ".repeat(23));
    assertThat(changed.text(IsoMedium.at(3) + 40, 32))
        .isEqualTo("\0N\0E\0W\0-\0001\0.\0X\0_\0Y" + "\0 ".repeat(7));
    for (int sector : List.of(0, 2, 3)) {
      assertThat(changed.text(IsoMedium.at(sector) + 813, 17)).isEqualTo("2026020304050678\0");
      changed.put(IsoMedium.at(sector) + 813, IsoMedium.CREATED);
      changed.put(IsoMedium.at(sector) + 40, image.text(IsoMedium.at(sector) + 40, 32));
    }
    assertThat(changed.bytes).isEqualTo(image.bytes);
    assertThat(image.with(patches).format().formats())
        .extracting(FoundFormat::identifier)
        .containsExactly("NEW-1.X_Y", "NEW-1.X_Y");
  }

  @Test
  void withoutTheExtentsThereIsNoFormat() throws Exception {
    MemoryImage image = IsoMedium.withJoliet("OLD");

    MediumFormat rest = image.without(image.format().extents()).format();

    assertThat(rest.name()).isEqualTo("no known format");
  }

  @Test
  void everyCopyOfThePrimaryDescriptorIsChanged() throws Exception {
    MemoryImage image = IsoMedium.plain("OLD");
    image.put(IsoMedium.at(1), image.text(IsoMedium.at(0), 2048));
    IsoMedium.terminator(image, 2);

    MemoryImage changed = image.with(image.format().relabel("NEW", NOW));

    assertThat(changed.text(IsoMedium.at(1), 2048)).isEqualTo(changed.text(IsoMedium.at(0), 2048));
  }

  @Test
  void whatIsLongerThanTheShortestFieldIsRefused() throws Exception {
    String long32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    IsoMedium.plain("OLD").format().require(long32);
    IsoMedium.withJoliet("OLD").format().require(long32.substring(0, 16));
    assertThatThrownBy(() -> IsoMedium.plain("OLD").format().require(long32 + "6"))
        .hasMessageContaining("of ISO 9660 has at most 32 characters, got 33");
    assertThatThrownBy(
            () -> IsoMedium.withJoliet("O").format().relabel(long32.substring(0, 17), NOW))
        .hasMessageContaining("of Joliet has at most 16 characters, got 17")
        .extracting(e -> ((StorageException) e).fault())
        .isEqualTo(Fault.BAD_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "A B", "A/B", "A\0", "\u00c4"})
  void otherCharactersAreRefused(String identifier) {
    assertThatThrownBy(() -> IsoMedium.plain("OLD").format().require(identifier))
        .hasMessageContaining("A-Z 0-9 - . _");
  }

  @Test
  void whatIsNotMadeOfDCharactersIsWrittenWithAWarning() throws Exception {
    MediumFormat format = IsoMedium.plain("OLD").format();

    assertThat(format.warnings("NEW_1")).isEmpty();
    assertThat(format.warnings("NEW-1")).singleElement().asString().contains("NEW-1 is written");
  }

  @Test
  void aChecksumOfTheMediumInItselfIsAWarning() throws Exception {
    MemoryImage implanted = IsoMedium.plain("OLD");
    implanted.put(IsoMedium.at(0) + 883, "ISO MD5SUM = 0123456789abcdef0123456789abcdef;SKIP");
    MemoryImage tagged = IsoMedium.plain("OLD");
    tagged.put(IsoMedium.at(5), "libisofs_sb_checksum_tag_v1 pos=21");

    for (MemoryImage image : List.of(implanted, tagged)) {
      assertThat(image.format().warnings("NEW"))
          .singleElement()
          .asString()
          .contains("a checksum of itself");
    }
  }

  @Test
  void aTimeThatIsNotSetIsNone() throws Exception {
    MemoryImage image = IsoMedium.plain("OLD");

    for (String field : List.of("0".repeat(16) + "\0", "\0".repeat(17), "2019139900000000\0")) {
      image.put(IsoMedium.at(0) + 813, field);
      assertThat(image.format().formats().get(0).created()).isNull();
    }
  }

  @Test
  void aMediumThatHasANameOfAppleTooIsRefused() throws Exception {
    MemoryImage hfs = IsoMedium.plain("OLD");
    hfs.put(1024, "BD");
    hfs.put(1024 + 22, (byte) 8);
    hfs.put(1024 + 36, "\5APPLE");
    MemoryImage hfsPlus = IsoMedium.plain("OLD");
    hfsPlus.put(1024, "H+\0\4");
    hfsPlus.put(1024 + 42, (byte) 0x10);

    for (MemoryImage image : List.of(hfs, hfsPlus, withPartition(16, 200), withPartition(64, 1))) {
      assertThat(image.format().refusal()).contains("HFS");
      assertThat(image.format().extents()).isEmpty();
    }
    assertThat(withPartition(100, 200).format().refusal()).isNull();
    assertThat(withPartition(4, 60).format().refusal()).isNull();
  }

  private static MemoryImage withPartition(int firstSector, int sectors) {
    MemoryImage image = IsoMedium.plain("OLD");
    image.put(512, "PM");
    image.put(512 + 48, "Apple_partition_map");
    image.put(1024, "PM");
    image.put(1024 + 11, (byte) firstSector);
    image.put(1024 + 15, (byte) sectors);
    image.put(1024 + 48, "Apple_HFS");
    return image;
  }

  @Test
  void damagedDescriptorsAreRefused() throws Exception {
    MemoryImage endless = new MemoryImage(1 << 20);
    for (int sector = 0; sector < 400; sector++) {
      IsoMedium.descriptor(endless, sector, 1, 1, new byte[0]);
    }
    MemoryImage noPrimary = IsoMedium.withJoliet("OLD");
    noPrimary.put(IsoMedium.at(0), (byte) 3);
    MemoryImage foreign = IsoMedium.withJoliet("OLD");
    foreign.put(IsoMedium.at(3) + 88, "%/Z");

    assertThat(endless.format().refusal()).contains("no end within 64");
    assertThat(noPrimary.format().refusal()).contains("primary volume descriptor");
    assertThat(foreign.format().refusal()).contains("character set");
    assertThatThrownBy(() -> foreign.format().relabel("NEW", NOW))
        .hasMessageContaining("cannot change the label of ISO 9660: a supplementary")
        .extracting(e -> ((StorageException) e).fault())
        .isEqualTo(Fault.UNSUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2048, 32768, 32769, 34815})
  void aMediumTooSmallForADescriptorHasNoFormat(int size) throws Exception {
    byte[] bytes = Arrays.copyOf(IsoMedium.plain("OLD").bytes, size);

    MediumFormat format = new MemoryImage(bytes).format();

    assertThat(format.name()).isEqualTo("no known format");
    assertThat(format.formats()).isEmpty();
    assertThat(format.relabel("what is not checked", NOW)).isEmpty();
  }

  @Test
  void anErrorOfTheImageIsPassedOn() {
    MemoryImage image = IsoMedium.plain("OLD");
    image.failsFrom = 33000;

    assertThatThrownBy(image::format)
        .isInstanceOf(StorageException.class)
        .extracting(e -> ((StorageException) e).fault())
        .isEqualTo(Fault.STORE_FAILED);
  }
}
