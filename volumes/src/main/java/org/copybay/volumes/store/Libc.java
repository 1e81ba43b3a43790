package org.copybay.volumes.store;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * The calls of the C library that the store needs and Java does not offer with a true errno:
 * positional reads and writes by address, holes, and data-only sync. Linux, 64 bit.
 */
final class Libc {
  /** The functions as bound; a negative result means an error whose number is errno. */
  public interface Functions {
    int open(String path, int flags, int mode);

    int close(int fd);

    long pread(int fd, long address, long count, long offset);

    long pwrite(int fd, long address, long count, long offset);

    int fdatasync(int fd);

    int fsync(int fd);

    int ftruncate(int fd, long size);

    int fallocate(int fd, int mode, long offset, long length);

    long lseek(int fd, long offset, int whence);

    int statx(int directory, String path, int flags, int mask, long buffer);

    int futimens(int fd, long times);

    int flock(int fd, int operation);

    int ioctl(int fd, long request, long argument);

    int posix_fadvise(int fd, long offset, long length, int advice);

    int setpriority(int which, int who, int nice);

    String strerror(int errno);
  }

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int LOCK_EX_NB = 2 | 4;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;
  static final int FALLOC_FL_KEEP_SIZE = 1;
  static final int FALLOC_FL_PUNCH_HOLE = 2;
  static final int FALLOC_FL_ZERO_RANGE = 16;
  static final int AT_EMPTY_PATH = 0x1000;
  static final int AT_STATX_DONT_SYNC = 0x4000;
  static final int STATX_BASIC_STATS = 0x7ff;
  static final int STATX_MNT_ID = 0x1000;
  static final int STATX_MNT_ID_UNIQUE = 0x4000;
  static final int POSIX_FADV_WILLNEED = 3;
  static final int POSIX_FADV_DONTNEED = 4;
  static final int PRIO_PROCESS = 0;

  /** Clones a whole file by sharing its extents: _IOW(0x94, 9, int). */
  static final long FICLONE = 0x40049409L;

  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EACCES = 13;
  static final int EEXIST = 17;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int EAGAIN = 11;
  static final int EFBIG = 27;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int EOPNOTSUPP = 95;
  static final int EDQUOT = 122;

  static final Functions C = LibraryLoader.create(Functions.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(C);
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  private Libc() {}

  /** The errno of the last call of this thread. */
  static int errno() {
    return LastError.getLastError(RUNTIME);
  }

  /** The address of the buffer's position; the buffer must be direct. */
  static long address(ByteBuffer buffer) {
    assert buffer.isDirect() : "the store takes direct buffers only";
    return MEMORY.getDirectBufferAddress(buffer) + buffer.position();
  }

  /**
   * The error of a failed call as an exception: what was tried on which path, and why it failed.
   */
  static StorageException failure(String what, Object path, int errno) {
    Fault fault =
        switch (errno) {
          case ENOENT -> Fault.NOT_FOUND;
          case EEXIST -> Fault.EXISTS;
          case EACCES -> Fault.DENIED;
          case EFBIG -> Fault.OUT_OF_RANGE;
          case ENOSPC, EDQUOT -> Fault.NO_SPACE;
          case EROFS -> Fault.READ_ONLY;
          case EOPNOTSUPP -> Fault.UNSUPPORTED;
          default -> Fault.STORE_FAILED;
        };
    return new StorageException(fault, what + " " + path + ": " + C.strerror(errno));
  }
}
