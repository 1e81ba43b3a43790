package org.copybay.volumes.cache;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.StorageException;

/*
 * INV-1 The era is odd while the cache is in use. Every key carries the odd era in which it was
 *       made, so that no block outlives the moment when writes stop to invalidate it.
 * INV-2 A read looks at the era before it looks for a block, a write looks at it after the next
 *       device took the bytes. So a reader that finds the cache in use can only load what every
 *       write will invalidate.
 * INV-3 A block has its full length in memory, with zeros past the end of the device: that is what
 *       a device that grows reads there. A device that shrinks begins a new era.
 */
/**
 * A device whose reads come from the block cache, while that is in use, and whose writes go through
 * it to the next. It stays in its stack for as long as the volume is open: a switch between use and
 * disuse, or of the size, never leaves a request on a stack that the others have left.
 */
public final class CachedDevice implements BlockDevice {
  private static final AtomicLong DEVICES = new AtomicLong();
  private static final ThreadLocal<ByteBuffer> LOAD_BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BlockCache.BLOCK_SIZE_BYTES));

  /** More blocks than this are cheaper to forget by a new era than one by one. */
  private static final long MAX_INVALIDATED_COUNT = 4096;

  private final BlockCache cache;
  private final int blockBytes;
  private final BlockDevice next;
  private final LookUps lookUps;
  private final long device = DEVICES.incrementAndGet();

  // atomic: raised by a switch, read by every request
  private final AtomicLong era = new AtomicLong();
  // volatile: changed by a resize, read by every load
  private volatile long size;

  /**
   * Stands over the next device; the cache is not in use and the size not set yet.
   *
   * @param lookUps counts its own; there are none while the cache is not in use
   */
  public CachedDevice(BlockCache cache, LookUps lookUps, BlockDevice next) {
    this.cache = cache;
    this.blockBytes = cache.blockBytes();
    this.lookUps = lookUps;
    this.next = next;
  }

  /** Takes the cache into use, or out of it. Calls must not run at the same time. */
  public void use(boolean inUse) {
    if (inUse != (era.get() % 2 == 1)) {
      era.incrementAndGet();
    }
  }

  /** Sets the size; called before the new size is told to anybody who may write up to it. */
  public void setSize(long newSize) {
    long old = size;
    size = newSize;
    if (newSize < old) {
      contentSwitched();
    }
  }

  /**
   * Forgets every block at once. Called after the content below was switched: by whatever changes
   * bytes that a reader may see without passing this device.
   */
  public void contentSwitched() {
    era.addAndGet(2);
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    long now = era.get();
    if (now % 2 == 0) {
      next.read(offset, target);
      return;
    }
    long at = offset;
    while (target.hasRemaining()) {
      long index = at / blockBytes;
      int within = (int) (at % blockBytes);
      byte[] block = cache.get(key(now, index), lookUps, () -> load(index));
      int length = Math.min(target.remaining(), block.length - within);
      target.put(block, within, length);
      at += length;
    }
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    int length = source.remaining();
    try {
      return next.write(offset, source);
    } finally {
      invalidate(offset, length); // also after an error: a part may have been written
    }
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    try {
      next.zero(offset, length, keepSpace);
    } finally {
      invalidate(offset, length);
    }
  }

  @Override
  public void flush() throws StorageException {
    next.flush();
  }

  private void invalidate(long offset, long length) {
    long now = era.get();
    if (now % 2 == 0 || length == 0) {
      return;
    }
    long first = offset / blockBytes;
    long last = (offset + length - 1) / blockBytes;
    if (last - first >= MAX_INVALIDATED_COUNT) {
      contentSwitched();
      return;
    }
    for (long index = first; index <= last; index++) {
      cache.invalidate(key(now, index));
    }
  }

  private byte[] load(long index) throws StorageException {
    long start = index * blockBytes;
    int length = (int) Math.max(0, Math.min(blockBytes, size - start));
    ByteBuffer buffer = LOAD_BUFFER.get().clear().limit(length);
    next.read(start, buffer);
    byte[] block = new byte[blockBytes];
    buffer.flip().get(block, 0, length);
    return block;
  }

  private BlockCache.Key key(long now, long index) {
    return new BlockCache.Key(device, now, index);
  }
}
