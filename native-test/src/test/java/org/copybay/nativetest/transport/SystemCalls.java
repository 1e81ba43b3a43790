package org.copybay.nativetest.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** System calls with their results in words: a number, or the number of the error. */
final class SystemCalls {
  static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_TRUNC = 0x200;
  static final int O_APPEND = 0x400;
  static final int O_DSYNC = 0x1000;
  static final int O_DIRECT = arm() ? 0x10000 : 0x4000;
  static final int O_DIRECTORY = arm() ? 0x4000 : 0x10000;
  static final int O_CLOEXEC = 0x80000;
  static final int EINTR = 4;

  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
  private static final long GETDENTS64 = arm() ? 61 : 217;
  private static final long MMAP = arm() ? 222 : 9;
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_BYTES = 256;
  private static final int STATVFS_BYTES = 256;

  private SystemCalls() {}

  private static boolean arm() {
    return System.getProperty("os.arch").equals("aarch64");
  }

  /** A path or a text as libc wants it. */
  static byte[] c(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** The error number of this thread's last call. */
  static int errno() {
    return RUNTIME.getLastError();
  }

  /** A result in words; to be called next after the call. */
  static String said(long result) {
    return result >= 0 ? Long.toString(result) : "errno " + errno();
  }

  /** As {@link #said}, with a checksum of the bytes that were read. */
  static String said(long count, byte[] bytes) {
    if (count < 0) {
      return said(count);
    }
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, (int) count);
    return count + " crc " + Long.toHexString(sum.getValue());
  }

  /** Attributes of a path, a symbolic link not followed. */
  static String stat(byte[] path, boolean withTimes) {
    return stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, withTimes);
  }

  /** Attributes of an open file. */
  static String stat(int fd) {
    return stat(fd, c(""), AT_EMPTY_PATH, false);
  }

  private static String stat(int directory, byte[] path, int flags, boolean withTimes) {
    byte[] bytes = new byte[STATX_BYTES];
    int result = LIBC.statx(directory, path, flags, STATX_BASIC_STATS, bytes);
    if (result < 0) {
      return said(result);
    }
    ByteBuffer statx = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    String text =
        "links %d uid %d gid %d mode %o size %d blksize %d"
            .formatted(
                statx.getInt(16),
                statx.getInt(20),
                statx.getInt(24),
                statx.getShort(28) & 0xffff,
                statx.getLong(40),
                statx.getInt(4));
    return withTimes
        ? text
            + " atime %d.%09d mtime %d.%09d"
                .formatted(
                    statx.getLong(64), statx.getInt(72), statx.getLong(112), statx.getInt(120))
        : text;
  }

  /** Maps the beginning of a file, 1 shared or 2 private; -1 if that is refused. */
  static long map(int fd, long length, int kind) {
    return LIBC.syscall(MMAP, 0, length, 3, kind, fd, 0);
  }

  /** Sets the times of a path; as utimensat(2), in pairs of seconds and nanoseconds. */
  static int utimens(byte[] path, long[] times) {
    return LIBC.utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
  }

  /** The names of a directory and what each is, read in pieces of so many bytes. */
  static String list(byte[] path, int pieceBytes) {
    int fd = LIBC.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0) {
      return said(fd);
    }
    TreeSet<String> names = new TreeSet<>();
    List<String> twice = new ArrayList<>();
    byte[] piece = new byte[pieceBytes];
    long count = LIBC.syscall(GETDENTS64, fd, piece, pieceBytes);
    while (count > 0) {
      ByteBuffer entries =
          ByteBuffer.wrap(piece, 0, (int) count).slice().order(ByteOrder.nativeOrder());
      for (int at = 0; at < count; at += entries.getShort(at + 16)) {
        int end = at + 19;
        while (entries.get(end) != 0) {
          end++;
        }
        String name = new String(piece, at + 19, end - at - 19, StandardCharsets.UTF_8);
        if (!names.add(name + ":" + entries.get(at + 18))) {
          twice.add(name);
        }
      }
      count = LIBC.syscall(GETDENTS64, fd, piece, pieceBytes);
    }
    String text = said(count) + " " + names + " twice " + twice;
    LIBC.close(fd);
    return text;
  }

  /** What of statvfs(3) does not change by itself. */
  static String statvfs(byte[] path) {
    byte[] bytes = new byte[STATVFS_BYTES];
    int result = LIBC.statvfs(path, bytes);
    if (result < 0) {
      return said(result);
    }
    ByteBuffer statvfs = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return "bsize %d frsize %d blocks %d ffree %d namemax %d"
        .formatted(
            statvfs.getLong(0),
            statvfs.getLong(8),
            statvfs.getLong(16),
            statvfs.getLong(48),
            statvfs.getLong(80));
  }
}
