package org.copybay.volumes.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * Whether a journal that is in use has on its disk what a start would look for: every head, and
 * every record up to the last one that was appended. Nothing is changed. Used by one thread.
 */
public final class JournalCheck {
  private static final int BUFFER_RECORDS = 4096;

  private final TrackStore store;
  private final UUID volume;

  private JournalCheck(TrackStore store, UUID volume) {
    this.store = store;
    this.volume = volume;
  }

  /**
   * Reads the segments from one to another. CORRUPT with the first thing that is wrong.
   *
   * @param first number of the first segment that a start would replay
   * @param current number of the segment that is written
   * @param last number of the last record of that one
   */
  public static void run(TrackStore store, UUID volume, long first, long current, long last)
      throws StorageException {
    JournalCheck check = new JournalCheck(store, volume);
    SegmentHeader next = null;
    for (long segment = current; segment >= first; segment--) {
      next = check.segment(segment, next == null ? last : next.firstRecord() - 1);
    }
  }

  /** Why a journal has no segment of that number, where a start must find one. */
  static StorageException noSegment(TrackStore store, long segment, UUID volume)
      throws StorageException {
    String name = Journal.fileName(segment);
    if (!store.exists(name)) {
      return damaged(name, "no segment " + segment + ": the file is missing");
    }
    try (StoreFile file = store.open(name)) {
      SegmentHeader found = new JournalCheck(store, volume).header(file, name, segment);
      return damaged(name, "no segment " + segment + ", got " + found);
    } catch (StorageException e) {
      if (e.fault() == Fault.CORRUPT) {
        return e;
      }
      throw e;
    }
  }

  private SegmentHeader segment(long segment, long last) throws StorageException {
    String name = Journal.fileName(segment);
    try (StoreFile file = store.open(name)) {
      file.dropCached(0, file.size());
      SegmentHeader header = header(file, name, segment);
      long end = Journal.offset(last + 1 - header.firstRecord());
      if (file.size() < end) {
        throw damaged(name, "too short: want=" + end + " got=" + file.size());
      }
      records(file, name, header, last);
      return header;
    }
  }

  private SegmentHeader header(StoreFile file, String name, long segment) throws StorageException {
    if (file.size() < SegmentHeader.LENGTH) {
      throw damaged(name, "too short: want=" + SegmentHeader.LENGTH + " got=" + file.size());
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(SegmentHeader.LENGTH);
    file.read(0, bytes);
    requireNone(name, "head at 0: ", SegmentHeader.fault(bytes.clear()));
    SegmentHeader header = SegmentHeader.decode(bytes.clear());
    if (header == null || header.segment() != segment || !header.volume().id().equals(volume)) {
      throw damaged(
          name, "head at 0: want segment " + segment + " of volume " + volume + " got " + header);
    }
    return header;
  }

  private static void records(StoreFile file, String name, SegmentHeader header, long last)
      throws StorageException {
    SlotLayout layout = new SlotLayout(header.salt());
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(BUFFER_RECORDS * SlotLayout.LENGTH)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long first = header.firstRecord(); first <= last; first += BUFFER_RECORDS) {
      int count = (int) Math.min(BUFFER_RECORDS, last + 1 - first);
      long offset = Journal.offset(first - header.firstRecord());
      file.read(offset, buffer.clear().limit(count * SlotLayout.LENGTH));
      for (int i = 0; i < count; i++) {
        int at = i * SlotLayout.LENGTH;
        String fault = layout.fault(first + i, buffer, at);
        if (fault != null) {
          throw damaged(name, "record " + (first + i) + " at " + (offset + at) + ": " + fault);
        }
      }
    }
  }

  private static void requireNone(String name, String where, @Nullable String fault)
      throws StorageException {
    if (fault != null) {
      throw damaged(name, where + fault);
    }
  }

  private static StorageException damaged(String file, String why) {
    return new StorageException(Fault.CORRUPT, file + " is damaged: " + why);
  }
}
