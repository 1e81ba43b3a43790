package org.copybay.volumes.bay;

/**
 * Who must hear of changes that did not come through the mount, because a kernel keeps names, sizes
 * and pages in memory. Called with no lock and no gate held, after the change is in force.
 */
public interface KernelView {
  /** The bytes or the size of the volume changed. */
  void contentChanged(Volume volume);

  /** A name below volumes/ now means something else, or nothing. */
  void nameChanged(String name);

  /** Nobody looks: before the mount. */
  KernelView NONE =
      new KernelView() {
        @Override
        public void contentChanged(Volume volume) {}

        @Override
        public void nameChanged(String name) {}
      };
}
