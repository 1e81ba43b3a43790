package org.copybay.fs.node;

import org.copybay.fs.transport.Errno;
import org.copybay.volumes.Fault;

/** The one place where a kind of error becomes an error number. */
final class ErrnoMapper {
  private ErrnoMapper() {}

  static Errno of(Fault fault) {
    return switch (fault) {
      case NOT_FOUND -> Errno.ENOENT;
      case EXISTS -> Errno.EEXIST;
      case READ_ONLY -> Errno.EROFS;
      case NO_SPACE -> Errno.ENOSPC;
      case BUSY -> Errno.EBUSY;
      case ALREADY -> Errno.EALREADY;
      case OUT_OF_RANGE -> Errno.EFBIG;
      case BAD_REQUEST -> Errno.EINVAL;
      case TOO_LONG -> Errno.E2BIG;
      case NAME_TOO_LONG -> Errno.ENAMETOOLONG;
      case CORRUPT, STORE_FAILED, TAPE_END -> Errno.EIO;
      case RECORD_TOO_LONG -> Errno.ENOMEM;
      case WRONG_MEDIUM -> Errno.EMEDIUMTYPE;
      case NO_MEDIUM -> Errno.ENOMEDIUM;
      case NO_PAIR -> Errno.EXDEV;
      case UNSUPPORTED -> Errno.EOPNOTSUPP;
      case FORBIDDEN -> Errno.EPERM;
      case DENIED -> Errno.EACCES;
      case CLOSED -> Errno.EBADF;
      case CANCELLED -> Errno.ECANCELED;
      case STALE -> Errno.ESTALE;
      case AGAIN -> Errno.EAGAIN;
      case INTERRUPTED -> Errno.EINTR;
    };
  }
}
