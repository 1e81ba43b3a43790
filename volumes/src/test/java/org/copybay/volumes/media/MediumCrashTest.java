package org.copybay.volumes.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.media.TestMedium.assertFault;
import static org.copybay.volumes.media.TestMedium.sectors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.HookedBytes;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.Function;

/** What the end of a process, and lost power, leave of which sectors are written (INV-1). */
final class MediumCrashTest {
  private static final int S = 2048;
  private static final int ZONE = 4 << 20;

  @TempDir Path directory;
  private int copies;

  private TestMedium medium(MediaType type, int sectors) throws StorageException {
    return TestMedium.create(directory.resolve("bay"), type, S, sectors);
  }

  private TestMedium after(TestMedium test, RecoverMode mode) throws StorageException {
    return test.after(mode, directory.resolve("crash" + copies++));
  }

  @Test
  void whatWasWrittenStaysWrittenWhenTheProcessDies() throws Exception {
    try (TestMedium test = medium(MediaType.WORM, 64)) {
      test.write(3 * S, Bytes.random(1, 5 * S));

      try (TestMedium after = after(test, RecoverMode.PROCESS)) {
        assertThat(after.written()).isEqualTo(sectors(3, 8));
        assertThat(after.all()).isEqualTo(test.all());
        assertFault(Fault.READ_ONLY, () -> after.write(3 * S, (byte) 1), "sector 3 ");
      }
    }
  }

  @Test
  void whatWasWrittenStaysWrittenAfterAnOrderlyEnd() throws Exception {
    TestMedium test = medium(MediaType.WORM, 64);
    test.write(3 * S, Bytes.random(1, 5 * S));
    try (TestMedium after = test.reopen()) {
      assertThat(after.written()).isEqualTo(sectors(3, 8));
    }
  }

  @Test
  void thePartialLastSectorIsNotContinuedByAnotherProcess() throws Exception {
    try (TestMedium test = medium(MediaType.WORM, 64)) {
      test.write(0, (byte) 1, (byte) 2);

      try (TestMedium after = after(test, RecoverMode.PROCESS)) {
        assertFault(Fault.READ_ONLY, () -> after.write(2, (byte) 3), "sector 0 ");
      }
    }
  }

  @Test
  void afterPowerLossTheZonesThatWereNotFencedCountAsWritten() throws Exception {
    try (TestMedium test = medium(MediaType.WORM, 3 * ZONE / S)) {
      test.write(ZONE + 5 * S, Bytes.random(1, S));

      try (TestMedium after = after(test, RecoverMode.POWER)) {
        BitSet written = after.written();
        assertThat(written.get(ZONE / S, 2 * ZONE / S).cardinality()).isEqualTo(ZONE / S);
        assertThat(after.medium.size()).isGreaterThanOrEqualTo(2L * ZONE);
        assertFault(Fault.READ_ONLY, () -> after.write(ZONE, (byte) 1), "WORM-OVERWRITE");
      }
    }
  }

  @Test
  void afterPowerLossAFlushedMediumIsExactlyWhatWasWritten() throws Exception {
    try (TestMedium test = medium(MediaType.WORM, 3 * ZONE / S)) {
      test.write(5 * S, Bytes.random(1, S));
      test.write(ZONE + 5 * S, Bytes.random(1, 3 * S));
      BitSet written = test.written();
      test.medium.flush();

      try (TestMedium after = after(test, RecoverMode.POWER)) {
        assertThat(after.written()).isEqualTo(written);
        assertThat(after.all()).isEqualTo(test.all());
      }
    }
  }

  @Test
  void afterPowerLossABlankedMediumThatWasFlushedIsBlank() throws Exception {
    try (TestMedium test = medium(MediaType.ERASE, 2 * ZONE / S)) {
      test.write(0, Bytes.random(1, 9 * S));
      test.medium.flush();
      test.medium.blank("V");
      test.medium.flush();

      try (TestMedium after = after(test, RecoverMode.POWER)) {
        assertThat(after.written().isEmpty()).isTrue();
        assertThat(after.all()).containsOnly(0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RecoverMode.class,
      names = {"PROCESS", "POWER"})
  void aSectorCountsAsWrittenBeforeAByteOfItChanges(RecoverMode mode) throws Exception {
    try (TestMedium test = medium(MediaType.WORM, 64)) {
      List<Path> crashes = new ArrayList<>();
      List<Long> ends = new ArrayList<>();
      HookedBytes.under(
          test.volume,
          (request, offset, length) -> {
            if (request.equals("write")) {
              crashes.add(test.copy(directory.resolve("before" + crashes.size())));
              ends.add(offset + length);
            }
          });
      test.write(3 * S, Bytes.random(1, S));
      test.write(2 * S, Bytes.random(2, S / 2));
      test.write(2 * S + S / 2, Bytes.random(3, S / 2));
      test.write(7 * S + 5, Bytes.random(3, 2 * S));

      assertThat(crashes).hasSize(4);
      for (int i = 0; i < crashes.size(); i++) {
        try (TestMedium after = opened(test, crashes.get(i), mode)) {
          int sector = (int) ((ends.get(i) - 1) / S);
          assertThat(after.written().get(sector)).as("crash " + i).isTrue();
          assertFault(
              Fault.READ_ONLY,
              () -> after.write((long) sector * S, Bytes.random(9, S)),
              "sector " + sector + " ");
        }
      }
    }
  }

  private TestMedium opened(TestMedium like, Path path, RecoverMode mode) throws StorageException {
    return like.opened(path, mode);
  }

  @Test
  void aCrashWhileAMediumIsBlankedLeavesNoUnwrittenSectorWithData() throws Exception {
    try (TestMedium test = medium(MediaType.ERASE, 64)) {
      test.write(0, Bytes.random(1, 64 * S));
      test.medium.flush();
      List<Path> crashes = new ArrayList<>();
      Runnable copy = () -> crashes.add(test.copy(directory.resolve("b" + crashes.size())));
      HookedBytes.under(test.volume, (request, offset, length) -> copy.run());
      atEachReset(test, copy);

      test.medium.blank("V");
      crashes.add(test.copy(directory.resolve("end")));

      assertThat(crashes).hasSizeGreaterThan(2);
      for (Path crash : crashes) {
        for (RecoverMode mode : new RecoverMode[] {RecoverMode.POWER, RecoverMode.PROCESS}) {
          try (TestMedium after = opened(test, crash, mode)) {
            requireZerosWhereUnwritten(after);
          }
        }
      }
    }
  }

  /** Inside of the transaction that records it, when the bits are clear. */
  private static void atEachReset(TestMedium test, Runnable crash) throws StorageException {
    Function function =
        new Function() {
          @Override
          protected void xFunc() throws SQLException {
            crash.run();
            result(0);
          }
        };
    test.bay
        .catalogue()
        .change(
            connection -> {
              Function.create(connection, "crash", function);
              try (Statement statement = connection.createStatement()) {
                statement.execute(
                    "create temp trigger crash_reset after update on bitmap"
                        + " begin select crash(); end");
              }
            });
  }

  /** INV-3. */
  private static void requireZerosWhereUnwritten(TestMedium test) throws StorageException {
    byte[] all = test.all();
    BitSet written = test.written();
    for (int i = written.nextClearBit(0); i < all.length / S; i = written.nextClearBit(i + 1)) {
      assertThat(Arrays.copyOfRange(all, i * S, (i + 1) * S)).as("sector " + i).containsOnly(0);
    }
  }

  @Test
  void aMapThatIsLostCountsAllAsWrittenAndTakesNoWrite() throws Exception {
    try (TestMedium after = withLostMap(MediaType.WORM)) {
      assertThat(after.medium.size()).isEqualTo(64L * S);
      assertThat(after.medium.sectorsWritten()).isEqualTo(64);
      assertFault(Fault.CORRUPT, () -> after.write(9 * S, (byte) 1), "is lost");
    }
  }

  @Test
  void aMediumWhoseMapIsLostCanBeErased() throws Exception {
    try (TestMedium after = withLostMap(MediaType.ERASE)) {
      after.medium.blank("VOL1");

      assertThat(after.medium.size()).isZero();
      assertThat(after.all()).isEqualTo(new byte[64 * S]);
      after.write(9 * S, (byte) 1);
      assertThat(after.written()).isEqualTo(TestMedium.sectors(9, 10));
    }
  }

  private TestMedium withLostMap(MediaType type) throws Exception {
    TestMedium test = medium(type, 64);
    test.write(0, (byte) 1);
    test.bay.close();
    String map = test.volume.bitmaps().get(0).id().toString();
    try (Stream<Path> files = Files.list(test.volume.directory())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.toString().contains(map)) {
          Files.delete(file);
        }
      }
    }
    return test.opened(test.path, RecoverMode.AUTO);
  }
}
