package org.copybay.volumes.store;

import java.nio.ByteBuffer;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.SimulatedStore.Step;
import org.copybay.volumes.store.StoreOperation.Kind;

/** One open file of a {@link SimulatedStore}, whose lock guards everything in it. */
final class SimulatedHandle implements StoreFile {
  private static final long LARGEST = 1L << 39; // the number of a sector is an int

  private final SimulatedStore store;
  private final String name;
  private final SimulatedBytes bytes;
  // volatile: set by a close that takes no lock, so that a hook which waits does not block it
  private volatile boolean closed;
  // volatile: set under the lock of the store, unset by forgive
  private volatile boolean syncFailed;

  SimulatedHandle(SimulatedStore store, String name, SimulatedBytes bytes) {
    this.store = store;
    this.name = name;
    this.bytes = bytes;
  }

  private void requireOpen() throws StorageException {
    if (closed) {
      throw new StorageException(Fault.CLOSED, name + " was closed");
    }
  }

  private static void requireDirect(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException("the buffer is not direct");
    }
  }

  private void requirePiece(long offset, int length) {
    if (length > TrackStore.PIECE_BYTES - offset % TrackStore.PIECE_BYTES) {
      throw new IllegalArgumentException(
          "a write crosses pieces: " + name + " offset=" + offset + " length=" + length);
    }
  }

  private void requireRange(long offset, long length) throws StorageException {
    if (offset < 0 || length < 0 || offset > LARGEST - length) {
      throw new StorageException(
          Fault.OUT_OF_RANGE, name + " cannot have " + length + " bytes at " + offset);
    }
  }

  /** {@link #requireRange} of at least a byte, as the kernel has it. */
  private void requireSome(long offset, long length) throws StorageException {
    requireRange(offset, length);
    if (length == 0) {
      throw new StorageException(Fault.STORE_FAILED, "a range of nothing at " + offset);
    }
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    requireDirect(target);
    int length = target.remaining();
    store.perform(
        Kind.READ,
        name,
        offset,
        length,
        () -> {
          requireOpen();
          requireRange(offset, length);
          if (length > 0 && offset + length > bytes.size()) {
            throw new StorageException(
                Fault.CORRUPT,
                name
                    + " ends early: want "
                    + length
                    + " bytes at "
                    + offset
                    + " of "
                    + bytes.size());
          }
          bytes.read(offset, target);
          return length;
        });
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    requireDirect(source);
    int asked = source.remaining();
    requirePiece(offset, asked);
    int length = asked == 0 ? 0 : store.limited(name, offset, asked);
    return store.perform(
        Kind.WRITE,
        name,
        offset,
        asked,
        new Step<Integer>() {
          @Override
          public Integer run() throws StorageException {
            requireOpen();
            requireRange(offset, asked);
            int fitting = bytes.room(offset, length, store.freeSectors());
            if (fitting == 0 && asked > 0) {
              throw new StorageException(Fault.NO_SPACE, "no space for " + name + " at " + offset);
            }
            bytes.write(offset, source, fitting);
            return fitting;
          }

          @Override
          public void stop() {
            if (!closed && asked > 0) {
              store.tear(bytes, offset, source.duplicate());
            }
          }
        });
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    store.perform(
        Kind.ZERO,
        name,
        offset,
        length,
        new Step<Long>() {
          @Override
          public Long run() throws StorageException {
            requireOpen();
            requireSome(offset, length);
            if (keepSpace) {
              requireSpace(offset, length);
            }
            bytes.zero(offset, length, keepSpace);
            return length;
          }

          @Override
          public void stop() {
            if (!closed && length > 0) {
              bytes.zero(offset, store.prefix(offset, length), false);
            }
          }
        });
  }

  @Override
  public void setSize(long size) throws StorageException {
    change(
        Kind.SET_SIZE,
        size,
        0,
        () -> {
          requireRange(size, 0);
          bytes.setSize(size);
        });
  }

  @Override
  public void reserve(long offset, long length) throws StorageException {
    change(
        Kind.RESERVE,
        offset,
        length,
        () -> {
          requireSome(offset, length);
          requireSpace(offset, length);
          bytes.reserve(offset, length);
        });
  }

  private void requireSpace(long offset, long length) throws StorageException {
    long free = store.freeSectors();
    if (free < Long.MAX_VALUE && bytes.missing(offset, length) > free) {
      throw new StorageException(
          Fault.NO_SPACE, "no space for " + length + " bytes of " + name + " at " + offset);
    }
  }

  @Override
  public void flush() throws StorageException {
    store.perform(
        Kind.FLUSH,
        name,
        0,
        0,
        new Step<Boolean>() {
          @Override
          public Boolean run() throws StorageException {
            requireOpen();
            if (syncFailed) {
              throw new StorageException(Fault.STORE_FAILED, "an earlier sync of " + name);
            }
            if (!store.ignoresFlushes(name)) {
              bytes.sync();
            }
            return true;
          }

          @Override
          public void refuse() {
            if (!closed && !syncFailed) {
              syncFailed = true;
              bytes.failSync();
            }
          }
        });
  }

  @Override
  public long size() throws StorageException {
    return look(Kind.SIZE, 0, bytes::size);
  }

  @Override
  public long nextData(long offset) throws StorageException {
    return look(Kind.SEEK, offset, () -> bytes.nextData(offset));
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return look(Kind.SEEK, offset, () -> bytes.nextHole(offset));
  }

  private long look(Kind kind, long offset, Step<Long> step) throws StorageException {
    return store.perform(
        kind,
        name,
        offset,
        0,
        () -> {
          requireOpen();
          return step.run();
        });
  }

  /** A change that gives nothing back. */
  @FunctionalInterface
  private interface Change {
    void run() throws StorageException;
  }

  private void change(Kind kind, long offset, long length, Change change) throws StorageException {
    store.perform(
        kind,
        name,
        offset,
        length,
        () -> {
          requireOpen();
          change.run();
          return true;
        });
  }

  @Override
  public void forgive() {
    syncFailed = false;
  }

  @Override
  public void close() {
    closed = true;
  }
}
