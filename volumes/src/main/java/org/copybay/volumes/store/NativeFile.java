package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * One open file of the backing file system, buffered by the page cache (never O_DIRECT: promise P1
 * rests on the page cache). Any number of threads may read and write at once; the owner closes it
 * when no call is under way.
 */
public final class NativeFile implements AutoCloseable {
  private final Path path;
  private final int fd;

  private NativeFile(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /**
   * Opens an existing file for reading and writing. NOT_FOUND, DENIED, STORE_FAILED (a directory).
   */
  public static NativeFile open(Path path) throws StorageException {
    return open(path, Libc.O_RDWR);
  }

  /** Creates a file that must not exist, readable by its owner only, and opens it. */
  public static NativeFile create(Path path) throws StorageException {
    return open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL);
  }

  /** Opens a file for its lock, creating it if it is missing. */
  static NativeFile openOrCreate(Path path) throws StorageException {
    return open(path, Libc.O_RDWR | Libc.O_CREAT);
  }

  /** Makes the entry of a file or directory in its parent survive power loss. */
  public static void syncEntry(Path path) throws StorageException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  /** Makes the entries of a directory survive power loss. */
  public static void syncDirectory(Path directory) throws StorageException {
    try (NativeFile file = open(directory, Libc.O_RDONLY)) {
      if (Libc.C.fsync(file.fd) < 0) {
        throw Libc.failure("sync directory", directory, Libc.errno());
      }
    }
  }

  private static NativeFile open(Path path, int flags) throws StorageException {
    int fd = Libc.C.open(path.toString(), flags | Libc.O_CLOEXEC, 0600);
    if (fd < 0) {
      throw Libc.failure("open", path, Libc.errno());
    }
    return new NativeFile(path, fd);
  }

  /** Where the file lies. */
  public Path path() {
    return path;
  }

  /**
   * Reads until the buffer is full or the file ends.
   *
   * @return the number of bytes read
   */
  public int read(long offset, ByteBuffer target) throws StorageException {
    int done = 0;
    long address = Libc.address(target);
    int wanted = target.remaining();
    while (done < wanted) {
      long n = Libc.C.pread(fd, address + done, wanted - done, offset + done);
      if (n == 0) {
        break;
      }
      if (n < 0) {
        int errno = Libc.errno();
        if (errno == Libc.EINTR) {
          continue;
        }
        throw at("read", offset + done, wanted - done, errno);
      }
      done += (int) n;
    }
    target.position(target.position() + done);
    return done;
  }

  /**
   * Writes until the buffer is empty or the store refuses more.
   *
   * @return the number of bytes written, at least 1; an error after some bytes is left to the next
   *     call
   */
  public int write(long offset, ByteBuffer source) throws StorageException {
    int done = 0;
    long address = Libc.address(source);
    int wanted = source.remaining();
    while (done < wanted) {
      long n = Libc.C.pwrite(fd, address + done, wanted - done, offset + done);
      if (n < 0) {
        int errno = Libc.errno();
        if (errno == Libc.EINTR) {
          continue;
        }
        if (done > 0) {
          break;
        }
        throw at("write", offset, wanted, errno);
      }
      done += (int) n;
    }
    source.position(source.position() + done);
    return done;
  }

  /** Makes the written bytes, and the size that is needed to read them, survive power loss. */
  public void sync() throws StorageException {
    if (Libc.C.fdatasync(fd) < 0) {
      throw Libc.failure("sync", path, Libc.errno());
    }
  }

  /** Cuts or extends the file; what is added reads as zeros and takes no space. */
  public void setSize(long size) throws StorageException {
    if (Libc.C.ftruncate(fd, size) < 0) {
      int errno = Libc.errno();
      throw errno == Libc.EFBIG || errno == 22
          ? tooLarge(size)
          : Libc.failure("set size " + size + " of", path, errno);
    }
  }

  private StorageException tooLarge(long size) {
    return new StorageException(
        Fault.OUT_OF_RANGE,
        "the file system of "
            + path.getParent()
            + " cannot hold a file of "
            + size
            + " bytes (ext4 takes at most 16 TiB - 4 KiB)",
        "choose a smaller size, or path=DIR on a file system with larger files (xfs)");
  }

  /** Releases the space of a range, which then reads as zeros; the size stays. */
  void punch(long offset, long length) throws StorageException {
    allocate(Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);
  }

  /** Makes a range read as zeros and keep, or get, its space; the size stays. */
  void zeroRange(long offset, long length) throws StorageException {
    allocate(Libc.FALLOC_FL_ZERO_RANGE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);
  }

  /** Gives a range space without changing its bytes; the size stays. */
  void reserve(long offset, long length) throws StorageException {
    allocate(Libc.FALLOC_FL_KEEP_SIZE, offset, length);
  }

  private void allocate(int mode, long offset, long length) throws StorageException {
    while (Libc.C.fallocate(fd, mode, offset, length) < 0) {
      int errno = Libc.errno();
      if (errno != Libc.EINTR) {
        throw at("fallocate mode=" + mode, offset, length, errno);
      }
    }
  }

  /**
   * The first byte at or after the offset that lies in data (or in a hole).
   *
   * @return that offset, or -1 when there is none
   */
  long seek(long offset, boolean data) throws StorageException {
    long found = Libc.C.lseek(fd, offset, data ? Libc.SEEK_DATA : Libc.SEEK_HOLE);
    if (found < 0) {
      int errno = Libc.errno();
      if (errno == Libc.ENXIO) {
        return -1;
      }
      throw at("seek", offset, 0, errno);
    }
    return found;
  }

  /** Size, blocks and times now. */
  public FileStatus status() throws StorageException {
    ByteBuffer buffer = FileStatus.buffer();
    if (Libc.C.statx(fd, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, Libc.address(buffer))
        < 0) {
      throw Libc.failure("stat", path, Libc.errno());
    }
    return FileStatus.decode(buffer);
  }

  /** Sets access and modification time, each in seconds and nanoseconds since 1970. */
  void setTimes(FileTime access, FileTime modification) throws StorageException {
    ByteBuffer times = FileTime.encode(access, modification);
    if (Libc.C.futimens(fd, Libc.address(times)) < 0) {
      throw Libc.failure("set times of", path, Libc.errno());
    }
  }

  /**
   * Shares the extents of another file on the same file system; false where that cannot be done.
   */
  boolean cloneFrom(NativeFile source) {
    return Libc.C.ioctl(fd, Libc.FICLONE, source.fd) == 0;
  }

  /** Asks the kernel to forget the clean cached pages of a range, so that a read meets the disk. */
  void dropCached(long offset, long length) {
    Libc.C.posix_fadvise(fd, offset, length, Libc.POSIX_FADV_DONTNEED); // advice: never an error
  }

  /** Takes the exclusive lock of the file if nobody has it; it ends with the process. */
  boolean tryLock() {
    return Libc.C.flock(fd, Libc.LOCK_EX_NB) == 0;
  }

  private StorageException at(String what, long offset, long length, int errno) {
    return Libc.failure(what + " offset=" + offset + " length=" + length + " of", path, errno);
  }

  @Override
  public void close() {
    if (Libc.C.close(fd) < 0) {
      // Nothing is lost: what must survive was synced by its own call.
      assert Libc.errno() != 9 : "closed twice: " + path;
    }
  }
}
