package org.copybay.volumes.bay;

import java.util.concurrent.CompletableFuture;
import org.copybay.volumes.Extent;

/**
 * Who must hear of changes that did not come through the mount, because a kernel keeps sizes and
 * pages in memory. Called with no lock and no gate held, after the change is in force.
 */
public interface KernelView {
  /** Nobody looks: before the mount. */
  KernelView NONE =
      new KernelView() {
        @Override
        public CompletableFuture<Void> sizeChanged(Volume volume) {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> contentChanged(Volume volume, Extent changed) {
          return CompletableFuture.completedFuture(null);
        }
      };

  /**
   * The size of the volume changed. What a kernel keeps of the bytes past a smaller size is not
   * told by this.
   *
   * @return ends when no reader can see the old size any more
   */
  CompletableFuture<Void> sizeChanged(Volume volume);

  /**
   * The bytes of a range of the volume, or all of it, changed.
   *
   * @return ends when no reader can see the old ones any more; never waited for in a request of
   *     that volume
   */
  CompletableFuture<Void> contentChanged(Volume volume, Extent changed);
}
