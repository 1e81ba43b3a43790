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

final class AwsTest {
  private static final byte[] EXAMPLE =
      Tape.hex(
          "0500 0000 a000 48454c4c4f 0400 0500 a000 41424344 0000 0400 4000"
              + "0100 0000 a000 58 0000 0100 4000 0000 0000 4000");

  @Test
  void theExampleIsWrittenToTheByteAndRead() throws Exception {
    assertThat(Tape.example().image(TapeFormat.AWSTAPE)).isEqualTo(EXAMPLE);

    Tape tape = new Tape();
    assertThat(tape.read(TapeFormat.AWSTAPE, EXAMPLE)).isEqualTo(new TapeTally(3, 3, 0, 0));
    assertThat(tape.items).isEqualTo(Tape.example().items);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void allIsReadAsItWasWritten(long seed) throws Exception {
    Tape tape = Tape.random(seed, false, 1, 2, 77, 4095, 4096, 65535, 65534, 3);

    assertThat(Tape.items(TapeFormat.AWSTAPE, tape.image(TapeFormat.AWSTAPE)))
        .isEqualTo(tape.items);
  }

  @Test
  void recordsThatTheFormatCannotHoldAreRefused() throws Exception {
    TapeWriter writer = TapeWriter.awstape(OutputStream.nullOutputStream());
    writer.mark();

    assertThatThrownBy(() -> writer.record(ByteBuffer.allocate(65536), false))
        .isInstanceOfSatisfying(StorageException.class, AwsTest::requireRefusal)
        .hasMessage("object 1 is a record of 65536 bytes, AWSTAPE holds at most 65535");
    assertThatThrownBy(() -> writer.record(ByteBuffer.allocate(1), true))
        .isInstanceOfSatisfying(StorageException.class, AwsTest::requireRefusal)
        .hasMessage("object 1 is a damaged record, and AWSTAPE cannot say so");
  }

  private static void requireRefusal(StorageException e) {
    assertThat(e.fault()).isEqualTo(Fault.UNSUPPORTED);
    assertThat(e.remedy()).isEqualTo("export it as SIMH (.tap) or tar");
  }

  @Test
  void aRecordMayHaveManyChunks() throws Exception {
    Tape tape = Tape.random(5, false, 1_044_480);
    byte[] bytes = tape.items.get(0).bytes().array();

    byte[] image = Packed.chunks(bytes, 4096, 0, 0);

    assertThat(image.length).isEqualTo(1_044_480 + 255 * 6);
    assertThat(Tape.items(TapeFormat.AWSTAPE, image)).isEqualTo(tape.items.subList(0, 1));
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 65535", "2, 0, 65535", "0, 128, 65535", "1, 0, 7", "2, 0, 7", "0, 128, 7"})
  void packedRecordsAreUnpacked(int flags, int more, int chunkBytes) throws Exception {
    byte[] bytes = new byte[100_000];
    Arrays.fill(bytes, 5, 90_000, (byte) 0x40);
    byte[] image =
        Packed.chunks(
            flags == 2 ? Packed.bzip2(bytes) : Packed.zlib(bytes), chunkBytes, flags, more);

    Tape tape = new Tape();
    tape.read(TapeFormat.AWSTAPE, image);

    assertThat(tape.items).containsExactly(new Tape.Item(ByteBuffer.wrap(bytes), false));
    assertThatThrownBy(
            () -> TapeFormat.AWSTAPE.read(new ByteArrayInputStream(image), 99_999, new Tape()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST))
        .hasMessageContaining("wanted at most 99999 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatIsPackedIsNotUnpackedBeyondTheLimit(int flags) throws Exception {
    byte[] bytes = new byte[40 << 20];
    byte[] image =
        Packed.chunks(flags == 2 ? Packed.bzip2(bytes) : Packed.zlib(bytes), 65535, flags, 0);

    assertThatThrownBy(() -> Tape.items(TapeFormat.AWSTAPE, image))
        .hasMessageContaining("wanted a record of at most 16777215 bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "0500 0000 a000 48454c4c4f 0400 0400 a000 41424344, 'byte 13: wanted the previous length 5,"
        + " got 4'",
    "0500 0000 a000 48454c4c, 'byte 10: wanted 5 bytes of the chunk at byte 0, got the end'",
    "0500 0000 8000 48454c4c4f, 'byte 11: wanted a header of 6 bytes from byte 11, got the end'",
    "0500 0000 8000 48454c4c4f 0000 0500 4000, 'another chunk of the record at byte 0, got flags"
        + " 4000'",
    "0500 0000 2000 48454c4c4f, 'byte 4: wanted the first chunk of an object, got flags 2000'",
    "0100 0000 4000 41, 'byte 4: wanted flags'",
    "0000 0000 a000, 'got A000 with 0 bytes'",
    "0100 0000 a300 41, 'got A300 with 1 bytes'",
    "0100 0000 a001 41, 'got A001 with 1 bytes'",
    "0100 0000 8100 41 0100 0100 2000 41, 'wanted the packing ZLIB of the record at byte 0, got"
        + " NONE'",
    "0100 0000 8000 41 0100 0000 2000 41, 'wanted the previous length 1, got 0'",
    "0300 0000 a100 789c00, 'wanted a record packed by ZLIB, got what cannot be unpacked'",
    "0300 0000 a200 425a68, 'wanted a record packed by BZIP2'",
    "0800 0000 a100 789c030000000001, 'wanted a packed record of one byte or more, got none'",
    "0000 00, 'byte 3: wanted a header of 6 bytes from byte 0'",
  })
  void whatBreaksARuleIsDamageWithItsPlace(String image, String said) {
    assertThatThrownBy(() -> Tape.items(TapeFormat.AWSTAPE, Tape.hex(image)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining(said);
  }

  @Test
  void aRecordIsOneStreamOfBzip2ForEachTakesMemory() throws Exception {
    byte[] one = Packed.bzip2(new byte[] {1});
    byte[] many = new byte[100 * one.length];
    for (int at = 0; at < many.length; at += one.length) {
      System.arraycopy(one, 0, many, at, one.length);
    }
    byte[] image = Packed.chunks(many, 65535, 2, 0);

    assertThatThrownBy(() -> Tape.items(TapeFormat.AWSTAPE, image))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("wanted a record packed by BZIP2, got what cannot be unpacked");
  }

  @Test
  void imagesMayBeJoined() throws Exception {
    byte[] twice = Arrays.copyOf(EXAMPLE, 2 * 11);
    System.arraycopy(EXAMPLE, 0, twice, 11, 11);

    assertThat(Tape.items(TapeFormat.AWSTAPE, twice))
        .isEqualTo(new Tape().text("HELLO", "HELLO").items);
  }

  @Test
  void whereverAnImageIsCutNothingIsToldThatWasNotThere() throws Exception {
    int whole = 0;
    for (int length = 0; length < EXAMPLE.length; length++) {
      Tape tape = new Tape();
      try {
        tape.read(TapeFormat.AWSTAPE, Arrays.copyOf(EXAMPLE, length));
        whole++;
      } catch (StorageException e) {
        assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
        assertThat(e).hasMessageContaining("at byte " + length);
      }
      assertThat(tape.items).isEqualTo(Tape.example().items.subList(0, tape.items.size()));
    }
    assertThat(whole).as("cuts between two objects").isEqualTo(6);
  }
}
