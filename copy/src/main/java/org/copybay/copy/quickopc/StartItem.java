package org.copybay.copy.quickopc;

import org.copybay.copy.engine.Changes;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * What one pair gets.
 *
 * @param before the session that it goes on with, or null
 * @param old its row until now, or null
 * @param next the row of the session, switched or not
 * @param source that is copied
 * @param target that shows it
 * @param safety what is shown when a restore is undone, else null
 * @param changes the blocks that it is about
 */
record StartItem(
    @Nullable Session before,
    @Nullable SessionRecord old,
    SessionRecord next,
    Volume source,
    Volume target,
    @Nullable PointVolume safety,
    Changes changes) {
  /** Whether the target shows the start. */
  boolean isSwitched() {
    try {
      return target.origin().stamp() == next.stamp();
    } catch (StorageException e) {
      return true; // it is damaged: the next mount sees
    }
  }

  /** The restore that is undone, and ends, or null. */
  @Nullable Session restore(QuickOpc opc) {
    if (next.direction() != Direction.UNDO) {
      return null;
    }
    PairRecord pair = opc.groups().findPair(next.group(), next.pair());
    return pair == null ? null : opc.find(pair, Direction.REVERSE);
  }
}
