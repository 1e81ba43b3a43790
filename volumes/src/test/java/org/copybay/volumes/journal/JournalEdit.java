package org.copybay.volumes.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.UnaryOperator;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** Changes journals as no program does, with checksums that are right. */
public final class JournalEdit {
  private JournalEdit() {}

  /**
   * Changes the first record of a segment for which the change gives another one.
   *
   * @return the byte of the file at which it lies
   */
  public static long change(TrackStore store, String name, UnaryOperator<JournalRecord> change)
      throws StorageException {
    try (StoreFile file = store.open(name)) {
      ByteBuffer head = ByteBuffer.allocateDirect(SegmentHeader.LENGTH);
      file.read(0, head);
      SegmentHeader header = SegmentHeader.decode(head.flip());
      if (header == null) {
        throw new IllegalStateException(name + " has no head");
      }
      SlotLayout layout = new SlotLayout(header.salt());
      ByteBuffer slot = ByteBuffer.allocateDirect(SlotLayout.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
      for (long index = 0; ; index++) {
        long number = header.firstRecord() + index;
        file.read(Journal.offset(index), slot.clear());
        JournalRecord record = layout.decode(number, slot, 0);
        if (record == null) {
          throw new IllegalStateException("no record to change in " + name);
        }
        JournalRecord changed = change.apply(record);
        if (!changed.equals(record)) {
          layout.encode(changed, number, slot.clear(), 0);
          file.writeAll(Journal.offset(index), slot);
          return Journal.offset(index);
        }
      }
    }
  }
}
