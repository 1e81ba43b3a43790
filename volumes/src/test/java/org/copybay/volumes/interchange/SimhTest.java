package org.copybay.volumes.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimhTest {
  private static final String ODD = "05000000 48454c4c4f 00 05000000";
  private static final String EVEN = "04000000 41424344 04000000";
  private static final byte[] EXAMPLE =
      Tape.hex(ODD + EVEN + "00000000 01000000 58 00 01000000 00000000 00000000 ffffffff");

  @Test
  void theExampleIsWrittenToTheByteAndRead() throws Exception {
    assertThat(Tape.example().image(TapeFormat.SIMH)).isEqualTo(EXAMPLE);

    Tape tape = new Tape();
    assertThat(tape.read(TapeFormat.SIMH, EXAMPLE)).isEqualTo(new TapeTally(3, 3, 0, 0));
    assertThat(tape.items).isEqualTo(Tape.example().items);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void allIsReadAsItWasWritten(long seed) throws Exception {
    Tape tape = Tape.random(seed, true, 1, 2, 77, 4095, 4096, 65535, 65536, 1_044_480, 3);

    assertThat(Tape.items(TapeFormat.SIMH, tape.image(TapeFormat.SIMH))).isEqualTo(tape.items);
  }

  @Test
  void theLongestRecordIsHeldAndALongerOneRefused() throws Exception {
    Tape tape = Tape.random(4, false, Tape.LIMIT);
    assertThat(Tape.items(TapeFormat.SIMH, tape.image(TapeFormat.SIMH))).isEqualTo(tape.items);

    TapeWriter writer = TapeWriter.simh(OutputStream.nullOutputStream());
    writer.mark();
    assertThatThrownBy(() -> writer.record(ByteBuffer.allocate(Tape.LIMIT + 1), false))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.UNSUPPORTED);
              assertThat(e).hasMessageContaining("object 1 is a record of 16777216 bytes");
            });
  }

  @Test
  void anImageEndsWithItsLastByteOrTheWordForIt() throws Exception {
    Tape tape = new Tape().text("HELLO");

    assertThat(Tape.items(TapeFormat.SIMH, Tape.hex(ODD))).isEqualTo(tape.items);
    assertThat(Tape.items(TapeFormat.SIMH, Tape.hex(ODD + "ffffffff" + EVEN)))
        .isEqualTo(tape.items);
    assertThat(Tape.items(TapeFormat.SIMH, new byte[0])).isEmpty();
  }

  @Test
  void damagedRecordsAreMarked() throws Exception {
    Tape tape = new Tape();

    TapeTally tally =
        tape.read(TapeFormat.SIMH, Tape.hex("05000080 48454c4c4f 00 05000080" + EVEN));

    assertThat(tally).isEqualTo(new TapeTally(2, 0, 1, 0));
    assertThat(tape.items.stream().map(Tape.Item::damaged)).containsExactly(true, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "feffffff", // a gap
        "feffffff feffffff", // a longer one
        "ffff feffffff", // half a gap, met forward
        "0000ffff", // half a gap, met backward, behind a good record
        "ff00ffff",
        "0080ffff", // the same behind a damaged one
        "ff80ffff",
      })
  void gapsAreSkippedAndNoObjects(String gap) throws Exception {
    Tape tape = new Tape();

    TapeTally tally = tape.read(TapeFormat.SIMH, Tape.hex(ODD + gap + EVEN));

    assertThat(tally).isEqualTo(new TapeTally(2, 0, 0, 0));
    assertThat(tape.items).isEqualTo(new Tape().text("HELLO", "ABCD").items);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe})
  void recordsOfOtherClassesAreLeftOutAndCounted(int type) throws Exception {
    String word = String.format("030000%x0", type);
    Tape tape = new Tape();

    TapeTally tally =
        tape.read(TapeFormat.SIMH, Tape.hex(ODD + word + "ffffff 00" + word + "00000000"));

    assertThat(tally).isEqualTo(new TapeTally(1, 1, 0, 1));
    assertThat(tape.items).isEqualTo(new Tape().text("HELLO").marks(1).items);
  }

  @ParameterizedTest
  @ValueSource(strings = {"01000070", "000000f0", "00000080 00000080"})
  void markersOfOtherClassesAndErrorsWithoutARecordAreLeftOut(String marker) throws Exception {
    Tape tape = new Tape();

    TapeTally tally = tape.read(TapeFormat.SIMH, Tape.hex(ODD + marker + EVEN));

    assertThat(tally).isEqualTo(new TapeTally(2, 0, 0, 1));
  }

  @Test
  void oddRecordsMayLackTheirPad() throws Exception {
    String bare = "05000000 48454c4c4f 05000000";

    assertThat(Tape.items(TapeFormat.SIMH, Tape.hex(bare + EVEN + bare)))
        .isEqualTo(new Tape().text("HELLO", "ABCD", "HELLO").items);
    assertThat(Tape.items(TapeFormat.SIMH, Tape.hex(bare + "00000000 ffffffff")))
        .isEqualTo(new Tape().text("HELLO").marks(1).items);
  }

  @ParameterizedTest
  @CsvSource({
    "04000000 41424344 05000000, 'byte 8: wanted the length 00000004 of the record at byte 0 again,"
        + " got 00000005'",
    "04000000 41424344 04000080, 'got 80000004'",
    "00000000 05000000 48454c4c4f 00 06000000, 'byte 14: wanted the length 00000005 of the record"
        + " at byte 4 again, got 00000006'",
    "03000010 414243 00 04000010, 'wanted the length 10000003'",
    "00000001, 'wanted a record of at most 16777215 bytes, got 16777216 bytes'",
    "ffffff00 41, 'byte 5: wanted the record of 16777215 bytes that begins at byte 0, got the end'",
    "ffffff1f 41, 'byte 5: wanted the record of 268435455 bytes'",
    "000000, 'byte 3: wanted a word of 4 bytes from byte 0'",
  })
  void lyingLengthsAreDamageWithTheirPlace(String image, String said) {
    assertThatThrownBy(() -> Tape.items(TapeFormat.SIMH, Tape.hex(image)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining(said);
  }

  @Test
  void aRecordOverTheLimitOfTheCallerIsRefused() {
    assertThatThrownBy(() -> TapeFormat.SIMH.read(new ByteArrayInputStream(EXAMPLE), 4, new Tape()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST))
        .hasMessageContaining("the record at byte 0 of the tape image is too long");
  }

  @Test
  void whereverAnImageIsCutNothingIsToldThatWasNotThere() throws Exception {
    int whole = 0;
    for (int length = 0; length < EXAMPLE.length; length++) {
      Tape tape = new Tape();
      try {
        tape.read(TapeFormat.SIMH, Arrays.copyOf(EXAMPLE, length));
        whole++;
      } catch (StorageException e) {
        assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
        assertThat(e).hasMessageContaining("at byte " + length);
      }
      assertThat(tape.items).isEqualTo(Tape.example().items.subList(0, tape.items.size()));
    }
    assertThat(whole).as("cuts between two objects").isEqualTo(7);
  }
}
