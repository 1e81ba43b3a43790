package org.copybay.volumes.drive;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.tape.Cartridge;

/** One operation of MTIOCTOP, run once with the lock of the drive. */
final class TapeOperation {
  /** Filemarks that one operation writes: a SCSI command has 24 bits for them. */
  private static final int MOST_MARKS = 0xffffff;

  private final DriveState state;
  private final TapeWriting writing;
  private final TapeOp op;
  private int count;

  TapeOperation(DriveState state, TapeWriting writing, TapeOp op, int count) {
    this.state = state;
    this.writing = writing;
    this.op = op;
    this.count = count;
  }

  void run() throws StorageException {
    if (withoutTape()) {
      if (!op.keepsTransfer()) {
        state.at.last = LastTransfer.NONE;
      }
      return;
    }
    LoadedTape tape = state.readyTape();
    state.transfer.requireWhole();
    if (op == TapeOp.SETBLK) {
      setBlock(count);
      return;
    }
    requireCount();
    if (!op.keepsTransfer()) {
      state.transfer.settle();
      state.transfer.requireWhole();
    }
    if (op.endsWriting() && state.at.last == LastTransfer.WRITE) {
      writing.marks(tape, 1, true);
      boolean back = op == TapeOp.BSF || op == TapeOp.BSFM;
      count += back && count < Integer.MAX_VALUE ? 1 : 0; // more than any tape has
    }
    if (!op.keepsTransfer()) {
      state.at.last = LastTransfer.NONE;
    }
    if (op.writes()) {
      writing.requireWritable(tape);
    }
    move(tape);
  }

  private void requireCount() throws StorageException {
    boolean counts =
        switch (op) {
          case FSF, BSF, FSR, BSR, FSFM, BSFM, WEOF, WEOFI -> true;
          default -> false;
        };
    boolean writes = op == TapeOp.WEOF || op == TapeOp.WEOFI;
    if (counts && (count < 0 || (writes && count > MOST_MARKS))) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          state.name
              + ": want a count of 0 "
              + (writes ? "to " + MOST_MARKS : "or more")
              + ", got "
              + count);
    }
  }

  /** What needs no tape. */
  private boolean withoutTape() throws StorageException {
    switch (op) {
      case LOCK, UNLOCK -> state.locked = op == TapeOp.LOCK;
      case SETDENSITY -> state.density = count;
      case SETDRVBUFFER -> {
        int block = state.options.take(count);
        if (block >= 0) {
          setBlock(block);
        }
      }
      case LOAD -> {
        state.loaded();
        state.standAtBegin();
      }
      case COMPRESSION -> state.compress(count != 0);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void setBlock(int bytes) throws StorageException {
    if (bytes < 0 || bytes > TapeDrive.MAX_BLOCK) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          state.name + ": a block has 0 to " + TapeDrive.MAX_BLOCK + " bytes, got " + bytes);
    }
    if (state.transfer.isDirty()) {
      throw new StorageException(
          Fault.STORE_FAILED, state.name + ": a part of a block is not on the tape yet");
    }
    state.transfer.setBlockBytes(bytes);
  }

  private void move(LoadedTape tape) throws StorageException {
    Cartridge cartridge = tape.cartridge();
    TapeMotion motion = state.motion;
    switch (op) {
      case FSF -> motion.forwardFiles(cartridge, count);
      case BSF -> motion.backFiles(cartridge, count);
      case FSR -> motion.forwardRecords(cartridge, count);
      case BSR -> motion.backRecords(cartridge, count);
      case BSFM -> {
        motion.backFiles(cartridge, count);
        motion.forwardFiles(cartridge, 1);
      }
      case FSFM -> {
        motion.forwardFiles(cartridge, count);
        motion.backFiles(cartridge, 1);
      }
      case WEOF -> writing.marks(tape, count, true);
      case WEOFI -> writing.marks(tape, count, false);
      case REW, RETEN, RESET -> state.at.rewind();
      case OFFL, UNLOAD -> {
        cartridge.sync();
        state.at.rewind();
        state.locked = false;
        state.ready = false;
      }
      case NOP -> cartridge.sync();
      case EOM -> motion.toEnd(cartridge);
      case ERASE -> writing.erase(tape, count != 0);
      case SEEK -> motion.seek(cartridge, count);
      default -> throw new IllegalStateException("operation " + op);
    }
  }
}
