package org.copybay.volumes.drive;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;

/** Changes a tape, from where its drive stands. Every method needs the lock of the drive. */
final class TapeWriting {
  private static final int MARK_BYTES = 4;

  /** As many fit behind a full tape too. */
  private static final int MARKS_OF_A_CLOSE = 2;

  private final TapeDrive drive;
  private final DriveState state;
  private final Position at;
  private final DriveEvents events;

  TapeWriting(TapeDrive drive, DriveState state, DriveEvents events) {
    this.drive = drive;
    this.state = state;
    this.at = state.at;
    this.events = events;
  }

  /**
   * Writes what the source has, each record behind the one before (P1).
   *
   * @param maxRecord bytes that one request brings without being cut
   */
  int write(LoadedTape tape, ByteBuffer source, int maxRecord) throws StorageException {
    int length = source.remaining();
    if (state.transfer.blockBytes() == 0 && length > maxRecord) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          state.name + ": a record has at most " + maxRecord + " bytes, got " + length,
          "mt -f drives/" + state.name + " setblk SIZE: then any write is cut into blocks");
    }
    boolean split = length > maxRecord;
    state.transfer.requireBlocks(length, split);
    requireWritable(tape);
    // the rest of a write that was cut into pieces is no next write
    if (at.eof == EofState.WARNING && !state.transfer.isDirty()) {
      at.eof = EofState.WARNED;
      throw new StorageException(
          Fault.NO_SPACE,
          "cartridge " + tape.barcode() + " is full: end of medium",
          "the next write is taken; load another cartridge");
    }
    return state.transfer.write(source, record -> append(tape, record));
  }

  /** DENIED, TAPE_END. */
  void requireWritable(LoadedTape tape) throws StorageException {
    DriveOpener by = state.opener;
    String refusal = tape.rules().refusal();
    if (refusal != null || (by != null && !by.writes())) {
      throw new StorageException(
          Fault.DENIED, refusal != null ? refusal : state.name + " is open for reading only");
    }
    tape.rules().requireChange(at.object, tape.cartridge().end().objects(), state.name);
  }

  private void append(LoadedTape tape, ByteBuffer record) throws StorageException {
    Cartridge cartridge = tape.cartridge();
    long behind = cartridge.tapeOffset(at.object) - tape.capacity(); // the early warning
    boolean fits = behind <= 0 || record.remaining() <= TapeDrive.TRAILER_BYTES - behind;
    if (!fits || at.object >= TapeDrive.MAX_OBJECTS) {
      at.eof = EofState.WARNING;
      throw full(tape);
    }
    cut(tape);
    at.last = LastTransfer.WRITE;
    cartridge.append(record);
    at.object++;
    at.addBlocks(1);
    boolean warned = cartridge.end().tapeBytes() > tape.capacity();
    at.eof = warned ? EofState.WARNING : EofState.NONE;
  }

  private static StorageException full(LoadedTape tape) {
    return new StorageException(
        Fault.NO_SPACE,
        "cartridge " + tape.barcode() + " is full: end of the tape",
        "load another cartridge");
  }

  private void change(LoadedTape tape) throws StorageException {
    events.beforeChange(drive, tape);
    state.changed = true;
  }

  private void cut(LoadedTape tape) throws StorageException {
    change(tape);
    if (at.object < tape.cartridge().end().objects()) {
      tape.cartridge().cut(at.object);
    }
  }

  /** MTWEOF: so many filemarks, and what follows is gone; with none and sync, a sync. */
  void marks(LoadedTape tape, int count, boolean sync) throws StorageException {
    if (count == 0) {
      if (sync) {
        tape.cartridge().sync();
      }
      return;
    }
    long end = tape.cartridge().tapeOffset(at.object) + (long) count * MARK_BYTES;
    boolean many = count > MARKS_OF_A_CLOSE;
    if (at.object + count > TapeDrive.MAX_OBJECTS
        || (many && end > tape.capacity() + TapeDrive.TRAILER_BYTES)) {
      throw full(tape);
    }
    cut(tape);
    put(tape.cartridge(), count, sync);
    at.object += count;
    at.addFiles(count);
    at.block = 0;
    at.eof = EofState.NONE;
  }

  /** All of them or none (P9). */
  private void put(Cartridge cartridge, int count, boolean sync) throws StorageException {
    try {
      cartridge.mark(count, sync);
    } catch (StorageException e) {
      try {
        cartridge.cut(at.object);
      } catch (StorageException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /**
   * What a close does: behind a write filemarks that survive power loss, with what is before; else
   * what was changed survives it (P2).
   */
  void end(LoadedTape tape) throws StorageException {
    if (at.last == LastTransfer.WRITE) {
      boolean two = state.options.twoFilemarks();
      marks(tape, two ? 2 : 1, true);
      if (two) {
        at.object--;
        at.addFiles(-1);
      }
      at.eof = EofState.FILEMARK;
    } else if (state.changed) {
      tape.cartridge().sync();
    }
  }

  /** MTERASE: everything behind this place is gone. */
  void erase(LoadedTape tape, boolean wipe) throws StorageException {
    tape.rules().requireErase(at.object, tape.cartridge().end().objects(), state.name);
    change(tape);
    tape.cartridge().erase(at.object, wipe);
    at.at(0, 0, EofState.NONE);
  }
}
