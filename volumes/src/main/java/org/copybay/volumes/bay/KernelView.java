package org.copybay.volumes.bay;

import java.util.concurrent.CompletableFuture;
import org.copybay.volumes.Extent;

/**
 * Who must hear of changes that did not come through the mount, because a kernel keeps sizes and
 * pages in memory. Called with no lock and no gate held, after the change is in force.
 *
 * @param <F> the kind of file
 */
public interface KernelView<F> {
  /** Nobody looks: before the mount. */
  static <F> KernelView<F> none() {
    return new KernelView<>() {
      @Override
      public CompletableFuture<Void> sizeChanged(F file) {
        return CompletableFuture.completedFuture(null);
      }

      @Override
      public CompletableFuture<Void> contentChanged(F file, Extent changed) {
        return CompletableFuture.completedFuture(null);
      }
    };
  }

  /**
   * The size of the file changed. What a kernel keeps of the bytes past a smaller size is not told
   * by this.
   *
   * @return ends when no reader can see the old size any more
   */
  CompletableFuture<Void> sizeChanged(F file);

  /**
   * The bytes of a range of the file, or all of it, changed.
   *
   * @return ends when no reader can see the old ones any more; never waited for in a request of
   *     that file
   */
  CompletableFuture<Void> contentChanged(F file, Extent changed);
}
