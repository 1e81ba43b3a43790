package org.copybay.control.report;

import org.copybay.volumes.Fault;

/**
 * The names of the error numbers that a control file can answer with, for texts. The numbers belong
 * to the edge of the file system.
 */
public enum Errno {
  /** Unknown object. */
  ENOENT("no volume, job or file of that name"),
  /** Name or id taken. */
  EEXIST("the name or the id is taken"),
  /** Read-only. */
  EROFS("the bay, the mount or the medium does not take writes"),
  /** Full, or past the end. */
  ENOSPC("the bay's disk is full, or the write lies past the end of a volume"),
  /** In use. */
  EBUSY("in use by an opener, a job or another command, which the message names"),
  /** Nothing to do. */
  EALREADY("that state is already reached"),
  /** Too large. */
  EFBIG("larger than the bay's file system can hold in one file"),
  /** Syntax. */
  EINVAL("unknown verb or key, bad value, bad syntax"),
  /** Too long. */
  E2BIG("a line or a batch is longer than the limit"),
  /** Name too long. */
  ENAMETOOLONG("a name is longer than 255 bytes"),
  /** Damage, or the end of a tape. */
  EIO("the store failed, or what it holds is damaged or incomplete; or a tape ends there"),
  /** A record is too long. */
  ENOMEM("a record of the tape is longer than the buffer of the program"),
  /** Wrong medium. */
  EMEDIUMTYPE("the medium is of the wrong kind for it"),
  /** Empty drive. */
  ENOMEDIUM("there is no medium in the drive"),
  /** No pair. */
  EXDEV("the two are no pair: sides of one cartridge, devices of two kinds, one and the same"),
  /** Wrong kind of object. */
  EOPNOTSUPP("not for this kind of object"),
  /** Forbidden to everybody. */
  EPERM("a rule forbids it, whoever asks"),
  /** Forbidden to this user. */
  EACCES("this user may not"),
  /** Closed. */
  EBADF("the file was closed, or was not opened for this"),
  /** Cancelled. */
  ECANCELED("the job was cancelled"),
  /** Changed meanwhile. */
  ESTALE("the generation differs from the one expected with expect-gen="),
  /** Condition not met. */
  EAGAIN("too soon, it waits for a second person, or the condition of if-state= does not hold"),
  /** Ask again. */
  EINTR("nothing to tell yet, ask again; or a signal ended a wait");

  private final String meaning;

  Errno(String meaning) {
    this.meaning = meaning;
  }

  /** What the number means in this tree, in one clause. */
  public String meaning() {
    return meaning;
  }

  /** The number that a fault becomes at the edge. */
  public static Errno of(Fault fault) {
    return switch (fault) {
      case NOT_FOUND -> ENOENT;
      case EXISTS -> EEXIST;
      case READ_ONLY -> EROFS;
      case NO_SPACE -> ENOSPC;
      case BUSY -> EBUSY;
      case ALREADY -> EALREADY;
      case OUT_OF_RANGE -> EFBIG;
      case BAD_REQUEST -> EINVAL;
      case TOO_LONG -> E2BIG;
      case NAME_TOO_LONG -> ENAMETOOLONG;
      case CORRUPT, STORE_FAILED, TAPE_END -> EIO;
      case RECORD_TOO_LONG -> ENOMEM;
      case WRONG_MEDIUM -> EMEDIUMTYPE;
      case NO_MEDIUM -> ENOMEDIUM;
      case NO_PAIR -> EXDEV;
      case UNSUPPORTED -> EOPNOTSUPP;
      case FORBIDDEN -> EPERM;
      case DENIED -> EACCES;
      case CLOSED -> EBADF;
      case CANCELLED -> ECANCELED;
      case STALE -> ESTALE;
      case AGAIN -> EAGAIN;
      case INTERRUPTED -> EINTR;
    };
  }
}
