package org.copybay.volumes.bitmap;

/** How the run before this one ended. */
public enum LastStop {
  /** All was saved and synced. */
  CLEAN,
  /** The process died: the page cache has every byte that was written. */
  PROCESS_DEATH,
  /** What was not synced may be lost. */
  POWER_LOSS
}
