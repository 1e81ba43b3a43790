package org.copybay.volumes.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 Records are numbered without gaps; record n of a segment lies at its place in the file, and
 *       when append returned, all records up to it are in the page cache (P1).
 * INV-2 At most two segments are there: the one that is written, and the one before it, until a
 *       checkpoint has made it dispensable. Segment s lies in the file journal.(s mod 2).
 * INV-3 A barrier stands in the journal only when all records up to the one that it names, and the
 *       bytes they speak of, had been fenced before it was written; in the segment before too (P2).
 * INV-4 Both files have space for some records, and behind each change there is some left for
 *       barriers, drops and switches: a full disk fails no fence, and keeps no space from being freed (P9).
 */
/**
 * The journal of one volume. Records may be appended by any thread; {@link #begin} is called with
 * the gate of the volume closed, and one fence runs at a time.
 */
public final class Journal implements AutoCloseable {
  private static final int ZEROED_BYTES = 1 << 18;
  static final int SPARE_BYTES = 128 * SlotLayout.LENGTH;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16);
  private static final SecureRandom SALTS = new SecureRandom();

  // set once
  private final TrackStore store;
  private final RankedLock lock = new RankedLock(LockRank.JOURNAL);
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(SlotLayout.LENGTH).order(ByteOrder.LITTLE_ENDIAN);

  // guarded by lock
  private @Nullable StoreFile unfenced; // the segment before, while no fence has covered its end

  private long lastChange; // the last record that is no barrier

  // volatile: written under lock, read by all
  private volatile Segment current;
  private volatile long last;

  // volatile: written by the fence that runs
  private volatile long fenced;
  private volatile long synced;

  /** A segment that is written: what does not change, and how far its file has its space. */
  private static final class Segment {
    final SegmentHeader header;
    final StoreFile file;
    final SlotLayout layout;
    long spaceBytes; // guarded by the lock of the journal
    volatile boolean durable; // volatile: its head was synced; set by the fence that runs

    Segment(SegmentHeader header, StoreFile file) throws StorageException {
      this.header = header;
      this.file = file;
      this.layout = new SlotLayout(header.salt());
      this.spaceBytes = file.size();
    }
  }

  private Journal(TrackStore store, Segment first) {
    this.store = store;
    this.current = first;
    this.last = first.header.firstRecord() - 1;
    this.lastChange = last;
    this.fenced = last;
    this.synced = last;
  }

  /**
   * Begins a journal with a segment of that number, durable before this returns. What its file held
   * is lost; everything before its first record must be dispensable.
   */
  public static Journal create(
      TrackStore store, long segment, long firstRecord, VolumeIdentity volume)
      throws StorageException {
    makeNext(store, fileName(segment + 1));
    Segment first = open(store, segment, firstRecord, volume);
    first.spaceBytes =
        requireSpace(first.file, first.spaceBytes, SegmentHeader.LENGTH + SPARE_BYTES);
    first.file.flush();
    first.durable = true;
    store.syncNames();
    return new Journal(store, first);
  }

  /** Makes the file of the next segment, so that begin needs neither a directory nor space. */
  private static void makeNext(TrackStore store, String name) throws StorageException {
    try (StoreFile next = store.exists(name) ? store.open(name) : store.create(name)) {
      if (next.size() < SegmentHeader.LENGTH + SPARE_BYTES) {
        requireSpace(next, next.size(), SegmentHeader.LENGTH + SPARE_BYTES);
        next.flush();
      }
    }
  }

  private static Segment open(
      TrackStore store, long segment, long firstRecord, VolumeIdentity volume)
      throws StorageException {
    SegmentHeader header =
        new SegmentHeader(segment, SALTS.nextLong(), firstRecord, store.origin(), volume);
    String name = fileName(segment);
    StoreFile file = store.exists(name) ? store.open(name) : store.create(name);
    boolean written = false;
    try {
      file.writeAll(0, header.encode());
      written = true;
      return new Segment(header, file);
    } finally {
      if (!written) {
        file.close();
      }
    }
  }

  /** The file of a segment. */
  static String fileName(long segment) {
    return "journal." + segment % 2;
  }

  // ---- appending

  /**
   * Appends a record, keeping P1 when this returns. On an error it is not in the journal.
   *
   * @return its number
   */
  public long append(JournalRecord record) throws StorageException {
    try (var held = lock.enter()) {
      long number = last + 1;
      Segment segment = current;
      long offset = offset(number - segment.header.firstRecord());
      int spare = usesSpare(record.kind()) ? 0 : SPARE_BYTES;
      segment.spaceBytes =
          requireSpace(segment.file, segment.spaceBytes, offset + SlotLayout.LENGTH + spare);
      segment.layout.encode(record, number, buffer.clear(), 0);
      segment.file.writeAll(offset, buffer);
      last = number;
      lastChange = record.kind() == JournalRecord.Kind.BARRIER ? lastChange : number;
      return number;
    }
  }

  /** The place of the n-th record of a segment, counted from 0. */
  static long offset(long index) {
    return SegmentHeader.LENGTH + index * SlotLayout.LENGTH;
  }

  /** Whether records of that kind may stand in the space that is kept behind a change. */
  static boolean usesSpare(JournalRecord.Kind kind) {
    return kind == JournalRecord.Kind.BARRIER
        || kind == JournalRecord.Kind.DROP
        || kind == JournalRecord.Kind.SWITCH;
  }

  /**
   * Space is taken in larger steps, as zeros: a sync need not record a new length each time.
   *
   * @return the space that the file has then
   */
  private static long requireSpace(StoreFile file, long there, long end) throws StorageException {
    if (end <= there) {
      return there;
    }
    long to = Math.max(there, SegmentHeader.LENGTH) + ZEROED_BYTES;
    for (long at = there; at < to; at += ZEROS.capacity()) {
      file.writeAll(at, ZEROS.duplicate().limit((int) Math.min(to - at, ZEROS.capacity())));
    }
    return to;
  }

  /** The number of the last record that was appended. */
  public long last() {
    return last;
  }

  /** The number of the segment that is written. */
  public long segment() {
    try (var held = lock.enter()) {
      return current.header.segment();
    }
  }

  /**
   * The bytes that the records of the current segment take; about, at the moment in which the next
   * one begins. Every write of a volume with points asks, so it waits for nobody.
   */
  public long sizeBytes() {
    long first = current.header.firstRecord(); // read before last: the difference is not negative
    return offset(last + 1 - first);
  }

  // ---- fencing

  /**
   * Puts a barrier behind everything up to that record, whose bytes were synced after it was
   * appended, unless there is one; makes the current segment, and the one before, durable in any
   * case. One thread at a time. P2.
   */
  public void barrier(long upTo) throws StorageException {
    fenceSegmentBefore();
    Segment segment;
    long barrier = synced;
    try (var held = lock.enter()) {
      segment = current;
      if (upTo > fenced && lastChange > fenced) {
        barrier = append(JournalRecord.barrier(upTo, synced));
      } else if (segment.durable) {
        return;
      }
    }
    segment.file.flush();
    segment.durable = true;
    synced = barrier;
    fenced = Math.max(fenced, upTo);
  }

  private void fenceSegmentBefore() throws StorageException {
    StoreFile before;
    try (var held = lock.enter()) {
      before = unfenced;
    }
    if (before != null) {
      before.flush();
      try (var held = lock.enter()) {
        unfenced = null;
      }
      before.close();
    }
  }

  // ---- segments

  /**
   * Begins the next segment, in the file of the one before the current one, which a checkpoint has
   * made dispensable. Called with the gate closed: nothing is appended meanwhile.
   *
   * @return the number of its first record
   */
  public long begin(VolumeIdentity volume) throws StorageException {
    try (var held = lock.enter()) {
      assert unfenced == null : "the segment before the current one was never fenced";
      Segment next = open(store, current.header.segment() + 1, last + 1, volume);
      unfenced = current.file;
      current = next;
      return last + 1;
    }
  }

  @Override
  public void close() {
    try (var held = lock.enter()) {
      current.file.close();
      if (unfenced != null) {
        unfenced.close();
      }
    }
  }
}
