package org.copybay.volumes;

import org.jspecify.annotations.Nullable;

/**
 * An operating error: something outside the program refused or failed. The message says what,
 * where, wanted and got in one sentence without a full stop; the remedy, where there is one, is
 * what to type or do next.
 */
public class StorageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Fault fault;
  private final @Nullable String remedy;

  /** An error without a known remedy. */
  public StorageException(Fault fault, String message) {
    this(fault, message, null, null);
  }

  /** An error with the line to type next. */
  public StorageException(Fault fault, String message, @Nullable String remedy) {
    this(fault, message, remedy, null);
  }

  /** An error with its cause. */
  public StorageException(
      Fault fault, String message, @Nullable String remedy, @Nullable Throwable cause) {
    super(message, cause);
    this.fault = fault;
    this.remedy = remedy;
  }

  /** The kind of the error, which decides its errno. */
  public Fault fault() {
    return fault;
  }

  /** What to type or do next, or null where nothing is known to help. */
  public @Nullable String remedy() {
    return remedy;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? fault.name() : message;
  }
}
