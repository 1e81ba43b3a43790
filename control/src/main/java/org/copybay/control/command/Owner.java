package org.copybay.control.command;

import org.copybay.control.report.Caller;
import org.copybay.volumes.Fault;
import org.jspecify.annotations.Nullable;

/**
 * Who mounted: besides root the only one who may do what the mode of a ctl file alone does not
 * permit.
 */
record Owner(int uid) {
  /**
   * DENIED to everybody else.
   *
   * @param key whose value is to blame
   * @param what the caller wants to do, as in "delete"
   */
  void require(Caller caller, Arguments arguments, String key, String what, @Nullable String remedy)
      throws RefusedException {
    if (caller.uid() != uid && caller.uid() != 0) {
      throw arguments.refuse(
          key,
          Fault.DENIED,
          "uid " + caller.uid() + " may not " + what + ": only uid " + uid + " and root",
          remedy);
    }
  }
}
