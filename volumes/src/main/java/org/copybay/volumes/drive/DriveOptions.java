package org.copybay.volumes.drive;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * What MTSETDRVBUFFER sets, by the constants MT_ST_* of linux/mtio.h: options of the driver that
 * have an effect here, and others that are taken and have none.
 */
final class DriveOptions {
  private static final int KIND = 0xf0000000;
  private static final int BOOLEANS = 0x10000000;
  private static final int DEFAULT_BLOCK = 0x50000000;
  private static final int SET = 0x30000000;
  private static final int CLEAR = 0x40000000;
  private static final int TWO_FILEMARKS = 0x10;
  private static final int NO_DEFAULT = 0xfffffff;

  private boolean twoFilemarks;

  /** Whether a close after a write ends the tape by two filemarks. */
  boolean twoFilemarks() {
    return twoFilemarks;
  }

  /**
   * Takes the argument of the operation.
   *
   * @return the block size that it wants from now on, or -1
   */
  int take(int argument) throws StorageException {
    int value = argument & ~KIND;
    boolean two = (argument & TWO_FILEMARKS) != 0;
    switch (argument & KIND) {
      case BOOLEANS -> twoFilemarks = two;
      case SET -> twoFilemarks |= two;
      case CLEAR -> twoFilemarks &= !two;
      case DEFAULT_BLOCK -> {
        return value == NO_DEFAULT ? -1 : value;
      }
      case 0, 0x20000000, 0x60000000, 0x70000000, 0x80000000 -> {
        // buffering, write threshold, defaults, timeouts, signs of a dirty drive: none here
      }
      default ->
          throw new StorageException(
              Fault.BAD_REQUEST,
              "unknown driver option 0x" + Integer.toHexString(argument),
              "mt -f drives/nst0 stoptions two-fms");
    }
    return -1;
  }
}
