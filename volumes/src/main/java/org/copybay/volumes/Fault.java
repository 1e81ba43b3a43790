package org.copybay.volumes;

/**
 * What went wrong, as a kind. The kind is the code: the edge of the file system maps it to one
 * errno number in one exhaustive switch, and nothing else knows a number.
 */
public enum Fault {
  /** No volume, job, bitmap or file of that name. ENOENT. */
  NOT_FOUND,
  /** The name or id is taken. EEXIST. */
  EXISTS,
  /** The bay, the mount or the medium does not take writes. EROFS. */
  READ_ONLY,
  /** The backing file system is full, or a write lies past the end of a volume. ENOSPC. */
  NO_SPACE,
  /** In use by an opener, a job or a relation, which the message names. EBUSY. */
  BUSY,
  /** The wanted state already holds and nothing is lost. EALREADY. */
  ALREADY,
  /** Larger than the backing file system can hold in one file. EFBIG. */
  OUT_OF_RANGE,
  /** Unknown verb or key, bad value, bad syntax. EINVAL. */
  BAD_REQUEST,
  /** A batch or a line longer than the limit. E2BIG. */
  TOO_LONG,
  /** A name longer than the limit. ENAMETOOLONG. */
  NAME_TOO_LONG,
  /** What is read is damaged, incomplete or invalid. EIO. */
  CORRUPT,
  /** The store below failed. EIO. */
  STORE_FAILED,
  /** A tape has nothing more in that direction, or ends a record elsewhere. EIO. */
  TAPE_END,
  /** A record of a tape is longer than the buffer that it is read into. ENOMEM. */
  RECORD_TOO_LONG,
  /** The medium is of the wrong kind for it. EMEDIUMTYPE. */
  WRONG_MEDIUM,
  /** There is no medium in the drive. ENOMEDIUM. */
  NO_MEDIUM,
  /** Two objects that cannot be a pair. EXDEV. */
  NO_PAIR,
  /** Not for this kind of object. EOPNOTSUPP. */
  UNSUPPORTED,
  /** A rule forbids it, whoever asks. EPERM. */
  FORBIDDEN,
  /** This user may not. EACCES. */
  DENIED,
  /** The handle or the object was closed. EBADF. */
  CLOSED,
  /** The job was cancelled. ECANCELED. */
  CANCELLED,
  /** The object changed since the generation that the caller expected. ESTALE. */
  STALE,
  /** Too soon, or a condition of the command does not hold: later it may. EAGAIN. */
  AGAIN,
  /** Nothing to tell yet, the reader asks again; or a signal ended a wait. EINTR. */
  INTERRUPTED
}
