package org.copybay.volumes.store;

import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** An exclusive lock on a file; the kernel ends it with the process that holds it. */
public final class FileLock implements AutoCloseable {
  private final NativeFile file;

  private FileLock(NativeFile file) {
    this.file = file;
  }

  /** Takes the lock, or returns null when another process has it. */
  public static @Nullable FileLock tryTake(Path path) throws StorageException {
    return tryTake(NativeFile.openForLock(path));
  }

  /** {@link #tryTake} of a file that is there, which stays as it is. NOT_FOUND. */
  public static @Nullable FileLock tryTakeThere(Path path) throws StorageException {
    return tryTake(NativeFile.openForReading(path));
  }

  private static @Nullable FileLock tryTake(NativeFile file) throws StorageException {
    boolean taken = false;
    try {
      taken = file.tryLock();
      return taken ? new FileLock(file) : null;
    } finally {
      if (!taken) {
        file.close();
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
