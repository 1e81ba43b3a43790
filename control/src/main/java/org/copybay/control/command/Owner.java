package org.copybay.control.command;

import org.copybay.control.report.Caller;
import org.copybay.volumes.Fault;
import org.jspecify.annotations.Nullable;

/**
 * Whose the mount is: besides root the only one who may do what the mode of a ctl file alone does
 * not permit.
 *
 * @param uid who mounted, or whom the mount option uid= names
 * @param mounter who mounted: what the daemon may, he may
 */
public record Owner(int uid, int mounter) {
  /**
   * DENIED to everybody else.
   *
   * @param key whose value is to blame
   * @param what the caller wants to do, as in "delete"
   */
  void require(Caller caller, Arguments arguments, String key, String what, @Nullable String remedy)
      throws RefusedException {
    if (caller.uid() != uid && caller.uid() != 0) {
      throw denied(uid, caller, arguments, key, what, remedy);
    }
  }

  /**
   * DENIED to everybody but who mounted and root: the daemon may do more than who owns the mount.
   */
  void requireMounter(
      Caller caller, Arguments arguments, String key, String what, @Nullable String remedy)
      throws RefusedException {
    if (caller.uid() != mounter && caller.uid() != 0) {
      throw denied(mounter, caller, arguments, key, what, remedy);
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
      throw denied(uid, caller, arguments, key, what + ", which is of uid " + ownUid, null);
    }
  }

  private static RefusedException denied(
      int uid,
      Caller caller,
      Arguments arguments,
      String key,
      String what,
      @Nullable String remedy) {
    return arguments.refuse(
        key,
        Fault.DENIED,
        "uid " + caller.uid() + " may not " + what + ": only uid " + uid + " and root",
        remedy);
  }
}
