package org.copybay.volumes.bay;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.copybay.volumes.Extent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the kernel what changed behind it, and waits until no reader sees what was there before.
 * Any thread may call, with no lock that a request needs.
 */
final class KernelNews {
  private static final Logger LOG = LoggerFactory.getLogger(KernelNews.class);

  /** A kernel that hangs is not waited for longer. */
  private static final long WAIT_MILLIS = 30_000;

  // volatile: set once after the mount, before requests arrive
  private volatile KernelView view = KernelView.NONE;

  void tell(KernelView newView) {
    view = newView;
  }

  KernelView view() {
    return view;
  }

  void sizeChanged(Volume volume) {
    await(volume, view.sizeChanged(volume));
  }

  void contentChanged(Volume volume, Extent range) {
    await(volume, view.contentChanged(volume, range));
  }

  private static void await(Volume volume, Future<Void> told) {
    try {
      told.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("volume={} the kernel may show what was there: {}", volume.name(), e.toString());
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }
}
