package org.copybay.volumes.tape;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.copybay.volumes.tape.TapeObject.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries whose checksum is right and that no tape can have: they count as none. */
final class IndexLayoutTest {
  private static final long MOST = Long.MAX_VALUE;
  private static final UUID CARTRIDGE = new UUID(1, 2);

  @ParameterizedTest
  @CsvSource({
    "RECORD, false, 0, 5, 5, 0, true",
    "DAMAGED_RECORD, true, 4096, 5, 4, 9, true",
    "RECORD, false, 0, 16777215, 16777215, 0, true",
    "FILEMARK, false, 0, 0, 0, 2147483646, true",
    "RECORD, false, -1, 5, 5, 0, false",
    "RECORD, false, " + MOST + ", 5, 5, 0, false",
    "RECORD, false, 0, 5, 4, 0, false",
    "RECORD, false, 0, 0, 0, 0, false",
    "RECORD, false, 0, -5, -5, 0, false",
    "RECORD, false, 0, 2147483647, 2147483647, 0, false",
    "RECORD, true, 0, 5, 5, 0, false",
    "RECORD, true, 0, 5, -1, 0, false",
    "RECORD, true, 0, 5, 0, 0, false",
    "RECORD, false, 0, 5, 5, -1, false",
    "FILEMARK, false, 0, 5, 5, 0, false",
    "FILEMARK, true, 0, 0, 0, 0, false",
    "FILEMARK, false, 0, 0, 0, 2147483647, false",
  })
  void anEntryIsOneThatATapeCanHave(
      Kind kind,
      boolean compressed,
      long offset,
      int length,
      int storedLength,
      int marksBefore,
      boolean possible) {
    TapeObject object =
        new TapeObject(
            kind, compressed, true, offset, offset, offset, length, storedLength, 7, marksBefore);
    IndexLayout layout = new IndexLayout(CARTRIDGE);
    ByteBuffer entry = ByteBuffer.allocate(IndexLayout.ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    layout.encode(3, object, entry);

    assertThat(layout.decode(3, entry, 0)).isEqualTo(possible ? object : null);
  }
}
