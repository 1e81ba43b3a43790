package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;

/** An image whose first read waits until the test lets it go; the others do not. */
final class SlowImage implements Image {
  private static final long MOST_SECONDS = 30;

  private final Image image;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private volatile boolean lost; // volatile: set by the test

  SlowImage(Image image) {
    this.image = image;
  }

  /** Returns when somebody waits in a read. */
  void awaitReader() {
    await(reached);
  }

  void letGo() {
    go.countDown();
  }

  /** From here on it is not there any more, as a point that was dropped. */
  void lose() {
    lost = true;
    letGo();
  }

  private void requireThere() throws StorageException {
    if (lost) {
      throw new StorageException(Fault.NOT_FOUND, "the point was dropped");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void read(long offset, ByteBuffer target) throws StorageException {
    boolean first;
    synchronized (this) {
      first = reached.getCount() > 0;
      reached.countDown();
    }
    image.read(offset, target);
    if (first) {
      await(go);
    }
    requireThere();
  }

  @Override
  public long nextData(long offset) throws StorageException {
    requireThere();
    return image.nextData(offset);
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    requireThere();
    return image.nextHole(offset);
  }
}
