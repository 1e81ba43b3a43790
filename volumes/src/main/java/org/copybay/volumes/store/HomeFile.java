package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of a volume on a local file system: above all its home, a plain sparse raw image, byte n
 * of the volume at byte n of the file, so that it can be read with dd if Copybay disappears. Keeps
 * P1 by writing through the page cache and P2 by fdatasync; P4 is left to the file system.
 *
 * <p>A failed sync is remembered and every later one fails too: the kernel reports lost pages once,
 * and a second fdatasync that succeeds would be a lie. {@link #forgive} is for the check that an
 * administrator asked for.
 */
public final class HomeFile implements StoreFile {
  private static final Logger LOG = LoggerFactory.getLogger(HomeFile.class);
  private static final int ZEROS_BYTES = 64 * 1024;

  private final NativeFile file;
  private final SharedSync syncs = new SharedSync();
  private final AtomicBoolean timesWanted = new AtomicBoolean(); // of the next sync

  private HomeFile(NativeFile file) {
    this.file = file;
  }

  /** Creates an empty home; the path must not exist. */
  public static HomeFile create(Path path) throws StorageException {
    return new HomeFile(NativeFile.create(path));
  }

  /**
   * Opens a home that must be a plain file of at least that many bytes. NOT_FOUND, CORRUPT when it
   * is shorter or no plain file.
   */
  public static HomeFile open(Path path, long size) throws StorageException {
    return checked(NativeFile.open(path), path, size);
  }

  /** {@link #open} for a bay that may not change: every write of it fails. */
  public static HomeFile openForReading(Path path, long size) throws StorageException {
    return checked(NativeFile.openForReading(path), path, size);
  }

  private static HomeFile checked(NativeFile file, Path path, long size) throws StorageException {
    boolean opened = false;
    try {
      FileStatus status = file.status();
      if (!status.regular()) {
        throw new StorageException(Fault.CORRUPT, path + " is not a plain file");
      }
      requireLength(path, status, size);
      opened = true;
      return new HomeFile(file);
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  /**
   * Keeps every other process from locking it, until it is closed; false when one has done so. A
   * home that no bay's own directory holds may be known to a copy of its bay as well. True also on
   * a file system without locks, where nobody can have one.
   */
  public boolean tryLock() {
    try {
      return file.tryLock();
    } catch (StorageException e) {
      LOG.warn("no lock: {}", e.getMessage());
      return true;
    }
  }

  private static void requireLength(Path path, FileStatus status, long size)
      throws StorageException {
    if (status.size() < size) {
      throw new StorageException(
          Fault.CORRUPT, path + " is too short: want " + size + " bytes, got " + status.size());
    }
  }

  /**
   * CORRUPT when it is shorter than that many bytes: somebody cut it under the bay, and what is
   * missing looks like a hole to who asks for its data only (P8).
   */
  public void requireLength(long size) throws StorageException {
    requireLength(path(), status(), size);
  }

  /**
   * CORRUPT when somebody removed it or put another one into its place: what is written to it goes
   * away with its last close.
   */
  public void requireInPlace() throws StorageException {
    if (!inPlace()) {
      throw new StorageException(
          Fault.CORRUPT,
          path() + " was removed or replaced under the mount, which still has the one before",
          "unmount, put it back, mount");
    }
  }

  private boolean inPlace() throws StorageException {
    try (NativeFile there = NativeFile.openForReading(path())) {
      return there.identity().equals(file.identity());
    } catch (StorageException e) {
      if (e.fault() == Fault.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** Where the file lies. */
  public Path path() {
    return file.path();
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    int wanted = target.remaining();
    int got = file.read(offset, target);
    if (got < wanted) {
      throw new StorageException(
          Fault.CORRUPT,
          path() + " ends early: want " + wanted + " bytes at " + offset + ", got " + got);
    }
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    return file.write(offset, source);
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    if (keepSpace) {
      zeroInPlace(offset, length);
    } else {
      file.punch(offset, length);
    }
  }

  /**
   * Zeroes a range that keeps its space. Where the file system cannot do that at once (tmpfs), the
   * range gets its space first and then zeros, so that a full disk changes nothing (P9).
   */
  private void zeroInPlace(long offset, long length) throws StorageException {
    try {
      file.zeroRange(offset, length);
    } catch (StorageException e) {
      if (e.fault() != Fault.UNSUPPORTED) {
        throw e;
      }
      long inside = Math.min(length, file.status().size() - offset); // no write may extend it
      file.reserve(offset, length);
      writeZeros(offset, inside);
    }
  }

  private void writeZeros(long offset, long length) throws StorageException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);
    for (long done = 0; done < length; ) {
      zeros.clear().limit((int) Math.min(ZEROS_BYTES, length - done));
      done += file.write(offset + done, zeros);
    }
  }

  @Override
  public void reserve(long offset, long length) throws StorageException {
    file.reserve(offset, length);
  }

  @Override
  public void flush() throws StorageException {
    syncs.await(() -> file.sync(timesWanted.getAndSet(false)), path());
  }

  /** {@link #flush} after which its times survive power loss as well. */
  public void flushTimes() throws StorageException {
    timesWanted.set(true); // whoever runs the next sync, which may be a shared one
    flush();
  }

  @Override
  public void forgive() {
    syncs.forgive();
  }

  @Override
  public void setSize(long size) throws StorageException {
    file.setSize(size);
  }

  @Override
  public long size() throws StorageException {
    return file.status().size();
  }

  /** The number of the file in its file system, which no other file has as long as it is there. */
  public long fileNumber() throws StorageException {
    return file.identity().inode();
  }

  /** Which mount of its file system it was opened through. */
  long mountId() throws StorageException {
    return file.mountId();
  }

  /** Size, blocks and times now. */
  public FileStatus status() throws StorageException {
    return file.status();
  }

  /**
   * {@link #status} as the kernel knows it, which is exact on a local disk. It never waits: one
   * that hangs behind another program or a network is not asked.
   */
  public FileStatus knownStatus() throws StorageException {
    return file.knownStatus();
  }

  /** Sets access and modification time. */
  public void setTimes(FileTime access, FileTime modification) throws StorageException {
    file.setTimes(access, modification);
  }

  @Override
  public long nextData(long offset) throws StorageException {
    return file.seek(offset, true);
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return file.seek(offset, false);
  }

  /** Becomes a copy of another home by sharing its extents; false where that cannot be done. */
  public boolean cloneFrom(HomeFile source) throws StorageException {
    return file.cloneFrom(source.file);
  }

  @Override
  public void dropCached(long offset, long length) throws StorageException {
    file.advise(offset, length, Libc.POSIX_FADV_DONTNEED);
  }

  /** Begins to read a range from the disk that will be read soon; it is not waited for. */
  public void expect(long offset, long length) throws StorageException {
    file.advise(offset, length, Libc.POSIX_FADV_WILLNEED);
  }

  @Override
  public void close() {
    file.close();
  }
}
