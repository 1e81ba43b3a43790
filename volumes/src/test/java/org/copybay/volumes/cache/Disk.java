package org.copybay.volumes.cache;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.copybay.volumes.BlockDevice;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** Bytes in memory, and what a test has happen in the middle of a request, once each. */
final class Disk implements BlockDevice {
  /** What happens. */
  @FunctionalInterface
  interface Step {
    void run() throws StorageException;
  }

  private static final Step NOTHING = () -> {};

  final byte[] bytes;
  private Step afterRead = NOTHING;
  private Step beforeChange = NOTHING;
  private Step afterChange = NOTHING;
  private int readCount;

  Disk(int size) {
    bytes = new byte[size];
  }

  /** After the next read took its bytes, before it returns. */
  void afterRead(Step step) {
    afterRead = step;
  }

  /** Before the next write or zeroing changes bytes. */
  void beforeChange(Step step) {
    beforeChange = step;
  }

  /** After the next write or zeroing changed its bytes, before it returns. */
  void afterChange(Step step) {
    afterChange = step;
  }

  static Step failing() {
    return () -> {
      throw new StorageException(Fault.STORE_FAILED, "disk");
    };
  }

  /** Reads so far. */
  int readCount() {
    return readCount;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    readCount++;
    target.put(bytes, (int) offset, target.remaining());
    Step step = afterRead;
    afterRead = NOTHING;
    step.run();
  }

  @Override
  public int write(long offset, ByteBuffer source) throws StorageException {
    runBeforeChange();
    int length = source.remaining();
    source.get(bytes, (int) offset, length);
    runAfterChange();
    return length;
  }

  @Override
  public void zero(long offset, long length, boolean keepSpace) throws StorageException {
    runBeforeChange();
    Arrays.fill(bytes, (int) offset, (int) (offset + length), (byte) 0);
    runAfterChange();
  }

  private void runBeforeChange() throws StorageException {
    Step step = beforeChange;
    beforeChange = NOTHING;
    step.run();
  }

  private void runAfterChange() throws StorageException {
    Step step = afterChange;
    afterChange = NOTHING;
    step.run();
  }

  @Override
  public void flush() {}
}
