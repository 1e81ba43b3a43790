package org.copybay.control.tree;

import java.nio.charset.StandardCharsets;
import org.copybay.control.command.Commands;
import org.copybay.control.command.Scope;
import org.copybay.control.command.TapeFacts;
import org.copybay.control.report.Caller;
import org.copybay.copy.library.TapeLibrary;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * The changer of a library: it reads as mtx(1) prints its status, and takes commands like a ctl.
 */
record ChangerFile(String library, TapeFacts facts, Commands commands) implements ControlFile {
  @Override
  public String path() {
    return Scope.library(library).path();
  }

  @Override
  public int mode() {
    return 0660;
  }

  @Override
  public long size(Caller caller) {
    TapeLibrary there = facts.tapes().libraryOrNull(library);
    return there == null ? 0 : facts.changer(there).getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public ControlHandle open(Caller caller, OpenMode mode) throws StorageException {
    TapeLibrary there = facts.tapes().libraryOrNull(library);
    if (there == null) {
      throw new StorageException(Fault.NOT_FOUND, "no tape library " + library);
    }
    return mode.writing()
        ? new CtlFile(Scope.library(library), commands).open(caller, mode)
        : new TextHandle(facts.changer(there));
  }
}
