package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.Buffers;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.cache.CachedRecords;
import org.copybay.volumes.tape.TapeObject.Kind;

/**
 * What a tape held when this was opened, as bytes at offsets: all of it as a SIMH tape image, or
 * the records of one tape file one after the other. Every record that is read was checked (P8).
 * What is cut meanwhile cannot be read any more: AGAIN. Any thread may call.
 */
public final class TapeView {
  private static final int WORD_BYTES = TapeObject.WORD_BYTES;
  private static final int DAMAGED_BIT = 1 << 31;

  private final Cartridge tape;
  private final CachedRecords records;
  private final long begin;
  private final long end;
  private final boolean image;
  private final long origin;
  private final long size;
  private final long cuts;

  private TapeView(
      Cartridge tape,
      CachedRecords records,
      long begin,
      long end,
      boolean image,
      long origin,
      long size,
      long cuts) {
    this.tape = tape;
    this.records = records;
    this.begin = begin;
    this.end = end;
    this.image = image;
    this.origin = origin;
    this.size = size;
    this.cuts = cuts;
  }

  /** All of it, as an image without an end-of-medium word. */
  public static TapeView image(Cartridge tape, CachedRecords records) {
    TapeEnd now = tape.end();
    return new TapeView(tape, records, 0, now.objects(), true, 0, now.imageBytes(), now.cuts());
  }

  /**
   * How many tape files there are: between filemarks, and behind the last one where there is
   * something.
   */
  public static int files(Cartridge tape) throws StorageException {
    TapeEnd now = tape.end();
    boolean open = now.objects() > 0 && !tape.isMark(now.objects() - 1);
    return now.marks() + (open ? 1 : 0);
  }

  /**
   * The records of one tape file.
   *
   * @param file its number, from 0, less than {@link #files}
   */
  public static TapeView file(Cartridge tape, CachedRecords records, int file)
      throws StorageException {
    TapeEnd now = tape.end();
    long first = file == 0 ? 0 : tape.mark(file - 1) + 1;
    long mark = tape.mark(file);
    long last = mark < 0 ? now.objects() : mark;
    long from = first < now.objects() ? tape.object(first).dataOffset() : now.dataBytes();
    long to = last < now.objects() ? tape.object(last).dataOffset() : now.dataBytes();
    return new TapeView(tape, records, first, last, false, from, to - from, now.cuts());
  }

  /** Bytes of it. */
  public long size() {
    return size;
  }

  /** Reads up to target.remaining() bytes at that offset; 0 at the end. CORRUPT, AGAIN. */
  public int read(long offset, ByteBuffer target) throws StorageException {
    requireUncut();
    int wanted = (int) Math.min(target.remaining(), Math.max(0, size - offset));
    int limit = target.limit();
    target.limit(target.position() + wanted);
    try {
      long at = origin + offset;
      for (long number = numberAt(at); target.hasRemaining(); number++) {
        TapeObject object = tape.object(number);
        at += put(number, object, at - start(object), target);
      }
    } finally {
      target.limit(limit);
    }
    requireUncut(); // what was read is of the tape that was opened
    return wanted;
  }

  /** AGAIN where something was cut since this was opened: its offsets are no more. */
  private void requireUncut() throws StorageException {
    if (tape.end().cuts() != cuts) {
      throw new StorageException(
          Fault.AGAIN,
          tape.what() + " was written anew from an earlier place since it was opened",
          "open it again");
    }
  }

  private long start(TapeObject object) {
    return image ? object.imageOffset() : object.dataOffset();
  }

  /** The last object that begins there or before; of those without bytes the one behind them. */
  private long numberAt(long at) throws StorageException {
    return tape.first(begin, end, object -> start(object) > at) - 1;
  }

  /** Puts what there is of an object from a place in it. */
  private int put(long number, TapeObject object, long from, ByteBuffer target)
      throws StorageException {
    int before = target.position();
    if (!image) {
      put(bytes(number, object), from, target);
      return target.position() - before;
    }
    ByteBuffer word = ByteBuffer.allocate(WORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    word.putInt(0, object.length() | (object.kind() == Kind.DAMAGED_RECORD ? DAMAGED_BIT : 0));
    long at = from;
    at += put(word.array(), at, target);
    if (!object.isMark()) {
      long data = WORD_BYTES + (long) object.length();
      if (at < data && target.hasRemaining()) {
        at += put(bytes(number, object), at - WORD_BYTES, target);
      }
      long pad = data + (object.length() & 1);
      at += put(new byte[object.length() & 1], at - data, target);
      put(word.array(), at - pad, target);
    }
    return target.position() - before;
  }

  /** Puts an array from that place on; nothing where the place lies outside of it. */
  private static int put(byte[] bytes, long from, ByteBuffer target) {
    if (from < 0 || from >= bytes.length) {
      return 0;
    }
    int count = (int) Math.min(bytes.length - from, target.remaining());
    target.put(bytes, (int) from, count);
    return count;
  }

  private byte[] bytes(long number, TapeObject object) throws StorageException {
    return records.get(cuts, number, () -> load(number, object));
  }

  private byte[] load(long number, TapeObject object) throws StorageException {
    ByteBuffer buffer = Buffers.take(object.length());
    try {
      tape.read(number, buffer);
      byte[] bytes = new byte[object.length()];
      buffer.flip().get(bytes);
      return bytes;
    } finally {
      Buffers.give(buffer);
    }
  }
}
