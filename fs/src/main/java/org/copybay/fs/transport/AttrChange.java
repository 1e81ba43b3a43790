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

  private static final long SECOND = 1_000_000_000L;

  /** A change of permissions. */
  public static AttrChange ofMode(int mode) {
    return new AttrChange(MODE, 0, mode, 0, 0, 0, 0);
  }

  /** A change of user and group, each of which stays as it is where -1 is given. */
  public static AttrChange ofOwner(int uid, int gid) {
    return new AttrChange((uid == -1 ? 0 : UID) | (gid == -1 ? 0 : GID), 0, 0, uid, gid, 0, 0);
  }

  /** A change of length, in bytes. */
  public static AttrChange ofSize(long size) {
    return new AttrChange(SIZE, size, 0, 0, 0, 0, 0);
  }

  /** A change of times, each to that one, to now, or not at all. */
  public static AttrChange ofTimes(
      boolean hasAccess,
      boolean accessIsNow,
      long accessNanos,
      boolean hasModify,
      boolean modifyIsNow,
      long modifyNanos) {
    int valid =
        (hasAccess ? ACCESS : 0)
            | (accessIsNow ? ACCESS_NOW : 0)
            | (hasModify ? MODIFY : 0)
            | (modifyIsNow ? MODIFY_NOW : 0);
    return new AttrChange(valid, 0, 0, 0, 0, accessNanos, modifyNanos);
  }

  /** A time as nanoseconds since the epoch, which end in the years 1677 and 2262. */
  public static long nanos(long seconds, int nanos) {
    long limit = Long.MAX_VALUE / SECOND - 1;
    return Math.max(-limit, Math.min(limit, seconds)) * SECOND + nanos;
  }

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
