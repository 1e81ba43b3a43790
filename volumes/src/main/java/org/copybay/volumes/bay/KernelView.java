package org.copybay.volumes.bay;

import java.util.concurrent.CompletableFuture;
import org.copybay.volumes.Extent;

/**
 * Who must hear of changes that did not come through the mount, because a kernel keeps sizes and
 * pages in memory. Called with no lock and no gate held, after the change is in force.
 */
@FunctionalInterface
public interface KernelView {
  /** Nobody looks: before the mount. */
  KernelView NONE = (volume, changed) -> CompletableFuture.completedFuture(null);

  /**
   * The size of the volume, or the bytes of a range of it, changed.
   *
   * @return ends when no reader can see the old ones any more; never waited for in a request of
   *     that volume
   */
  CompletableFuture<Void> contentChanged(Volume volume, Extent changed);
}
