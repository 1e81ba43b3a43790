package org.copybay.volumes.drive;

/** What the last step of a drive met, which decides what the next read or write answers. */
enum EofState {
  /** Nothing. */
  NONE,
  /** A filemark: the end of the data is told by an empty read once. */
  FILEMARK,
  /** The early warning: the next write is refused. */
  WARNING,
  /** The early warning, and a write was refused: the next one is allowed. */
  WARNED,
  /** The end of the data: every read fails. */
  END_OF_DATA
}
