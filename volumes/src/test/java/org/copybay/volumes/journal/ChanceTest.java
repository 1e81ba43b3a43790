package org.copybay.volumes.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes behind the end of a journal whose checksum is right by chance. */
final class ChanceTest {
  private static final UUID VOLUME = new UUID(1, 2);
  private static final JournalRecord RECORD = JournalRecord.run(5, 1, 7, 0);

  private final SimulatedStore store = new SimulatedStore(4096, 1);

  @BeforeEach
  void writeThreeRecords() throws StorageException {
    try (Journal journal = Journal.create(store, 0, 1, new VolumeIdentity(VOLUME, "a", 4096))) {
      for (int i = 0; i < 3; i++) {
        journal.append(RECORD);
      }
    }
  }

  private static SegmentHeader head(StoreFile file) throws StorageException {
    ByteBuffer head = ByteBuffer.allocateDirect(SegmentHeader.LENGTH);
    file.read(0, head);
    SegmentHeader header = SegmentHeader.decode(head.flip());
    assertThat(header).isNotNull();
    return header;
  }

  private void put(long number) throws StorageException {
    try (StoreFile file = store.open("journal.0")) {
      ByteBuffer slot = ByteBuffer.allocateDirect(SlotLayout.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
      new SlotLayout(head(file).salt()).encode(RECORD, number, slot, 0);
      file.writeAll(Journal.offset(number - 1), slot);
    }
  }

  private List<JournalRecord> replay() throws StorageException {
    List<JournalRecord> found = new ArrayList<>();
    JournalReader.open(store, 0, VOLUME, RecoverMode.PROCESS).replay(store, found::add);
    return found;
  }

  @Test
  void oneFarBehindTheEndIsNone() throws Exception {
    put(5000);

    assertThat(replay()).hasSize(3);
  }

  @Test
  void oneNearTheEndAndTwoAnywhereTellOfALostOne() throws Exception {
    put(5000);
    put(5001);
    assertDamaged();

    writeThreeRecords();
    put(5);
    assertDamaged();
  }

  private void assertDamaged() {
    assertThatThrownBy(this::replay)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("no record 4");
  }

  @Test
  void zerosAreNoRecordWhateverTheirChecksum() {
    ByteBuffer zeros = ByteBuffer.allocate(SlotLayout.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    long number = 0;
    // About once in four billion numbers: the checksum is put there instead of looked for.
    SlotLayout layout = new SlotLayout(3);
    String wanted =
        String.valueOf(layout.fault(number, zeros, 0)).replaceFirst(".*want=(\\w+) .*", "$1");
    zeros.putInt(0, (int) Long.parseLong(wanted, 16));

    assertThat(layout.fault(number, zeros, 0)).isNull();
    assertThat(layout.decode(number, zeros, 0)).isNull();
  }
}
