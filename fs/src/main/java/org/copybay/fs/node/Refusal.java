package org.copybay.fs.node;

import org.copybay.control.report.Caller;
import org.copybay.control.tree.ControlTree;
import org.copybay.fs.transport.FuseException;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Turns an operating error into the answer of a request, and its sentence into last_error. */
final class Refusal {
  private final ControlTree control;

  Refusal(ControlTree control) {
    this.control = control;
  }

  static Caller caller(Request request) {
    return new Caller(request.uid(), request.gid(), request.pid());
  }

  /** The answer; a name that does not exist is no event worth a line. */
  FuseException of(Request request, String where, StorageException error) {
    if (error.fault() != Fault.NOT_FOUND) {
      control.report(caller(request), where, error);
    }
    return silently(error);
  }

  /** The answer to something that the control tree itself has noted already. */
  static FuseException silently(StorageException error) {
    return new FuseException(ErrnoMapper.of(error.fault()));
  }
}
