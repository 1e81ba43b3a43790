package org.copybay.volumes.track;

import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** A write needs more of the spill than its limit leaves. */
final class SpillFullException extends StorageException {
  private static final long serialVersionUID = 1L;

  SpillFullException(long limitBytes) {
    super(
        Fault.NO_SPACE,
        "what the points of the volume need has reached its capacity of " + limitBytes + " bytes",
        "cat .control/health, which names the session: set its capacity=SIZE, or expire backups");
  }
}
