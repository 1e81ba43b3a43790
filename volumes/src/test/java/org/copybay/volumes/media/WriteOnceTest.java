package org.copybay.volumes.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.media.TestMedium.assertFault;
import static org.copybay.volumes.media.TestMedium.sectors;

import java.nio.file.Path;
import java.util.Arrays;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.HookedBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sectors that are written once (INV-2 of a medium): torture test 22. */
final class WriteOnceTest {
  private static final int S = 2048;

  @TempDir Path directory;
  private TestMedium test;

  @BeforeEach
  void create() throws Exception {
    test = TestMedium.create(directory.resolve("bay"), MediaType.WORM, S, 64);
  }

  @AfterEach
  void close() {
    test.close();
  }

  private static byte[] bytes(long seed, int sectors) {
    return Bytes.random(seed, sectors * S);
  }

  /** Of one sector of that content. */
  private static byte[] filled(int value, int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private void assertRefused(long offset, byte[] bytes, int sector) throws Exception {
    byte[] before = test.all();
    var written = test.written();
    assertFault(
        Fault.READ_ONLY,
        () -> test.write(offset, bytes),
        "WORM-OVERWRITE: sector " + sector + " of volume VOL1");
    assertThat(test.all()).isEqualTo(before);
    assertThat(test.written()).isEqualTo(written);
  }

  @Test
  void aFreshSectorIsWritten() throws Exception {
    byte[] bytes = bytes(1, 3);

    assertThat(test.write(5 * S, bytes)).isEqualTo(3 * S);

    assertThat(Arrays.copyOfRange(test.all(), 5 * S, 8 * S)).isEqualTo(bytes);
    assertThat(test.written()).isEqualTo(sectors(5, 8));
    assertThat(test.medium.size()).isEqualTo(8L * S);
    assertThat(test.medium.sectorsWritten()).isEqualTo(3);
  }

  @Test
  void aRequestAcrossTheTailWritesAllOfIt() throws Exception {
    byte[] begun = bytes(1, 1);
    test.write(5 * S, Arrays.copyOf(begun, 100));
    byte[] both = bytes(2, 2);
    System.arraycopy(begun, 0, both, S, 100);

    assertThat(test.write(4 * S, both)).isEqualTo(2 * S);

    assertThat(Arrays.copyOfRange(test.all(), 4 * S, 6 * S)).isEqualTo(both);
  }

  @Test
  void aWrittenSectorIsNotOverwritten() throws Exception {
    test.write(0, bytes(1, 64));

    for (int sector = 0; sector < 64; sector++) {
      assertRefused((long) sector * S, bytes(2, 1), sector);
    }
  }

  @Test
  void theSameBytesAreTakenAgain() throws Exception {
    byte[] bytes = bytes(1, 40);
    test.write(0, bytes);

    assertThat(test.write(0, bytes)).isEqualTo(bytes.length);
    assertThat(test.write(3 * S + 7, Arrays.copyOfRange(bytes, 3 * S + 7, 9 * S)))
        .isEqualTo(6 * S - 7);

    assertThat(Arrays.copyOf(test.all(), bytes.length)).isEqualTo(bytes);
  }

  @Test
  void oneOtherByteAnywhereRefusesAllOfARequest() throws Exception {
    byte[] bytes = bytes(1, 40);
    test.write(0, bytes);
    for (int at : new int[] {0, S - 1, S, 33 * S + 5, 40 * S - 1}) {
      byte[] other = Arrays.copyOf(bytes, 50 * S); // ten fresh ones behind
      other[at] ^= 1;
      assertRefused(0, other, at / S);
    }
  }

  @Test
  void writtenAndFreshSectorsMixInOneRequest() throws Exception {
    byte[] all = bytes(1, 20);
    test.write(4 * S, Arrays.copyOfRange(all, 4 * S, 6 * S));
    test.write(9 * S, Arrays.copyOfRange(all, 9 * S, 10 * S));

    assertThat(test.write(0, all)).isEqualTo(all.length);

    assertThat(Arrays.copyOf(test.all(), all.length)).isEqualTo(all);
    assertThat(test.written()).isEqualTo(sectors(0, 20));
  }

  @Test
  void aWriteInTheMiddleOfAFreshSectorUsesItUp() throws Exception {
    test.write(3 * S + 100, filled(7, 10));

    assertThat(test.written()).isEqualTo(sectors(3, 4));
    assertRefused(3 * S, filled(7, 10), 3);
    assertThat(test.write(3 * S, new byte[100])).as("zeros are there").isEqualTo(100);
  }

  @Test
  void aPartialLastSectorIsContinuedAtItsTail() throws Exception {
    byte[] all = bytes(1, 3);
    int at = 0;
    for (int length : new int[] {1000, 1, 1047, 2048, 500, 1548}) {
      assertThat(test.write(at, Arrays.copyOfRange(all, at, at + length))).isEqualTo(length);
      at += length;
    }

    assertThat(Arrays.copyOf(test.all(), all.length)).isEqualTo(all);
    assertThat(test.written()).isEqualTo(sectors(0, 3));
  }

  @Test
  void aPartialLastSectorIsContinuedNowhereElse() throws Exception {
    test.write(0, filled(7, 1000));

    assertRefused(999, filled(8, 2), 0);
    assertRefused(1001, filled(8, 2), 0);
    assertRefused(0, filled(8, 1001), 0);
    assertThat(test.write(900, filled(7, 200))).as("over its tail").isEqualTo(200);
  }

  @Test
  void aPartialLastSectorIsNotContinuedAfterAFlush() throws Exception {
    test.write(0, filled(7, 1000));
    test.medium.flush();

    assertRefused(1000, filled(8, 10), 0);
  }

  @Test
  void aPartialLastSectorIsNotContinuedAfterAWriteElsewhere() throws Exception {
    test.write(0, filled(7, 1000));
    test.write(9 * S, filled(7, S));

    assertRefused(1000, filled(8, 10), 0);
  }

  @Test
  void aRequestEndsAPartialSectorAndGoesOn() throws Exception {
    test.write(4 * S, filled(1, S));
    test.write(0, filled(7, 1000));
    byte[] rest = new byte[5 * S - 1000];
    Arrays.fill(rest, (byte) 8);
    Arrays.fill(rest, 4 * S - 1000, rest.length, (byte) 1);

    assertThat(test.write(1000, rest)).isEqualTo(rest.length);

    assertThat(test.written()).isEqualTo(sectors(0, 5));
    assertThat(test.all()[999]).isEqualTo((byte) 7);
    assertThat(test.all()[1000]).isEqualTo((byte) 8);
    assertThat(test.all()[4 * S]).isEqualTo((byte) 1);
  }

  @Test
  void aFailedWriteUsesItsSectorsUp() throws Exception {
    test.write(0, filled(7, 1000));
    boolean[] fails = {true};
    HookedBytes.under(
        test.volume,
        (request, offset, length) -> {
          if (request.equals("write") && fails[0]) {
            throw new StorageException(Fault.STORE_FAILED, "the test lets it fail");
          }
        });

    assertFault(Fault.STORE_FAILED, () -> test.write(1000, filled(8, 5 * S)), "lets it fail");
    fails[0] = false;

    assertThat(test.written()).isEqualTo(sectors(0, 6));
    assertRefused(1000, filled(9, 10), 0);
    assertRefused(2 * S, filled(8, S), 2);
  }

  @Test
  void nothingIsTrimmedOrErased() throws Exception {
    test.write(0, bytes(1, 4));
    byte[] before = test.all();

    assertFault(
        Fault.READ_ONLY, () -> test.medium.zero("VOL1", 0, S, true), "no sector of it is given");
    assertFault(
        Fault.READ_ONLY, () -> test.medium.zero("VOL1", 60 * S, S, false), "no sector of it");
    assertFault(Fault.READ_ONLY, () -> test.medium.blank("VOL1"), "its 4 written sectors stay");
    assertThat(test.all()).isEqualTo(before);
    assertThat(test.written()).isEqualTo(sectors(0, 4));
  }

  @Test
  void aBlankOneMayBeBlankedAgain() throws Exception {
    test.medium.blank("VOL1");

    assertThat(test.medium.size()).isZero();
  }

  @Test
  void theEndOfTheMediumCutsARequest() throws Exception {
    assertThat(test.write(62 * S, bytes(1, 4))).isEqualTo(2 * S);

    assertFault(Fault.NO_SPACE, () -> test.write(64 * S, new byte[1]), "past the end of volume");
    assertThat(test.written()).isEqualTo(sectors(62, 64));
  }
}
