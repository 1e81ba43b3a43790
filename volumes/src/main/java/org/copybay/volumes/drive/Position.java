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

  /** Counts filemarks that were passed; the number stays unknown. */
  void addFiles(int count) {
    if (file != UNKNOWN) {
      file += count;
    }
  }

  /** Counts records that were passed; the number stays unknown. */
  void addBlocks(long count) {
    if (block != UNKNOWN) {
      block += (int) count;
    }
  }

  /** Behind a filemark that was read. */
  void passMark() {
    object++;
    addFiles(1);
    block = 0;
    eof = EofState.FILEMARK;
  }
}
