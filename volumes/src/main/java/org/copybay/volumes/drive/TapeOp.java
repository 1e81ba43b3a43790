package org.copybay.volumes.drive;

import org.jspecify.annotations.Nullable;

/** The operations of MTIOCTOP, by their number in the header of the kernel (linux/mtio.h). */
enum TapeOp {
  RESET(0),
  FSF(1),
  BSF(2),
  FSR(3),
  BSR(4),
  WEOF(5),
  REW(6),
  OFFL(7),
  NOP(8),
  RETEN(9),
  BSFM(10),
  FSFM(11),
  EOM(12),
  ERASE(13),
  SETBLK(20),
  SETDENSITY(21),
  SEEK(22),
  SETDRVBUFFER(24),
  LOCK(28),
  UNLOCK(29),
  LOAD(30),
  UNLOAD(31),
  COMPRESSION(32),
  WEOFI(35);

  private static final @Nullable TapeOp[] BY_NUMBER = new @Nullable TapeOp[36];

  static {
    for (TapeOp op : values()) {
      BY_NUMBER[op.number] = op;
    }
  }

  private final int number;

  TapeOp(int number) {
    this.number = number;
  }

  /** The operation of that number, or null: this drive has no setmarks and no partitions. */
  static @Nullable TapeOp of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }

  /** Whether a write before it is ended by a filemark. */
  boolean endsWriting() {
    return switch (this) {
      case REW, OFFL, UNLOAD, SEEK, BSF, BSFM -> true;
      default -> false;
    };
  }

  /** Whether a close after it still ends a write before it by a filemark. */
  boolean keepsTransfer() {
    return switch (this) {
      case NOP, SETBLK, SETDENSITY, SETDRVBUFFER -> true;
      default -> false;
    };
  }

  /** Whether it changes what is on the tape. */
  boolean writes() {
    return this == WEOF || this == WEOFI || this == ERASE;
  }
}
