package org.copybay.volumes.drive;

import java.nio.ByteBuffer;

/**
 * What MTIOCGET answers, struct mtget of 48 bytes on a 64-bit machine, little-endian:
 *
 * <pre>
 *     0         8          16         24         32         40        44       48
 *    +---------+----------+----------+----------+----------+---------+--------+
 *    | mt_type | mt_resid | mt_dsreg | mt_gstat | mt_erreg |mt_fileno|mt_blkno|
 *    +---------+----------+----------+----------+----------+---------+--------+
 * </pre>
 *
 * @param online whether a tape is ready
 * @param file filemarks before, or -1
 * @param block records since, or -1
 * @param warned whether the early warning was met
 * @param endOfData whether the data ends there
 * @param writeProtected whether the tape takes no writes
 * @param cleaning whether the drive wants to be cleaned
 * @param blockBytes of a block, 0 for records of any length
 * @param density code
 */
public record DriveStatus(
    boolean online,
    int file,
    int block,
    boolean warned,
    boolean endOfData,
    boolean writeProtected,
    boolean cleaning,
    int blockBytes,
    int density) {
  /** Bytes of the answer. */
  public static final int BYTES = 48;

  private static final long SCSI2 = 0x72;
  private static final long EOF = 0x8000_0000L;
  private static final long BOT = 0x4000_0000L;
  private static final long EOT = 0x2000_0000L;
  private static final long EOD = 0x0800_0000L;
  private static final long WR_PROT = 0x0400_0000L;
  private static final long ONLINE = 0x0100_0000L;
  private static final long DR_OPEN = 0x0004_0000L;
  private static final long IM_REP_EN = 0x0001_0000L;
  private static final long CLN = 0x0000_8000L;

  /** Puts the answer at the position of the target, which is little-endian. */
  public void encode(ByteBuffer target) {
    target.putLong(SCSI2).putLong(0);
    target.putLong((blockBytes & 0xffffffL) | ((long) (density & 0xff) << 24));
    target.putLong(general()).putLong(0).putInt(file).putInt(block);
  }

  /** The bits GMT_* of linux/mtio.h. */
  private long general() {
    long bits = IM_REP_EN | (online ? ONLINE : DR_OPEN);
    if (online && block == 0) {
      bits |= file == 0 ? BOT : EOF;
    }
    bits |= warned ? EOT : endOfData ? EOD : 0;
    bits |= writeProtected ? WR_PROT : 0;
    return bits | (cleaning ? CLN : 0);
  }
}
