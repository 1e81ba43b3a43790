package org.copybay.fs.transport;

/**
 * A request that is refused with an error number.
 *
 * <p>It is an answer, not a fault: it has no stack trace, costs one small object, and is not logged
 * by the transport. Whoever throws it has already recorded the sentence that explains it.
 */
public final class FuseException extends Exception {

  private final Errno errno;

  /** Refuses the request with the given number. */
  public FuseException(Errno errno) {
    super(errno.name(), null, false, false);
    this.errno = errno;
  }

  /** The number that the caller of the system call will see. */
  public Errno errno() {
    return errno;
  }
}
