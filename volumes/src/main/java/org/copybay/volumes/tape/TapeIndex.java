package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.jspecify.annotations.Nullable;

/**
 * The index of one cartridge: its header, and an entry for each object. One thread changes it at a
 * time; any thread may read what was added before.
 */
final class TapeIndex {
  /** How many entries are read at once: who reads one will want the next. */
  private static final int PAGE_ENTRIES = 128;

  private final StoreFile file;
  private final UUID cartridge;
  private final String what;

  // only by the thread that changes it
  private final IndexLayout writing;
  private final ByteBuffer entry =
      ByteBuffer.allocateDirect(IndexLayout.ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  // atomic: raised by a cut, so that no page that was read before it is used after it
  private final AtomicInteger cuts = new AtomicInteger();
  // volatile: replaced as a whole by any reader
  private volatile @Nullable Page page;

  /**
   * Entries that were read together.
   *
   * @param cut how many cuts there were before
   * @param first number of the first one
   */
  private record Page(int cut, long first, List<TapeObject> entries) {
    @Nullable TapeObject get(long number) {
      long at = number - first;
      return at >= 0 && at < entries.size() ? entries.get((int) at) : null;
    }
  }

  /**
   * Stands over an open file with a header.
   *
   * @param what it is called in messages
   */
  TapeIndex(StoreFile file, UUID cartridge, String what) {
    this.file = file;
    this.cartridge = cartridge;
    this.what = what;
    this.writing = new IndexLayout(cartridge);
  }

  /** The header of a file. CORRUPT, UNSUPPORTED. */
  static IndexHeader header(StoreFile file, String what) throws StorageException {
    ByteBuffer both = ByteBuffer.allocateDirect(IndexHeader.BYTES);
    file.read(0, both);
    return IndexHeader.decode(both.flip(), what);
  }

  /** Replaces the header; it survives power loss after {@link #flush}. */
  void putHeader(IndexHeader header) throws StorageException {
    file.writeAll(header.offset(), header.encode());
  }

  /** How many whole entries the file has room for. */
  long capacity() throws StorageException {
    return Math.max(0, (file.size() - IndexHeader.BYTES) / IndexLayout.ENTRY_BYTES);
  }

  /** Writes the entry of the object behind the last one. */
  void append(long number, TapeObject object) throws StorageException {
    writing.encode(number, object, entry.clear());
    file.writeAll(IndexLayout.offset(number), entry.flip());
  }

  /** Forgets all entries from that one on. */
  void cut(long number) throws StorageException {
    file.setSize(IndexLayout.offset(number));
    cuts.incrementAndGet();
  }

  /** Asks that the next reads of so many entries come from the disk. */
  void dropCached(long entries) throws StorageException {
    file.dropCached(0, IndexLayout.offset(entries));
  }

  void flush() throws StorageException {
    file.flush();
  }

  /**
   * The entry of an object.
   *
   * @param end how many objects there are
   */
  TapeObject get(long number, long end) throws StorageException {
    Page now = page;
    TapeObject found = now == null || now.cut() != cuts.get() ? null : now.get(number);
    if (found != null) {
      return found;
    }
    Page read = read(number - number % PAGE_ENTRIES, end);
    page = read;
    TapeObject object = read.get(number);
    if (object == null) {
      throw damaged(number);
    }
    return object;
  }

  private StorageException damaged(long number) {
    return new StorageException(
        Fault.CORRUPT,
        what + ": the entry of object " + number + " does not check",
        "copybay check, or restore the cartridge from its copy");
  }

  /** Up to the first entry that does not check. */
  private Page read(long first, long end) throws StorageException {
    int cut = cuts.get();
    int count = (int) Math.min(PAGE_ENTRIES, end - first);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(count * IndexLayout.ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(IndexLayout.offset(first), bytes);
    IndexLayout layout = new IndexLayout(cartridge);
    List<TapeObject> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      TapeObject object = layout.decode(first + i, bytes, i * IndexLayout.ENTRY_BYTES);
      if (object == null) {
        break;
      }
      entries.add(object);
    }
    return new Page(cut, first, entries);
  }

  /**
   * How many objects check, one after the other, each where the one before ends.
   *
   * @param from where to begin; what is before is taken as it is
   */
  long valid(long from, long end) throws StorageException {
    TapeObject last = from == 0 ? null : get(from - 1, end);
    long number = from;
    while (number < end) {
      Page read = read(number - number % PAGE_ENTRIES, end);
      for (TapeObject each = read.get(number); each != null; each = read.get(++number)) {
        if (!follows(last, each)) {
          return number;
        }
        last = each;
      }
      if (number < Math.min(end, read.first() + PAGE_ENTRIES)) {
        return number;
      }
    }
    return number;
  }

  private static boolean follows(@Nullable TapeObject last, TapeObject next) {
    return last == null
        ? next.tapeOffset() == 0
            && next.imageOffset() == 0
            && next.dataOffset() == 0
            && next.marksBefore() == 0
        : next.tapeOffset() == last.tapeEnd()
            && next.imageOffset() == last.imageEnd()
            && next.dataOffset() == last.dataEnd()
            && next.marksBefore() == last.marksAfter();
  }

  /**
   * The number of a filemark, found by halving: entries count the filemarks before them. CORRUPT
   * where they do not count in order.
   *
   * @param mark which one, from 0
   * @return its object number, or -1 when there are not so many
   */
  long mark(int mark, long end) throws StorageException {
    if (end == 0 || mark < 0 || mark >= get(end - 1, end).marksAfter()) {
      return -1;
    }
    long number = first(0, end, object -> object.marksBefore() > mark) - 1;
    if (number < 0 || !get(number, end).isMark() || get(number, end).marksBefore() != mark) {
      throw damaged(Math.max(0, number));
    }
    return number;
  }

  /**
   * The first object of a range for which something holds that holds for all behind it too.
   *
   * @return its number, or the end of the range where there is none
   */
  long first(long begin, long end, Predicate<TapeObject> holds) throws StorageException {
    long low = begin;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (holds.test(get(middle, end))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  void close() {
    file.close();
  }
}
