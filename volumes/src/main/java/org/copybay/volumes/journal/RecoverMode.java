package org.copybay.volumes.journal;

import org.copybay.volumes.store.Origin;

/** What a start takes the death of the one before for. */
public enum RecoverMode {
  /** What the origin of the journal says. */
  AUTO,
  /** Lost power: what no barrier covers is dropped. */
  POWER,
  /** The death of a process, after which the page cache has all that was written. */
  PROCESS;

  /** Whether bytes that were written there, and are now here, may lack what was not synced. */
  public boolean lostUnsynced(Origin there, Origin here) {
    return this == POWER || (this == AUTO && !there.outlived(here));
  }
}
