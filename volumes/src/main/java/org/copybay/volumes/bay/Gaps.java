package org.copybay.volumes.bay;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.copybay.volumes.StorageException;

/**
 * The gaps of an opener that asked for an empty file (O_TRUNC). It gets the file as it is, like a
 * block device, but believes that what it skips reads as zeros: so what lies between the bytes that
 * it wrote and those that it writes next, or the size that it sets, is zeroed. What lies past its
 * last byte keeps its bytes.
 *
 * <p>It ends with the first write of anybody else, whose bytes are not the opener's to zero.
 */
final class Gaps {
  private final BlockFile file;

  @GuardedBy("this")
  private long filled; // the bytes [0, filled) are as the opener wants them

  @GuardedBy("this")
  private boolean ended;

  Gaps(BlockFile file) {
    this.file = file;
  }

  /**
   * The opener writes [offset, end): what it skipped before that is zeroed first.
   *
   * @return whether there was a gap
   */
  @CanIgnoreReturnValue
  synchronized boolean fill(long offset, long end) throws StorageException {
    if (ended) {
      return false;
    }
    boolean gap = offset > filled;
    if (gap) {
      file.zeroGap(filled, offset - filled);
    }
    filled = Math.max(filled, end);
    return gap;
  }

  /**
   * The opener sets the size of the file that it believes to have.
   *
   * @return whether that is an extension within the file, which needs no other size
   */
  synchronized boolean extend(long size) throws StorageException {
    if (ended || size < filled || size > file.size()) {
      return false;
    }
    fill(size, size);
    return true;
  }

  /** From now on nothing is zeroed; returns when a zeroing that was under way is done. */
  synchronized void end() {
    ended = true;
  }
}
