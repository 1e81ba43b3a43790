package org.copybay.volumes.drive;

/**
 * Where a drive stands on its tape, and what of that it tells. Guarded by the lock of its drive.
 */
final class Position {
  static final int UNKNOWN = -1;

  /** Number of the next object. */
  long object;

  /** Filemarks before it, or {@link #UNKNOWN} after a seek. */
  int file;

  /** Records since the last filemark, or {@link #UNKNOWN}. */
  int block;

  EofState eof = EofState.NONE;
  LastTransfer last = LastTransfer.NONE;

  /** At the beginning of the tape. */
  void rewind() {
    object = 0;
    at(0, 0, EofState.NONE);
  }

  void at(int newFile, int newBlock, EofState newEof) {
    file = newFile;
    block = newBlock;
    eof = newEof;
  }

  /** What was asked of the tape itself: that it is at its beginning is known then. */
  void find() {
    if (object == 0) {
      file = 0;
      block = 0;
    }
  }

  /** Counts filemarks that were passed; an unknown number stays unknown. */
  void addFiles(int count) {
    file = sum(file, count);
  }

  /** Counts records that were passed; an unknown number stays unknown. */
  void addBlocks(long count) {
    block = sum(block, count);
  }

  /** Unknown also below 0: an erase on the way counts from 0, wherever it is. */
  private static int sum(int number, long count) {
    return number == UNKNOWN ? UNKNOWN : (int) Math.max(UNKNOWN, number + count);
  }

  /** Behind a filemark that was read. */
  void passMark() {
    object++;
    addFiles(1);
    block = 0;
    eof = EofState.FILEMARK;
  }
}
