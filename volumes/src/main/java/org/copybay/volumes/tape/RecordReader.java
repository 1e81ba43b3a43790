package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Reads what a cartridge holds, each record checked (P8). Any thread may call. */
final class RecordReader {
  private final String what;
  private final TapeFile tape;
  private final TapeIndex index;
  private final Supplier<TapeEnd> end;

  // volatile: set once, before others read
  private volatile Consumer<String> damage = found -> {};

  // volatile: changed by who cuts, before the index and behind the end, read by others
  private volatile boolean cutting;

  /**
   * Of one cartridge.
   *
   * @param what it is called in messages
   * @param end where it ends now
   */
  RecordReader(String what, TapeFile tape, TapeIndex index, Supplier<TapeEnd> end) {
    this.what = what;
    this.tape = tape;
    this.index = index;
    this.end = end;
  }

  /** {@link Cartridge#onDamage}. */
  void onDamage(Consumer<String> told) {
    damage = told;
  }

  /** Whether entries are being cut off, which are there until {@link #end} says so. */
  void cutting(boolean now) {
    cutting = now;
  }

  /** {@link Cartridge#mark}. CORRUPT, AGAIN. */
  long mark(int which) throws StorageException {
    TapeEnd before = end.get();
    return watched(before, () -> index.mark(which, before.objects()));
  }

  /** {@link Cartridge#first}. CORRUPT, AGAIN. */
  long first(long begin, long to, Predicate<TapeObject> holds) throws StorageException {
    TapeEnd before = end.get();
    return watched(before, () -> index.first(begin, Math.min(to, before.objects()), holds));
  }

  /** The entry of an object. CORRUPT, AGAIN. */
  TapeObject object(long number) throws StorageException {
    TapeEnd before = end.get();
    requireThere(number, before);
    return watched(before, () -> index.get(number, before.objects()));
  }

  private void requireThere(long number, TapeEnd end) throws StorageException {
    if (number >= end.objects()) {
      throw cutAway();
    }
  }

  private StorageException cutAway() {
    return new StorageException(
        Fault.AGAIN,
        what + " was written anew from an earlier place",
        "read it from its beginning");
  }

  /** {@link Cartridge#read}. */
  int read(long number, ByteBuffer target) throws StorageException {
    TapeEnd before = end.get();
    return watched(before, () -> read(before, number, target));
  }

  private int read(TapeEnd before, long number, ByteBuffer target) throws StorageException {
    requireThere(number, before);
    TapeObject object = index.get(number, before.objects());
    if (end.get().cuts() != before.cuts()) {
      throw cutAway(); // the entry may be one of the tape as it is written anew
    }
    if (object.isMark()) {
      throw new IllegalArgumentException("object " + number + " is a filemark");
    }
    int start = target.position();
    int limit = target.limit();
    target.limit(start + object.length());
    try {
      tape.read(object, target, what + " record " + number);
    } finally {
      target.limit(limit);
    }
    int got = TapeObject.crcOf(target.slice(start, object.length()));
    if (got != object.crc()) {
      throw damaged(number, object, got);
    }
    return object.length();
  }

  private StorageException damaged(long number, TapeObject object, int got) {
    return new StorageException(
        Fault.CORRUPT,
        String.format(
            "%s: object %d (%d bytes at %d of its tape file) is damaged: checksum want=%08x"
                + " got=%08x",
            what, number, object.length(), object.tapeOffset(), object.crc(), got),
        "restore it from its copy");
  }

  /** Reads something. */
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws StorageException;
  }

  /** Damage is told, unless it is that something was cut meanwhile: AGAIN. */
  private <T> T watched(TapeEnd before, Reading<T> reading) throws StorageException {
    try {
      return reading.read();
    } catch (StorageException e) {
      if (e.fault() != Fault.CORRUPT) {
        throw e;
      }
      if (cutting || end.get().cuts() != before.cuts()) {
        throw cutAway();
      }
      damage.accept(e.getMessage());
      throw e;
    }
  }
}
