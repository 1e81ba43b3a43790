package org.copybay.control.tree;

import java.nio.charset.StandardCharsets;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** A file that can only be read. */
record TextFile(String path, ErrorLog errors, Content content) implements ControlFile {

  /** Makes the text of a file for one reader. */
  @FunctionalInterface
  interface Content {
    /** The text as it is now, with a line end at its end unless it is empty. */
    String text(Caller caller) throws StorageException;
  }

  @Override
  public int mode() {
    return 0444;
  }

  /** 0 where there is no text now: the open says why. */
  @Override
  public long size(Caller caller) {
    try {
      return content.text(caller).getBytes(StandardCharsets.UTF_8).length;
    } catch (StorageException e) {
      return 0;
    }
  }

  @Override
  public ControlHandle open(Caller caller, OpenMode mode) throws StorageException {
    return open(path, errors, caller, mode, () -> new TextHandle(content.text(caller)));
  }

  /** Opens what can only be read. */
  @FunctionalInterface
  interface Opening {
    ControlHandle open() throws StorageException;
  }

  /** Opens a file that can only be read; why it cannot be opened is noted for the caller. */
  static ControlHandle open(
      String path, ErrorLog errors, Caller caller, OpenMode mode, Opening opening)
      throws StorageException {
    if (mode.writing()) {
      // Only root comes here: the kernel refuses everybody else by the mode.
      throw noWriting(errors, caller, path, "commands go to .control/ctl");
    }
    try {
      return opening.open();
    } catch (StorageException e) {
      errors.report(caller, path, e);
      throw e;
    }
  }

  /** Notes and returns the refusal of an open for writing. */
  static StorageException noWriting(ErrorLog errors, Caller caller, String path, String remedy) {
    StorageException error =
        new StorageException(Fault.DENIED, path + " cannot be written", remedy);
    errors.report(caller, path, error);
    return error;
  }
}
