package org.copybay.copy.optical;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Why a volume is not duplicated: codes that stay, each with one error number. The rules are those
 * of IBM, System i: Storage solutions, "Duplicate Optical (DUPOPT) command".
 */
public enum Odup {
  /** A device has too few drives. */
  NODRIVE(Fault.UNSUPPORTED),
  /** A drive that is needed does something else. */
  DRIVEBUSY(Fault.BUSY),
  /** There is no source, or it cannot be read, or it has no label. */
  NOSRC(Fault.NOT_FOUND),
  /** There is no target, or it cannot be written. */
  NOTGT(Fault.NOT_FOUND),
  /** There is nothing in a drive. */
  EMPTY(Fault.NO_MEDIUM),
  /** Sectors of other sizes. */
  SECTOR(Fault.WRONG_MEDIUM),
  /** Two sides of one cartridge. */
  OPPSIDE(Fault.NO_PAIR),
  /** One volume is both. */
  SAMEVOL(Fault.NO_PAIR),
  /** A library and a stand-alone device. */
  DEVCLASS(Fault.NO_PAIR),
  /** The medium of the target cannot hold a duplicate of that of the source. */
  MEDIATYPE(Fault.WRONG_MEDIUM),
  /** A write-once target that was used. */
  WORMUSED(Fault.READ_ONLY),
  /** The target is smaller. */
  SMALL(Fault.NO_SPACE),
  /** The target has a label, and it was not said that it may be lost. */
  NOTCLEAR(Fault.EXISTS),
  /** The new identifier is none. */
  BADNAME(Fault.BAD_REQUEST),
  /** The new identifier is that of another volume. */
  DUPNAME(Fault.EXISTS),
  /** The target is write-protected. */
  WRTPTC(Fault.READ_ONLY),
  /** What is on the source cannot get another label. */
  FORMAT(Fault.UNSUPPORTED),
  /** Not for this user. */
  AUTH(Fault.DENIED),
  /** Somebody uses a volume. */
  INUSE(Fault.BUSY),
  /** A medium failed. */
  MEDIA(Fault.CORRUPT),
  /** The optical storage itself is damaged. */
  SYS(Fault.STORE_FAILED),
  /** A backup volume belongs to another primary volume. */
  BACKUP(Fault.FORBIDDEN);

  private final Fault fault;

  Odup(Fault fault) {
    this.fault = fault;
  }

  /** The kind of error that it always is. */
  public Fault fault() {
    return fault;
  }

  /** The code in messages. */
  public String code() {
    return "ODUP-" + name();
  }

  /** The error. */
  public StorageException refusal(String message, @Nullable String remedy) {
    return new StorageException(fault, code() + ": " + message, remedy);
  }

  /** The error, which another one caused. */
  StorageException refusal(String message, @Nullable String remedy, StorageException cause) {
    return new StorageException(fault, code() + ": " + message, remedy, cause);
  }
}
