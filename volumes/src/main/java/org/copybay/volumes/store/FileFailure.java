package org.copybay.volumes.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Errors of Java's own file operations, told as all others are. */
public final class FileFailure {
  private FileFailure() {}

  /**
   * The error in our words.
   *
   * @param what what was tried and where, "make /disk2/bay" for example
   */
  public static StorageException of(String what, IOException e) {
    if (e instanceof NoSuchFileException) {
      return failure(Fault.NOT_FOUND, what, "no such file or directory", e);
    }
    if (e instanceof AccessDeniedException) {
      return failure(Fault.DENIED, what, "permission denied", e);
    }
    if (e instanceof FileAlreadyExistsException) {
      return failure(Fault.EXISTS, what, "a file of that name exists", e);
    }
    String why = e instanceof FileSystemException ofFile ? ofFile.getReason() : e.getMessage();
    String reason = why == null ? e.toString() : why;
    return failure(fault(reason), what, reason, e);
  }

  /** Java keeps only the text of an errno that has no exception of its own. */
  private static Fault fault(String reason) {
    if (reason.contains("No space left") || reason.contains("quota")) {
      return Fault.NO_SPACE;
    }
    return reason.contains("Read-only file system") ? Fault.READ_ONLY : Fault.STORE_FAILED;
  }

  private static StorageException failure(Fault fault, String what, String why, IOException e) {
    return new StorageException(fault, what + ": " + why, null, e);
  }
}
