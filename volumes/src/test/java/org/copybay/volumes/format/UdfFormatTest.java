package org.copybay.volumes.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UdfFormatTest {
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final byte[] NOW_FIELD = {0, 0x10, (byte) 0xea, 7, 2, 3, 4, 5, 6, 78, 90, 12};

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 8192})
  void theNewLabelStandsInBothSequencesAndInTheFileSet(int blockBytes) throws Exception {
    UdfMedium medium = UdfMedium.plain(blockBytes, "OLD");

    MemoryImage changed = medium.image.with(medium.image.format().relabel("NEW-1.X", NOW));

    assertThat(medium.image.format().name()).isEqualTo("UDF");
    assertThat(medium.image.format().formats())
        .containsExactly(
            new FoundFormat(
                FoundFormat.Kind.UDF, "OLD", Instant.parse("2019-05-06T06:08:09.101112Z")));
    UdfMedium expected = UdfMedium.plain(blockBytes, "NEW-1.X");
    for (int block : List.of(UdfMedium.MAIN, UdfMedium.RESERVE)) {
      expected.image.put(expected.at(block) + 376, NOW_FIELD);
      expected.seal(block, block);
    }
    expected.image.put(expected.at(UdfMedium.PARTITION + 3) + 16, NOW_FIELD);
    expected.seal(UdfMedium.PARTITION + 3, 3);
    assertThat(changed.bytes).isEqualTo(expected.image.bytes);
  }

  @Test
  void thePatchesFillTheExtentsAndWithoutTheseThereIsNoLabel() throws Exception {
    MemoryImage image = UdfMedium.plain(2048, "OLD").image;

    MediumFormat format = image.format();

    assertThat(format.relabel("NEW", NOW).stream().map(Patch::extent)).isEqualTo(format.extents());
    assertThat(format.extents()).hasSize(9);
    MediumFormat rest = image.without(format.extents()).format();
    assertThat(rest.formats().get(0).identifier()).isEmpty();
    assertThat(rest.refusal()).contains("no undamaged anchor");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothMirrorsOfMetadataAreChanged(boolean extended) throws Exception {
    UdfMedium medium = UdfMedium.metadata(1024, "OLD", extended);

    MemoryImage changed = medium.image.with(medium.image.format().relabel("NEW", NOW));

    for (int block : List.of(41, 66)) {
      long at = medium.at(UdfMedium.PARTITION + block);
      assertThat(changed.text(at + 112, 5)).isEqualTo("\bNEW\0");
    }
    assertThat(changed.format().refusal()).isNull();
  }

  @Test
  void theFileSetIdentifierChangesWhereItRepeatsTheName() throws Exception {
    UdfMedium repeats = UdfMedium.withFileSetId("OLD", "OLD");
    UdfMedium names = UdfMedium.withFileSetId("OLD", "FILES");
    long at = repeats.at(UdfMedium.PARTITION + 3) + 304;

    assertThat(repeats.image.with(repeats.image.format().relabel("NEW", NOW)).text(at, 6))
        .isEqualTo("\bNEW\0\0");
    assertThat(names.image.with(names.image.format().relabel("NEW", NOW)).text(at, 6))
        .isEqualTo("\bFILES");
  }

  @Test
  void aSparablePartitionIsRefusedOnlyWhereTheFileSetWasMoved() throws Exception {
    assertThat(UdfMedium.sparable("OLD", 48).image.format().refusal()).isNull();
    assertThat(UdfMedium.sparable("OLD", 32).image.format().refusal())
        .contains("lies in a spare place, in the packet of block 32");
    UdfMedium damaged = UdfMedium.sparable("OLD", 48);
    damaged.image.flip(damaged.at(UdfMedium.SPARING_TABLE) + 20);
    assertThat(damaged.image.format().refusal()).contains("sparing tables");
  }

  @Test
  void aVirtualAllocationTableIsRefusedAndTheLabelIsShown() throws Exception {
    MediumFormat format = UdfMedium.virtual("OLD").image.format();

    assertThat(format.refusal()).contains("virtual allocation table");
    assertThat(format.formats().get(0).identifier()).isEqualTo("OLD");
    assertThat(format.extents()).isEmpty();
  }

  @Test
  void thirtyCharactersAreTheMost() throws Exception {
    MediumFormat format = UdfMedium.plain(2048, "OLD").image.format();
    String thirty = "A123456789B123456789C123456789";

    MemoryImage changed = UdfMedium.plain(2048, "OLD").image.with(format.relabel(thirty, NOW));

    assertThat(changed.format().formats().get(0).identifier()).isEqualTo(thirty);
    assertThatThrownBy(() -> format.relabel(thirty + "X", NOW))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("of UDF has at most 30 characters, got 31");
  }

  @Test
  void damageInAnyDescriptorOfTheLabelIsRefused() throws Exception {
    for (int block :
        List.of(
            UdfMedium.MAIN + UdfMedium.PRIMARY,
            UdfMedium.MAIN + UdfMedium.LOGICAL,
            UdfMedium.RESERVE + UdfMedium.PRIMARY,
            UdfMedium.RESERVE + UdfMedium.LV_INFO,
            UdfMedium.RESERVE + UdfMedium.LOGICAL,
            UdfMedium.PARTITION + 3)) {
      for (int in : List.of(4, 8, 12, 100, 511)) {
        UdfMedium medium = UdfMedium.plain(2048, "OLD");
        medium.image.flip(medium.at(block) + in);
        assertThat(medium.image.format().refusal()).as("block %d byte %d", block, in).isNotNull();
      }
    }
  }

  @Test
  void aChecksumOverMoreThanABlockIsRefused() throws Exception {
    UdfMedium medium = UdfMedium.plain(512, "OLD");
    long at = medium.at(UdfMedium.MAIN);
    medium.image.put(at + 10, (byte) 0xff, (byte) 0xff);
    medium.image.put(at + 4, (byte) (medium.image.bytes[(int) at + 4] + 2 * 0xff - 0xf0 - 0x01));

    assertThat(medium.image.format().refusal()).contains("crc length: 65535");
  }

  @Test
  void oneOfTheAnchorsIsEnough() throws Exception {
    UdfMedium first = UdfMedium.plain(2048, "OLD");
    first.image.flip(first.at(256) + 20);
    UdfMedium last = UdfMedium.plain(2048, "OLD");
    last.image.flip(last.at(UdfMedium.BLOCKS - 1) + 20);

    assertThat(first.image.format().extents()).hasSize(8);
    assertThat(last.image.format().extents()).hasSize(8);
  }

  @Test
  void aSequenceContinuesWhereAPointerSays() throws Exception {
    UdfMedium medium = UdfMedium.plain(2048, "OLD");
    for (int i = 0; i < 5; i++) {
      medium.image.put(medium.at(140 + i), medium.image.text(medium.at(UdfMedium.MAIN + i), 2048));
      medium.seal(140 + i, 140 + i);
    }
    medium.pointer(UdfMedium.MAIN, 16 * 2048, 140);

    assertThat(medium.image.format().refusal()).isNull();
    assertThat(medium.image.format().extents()).hasSize(9);
    medium.pointer(UdfMedium.MAIN, 16 * 2048, UdfMedium.MAIN);
    assertThat(medium.image.format().refusal()).contains("have no end");
  }

  @Test
  void aSecondFileSetIsRefused() throws Exception {
    UdfMedium medium = UdfMedium.plain(2048, "OLD");
    medium.image.put(medium.at(UdfMedium.PARTITION + 3) + 448, (byte) 1);
    medium.seal(UdfMedium.PARTITION + 3, 3);

    assertThat(medium.image.format().refusal()).contains("more than one file set");
  }

  @Test
  void aBridgeHasBothLabels() throws Exception {
    UdfMedium medium = UdfMedium.plain(2048, "OLD");
    IsoMedium.addIso(medium.image, "OLD");
    medium.recognition(32768 + 2 * 2048);

    MemoryImage changed = medium.image.with(medium.image.format().relabel("NEW", NOW));

    assertThat(changed.format().name()).isEqualTo("ISO 9660 and UDF");
    assertThat(changed.format().formats())
        .extracting(FoundFormat::identifier)
        .containsExactly("NEW", "NEW");
    assertThat(medium.image.format().extents()).hasSize(10);
  }

  @Test
  void thePatchesAreInTheOrderOfTheirPlaces() throws Exception {
    UdfMedium medium = UdfMedium.plain(512, "OLD");
    IsoMedium.addIso(medium.image, "OLD");
    medium.recognition(32768 + 2 * 2048);
    for (int i = 0; i < 5; i++) {
      medium.image.put(medium.at(20 + i), medium.image.text(medium.at(UdfMedium.MAIN + i), 512));
      medium.seal(20 + i, 20 + i);
    }
    medium.pointer(UdfMedium.MAIN, 16 * 512, 20);

    List<Long> places =
        medium.image.format().relabel("NEW", NOW).stream().map(Patch::offset).toList();

    assertThat(places).isSorted().hasSize(10).startsWith(20 * 512L).contains(32768L);
    assertThat(medium.image.format().extents()).extracting(Extent::offset).isEqualTo(places);
  }

  @Test
  void textsOfBothWidthsAreRead() {
    assertThat(UdfText.decode(UdfText.encode("ABC", 32))).isEqualTo("ABC");
    byte[] wide = new byte[32];
    wide[0] = 16;
    System.arraycopy("A\u0416".getBytes(StandardCharsets.UTF_16BE), 0, wide, 1, 4);
    wide[31] = 5;
    assertThat(UdfText.decode(wide)).isEqualTo("A\u0416");
    wide[31] = (byte) 200;
    assertThat(UdfText.decode(wide)).isEqualTo("A\u0416");
    assertThat(UdfText.decode(new byte[32])).isEmpty();
  }
}
