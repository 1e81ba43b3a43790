package org.copybay.volumes.bay;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * One open of a {@link BlockFile}. Any thread may call; after {@link #close} nothing else is
 * called.
 */
public final class OpenFile implements AutoCloseable {
  private final BlockFile file;
  private final Opener opener;
  private final @Nullable Gaps gaps;
  private volatile boolean settled; // volatile: set by a close, unset by a write, read at the end
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * An open that the file has accepted; it may be made under a lock of the file.
   *
   * @param truncating whether the opener asked for an empty file (O_TRUNC), and the file keeps its
   *     bytes and size all the same
   */
  public OpenFile(BlockFile file, Opener opener, boolean truncating) {
    this.file = file;
    this.opener = opener;
    this.gaps = truncating && opener.writing() ? new Gaps(file) : null;
  }

  /** Called once before it is used, with no lock held: waits for the zeroing of another opener. */
  public void begin() {
    if (gaps != null) {
      file.gaps().begin(gaps);
    }
  }

  /** What is open; its bytes are changed through this open only. */
  public BlockFile file() {
    return file;
  }

  /** Who opened it. */
  public Opener opener() {
    return opener;
  }

  /** {@link BlockFile#read}. */
  public int read(long offset, ByteBuffer target) throws StorageException {
    return file.read(offset, target);
  }

  /** {@link BlockFile#write}; CLOSED for an opener that only reads, here and below. */
  public int write(long offset, ByteBuffer source) throws StorageException {
    beforeChange();
    if (gaps != null) {
      file.requireRoom(offset); // a refused write zeroes nothing
      gaps.fill(offset, offset + source.remaining());
    }
    return file.write(offset, source);
  }

  /**
   * Writes a page of a mapping, which comes through any opener that may write: it belongs to no
   * gap, and whoever has one learns that its bytes are not alone.
   */
  public int writeBack(long offset, ByteBuffer source) throws StorageException {
    requireWriting();
    file.gaps().endOthers(null);
    return file.write(offset, source);
  }

  /** Makes a range read as zeros, releasing its space or keeping it. */
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    beforeChange();
    file.zero(offset, length, keepSpace);
  }

  /**
   * Gives a range space without changing its bytes; for a truncating opener its file ends behind
   * that range from then on, unless it keeps the size.
   */
  public void reserve(long offset, long length, boolean keepSize) throws StorageException {
    beforeChange();
    file.reserve(offset, length, keepSize);
    if (gaps != null && !keepSize && gaps.fill(offset + length, offset + length)) {
      file.reserve(offset, length, true); // the gap lost its space
    }
  }

  /**
   * ftruncate(2): {@link BlockFile#setSize}, or for an opener that asked for an empty file the end
   * of what it believes to have.
   */
  public void setSize(long size) throws StorageException {
    beforeChange();
    if (gaps == null || !gaps.extend(size)) {
      file.setSize(size);
    }
  }

  private void requireWriting() throws StorageException {
    if (!opener.writing()) {
      throw new StorageException(Fault.CLOSED, file.name() + " is open for reading only");
    }
  }

  private void beforeChange() throws StorageException {
    requireWriting();
    if (settled) {
      settled = false;
    }
    file.gaps().endOthers(gaps);
  }

  /**
   * A program closed a descriptor of it: what was written so far is all that it wanted to write.
   */
  public void descriptorClosed() {
    settled = true;
  }

  /** Whether its program has closed it, as far as is known: its end is on the way. */
  public boolean isSettled() {
    return settled;
  }

  /**
   * The connection to the kernel was cut. What was closed by its program is closed; a program that
   * was in the middle of writing leaves a file in the making as it is, as a crash does.
   */
  public void connectionCut() {
    if (settled || !file.making()) {
      close();
    }
  }

  /** Ends the open; the second time nothing happens. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      file.closed(this);
    }
  }
}
