package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;

/** An image whose first read waits until the test lets it go; the others do not. */
final class SlowImage implements Image {
  private static final long MOST_SECONDS = 30;

  private final Image image;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

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
  }

  @Override
  public long nextData(long offset) throws StorageException {
    return image.nextData(offset);
  }

  @Override
  public long nextHole(long offset) throws StorageException {
    return image.nextHole(offset);
  }
}
