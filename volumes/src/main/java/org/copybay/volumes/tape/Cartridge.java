package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.copybay.volumes.tape.TapeObject.Kind;

/*
 * INV-1 The tape file is a SIMH tape image without an end-of-medium word: readable without an index
 *       and without Copybay. A compressed record is one of class 1 (private) whose bytes are a zstd
 *       frame.
 * INV-2 An entry of the index is written after the bytes of its object, and both before the caller
 *       is answered (P1). What lies in the tape file behind the last entry counts for nothing.
 * INV-3 An entry that says "synced" was written after a sync of the bytes of all objects before it.
 *       After power loss the objects from the last such one on count as far as their bytes check,
 *       and all of them up to the first entry that does not (P2, P4).
 * INV-4 Entries are cut durably before bytes in front of the old end are written again: an old
 *       entry never stands for new bytes (P5 of a tape: what is overwritten is gone as a whole).
 * INV-5 Before the first change the header says durably who writes; it is taken back only when all
 *       of it survives power loss. Before all of it is cut, it says durably that another life begins:
 *       what was known of the life before is never taken for what the tape holds.
 */
/**
 * The records and filemarks of one cartridge, numbered from 0 as a tape drive numbers them. One
 * thread changes it at a time, its drive's; any thread may read meanwhile.
 *
 * <p>A tape grows at its end only: a change at an earlier place cuts what is behind it. A sync that
 * failed is never repaired by a second one: the cartridge takes no more changes until it is opened
 * anew.
 */
public final class Cartridge implements AutoCloseable {
  /** The file of the index, beside the tape file. */
  public static final String INDEX = "index";

  /** Bytes of the largest record that a tape image can tell the length of. */
  public static final int MAX_RECORD = 0xffffff;

  private final String what;
  private final UUID id;
  private final TrackStore store;
  private final TapeFile tape;
  private final TapeIndex index;
  private final RecordReader reader;
  private final OpenHeader header;

  // only by the thread that changes it
  private boolean compressing;

  // volatile: replaced as a whole by the thread that changes it
  private volatile TapeEnd end;

  Cartridge(String what, IndexHeader header, TrackStore store, TapeIndex index, TapeEnd end) {
    this.what = what;
    this.id = header.cartridge();
    this.store = store;
    this.tape = new TapeFile(store.home());
    this.index = index;
    this.header = new OpenHeader(what, index, header);
    this.reader = new RecordReader(what, tape, index, () -> this.end);
    this.end = end;
  }

  /**
   * Makes the index of a blank cartridge beside its empty tape file; both survive power loss.
   *
   * @param lives how often it counts as written anew from its beginning
   */
  public static void format(UUID id, int lives, TrackStore store) throws StorageException {
    try (StoreFile file = store.create(INDEX)) {
      file.setSize(IndexHeader.BYTES);
      IndexHeader header = IndexHeader.first(id, lives);
      file.writeAll(header.offset(), header.encode());
      file.flush();
    }
    store.home().flush();
    store.syncNames();
  }

  /**
   * Opens a cartridge, which then owns the store, and ends what a crash left half done.
   *
   * @param what it is called in messages, as in "cartridge VT0001"
   * @param mode what it takes the end of its last writer for
   * @param readOnly whether nothing of it may change, also not after a crash
   */
  public static Cartridge open(String what, TrackStore store, RecoverMode mode, boolean readOnly)
      throws StorageException {
    return CartridgeRecovery.open(what, store, mode, readOnly);
  }

  /**
   * Which cartridge lies in a store; nothing of it is changed. NOT_FOUND, CORRUPT, UNSUPPORTED.
   *
   * @param what it is called in messages
   */
  public static UUID medium(String what, TrackStore store) throws StorageException {
    try (StoreFile file = store.open(INDEX)) {
      return TapeIndex.header(file, what + " " + INDEX).cartridge();
    }
  }

  // ---- facts

  /** Which cartridge it is. */
  public UUID id() {
    return id;
  }

  /** What it is called in messages. */
  String what() {
    return what;
  }

  /** Where it ends now. */
  public TapeEnd end() {
    return end;
  }

  /** Whether a sync failed, so that it takes no more changes until it is opened anew. */
  public boolean failed() {
    return header.failed();
  }

  /**
   * Says who is told, in a sentence, of each read that finds damage: by the thread that reads,
   * which must not wait there.
   */
  public void onDamage(Consumer<String> told) {
    reader.onDamage(told);
  }

  TapeObject object(long number) throws StorageException {
    return reader.object(number);
  }

  /** Whether that object is a filemark. */
  public boolean isMark(long number) throws StorageException {
    return object(number).isMark();
  }

  /** Bytes of that record; 0 for a filemark. */
  public int length(long number) throws StorageException {
    return object(number).length();
  }

  /** How many filemarks there are before that object, or before the end. */
  public int marksBefore(long number) throws StorageException {
    TapeEnd now = end;
    return number >= now.objects() ? now.marks() : index.get(number, now.objects()).marksBefore();
  }

  /** Where in its tape file that object begins, or where the next one will. */
  public long tapeOffset(long number) throws StorageException {
    TapeEnd now = end;
    return number >= now.objects()
        ? now.tapeBytes()
        : index.get(number, now.objects()).tapeOffset();
  }

  /** The number of the object that is that filemark, the first being 0; -1 where there is none. */
  public long mark(int which) throws StorageException {
    return reader.mark(which);
  }

  /** {@link TapeIndex#first} within the objects that there are. */
  long first(long begin, long to, Predicate<TapeObject> holds) throws StorageException {
    return reader.first(begin, to, holds);
  }

  /** Whether changes compress from now on. */
  public void compress(boolean wanted) {
    compressing = wanted;
  }

  // ---- reading

  /**
   * Reads a record into the target, which has room for it. CORRUPT where its bytes do not check, or
   * it came with an error; AGAIN where it was cut meanwhile.
   *
   * @return bytes of the record
   */
  public int read(long number, ByteBuffer target) throws StorageException {
    return reader.read(number, target);
  }

  /** Whether that record came with an error; it is read as it came. */
  public boolean isDamaged(long number) throws StorageException {
    return object(number).kind() == Kind.DAMAGED_RECORD;
  }

  /**
   * Whether an object is what another cartridge has at that number, by kind, length and checksum.
   */
  public boolean sameObject(long number, Cartridge other) throws StorageException {
    TapeObject mine = object(number);
    TapeObject its = other.object(number);
    return mine.kind() == its.kind() && mine.length() == its.length() && mine.crc() == its.crc();
  }

  /** Asks that the next reads come from the disk. */
  public void dropCached() throws StorageException {
    tape.dropCached(end.tapeBytes());
    index.dropCached(end.objects());
  }

  // ---- changing

  /**
   * Puts a record behind the end. Promise P1; P9: after an error nothing changed. NO_SPACE,
   * STORE_FAILED.
   *
   * @param source the record, from its position to its limit: direct, 1 to {@link #MAX_RECORD}
   *     bytes
   */
  public void append(ByteBuffer source) throws StorageException {
    append(source, false);
  }

  /** The same for a record that came with an error. */
  public void append(ByteBuffer source, boolean damaged) throws StorageException {
    int length = source.remaining();
    if (length < 1 || length > MAX_RECORD) {
      throw new IllegalArgumentException("a record of " + length + " bytes");
    }
    header.begin(store);
    TapeEnd now = end;
    byte[] packed = compressing ? RecordCodec.compress(source) : null;
    int stored = packed == null ? length : packed.length;
    TapeObject object =
        new TapeObject(
            damaged ? Kind.DAMAGED_RECORD : Kind.RECORD,
            packed != null,
            now.synced(),
            now.tapeBytes(),
            now.imageBytes(),
            now.dataBytes(),
            length,
            stored,
            TapeObject.crcOf(source),
            now.marks());
    add(now, object, () -> tape.write(object, packed == null ? source : direct(packed)));
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /**
   * Puts filemarks behind the end.
   *
   * @param count 1 or more
   * @param sync whether everything up to them, and they, survive power loss then (P2)
   */
  public void mark(int count, boolean sync) throws StorageException {
    header.begin(store);
    for (int i = 0; i < count; i++) {
      TapeEnd now = end;
      boolean last = sync && i == count - 1;
      TapeObject object = TapeObject.filemark(now, last || now.synced());
      add(
          now,
          object,
          () -> {
            tape.writeMark(object);
            if (last) {
              header.flush(tape::flush);
            }
          });
    }
    if (sync) {
      header.flush(index::flush);
      end = end.asSynced();
    }
  }

  /** Writes the bytes of an object. */
  @FunctionalInterface
  private interface Bytes {
    void write() throws StorageException;
  }

  private void add(TapeEnd now, TapeObject object, Bytes bytes) throws StorageException {
    boolean whole = false;
    try {
      bytes.write();
      index.append(now.objects(), object);
      whole = true;
    } finally {
      if (!whole) {
        takeBack(now);
      }
    }
    end = now.after(object);
  }

  /** What was written of an object that did not become one goes; where that fails it is ignored. */
  private void takeBack(TapeEnd now) {
    try {
      index.cut(now.objects());
      tape.cut(now.tapeBytes());
    } catch (StorageException e) {
      header.fail(); // a part of it may lie where the next one will
    }
  }

  /** Cuts everything from that object on, durably. */
  public void cut(long objects) throws StorageException {
    erase(objects, false);
  }

  /**
   * {@link #cut}.
   *
   * @param wipe whether its bytes are overwritten before their space is given back
   */
  public void erase(long objects, boolean wipe) throws StorageException {
    TapeEnd now = end;
    if (objects >= now.objects()) {
      return;
    }
    header.begin(store);
    TapeObject first = index.get(objects, now.objects());
    if (objects == 0) {
      header.nextLife();
    }
    reader.cutting(true); // an entry that a reader misses from here on is no damage
    try {
      header.flush(
          () -> {
            index.cut(objects);
            index.flush();
          });
      end = now.cutAt(objects, first).inLife(header.lives());
    } finally {
      reader.cutting(false);
    }
    if (wipe) {
      tape.wipe(first.tapeOffset(), now.tapeBytes());
      header.flush(tape::flush);
    }
    tape.cut(first.tapeOffset());
  }

  /** Makes all of it survive power loss (P2). STORE_FAILED. */
  public void sync() throws StorageException {
    if (!header.begun()) {
      return;
    }
    header.flush(
        () -> {
          tape.flush();
          index.flush();
        });
    end = end.asSynced();
  }

  /**
   * {@link #sync}, after which nobody writes to it. After a sync that failed it stays as it is: the
   * header names its writer, so that the next open looks what survived.
   */
  public void settle() throws StorageException {
    if (header.begun() && !header.failed()) {
      sync();
      header.end();
    }
  }

  /** Ends it as it is; {@link #settle} comes before. */
  @Override
  public void close() {
    index.close();
    store.close();
  }
}
