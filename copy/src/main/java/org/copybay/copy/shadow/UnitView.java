package org.copybay.copy.shadow;

import java.util.concurrent.CompletableFuture;
import org.copybay.volumes.Extent;

/**
 * Who must hear of changes of virtual units that did not come through the mount, because a kernel
 * keeps sizes and pages in memory. Called with no lock held, after the change is in force.
 */
public interface UnitView {
  /** Nobody looks: before the mount. */
  UnitView NONE =
      new UnitView() {
        @Override
        public CompletableFuture<Void> sizeChanged(VirtualUnit unit) {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> contentChanged(VirtualUnit unit, Extent changed) {
          return CompletableFuture.completedFuture(null);
        }
      };

  /** The size of the unit changed; ends when no reader can see the old one. */
  CompletableFuture<Void> sizeChanged(VirtualUnit unit);

  /** The bytes of a range changed; ends when no reader can see the old ones. */
  CompletableFuture<Void> contentChanged(VirtualUnit unit, Extent changed);
}
