package org.copybay.volumes.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.media.TestMedium.NO_LIMIT;
import static org.copybay.volumes.media.TestMedium.assertFault;
import static org.copybay.volumes.media.TestMedium.sectors;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What media of each type take, and how much of them may be written. */
final class MediumTest {
  private static final int S = 2048;

  @TempDir Path directory;

  private TestMedium medium(MediaType type) throws StorageException {
    return TestMedium.create(directory.resolve("bay"), type, S, 64);
  }

  @ParameterizedTest
  @EnumSource(names = {"DVD_ROM", "CD_ROM"})
  void whatWasMadeIsNeverWritten(MediaType type) throws Exception {
    try (TestMedium test = medium(type)) {
      test.medium.written().setWhole(0, 10L * S);

      assertFault(Fault.READ_ONLY, () -> test.write(0, new byte[1]), "it is never written");
      assertFault(Fault.READ_ONLY, () -> test.write(60 * S, new byte[1]), "it is never written");
      assertFault(Fault.READ_ONLY, () -> test.medium.zero("V", 0, S, true), "never written");
      assertFault(Fault.READ_ONLY, () -> test.medium.blank("V"), "it is never written");
      assertThat(test.medium.size()).isEqualTo(10L * S);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ERASE", "DVD_RAM"})
  void rewritableMediaAreWrittenAgainAndTrimmed(MediaType type) throws Exception {
    try (TestMedium test = medium(type)) {
      test.write(0, Bytes.random(1, 9 * S));
      byte[] again = Bytes.random(2, 3 * S + 5);
      test.write(S + 3, again);
      test.medium.zero("V", 2 * S, 100, false);
      test.medium.zero("V", 8 * S, 99 * S, true); // what lies past its end is left out

      Arrays.fill(again, S - 3, S - 3 + 100, (byte) 0);
      assertThat(Arrays.copyOfRange(test.all(), S + 3, 4 * S + 8)).isEqualTo(again);
      assertThat(test.written()).isEqualTo(sectors(0, 9));
      assertThat(Arrays.copyOfRange(test.all(), 8 * S, 9 * S)).containsOnly(0);
    }
  }

  @Test
  void aBlankedMediumHoldsZerosAndNoSectorIsWritten() throws Exception {
    try (TestMedium test = medium(MediaType.ERASE)) {
      test.write(0, Bytes.random(1, 20 * S));
      test.write(50 * S, Bytes.random(1, S));

      test.medium.blank("V");

      assertThat(test.all()).containsOnly(0);
      assertThat(test.written().isEmpty()).isTrue();
      assertThat(test.medium.size()).isZero();
      test.write(3 * S, Bytes.random(2, S));
      assertThat(test.written()).isEqualTo(sectors(3, 4));
    }
  }

  @Test
  void theSizeIsTheEndOfTheLastWrittenSector() throws Exception {
    try (TestMedium test = medium(MediaType.ERASE)) {
      assertThat(test.medium.size()).isZero();
      test.write(7 * S + 1, (byte) 1);
      assertThat(test.medium.size()).isEqualTo(8L * S);
      test.write(2 * S, (byte) 1);
      assertThat(test.medium.size()).isEqualTo(8L * S);
      assertThat(test.medium.capacity()).isEqualTo(64L * S);
    }
  }

  @Test
  void readsEndWithTheSize() throws Exception {
    try (TestMedium test = medium(MediaType.ERASE)) {
      test.write(0, Bytes.random(1, 3 * S));
      ByteBuffer target = ByteBuffer.allocateDirect(5 * S);

      assertThat(test.medium.read(2 * S, target)).isEqualTo(S);
      assertThat(test.medium.read(3 * S, target.clear())).isZero();
      assertThat(test.medium.read(60 * S, target.clear())).isZero();
    }
  }

  @Test
  void holesAreFoundInWhatIsWritten() throws Exception {
    try (TestMedium test =
        TestMedium.create(directory.resolve("bay"), MediaType.ERASE, 65536, 16)) {
      test.write(2 * 65536, Bytes.random(1, 65536));

      assertThat(test.medium.seek(0, true)).isEqualTo(2 * 65536);
      assertThat(test.medium.seek(2 * 65536, false)).isEqualTo(3 * 65536);
      assertThat(test.medium.seek(3 * 65536, true)).isEqualTo(-1);
      assertThat(test.medium.seek(3 * 65536, false)).isEqualTo(-1);
    }
  }

  // ---- the limit

  @ParameterizedTest
  @EnumSource(names = {"WORM", "ERASE"})
  void theThresholdCutsARequestAndTheNextOneFindsItFull(MediaType type) throws Exception {
    try (TestMedium test = medium(type)) {
      Limit ten = new Limit(Long.MAX_VALUE, 10);
      byte[] bytes = Bytes.random(1, 12 * S);

      assertThat(test.write(ten, 4 * S, bytes)).isEqualTo(10 * S);

      assertFault(
          Fault.NO_SPACE,
          () -> test.write(ten, 14 * S, (byte) 1),
          "volume-full threshold: 10 of 10 sectors");
      assertThat(test.written()).isEqualTo(sectors(4, 14));
      assertThat(test.write(new Limit(Long.MAX_VALUE, 11), 14 * S, new byte[2 * S]))
          .as("a raised threshold")
          .isEqualTo(S);
    }
  }

  @Test
  void writtenSectorsAreWrittenAgainOnAFullMedium() throws Exception {
    try (TestMedium test = medium(MediaType.ERASE)) {
      Limit four = new Limit(Long.MAX_VALUE, 4);
      test.write(four, 0, new byte[4 * S]);

      assertThat(test.write(four, S, Bytes.random(1, 2 * S))).isEqualTo(2 * S);
      assertThat(test.write(four, 3 * S, Bytes.random(1, 3 * S)))
          .as("cut at the first fresh one")
          .isEqualTo(S);
      assertThat(test.written()).isEqualTo(sectors(0, 4));
    }
  }

  @Test
  void writtenSectorsInARequestDoNotCount() throws Exception {
    try (TestMedium test = medium(MediaType.ERASE)) {
      Limit six = new Limit(Long.MAX_VALUE, 6);
      test.write(six, 3 * S, new byte[3 * S]);

      assertThat(test.write(six, 0, Bytes.random(1, 9 * S))).isEqualTo(6 * S);
      assertThat(test.written()).isEqualTo(sectors(0, 6));
    }
  }

  @Test
  void nothingIsWrittenBehindWhatIsUsable() throws Exception {
    try (TestMedium test = medium(MediaType.DVD_RAM)) {
      Limit half = new Limit(32L * S, 64);

      assertThat(test.write(half, 31 * S, new byte[2 * S])).isEqualTo(S);
      assertFault(
          Fault.NO_SPACE, () -> test.write(half, 32 * S, new byte[1]), "past the end of volume");
      assertThat(test.write(NO_LIMIT, 32 * S, new byte[1])).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2048, 4096, 65536})
  void sectorsOfEverySizeAreCounted(int sector) throws Exception {
    try (TestMedium test =
        TestMedium.create(directory.resolve("bay"), MediaType.WORM, sector, 16)) {
      test.write(sector - 1, (byte) 1, (byte) 2);

      assertThat(test.written()).isEqualTo(sectors(0, 2));
      assertThat(test.medium.size()).isEqualTo(2L * sector);
      assertFault(Fault.READ_ONLY, () -> test.write(0, (byte) 1), "sector 0 ");
    }
  }

  @Test
  void aWordNamesItsType() throws Exception {
    assertThat(MediaType.of("*worm")).isEqualTo(MediaType.WORM);
    assertThat(MediaType.of("dvd-ram")).isEqualTo(MediaType.DVD_RAM);
    assertFault(Fault.BAD_REQUEST, () -> MediaType.of("FLOPPY"), "*WORM, *ERASE, *DVD-RAM");
    assertThat(MediaFormat.of("udf")).isEqualTo(MediaFormat.UDF);
    assertFault(Fault.BAD_REQUEST, () -> MediaFormat.of("FAT"), "*HPOFS and *UDF");
  }
}
