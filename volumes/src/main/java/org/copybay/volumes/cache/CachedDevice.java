package org.copybay.volumes.cache;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.StorageException;

/** A device whose reads come from the block cache and whose writes go through it to the next. */
public final class CachedDevice implements BlockDevice {
  private static final AtomicLong DEVICES = new AtomicLong();
  private static final ThreadLocal<ByteBuffer> LOAD_BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BlockCache.BLOCK_SIZE_BYTES));

  private final BlockCache cache;
  private final BlockDevice next;
  private final long device = DEVICES.incrementAndGet();
  private final long size;

  // atomic: raised by a switch of content, read by every request
  private final AtomicLong generation = new AtomicLong();

  /** Caches the next device, whose size is fixed. */
  public CachedDevice(BlockCache cache, BlockDevice next, long size) {
    this.cache = cache;
    this.next = next;
    this.size = size;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    long at = offset;
    while (target.hasRemaining()) {
      long index = at / BlockCache.BLOCK_SIZE_BYTES;
      int within = (int) (at % BlockCache.BLOCK_SIZE_BYTES);
      byte[] block = cache.get(key(index), () -> load(index));
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

  /** Forgets every block at once, when the content below was switched. */
  public void contentSwitched() {
    generation.incrementAndGet();
  }

  private void invalidate(long offset, long length) {
    long blocks = length / BlockCache.BLOCK_SIZE_BYTES;
    if (blocks > 4096) {
      contentSwitched(); // a punch of a terabyte: cheaper to forget all
      return;
    }
    long last = (offset + length - 1) / BlockCache.BLOCK_SIZE_BYTES;
    for (long index = offset / BlockCache.BLOCK_SIZE_BYTES; index <= last; index++) {
      cache.invalidate(key(index));
    }
  }

  private byte[] load(long index) throws StorageException {
    long start = index * BlockCache.BLOCK_SIZE_BYTES;
    int length = (int) Math.min(BlockCache.BLOCK_SIZE_BYTES, size - start);
    ByteBuffer buffer = LOAD_BUFFER.get().clear().limit(length);
    next.read(start, buffer);
    byte[] block = new byte[length];
    buffer.flip().get(block);
    return block;
  }

  private BlockCache.Key key(long index) {
    return new BlockCache.Key(device, generation.get(), index);
  }
}
