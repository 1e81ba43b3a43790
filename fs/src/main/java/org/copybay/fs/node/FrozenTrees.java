package org.copybay.fs.node;

import org.copybay.control.tree.ControlTree;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.volumes.bay.Bay;
import org.jspecify.annotations.Nullable;

/**
 * What of the mount shows volumes as they were.
 *
 * @param points points/
 * @param backups backups/
 */
record FrozenTrees(PointNodes points, BackupNodes backups) {
  /** Those of a bay. */
  static FrozenTrees of(
      Bay bay,
      Safeguarded safeguarded,
      Owner owner,
      Refusal refusal,
      ControlTree control,
      long startedNanos) {
    return new FrozenTrees(
        new PointNodes(bay, owner, refusal, startedNanos),
        new BackupNodes(safeguarded, owner, refusal, control, startedNanos));
  }

  /** What answers for that node, or null. */
  @Nullable FrozenNodes find(long node) {
    if (PointNodes.owns(node)) {
      return points;
    }
    return BackupNodes.owns(node) ? backups : null;
  }
}
