package org.copybay.volumes.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats told apart, and what holds for all of them. */
final class TapeFormatTest {
  private static final List<Tape> TAPES =
      List.of(
          Tape.example(),
          new Tape().marks(1),
          new Tape().marks(1).text("A".repeat(64)),
          new Tape().marks(1).text("\0".repeat(64)).marks(1),
          new Tape().marks(3).text("B"),
          Tape.random(1, false, 1),
          Tape.random(2, false, 65535),
          Tape.random(3, false, 65535, 65535, 65535),
          Tape.random(4, false, 160, 160));

  @ParameterizedTest
  @EnumSource
  void eachFormatIsToldByItsFirstBytes(TapeFormat format) throws Exception {
    for (Tape tape : TAPES) {
      byte[] image = tape.image(format);
      InputStream stream = new BufferedInputStream(new ByteArrayInputStream(image));

      assertThat(TapeFormat.detect(stream)).as("%s", tape.items).isEqualTo(format);
      Tape told = new Tape();
      format.read(stream, Tape.LIMIT, told);
      assertThat(told.items).isEqualTo(tape.items);
    }
  }

  @Test
  void aFirstRecordMayBeLongerThanTheFirstBytes() throws Exception {
    for (int size : new int[] {66039, 66040, 66041, 66042, 66043, 66044, 66045, 70_000, 70_001}) {
      byte[] image = Tape.random(size, true, size).image(TapeFormat.SIMH);
      byte[] head = Arrays.copyOf(image, Math.min(image.length, TapeFormat.HEAD_BYTES));

      assertThat(TapeFormat.detect(head)).as("%d", size).isEqualTo(TapeFormat.SIMH);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ffffffff, SIMH",
    "000000e0 000000e0, SIMH",
    "05000000 48454c4c4f 05000000, SIMH",
    "04000000 41424344 04000000 41, SIMH",
    "0300 0000 a100 010203 0000 0300 4000, AWSTAPE",
    "0100 0000 a000 41 0100 0100 a000 42 00ff, AWSTAPE",
  })
  void smallAndDamagedImagesAreTold(String image, TapeFormat format) throws Exception {
    assertThat(TapeFormat.detect(Tape.hex(image))).isEqualTo(format);
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is empty",
    "41, got bytes 41",
    "1f8b0800, it is compressed by gzip",
    "feffffff, got bytes fe ff ff ff",
    "48656c6c6f2c20776f726c64, got bytes 48 65 6c 6c 6f 2c 20 77",
    "04000000 41424344 05000000, got bytes 04 00 00 00 41 42 43 44",
    "05000000 41, got bytes 05 00 00 00 41",
  })
  void whatIsNoTapeIsRefused(String image, String said) {
    assertThatThrownBy(() -> TapeFormat.detect(Tape.hex(image)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST))
        .hasMessageStartingWith("no tape image: ")
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ffd8ffe0", "7f454c46", "504b0304", "25504446", "fd377a58"})
  void longFilesOfOtherKindsAreRefused(String magic) {
    byte[] head = Arrays.copyOf(Tape.hex(magic), TapeFormat.HEAD_BYTES);

    assertThatThrownBy(() -> TapeFormat.detect(head)).hasMessageContaining("got bytes");
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatFailsIsNoDamage(TapeFormat format) {
    InputStream gone =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the disk is gone");
          }

          @Override
          public int read(byte[] into, int at, int most) throws IOException {
            return read();
          }
        };

    assertThatThrownBy(() -> format.read(gone, Tape.LIMIT, new Tape()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.STORE_FAILED))
        .hasMessage("read the tape image: the disk is gone");
  }

  @ParameterizedTest
  @EnumSource
  void aDiskThatIsFullIsToldAsSuch(TapeFormat format) throws Exception {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(
            () -> {
              TapeWriter writer =
                  switch (format) {
                    case SIMH -> TapeWriter.simh(full);
                    case AWSTAPE -> TapeWriter.awstape(full);
                    case TAR -> TapeWriter.tar(full, "", Tape.NOW);
                  };
              writer.mark();
              writer.finish();
            })
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NO_SPACE));
  }

  @ParameterizedTest
  @EnumSource
  void whatASinkThrowsEndsTheReading(TapeFormat format) throws Exception {
    byte[] image = Tape.example().image(format);
    StorageException cancelled = new StorageException(Fault.CANCELLED, "enough");

    assertThatThrownBy(() -> format.read(new ByteArrayInputStream(image), 5, sink(cancelled)))
        .isSameAs(cancelled);
  }

  private static TapeSink sink(StorageException thrown) {
    return new TapeSink() {
      @Override
      public void record(ByteBuffer bytes, boolean damaged) {}

      @Override
      public void mark() throws StorageException {
        throw thrown;
      }
    };
  }
}
