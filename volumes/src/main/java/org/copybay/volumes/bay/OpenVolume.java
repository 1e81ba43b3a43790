package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * One open of a volume. Any thread may call; after {@link #close} nothing else is called.
 *
 * <p>An opener that asked for an empty file (O_TRUNC) gets the volume as it is, like a block
 * device, but believes that what it skips reads as zeros. So the gaps that such an opener leaves,
 * between what it wrote and where it writes next, or up to the size that it sets, are zeroed; what
 * lies past its last byte keeps its bytes.
 */
public final class OpenVolume implements AutoCloseable {
  private final Volume volume;
  private final Opener opener;
  private final boolean truncating;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Object gapLock = new Object();

  // guarded by gapLock: the bytes [0, filled) are as the truncating opener wants them
  private long filled;

  OpenVolume(Volume volume, Opener opener, boolean truncating) {
    this.volume = volume;
    this.opener = opener;
    this.truncating = truncating;
  }

  /** The volume. */
  public Volume volume() {
    return volume;
  }

  /** Who opened it. */
  public Opener opener() {
    return opener;
  }

  /** {@link Volume#read}. */
  public int read(long offset, ByteBuffer target) throws StorageException {
    return volume.read(offset, target);
  }

  /** Writes as {@link Volume} says. DENIED for an opener that only reads. */
  public int write(long offset, ByteBuffer source) throws StorageException {
    requireWriting();
    if (truncating) {
      fillGap(offset, offset + source.remaining());
    }
    return volume.write(offset, source);
  }

  /** Makes a range read as zeros, releasing its space or keeping it. */
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    requireWriting();
    volume.zero(offset, length, keepSpace);
  }

  /**
   * Gives a range space without changing its bytes; for a truncating opener its file ends behind
   * that range from then on, unless it keeps the size.
   */
  public void reserve(long offset, long length, boolean keepSize) throws StorageException {
    requireWriting();
    volume.reserve(offset, length, keepSize);
    if (truncating && !keepSize && fillGap(offset + length, offset + length)) {
      volume.reserve(offset, length, true); // the gap lost its space
    }
  }

  /** ftruncate(2): {@link Volume#setSize}. */
  public void setSize(long size) throws StorageException {
    requireWriting();
    volume.setSize(size);
    if (truncating) {
      fillGap(size, size);
    }
  }

  private boolean fillGap(long offset, long end) throws StorageException {
    synchronized (gapLock) {
      boolean gap = offset > filled;
      if (gap) {
        volume.zeroGap(filled, offset - filled);
      }
      filled = Math.max(filled, end);
      return gap;
    }
  }

  private void requireWriting() throws StorageException {
    if (!opener.writing()) {
      throw new StorageException(Fault.CLOSED, volume.name() + " is open for reading only");
    }
  }

  /** Ends the open; the second time nothing happens. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      volume.closed(this);
    }
  }
}
