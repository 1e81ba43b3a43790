package org.copybay.fs.node;

import org.copybay.control.tree.ControlTree;
import org.copybay.fs.transport.Request;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** A gesture that destroys bytes, or would, noted before it runs, and its result after. */
final class AuditedGesture {
  private AuditedGesture() {}

  /** What destroys it. */
  @FunctionalInterface
  interface Destruction {
    void run() throws StorageException;
  }

  /**
   * Runs it; the result is noted also when that is an internal error.
   *
   * @param where the path below the mount, for instance volumes/payroll
   * @param gesture in words, the first of which is its verb
   */
  static void run(
      ControlTree control, Request request, String where, String gesture, Destruction destruction)
      throws StorageException {
    long number = control.auditGesture(Refusal.caller(request), where, gesture);
    Fault result = Fault.STORE_FAILED;
    try {
      destruction.run();
      result = null;
    } catch (StorageException e) {
      result = e.fault();
      throw e;
    } finally {
      control.auditResult(number, result);
    }
  }
}
