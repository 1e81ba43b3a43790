package org.copybay.volumes.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.SimulatedStore;
import org.copybay.volumes.store.StoreFile;
import org.junit.jupiter.api.Test;

/** A journal byte for byte, against one that another program made of docs/FORMAT.md. */
final class JournalLayoutTest {
  private static final long FIRST = 41;
  private static final VolumeIdentity VOLUME =
      new VolumeIdentity(
          UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), "\u00e91", 0x200000);
  private static final Origin ORIGIN =
      new Origin(UUID.fromString("0f0e0d0c-0b0a-0908-0706-050403020100"), 0x0102030405060708L);
  private static final SegmentHeader HEAD =
      new SegmentHeader(9, 0x1122334455667788L, FIRST, ORIGIN, VOLUME);

  private static final byte[] HEAD_BYTES =
      Bytes.hex(
          512,
          "435042594a524e4c 01000000 41c372dc 0900000000000000 8877665544332211 2900000000000000",
          "08090a0b0c0d0e0f 0001020304050607 0807060504030201",
          "7766554433221100 ffeeddccbbaa9988 0000200000000000 0300 c3a931");

  /** One of each kind, by their codes. */
  private static final List<JournalRecord> RECORDS =
      List.of(
          JournalRecord.run(0x20, 16, 0x70, 3),
          JournalRecord.zero(0x100, 7, 3),
          JournalRecord.settle(0x20, 16),
          JournalRecord.freeze(4, 0x200000, 0x18bcfe56800L),
          JournalRecord.drop(3),
          JournalRecord.fill(0x40, 5, 0x99, 4),
          JournalRecord.barrier(46, 40),
          JournalRecord.fillAnew(0x50, 3, 0xa1, 2),
          JournalRecord.fillZero(0x60, 2, 4),
          JournalRecord.prepare(0x120, 32, 0x80f1),
          JournalRecord.switchTo(1, 4, 0x200, 0x18bcfe56801L),
          JournalRecord.filled(0x110, 48));

  private static final byte[] RECORD_BYTES =
      Bytes.hex(
          12 * 32,
          "905f9703 01000000 10000000 03000000 2000000000000000 7000000000000000",
          "5ba1d4c0 02000000 07000000 03000000 0001000000000000 0000000000000000",
          "a9f77bef 03000000 10000000 00000000 2000000000000000 0000000000000000",
          "aa526050 04000000 00000000 04000000 0000200000000000 0068e5cf8b010000",
          "4882ba75 05000000 00000000 03000000 0000000000000000 0000000000000000",
          "9702b6fd 06000000 05000000 04000000 4000000000000000 9900000000000000",
          "925342c7 07000000 00000000 00000000 2e00000000000000 2800000000000000",
          "1220a4c1 08000000 03000000 02000000 5000000000000000 a100000000000000",
          "8114ed13 09000000 02000000 04000000 6000000000000000 0000000000000000",
          "683b0f36 0a000000 20000000 f1800000 2001000000000000 0000000000000000",
          "5792e398 0b000000 01000000 04000000 0002000000000000 0168e5cf8b010000",
          "927a99ec 0c000000 30000000 00000000 1001000000000000 0000000000000000");

  @Test
  void theHeadIsWrittenAsItAlwaysWas() {
    ByteBuffer head = HEAD.encode();

    assertThat(Bytes.of(head.position(head.limit()))).isEqualTo(HEAD_BYTES);
  }

  @Test
  void recordsAreWrittenAsTheyAlwaysWere() {
    ByteBuffer target =
        ByteBuffer.allocateDirect(RECORD_BYTES.length).order(ByteOrder.LITTLE_ENDIAN);
    SlotLayout layout = new SlotLayout(HEAD.salt());
    for (int i = 0; i < RECORDS.size(); i++) {
      layout.encode(RECORDS.get(i), FIRST + i, target, i * 32);
    }

    assertThat(Bytes.of(target.position(target.limit()))).isEqualTo(RECORD_BYTES);
  }

  @Test
  void aJournalIsReadAsItAlwaysWas() throws Exception {
    SimulatedStore store = new SimulatedStore(0x200000, 1);
    store.setOrigin(ORIGIN);
    try (StoreFile file = store.create("journal.1")) {
      file.write(0, Bytes.direct(HEAD_BYTES));
      file.write(512, Bytes.direct(RECORD_BYTES));
      file.write(512 + RECORD_BYTES.length, Bytes.direct(new byte[Journal.SPARE_BYTES]));
    }

    JournalReader reader = JournalReader.open(store, 9, VOLUME.id(), RecoverMode.AUTO);
    List<JournalRecord> found = new ArrayList<>();
    reader.replay(store, found::add);
    assertThat(found).isEqualTo(RECORDS);
    assertThat(SegmentHeader.decode(Bytes.direct(HEAD_BYTES))).isEqualTo(HEAD);
  }

  @Test
  void filesAreFilledAsTheyAlwaysWere() throws Exception {
    SimulatedStore store = new SimulatedStore(0x200000, 1);
    store.setOrigin(ORIGIN);
    try (Journal journal = Journal.create(store, 9, FIRST, VOLUME);
        StoreFile file = store.open("journal.1")) {
      for (JournalRecord each : RECORDS) {
        journal.append(each);
      }
      ByteBuffer head = ByteBuffer.allocateDirect(512).order(ByteOrder.LITTLE_ENDIAN);
      file.read(0, head);
      long salt = head.getLong(24);
      assertThat(SegmentHeader.decode(head.clear()))
          .isEqualTo(new SegmentHeader(9, salt, FIRST, ORIGIN, VOLUME));
      ByteBuffer records =
          ByteBuffer.allocateDirect(RECORD_BYTES.length).order(ByteOrder.LITTLE_ENDIAN);
      file.read(512, records);
      for (int i = 0; i < RECORDS.size(); i++) {
        assertThat(new SlotLayout(salt).decode(FIRST + i, records, i * 32))
            .isEqualTo(RECORDS.get(i));
      }
    }
  }
}
