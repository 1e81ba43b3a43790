package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an opener that asked for an empty file does to the bytes of a finished volume. */
class GapsTest {
  private static final int SIZE = 5000;

  @TempDir private Path directory;

  @Test
  void aWritePastTheEndIsRefusedAndZeroesNothing() throws Exception {
    try (TestBay test = TestBay.create(directory.resolve("bay"))) {
      test.createFilled("a", SIZE, 1);
      Volume volume = test.bay.find("a");

      try (OpenFile open = volume.open(TestBay.WRITER, true)) {
        assertThatThrownBy(() -> open.write(SIZE, Bytes.direct(new byte[10])))
            .isInstanceOf(StorageException.class)
            .hasMessageContaining("past the end");
      }

      assertThat(TestBay.read(volume)).isEqualTo(Bytes.random(1, SIZE));
    }
  }

  @Test
  void aPageThatIsWrittenBackZeroesNothingNeitherThenNorLater() throws Exception {
    try (TestBay test = TestBay.create(directory.resolve("bay"))) {
      test.createFilled("a", SIZE, 1);
      Volume volume = test.bay.find("a");
      byte[] expected = Bytes.random(1, SIZE);

      try (OpenFile open = volume.open(TestBay.WRITER, true)) {
        open.writeBack(2000, Bytes.direct(new byte[10]));
        open.write(4000, Bytes.direct(new byte[10]));
      }

      Arrays.fill(expected, 2000, 2010, (byte) 0);
      Arrays.fill(expected, 4000, 4010, (byte) 0);
      assertThat(TestBay.read(volume)).isEqualTo(expected);
    }
  }
}
