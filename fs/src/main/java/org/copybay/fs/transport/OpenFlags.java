package org.copybay.fs.transport;

/**
 * The bits of {@code open(2)} as the kernel sends them with open, create, write and release.
 *
 * <p>O_DIRECT differs by architecture, hence the methods.
 */
public final class OpenFlags {

  public static final int O_ACCMODE = 3;
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_EXCL = 0x80;
  public static final int O_TRUNC = 0x200;
  public static final int O_APPEND = 0x400;
  public static final int O_NONBLOCK = 0x800;

  /** O_SYNC is O_DSYNC and one bit more, so a test for O_DSYNC finds both. */
  public static final int O_DSYNC = 0x1000;

  /** No bit of open(2): a page of the cache is written back, for whoever changed it. */
  public static final int WRITTEN_BACK = 1 << 31;

  private static final int O_DIRECT =
      System.getProperty("os.arch").equals("aarch64") ? 0x10000 : 0x4000;

  private OpenFlags() {}

  /** True if the descriptor may read. */
  public static boolean reads(int flags) {
    return (flags & O_ACCMODE) != O_WRONLY;
  }

  /** True if the descriptor may write. */
  public static boolean writes(int flags) {
    return (flags & O_ACCMODE) != O_RDONLY;
  }

  /** True if the descriptor bypasses the page cache (O_DIRECT). */
  public static boolean direct(int flags) {
    return (flags & O_DIRECT) != 0;
  }

  /** True if the open was not to wait (O_NONBLOCK). */
  public static boolean nonBlocking(int flags) {
    return (flags & O_NONBLOCK) != 0;
  }

  /**
   * True if the kernel writes back a page that was changed through a mapping. The handle is any one
   * that may write then, not necessarily the one of the mapping.
   */
  public static boolean writtenBack(int flags) {
    return (flags & WRITTEN_BACK) != 0;
  }

  /** True if a write must be durable before it is answered (O_DSYNC or O_SYNC). */
  public static boolean durable(int flags) {
    return (flags & O_DSYNC) != 0;
  }
}
