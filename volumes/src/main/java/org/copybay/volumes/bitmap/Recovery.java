package org.copybay.volumes.bitmap;

import org.copybay.volumes.store.Origin;

/** What a run that did not stop cleanly is taken for. */
public enum Recovery {
  /** The death of the process where the page cache outlived it, else power loss. */
  AUTO,
  /** Power loss, the safe assumption. */
  POWER,
  /** The death of the process: for who knows that the page cache is whole. */
  PROCESS;

  /** How the run of that origin ended, which did not stop cleanly. */
  LastStop judge(Origin before, Origin now) {
    boolean cacheOutlived = this == AUTO ? before.outlived(now) : this == PROCESS;
    return cacheOutlived ? LastStop.PROCESS_DEATH : LastStop.POWER_LOSS;
  }
}
