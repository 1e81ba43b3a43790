package org.copybay.fs.transport.dev;

import java.io.IOException;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** libc with errors as {@link IOException}s, and the numbers of Linux that go with it. */
final class Posix {

  static final int ENOENT = 2;
  static final int EPERM = 1;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EINVAL = 22;
  static final int ENODEV = 19;
  static final int ENOTCONN = 107;
  static final int ECONNABORTED = 103;

  static final int O_RDWR = 2;
  static final int O_CLOEXEC = 0x80000;
  static final int O_DIRECTORY = IsArm.YES ? 0x4000 : 0x10000;

  static final int MS_RDONLY = 1;
  static final int MS_NOSUID = 2;
  static final int MS_NODEV = 4;
  static final int MS_NOEXEC = 8;
  static final int MNT_DETACH = 2;

  private static final long FUSE_DEV_IOC_CLONE = 0x8004e500L;
  private static final long SYS_MMAP = IsArm.YES ? 222 : 9;
  private static final long SYS_GETTID = IsArm.YES ? 178 : 186;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
  static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  private Posix() {}

  private static final class IsArm {
    static final boolean YES = System.getProperty("os.arch").equals("aarch64");
  }

  /** The error number of this thread's last call. */
  static int errno() {
    return RUNTIME.getLastError();
  }

  /** The error of this thread's last call, with what was tried. */
  static IOException failure(String what) {
    return failure(what, errno());
  }

  static IOException failure(String what, int errno) {
    return new IOException(what + ": " + LIBC.strerror(errno));
  }

  static int open(String path, int flags) throws IOException {
    int fd = LIBC.open(path, flags | O_CLOEXEC);
    if (fd < 0) {
      throw failure(path);
    }
    return fd;
  }

  static void close(int fd) {
    if (fd >= 0) {
      LIBC.close(fd);
    }
  }

  /** The number of this thread in {@code /proc/self/task}. */
  static int threadId() {
    return (int) LIBC.syscall(SYS_GETTID, 0, 0, 0, 0, 0, 0);
  }

  /** A second descriptor for the connection of {@code device}, with a queue of its own. */
  static int cloneDevice(int device) throws IOException {
    int fd = open("/dev/fuse", O_RDWR);
    Pointer argument = Memory.allocateDirect(RUNTIME, Integer.BYTES);
    argument.putInt(0, device);
    if (LIBC.ioctl(fd, FUSE_DEV_IOC_CLONE, argument) < 0) {
      IOException failure = failure("clone /dev/fuse");
      close(fd);
      throw failure;
    }
    return fd;
  }

  /** Maps zeroed memory that takes no room until it is touched; page-aligned. */
  static long map(long length) throws IOException {
    long address = LIBC.syscall(SYS_MMAP, 0, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (address == -1 || address == 0) {
      throw failure("mmap of " + length + " bytes");
    }
    return address;
  }

  static void unmap(long address, long length) {
    LIBC.munmap(address, length);
  }
}
