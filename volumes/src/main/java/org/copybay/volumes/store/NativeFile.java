package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * One open file of the backing file system, buffered by the page cache (never O_DIRECT: promise P1
 * rests on the page cache). Any thread may call any method at any time: a close waits in effect for
 * the calls that are under way, because the number of the descriptor is given back by the last of
 * them, and what is called after it is refused with CLOSED. So no call can meet another file that
 * got the same number.
 */
public final class NativeFile implements AutoCloseable {
  private static final long CLOSING = 1L << 62;

  private final Path path;
  private final int fd;
  private final boolean readOnly;
  // atomic: calls under way, and the bit CLOSING once close() was called
  private final AtomicLong uses = new AtomicLong();
  private final AtomicBoolean givenBack = new AtomicBoolean();

  private NativeFile(Path path, int fd, boolean readOnly) {
    this.path = path;
    this.fd = fd;
    this.readOnly = readOnly;
  }

  /**
   * Opens an existing file for reading and writing. NOT_FOUND, DENIED, STORE_FAILED (a directory).
   */
  public static NativeFile open(Path path) throws StorageException {
    return open(path, Libc.O_RDWR);
  }

  /** Opens an existing file for reading only. NOT_FOUND, DENIED, STORE_FAILED. */
  public static NativeFile openForReading(Path path) throws StorageException {
    return open(path, Libc.O_RDONLY);
  }

  /** Creates a file that must not exist, readable by its owner only, and opens it. */
  public static NativeFile create(Path path) throws StorageException {
    return open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL);
  }

  /** Opens a file for reading and writing, creating it if it is missing. */
  public static NativeFile openOrCreate(Path path) throws StorageException {
    return open(path, Libc.O_RDWR | Libc.O_CREAT);
  }

  /** Opens a file for its lock, creating it if it is missing and the disk takes writes. */
  static NativeFile openForLock(Path path) throws StorageException {
    try {
      return openOrCreate(path);
    } catch (StorageException e) {
      if (e.fault() != Fault.READ_ONLY) {
        throw e;
      }
      return openForReading(path);
    }
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

  /** A pipe that lies there keeps nobody waiting for its other end. */
  private static NativeFile open(Path path, int flags) throws StorageException {
    int fd = Libc.C.open(path.toString(), flags | Libc.O_CLOEXEC | Libc.O_NONBLOCK, 0600);
    if (fd < 0) {
      throw Libc.failure("open", path, Libc.errno());
    }
    return new NativeFile(path, fd, (flags & Libc.O_RDWR) == 0);
  }

  /** The descriptor for one call, which {@link #leave} must follow. CLOSED. */
  private int use() throws StorageException {
    if ((uses.incrementAndGet() & CLOSING) != 0) {
      leave();
      throw new StorageException(Fault.CLOSED, path + " was closed");
    }
    return fd;
  }

  /** {@link #use} for a change. READ_ONLY: the kernel's errno for it would tell of anything. */
  private void useForChange() throws StorageException {
    use();
    if (readOnly) {
      leave();
      throw new StorageException(Fault.READ_ONLY, path + " was opened for reading only");
    }
  }

  private void leave() {
    if (uses.decrementAndGet() == CLOSING && givenBack.compareAndSet(false, true)) {
      // The result does not matter: what must survive was synced by its own call.
      Libc.C.close(fd);
    }
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
    use();
    try {
      int done = readAll(offset, Libc.address(target), target.remaining());
      target.position(target.position() + done);
      return done;
    } finally {
      leave();
    }
  }

  private int readAll(long offset, long address, int wanted) throws StorageException {
    int done = 0;
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
    return done;
  }

  /**
   * Writes until the buffer is empty or the store refuses more.
   *
   * @return the number of bytes written, at least 1; an error after some bytes is left to the next
   *     call
   */
  public int write(long offset, ByteBuffer source) throws StorageException {
    useForChange();
    try {
      int done = writeAll(offset, Libc.address(source), source.remaining());
      source.position(source.position() + done);
      return done;
    } finally {
      leave();
    }
  }

  private int writeAll(long offset, long address, int wanted) throws StorageException {
    int done = 0;
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
        throw errno == Libc.EFBIG ? tooLarge(offset + wanted) : at("write", offset, wanted, errno);
      }
      done += (int) n;
    }
    return done;
  }

  /** Makes the written bytes, and the size that is needed to read them, survive power loss. */
  public void sync() throws StorageException {
    sync(false);
  }

  /** {@link #sync}, and of its times where they are wanted. */
  void sync(boolean times) throws StorageException {
    use();
    try {
      if ((times ? Libc.C.fsync(fd) : Libc.C.fdatasync(fd)) < 0) {
        throw Libc.failure("sync", path, Libc.errno());
      }
    } finally {
      leave();
    }
  }

  /** Cuts or extends the file; what is added reads as zeros and takes no space. */
  public void setSize(long size) throws StorageException {
    useForChange();
    try {
      if (Libc.C.ftruncate(fd, size) < 0) {
        int errno = Libc.errno();
        throw errno == Libc.EFBIG || errno == Libc.EINVAL
            ? tooLarge(size)
            : Libc.failure("set size " + size + " of", path, errno);
      }
    } finally {
      leave();
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
  public void reserve(long offset, long length) throws StorageException {
    allocate(Libc.FALLOC_FL_KEEP_SIZE, offset, length);
  }

  private void allocate(int mode, long offset, long length) throws StorageException {
    useForChange();
    try {
      while (Libc.C.fallocate(fd, mode, offset, length) < 0) {
        int errno = Libc.errno();
        if (errno != Libc.EINTR) {
          throw errno == Libc.EFBIG
              ? tooLarge(offset + length)
              : at("fallocate mode=" + mode, offset, length, errno);
        }
      }
    } finally {
      leave();
    }
  }

  /**
   * The first byte at or after the offset that lies in data (or in a hole).
   *
   * @return that offset, or -1 when there is none
   */
  long seek(long offset, boolean data) throws StorageException {
    use();
    try {
      long found = Libc.C.lseek(fd, offset, data ? Libc.SEEK_DATA : Libc.SEEK_HOLE);
      if (found < 0) {
        int errno = Libc.errno();
        if (errno == Libc.ENXIO) {
          return -1;
        }
        throw at("seek", offset, 0, errno);
      }
      return found;
    } finally {
      leave();
    }
  }

  /** Size, blocks and times now. */
  public FileStatus status() throws StorageException {
    return status(Libc.AT_EMPTY_PATH);
  }

  /** {@link #status} as the kernel knows it: a disk behind another program is not asked. */
  FileStatus knownStatus() throws StorageException {
    return status(Libc.AT_EMPTY_PATH | Libc.AT_STATX_DONT_SYNC);
  }

  private FileStatus status(int flags) throws StorageException {
    return FileStatus.decode(statx(flags, Libc.STATX_BASIC_STATS));
  }

  /** Which file of this machine it is. */
  FileStatus.Identity identity() throws StorageException {
    return FileStatus.identity(statx(Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS));
  }

  /** The kernel's number of the mount it was opened through, unique where the kernel can say so. */
  long mountId() throws StorageException {
    return FileStatus.mountId(
        statx(Libc.AT_EMPTY_PATH, Libc.STATX_MNT_ID | Libc.STATX_MNT_ID_UNIQUE));
  }

  private ByteBuffer statx(int flags, int mask) throws StorageException {
    use();
    try {
      ByteBuffer buffer = FileStatus.buffer();
      if (Libc.C.statx(fd, "", flags, mask, Libc.address(buffer)) < 0) {
        throw Libc.failure("stat", path, Libc.errno());
      }
      return buffer;
    } finally {
      leave();
    }
  }

  /** Sets access and modification time, each in seconds and nanoseconds since 1970. */
  void setTimes(FileTime access, FileTime modification) throws StorageException {
    use();
    try {
      ByteBuffer times = FileTime.encode(access, modification);
      if (Libc.C.futimens(fd, Libc.address(times)) < 0) {
        throw Libc.failure("set times of", path, Libc.errno());
      }
    } finally {
      leave();
    }
  }

  /**
   * Shares the extents of another file on the same file system; false where that cannot be done.
   */
  boolean cloneFrom(NativeFile source) throws StorageException {
    use();
    try {
      int from = source.use();
      try {
        return Libc.C.ioctl(fd, Libc.FICLONE, from) == 0;
      } finally {
        source.leave();
      }
    } finally {
      leave();
    }
  }

  /** posix_fadvise(2) of a range; it is never an error. */
  void advise(long offset, long length, int advice) throws StorageException {
    use();
    try {
      Libc.C.posix_fadvise(fd, offset, length, advice);
    } finally {
      leave();
    }
  }

  /**
   * Takes the exclusive lock of the file if nobody has it; it ends with the process. An error is
   * that of a file system without locks.
   */
  boolean tryLock() throws StorageException {
    use();
    try {
      if (Libc.C.flock(fd, Libc.LOCK_EX_NB) == 0) {
        return true;
      }
      int errno = Libc.errno();
      if (errno != Libc.EAGAIN) {
        throw Libc.failure("lock", path, errno);
      }
      return false;
    } finally {
      leave();
    }
  }

  private StorageException at(String what, long offset, long length, int errno) {
    return Libc.failure(what + " offset=" + offset + " length=" + length + " of", path, errno);
  }

  /** Ends it; the second time nothing happens. */
  @Override
  public void close() {
    if ((uses.getAndUpdate(n -> n | CLOSING) & CLOSING) == 0) {
      uses.incrementAndGet();
      leave();
    }
  }
}
