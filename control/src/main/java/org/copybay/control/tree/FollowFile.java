package org.copybay.control.tree;

import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Events;

/** The file that tells events as they happen: it opens by name and is not listed. */
record FollowFile(String path, Events events, ErrorLog errors) implements ControlFile {
  @Override
  public int mode() {
    return 0444;
  }

  @Override
  public long size(Caller caller) {
    return 0;
  }

  @Override
  public boolean streaming() {
    return true;
  }

  @Override
  public ControlHandle open(Caller caller, OpenMode mode) throws StorageException {
    return TextFile.open(path, errors, caller, mode, () -> new FollowHandle(events));
  }
}
