package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What statx(2) says of a file, as far as it is used.
 *
 * @param size bytes
 * @param blocks allocated units of 512 bytes
 * @param access last access
 * @param modification last change of the bytes
 * @param change last change of the bytes or of the inode
 * @param mode file type and permission bits
 */
public record FileStatus(
    long size, long blocks, FileTime access, FileTime modification, FileTime change, int mode) {
  private static final int BLOCK_BYTES = 512;
  private static final int STATX_LENGTH = 256;
  private static final int MASK_OFFSET = 0;
  private static final int MODE_OFFSET = 28;
  private static final int DEVICE_OFFSET = 136;
  private static final int MOUNT_OFFSET = 144;
  private static final int INODE_OFFSET = 32;
  private static final int SIZE_OFFSET = 40;
  private static final int BLOCKS_OFFSET = 48;
  private static final int ACCESS_OFFSET = 64;
  private static final int CHANGE_OFFSET = 96;
  private static final int MODIFICATION_OFFSET = 112;
  private static final int TYPE_MASK = 0xf000;
  private static final int REGULAR = 0x8000;

  /** A buffer for one struct statx, of the calling thread: valid until its next call. */
  static ByteBuffer buffer() {
    return BUFFER.get();
  }

  private static final ThreadLocal<ByteBuffer> BUFFER =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(STATX_LENGTH).order(ByteOrder.nativeOrder()));

  /**
   * The number of the mount: the unique one of Linux 6.8, else the plain one of 5.8, else that of
   * the device.
   */
  static long mountId(ByteBuffer statx) {
    int given = statx.getInt(MASK_OFFSET);
    if ((given & (Libc.STATX_MNT_ID_UNIQUE | Libc.STATX_MNT_ID)) != 0) {
      return statx.getLong(MOUNT_OFFSET);
    }
    return statx.getLong(DEVICE_OFFSET);
  }

  /**
   * Which file of this machine it is.
   *
   * @param device major and minor number of its file system
   * @param inode its number there
   */
  record Identity(long device, long inode) {}

  static Identity identity(ByteBuffer statx) {
    return new Identity(statx.getLong(DEVICE_OFFSET), statx.getLong(INODE_OFFSET));
  }

  static FileStatus decode(ByteBuffer statx) {
    return new FileStatus(
        statx.getLong(SIZE_OFFSET),
        statx.getLong(BLOCKS_OFFSET),
        time(statx, ACCESS_OFFSET),
        time(statx, MODIFICATION_OFFSET),
        time(statx, CHANGE_OFFSET),
        statx.getShort(MODE_OFFSET) & 0xffff);
  }

  private static FileTime time(ByteBuffer statx, int offset) {
    return new FileTime(statx.getLong(offset), statx.getInt(offset + 8));
  }

  /** Bytes that are allocated for it. */
  public long allocated() {
    return blocks * BLOCK_BYTES;
  }

  /** Whether it is a plain file, neither directory nor device. */
  public boolean regular() {
    return (mode & TYPE_MASK) == REGULAR;
  }
}
