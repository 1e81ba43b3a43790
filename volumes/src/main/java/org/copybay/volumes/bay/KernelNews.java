package org.copybay.volumes.bay;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.copybay.volumes.Extent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the kernel what changed behind it, and waits until no reader sees what was there before.
 * Any thread may call, with no lock that a request needs.
 *
 * @param <F> the kind of file
 */
public final class KernelNews<F> {
  private static final Logger LOG = LoggerFactory.getLogger(KernelNews.class);

  /** A kernel that hangs is not waited for longer. */
  private static final long WAIT_MILLIS = 30_000;

  private final Function<F, String> path;

  // volatile: set once after the mount, before requests arrive
  private volatile KernelView<F> view = KernelView.none();

  /** Of files that are called so in the log. */
  public KernelNews(Function<F, String> path) {
    this.path = path;
  }

  /** Says who looks from here on. */
  public void tell(KernelView<F> newView) {
    view = newView;
  }

  /** Who looks: for what is not waited for. */
  public KernelView<F> view() {
    return view;
  }

  /** {@link KernelView#sizeChanged}; returns when it has ended. */
  public void sizeChanged(F file) {
    await(file, view.sizeChanged(file));
  }

  /** {@link KernelView#contentChanged}; returns when it has ended. */
  public void contentChanged(F file, Extent range) {
    await(file, view.contentChanged(file, range));
  }

  private void await(F file, Future<Void> told) {
    try {
      told.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("{}: the kernel may show what was there: {}", path.apply(file), e.toString());
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    }
  }
}
