package org.copybay.volumes.tape;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.Origin;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a cartridge and finds its end. Whose header names no writer ends where its index ends. Else
 * the writer died: with the page cache all that has an entry is there; after power loss the entries
 * count up to the first that does not check, and of those behind the last synced one also the bytes
 * must check. What is cut then was never synced.
 */
final class CartridgeRecovery {
  private static final Logger LOG = LoggerFactory.getLogger(CartridgeRecovery.class);

  private final String what;
  private final TapeFile tape;
  private final TapeIndex index;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  private CartridgeRecovery(String what, TapeFile tape, TapeIndex index) {
    this.what = what;
    this.tape = tape;
    this.index = index;
  }

  static Cartridge open(String what, TrackStore store, RecoverMode mode, boolean readOnly)
      throws StorageException {
    StoreFile file = store.open(Cartridge.INDEX);
    boolean opened = false;
    try {
      IndexHeader header = TapeIndex.header(file, what + " index");
      TapeIndex index = new TapeIndex(file, header.cartridge(), what);
      CartridgeRecovery recovery = new CartridgeRecovery(what, new TapeFile(store.home()), index);
      TapeEnd end = recovery.end(header, mode.lostUnsynced(header.writer(), store.origin()));
      recovery.requireBytes(end);
      if (!header.writer().equals(Origin.UNKNOWN) && !readOnly) {
        header = recovery.settle(header, end);
      }
      opened = true;
      return new Cartridge(what, header, store, index, end);
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /** Where a cartridge with that header ends, also where the tape file was cut before that. */
  static TapeEnd end(
      String what, IndexHeader header, TapeFile tape, TapeIndex index, boolean lostUnsynced)
      throws StorageException {
    return new CartridgeRecovery(what, tape, index).end(header, lostUnsynced);
  }

  private TapeEnd end(IndexHeader header, boolean lostUnsynced) throws StorageException {
    TapeEnd end =
        header.writer().equals(Origin.UNKNOWN)
            ? endAt(index.capacity()) // every entry counts
            : abandoned(lostUnsynced);
    return end.inLife(header.lives());
  }

  /** No byte is missing before that end: it was written, or survived, before its entries did. */
  private void requireBytes(TapeEnd end) throws StorageException {
    if (tape.size() < end.tapeBytes()) {
      throw new StorageException(
          Fault.CORRUPT,
          what
              + ": its tape file has "
              + tape.size()
              + " bytes, want "
              + end.tapeBytes()
              + ": somebody cut it",
          "restore the cartridge from its copy");
    }
  }

  private TapeEnd endAt(long objects) throws StorageException {
    return objects == 0
        ? TapeEnd.BLANK
        : TapeEnd.behind(objects - 1, index.get(objects - 1, objects));
  }

  private TapeEnd abandoned(boolean lostUnsynced) throws StorageException {
    long there = index.capacity();
    long objects = lostUnsynced ? readable(index.valid(0, there)) : withoutTorn(there);
    if (objects < there) {
      LOG.warn("{}: {} of {} objects were never synced and are lost", what, there - objects, there);
    }
    return endAt(objects);
  }

  /** The process died with the page cache there: only the last entry can be in part. */
  private long withoutTorn(long there) throws StorageException {
    return there == 0 ? 0 : index.valid(there - 1, there);
  }

  /** How many of so many objects have their bytes. */
  private long readable(long valid) throws StorageException {
    long number = valid;
    while (number > 0 && !index.get(number - 1, valid).synced()) {
      number--;
    }
    number = Math.max(0, number - 1);
    while (number < valid && checks(index.get(number, valid))) {
      number++;
    }
    return number;
  }

  /** Whether the bytes of an object are there, with the words around them. */
  private boolean checks(TapeObject object) throws StorageException {
    if (tape.size() < object.tapeEnd() || tape.misframed(object) != null) {
      return false;
    }
    if (object.isMark()) {
      return true;
    }
    if (buffer.capacity() < object.length()) {
      buffer = ByteBuffer.allocateDirect(object.length());
    }
    try {
      tape.read(object, buffer.clear().limit(object.length()), what);
    } catch (StorageException e) {
      if (e.fault() == Fault.CORRUPT) {
        return false;
      }
      throw e;
    }
    return TapeObject.crcOf(buffer.flip()) == object.crc();
  }

  /**
   * Cuts what does not count, makes the rest survive power loss, and then says that nobody writes.
   * After a stop in the middle the same is done again.
   */
  private IndexHeader settle(IndexHeader header, TapeEnd end) throws StorageException {
    index.cut(end.objects());
    tape.cut(end.tapeBytes());
    tape.flush();
    index.flush();
    IndexHeader next = header.next(Origin.UNKNOWN);
    index.putHeader(next);
    index.flush();
    return next;
  }
}
