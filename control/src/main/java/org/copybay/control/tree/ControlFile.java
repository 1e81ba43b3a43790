package org.copybay.control.tree;

import org.copybay.control.report.Caller;
import org.copybay.volumes.StorageException;

/** A file below .control. It has no bytes of its own: each open makes them. */
public sealed interface ControlFile extends ControlNode
    permits FollowFile, TextFile, CtlFile, ChangerFile, ErrorLogFile, WaitFile, BitmapMapFile {

  /** Permission bits: 0444, or 0660 where something can be written. */
  int mode();

  /** The number of bytes that an open by this caller would find now; 0 for a stream. */
  long size(Caller caller) throws StorageException;

  /**
   * Whether reads may wait and offsets mean nothing: such a file is opened nonseekable and its
   * reads get a thread that may block for a second.
   */
  default boolean streaming() {
    return false;
  }

  /** Opens it. NOT_FOUND when its object is gone meanwhile; DENIED for writing to a text. */
  ControlHandle open(Caller caller, OpenMode mode) throws StorageException;
}
