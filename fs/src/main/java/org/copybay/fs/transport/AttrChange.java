package org.copybay.fs.transport;

/**
 * What a setattr asks for: chmod, chown, truncate, utimens, or several at once.
 *
 * <p>A value counts only if its {@code has} method says so. The change is made whole or refused
 * whole.
 *
 * @param valid the bits FATTR_* of the kernel's protocol
 * @param size the new length in bytes
 * @param mode the new permissions, with the kind in the upper bits
 * @param accessNanos the new time of last access, nanoseconds since the epoch
 * @param modifyNanos the new time of change of content, nanoseconds since the epoch
 */
public record AttrChange(
    int valid, long size, int mode, int uid, int gid, long accessNanos, long modifyNanos) {

  static final int MODE = 1;
  static final int UID = 1 << 1;
  static final int GID = 1 << 2;
  static final int SIZE = 1 << 3;
  static final int ACCESS = 1 << 4;
  static final int MODIFY = 1 << 5;
  static final int ACCESS_NOW = 1 << 7;
  static final int MODIFY_NOW = 1 << 8;

  public boolean hasSize() {
    return (valid & SIZE) != 0;
  }

  public boolean hasMode() {
    return (valid & MODE) != 0;
  }

  public boolean hasUid() {
    return (valid & UID) != 0;
  }

  public boolean hasGid() {
    return (valid & GID) != 0;
  }

  /** True if the time of last access changes, to {@link #accessNanos()} or to now. */
  public boolean hasAccessTime() {
    return (valid & (ACCESS | ACCESS_NOW)) != 0;
  }

  /** True if the time of last access is the handler's clock and {@link #accessNanos()} is void. */
  public boolean accessTimeIsNow() {
    return (valid & ACCESS_NOW) != 0;
  }

  /** True if the time of change of content changes, to {@link #modifyNanos()} or to now. */
  public boolean hasModifyTime() {
    return (valid & (MODIFY | MODIFY_NOW)) != 0;
  }

  /** True if the time of change is the handler's clock and {@link #modifyNanos()} is void. */
  public boolean modifyTimeIsNow() {
    return (valid & MODIFY_NOW) != 0;
  }
}
