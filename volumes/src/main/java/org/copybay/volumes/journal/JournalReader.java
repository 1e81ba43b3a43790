package org.copybay.volumes.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/*
 * After the death of a process all records that check are replayed. After lost power every record
 * beyond the one that the last barrier names is dropped, also one that stands before that barrier:
 * its bytes may be missing. A record that does not check ends the journal. When a barrier follows
 * that was written after it had been synced, or, after the death of a process, any other record, it
 * is damage (P8).
 */
/** What a journal holds at a start. Used by one thread. */
public final class JournalReader {
  private static final long NO_BARRIER = -1;
  private static final int BUFFER_BYTES = SlotLayout.LENGTH * 4096;

  private final List<Part> parts;
  private final long end;

  /** Takes the records in order. */
  @FunctionalInterface
  public interface Replay {
    /** One record. */
    void accept(JournalRecord journalRecord) throws StorageException;
  }

  /** Takes the records in order, with where they stand. */
  @FunctionalInterface
  public interface PlacedReplay {
    /** The record of that number, at a byte of a file. */
    void accept(String file, long offset, long number, JournalRecord journalRecord)
        throws StorageException;
  }

  /**
   * A segment as it was found.
   *
   * @param header its head
   * @param last the last record before the first that does not check
   * @param lastChange the last of these that is no barrier, or the one before the first
   * @param barrier the last record that a barrier before that names, or {@link #NO_BARRIER}
   * @param beyond whether a record follows one that does not check
   * @param covered the last record that was synced before a barrier beyond was written
   */
  private record Part(
      SegmentHeader header,
      long last,
      long lastChange,
      long barrier,
      boolean beyond,
      long covered) {

    boolean used() {
      return last >= header.firstRecord() || beyond;
    }
  }

  private JournalReader(List<Part> parts, long end) {
    this.parts = parts;
    this.end = end;
  }

  /**
   * Reads the journal that begins with that segment. CORRUPT when a part is missing that must be
   * there.
   *
   * @param volume whose journal it must be
   */
  public static JournalReader open(TrackStore store, long segment, UUID volume, RecoverMode mode)
      throws StorageException {
    Part first = scan(store, segment, volume);
    if (first == null) {
      throw JournalCheck.noSegment(store, segment, volume);
    }
    Part second = scan(store, segment + 1, volume);
    boolean power = mode.lostUnsynced(first.header.origin(), store.origin());
    List<Part> parts = new ArrayList<>(List.of(first));
    if (second != null) {
      boolean follows = second.header.firstRecord() == first.last + 1;
      if (!follows && (!power || second.barrier != NO_BARRIER)) {
        throw damaged(
            Journal.fileName(segment),
            "it ends with record "
                + first.last
                + ", want "
                + (second.header.firstRecord() - 1)
                + " before segment "
                + (segment + 1));
      }
      if (follows) {
        parts.add(second);
      }
    }
    for (Part part : parts) {
      if (part.covered > part.last || (part.beyond && !power)) {
        throw noRecord(store, part);
      }
    }
    Part tail = parts.get(parts.size() - 1);
    long fenced = Math.max(first.header.firstRecord() - 1, Math.max(first.barrier, tail.barrier));
    JournalReader reader = new JournalReader(parts, power ? fenced : tail.last);
    reader.requireSpaceBehind(store);
    return reader;
  }

  private static StorageException noRecord(TrackStore store, Part part) throws StorageException {
    String name = Journal.fileName(part.header.segment());
    try (StoreFile file = store.open(name)) {
      return damaged(name, new Slots(part.header, file).fault(part.last + 1));
    }
  }

  private static StorageException damaged(String file, String why) {
    return new StorageException(Fault.CORRUPT, file + " is damaged: " + why);
  }

  /** The number of the last record that is replayed. */
  public long end() {
    return end;
  }

  /** The number of the last record that can be read; those behind {@link #end} do not count. */
  public long last() {
    return parts.get(parts.size() - 1).last;
  }

  /**
   * A writer leaves space behind each change that may not use that space itself. Without it nobody
   * can tell a journal that was cut from one that ends there, without what was acknowledged (P1).
   */
  private void requireSpaceBehind(TrackStore store) throws StorageException {
    for (Part part : parts) {
      long change = Math.min(part.lastChange, end);
      long first = part.header.firstRecord();
      long least = Journal.offset(Math.max(0, change + 1 - first)) + Journal.SPARE_BYTES;
      String name = Journal.fileName(part.header.segment());
      try (StoreFile file = store.open(name)) {
        if (file.size() < least) {
          throw damaged(
              name,
              "it was cut: want at least "
                  + least
                  + " bytes with the space behind the last change, got "
                  + file.size());
        }
      }
    }
  }

  /** What the newest segment says of the volume. */
  public VolumeIdentity volume() {
    return parts.get(parts.size() - 1).header.volume();
  }

  /** Hands over every record that survived, in order. */
  public void replay(TrackStore store, Replay target) throws StorageException {
    replayPlaced(store, (file, offset, number, record) -> target.accept(record));
  }

  /** {@link #replay}, for who has to say where a record stands. */
  public void replayPlaced(TrackStore store, PlacedReplay target) throws StorageException {
    for (Part part : parts) {
      try (StoreFile file = store.open(Journal.fileName(part.header.segment()))) {
        Slots slots = new Slots(part.header, file);
        for (long number = part.header.firstRecord();
            number <= Math.min(part.last, end);
            number++) {
          JournalRecord record = slots.read(number);
          if (record == null) {
            throw damaged(Journal.fileName(part.header.segment()), "no record " + number);
          }
          long offset = Journal.offset(number - part.header.firstRecord());
          target.accept(slots.name, offset, number, record);
        }
      }
    }
  }

  /** Whether the first journal of a volume is there, whole, and no record was ever in it. */
  public static boolean unused(TrackStore store, UUID volume) throws StorageException {
    Part first = scan(store, 0, volume);
    return first != null && first.header.firstRecord() == 1 && !first.used();
  }

  /** Whether that segment is there, and any record is in it. */
  public static boolean used(TrackStore store, long segment, UUID volume) throws StorageException {
    Part found = scan(store, segment, volume);
    return found != null && found.used();
  }

  private static @Nullable Part scan(TrackStore store, long segment, UUID volume)
      throws StorageException {
    String name = Journal.fileName(segment);
    if (!store.exists(name)) {
      return null;
    }
    try (StoreFile file = store.open(name)) {
      SegmentHeader header = header(file);
      if (header == null || header.segment() != segment || !header.volume().id().equals(volume)) {
        return null;
      }
      return scan(header, new Slots(header, file));
    }
  }

  private static @Nullable SegmentHeader header(StoreFile file) throws StorageException {
    if (file.size() < SegmentHeader.LENGTH) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(SegmentHeader.LENGTH);
    file.read(0, bytes);
    return SegmentHeader.decode(bytes.flip());
  }

  private static Part scan(SegmentHeader header, Slots slots) throws StorageException {
    long before = header.firstRecord() - 1;
    long last = before;
    long lastChange = before;
    long barrier = NO_BARRIER;
    Beyond beyond = new Beyond();
    for (long number = header.firstRecord(); number <= slots.limit; number++) {
      JournalRecord record = slots.read(number);
      if (record == null) {
        continue;
      }
      boolean fence = record.kind() == JournalRecord.Kind.BARRIER;
      if (number == last + 1) {
        last = number;
        lastChange = Journal.usesSpare(record.kind()) ? lastChange : number;
        barrier = fence ? record.start() : barrier;
      } else {
        beyond.take(number, fence ? record.base() : before);
      }
    }
    boolean lost = beyond.tells(last);
    return new Part(header, last, lastChange, barrier, lost, lost ? beyond.covered : before);
  }

  /**
   * Records behind one that does not check. A checksum of 32 bits is right by chance once in four
   * billion places, and a file has up to a million that an earlier segment left: one alone, far
   * behind the end, tells of nothing that was lost.
   */
  private static final class Beyond {
    private static final long NEAR = 1024;

    private int count;
    private long first;
    long covered = Long.MIN_VALUE;

    void take(long number, long synced) {
      first = count == 0 ? number : first;
      count++;
      covered = Math.max(covered, synced);
    }

    boolean tells(long last) {
      return count > 1 || (count == 1 && first - last <= NEAR);
    }
  }

  /** The places of a file where records may be. */
  private static final class Slots {
    final long limit;

    final String name;

    private final SegmentHeader header;
    private final StoreFile file;
    private final SlotLayout layout;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long bufferFirst = -1;

    Slots(SegmentHeader header, StoreFile file) throws StorageException {
      this.name = Journal.fileName(header.segment());
      this.header = header;
      this.file = file;
      this.layout = new SlotLayout(header.salt());
      this.limit =
          header.firstRecord() - 1 + (file.size() - SegmentHeader.LENGTH) / SlotLayout.LENGTH;
    }

    /** Why there is no record of that number. */
    String fault(long number) throws StorageException {
      JournalRecord none = read(number);
      assert none == null : none;
      int at = (int) (number - bufferFirst) * SlotLayout.LENGTH;
      long offset = Journal.offset(number - header.firstRecord());
      return "no record " + number + " at " + offset + ": " + layout.fault(number, buffer, at);
    }

    @Nullable JournalRecord read(long number) throws StorageException {
      long per = BUFFER_BYTES / SlotLayout.LENGTH;
      long first = header.firstRecord() + (number - header.firstRecord()) / per * per;
      if (first != bufferFirst) {
        int count = (int) Math.min(per, limit + 1 - first);
        buffer.clear().limit(count * SlotLayout.LENGTH);
        file.read(Journal.offset(first - header.firstRecord()), buffer);
        bufferFirst = first;
      }
      return layout.decode(number, buffer, (int) (number - first) * SlotLayout.LENGTH);
    }
  }
}
