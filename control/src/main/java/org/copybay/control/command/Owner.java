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
      throw denied(caller, arguments, key, what, remedy);
    }
  }

  /**
   * DENIED to everybody else but that user, to whom the object belongs.
   *
   * @param key whose value is to blame
   * @param what the caller wants to do, as in "rename it"
   */
  void requireOrOwnerOf(int ownUid, Caller caller, Arguments arguments, String key, String what)
      throws RefusedException {
    if (caller.uid() != ownUid && caller.uid() != uid && caller.uid() != 0) {
      throw denied(caller, arguments, key, what + ", which is of uid " + ownUid, null);
    }
  }

  private RefusedException denied(
      Caller caller, Arguments arguments, String key, String what, @Nullable String remedy) {
    return arguments.refuse(
        key,
        Fault.DENIED,
        "uid " + caller.uid() + " may not " + what + ": only uid " + uid + " and root",
        remedy);
  }
}
