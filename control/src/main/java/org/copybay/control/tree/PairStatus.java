package org.copybay.control.tree;

import java.util.UUID;
import org.copybay.copy.engine.Job;
import org.copybay.copy.quickopc.Direction;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Phase;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.SessionCommands;
import org.copybay.copy.quickopc.Sets;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * A pair with the sessions that it had when it was looked at. What a session counts is counted when
 * it is asked for; null where there is no session, or where damage hides it. Any thread may call,
 * and none waits for a disk.
 *
 * @param pair that is looked at
 * @param source its source, or null before it was said
 * @param target its target, or null before it was said
 * @param forward its session, or null
 * @param backward the restore that is under way, or what undoes one, or null
 * @param job that copies for one of them, or null
 * @param safety the point that was made before the last restore, or null
 */
record PairStatus(
    PairRecord pair,
    @Nullable Volume source,
    @Nullable Volume target,
    @Nullable Session forward,
    @Nullable Session backward,
    @Nullable Job job,
    @Nullable PointInTime safety) {
  /** Sizes of the original are in blocks of this many bytes. */
  private static final int BLOCK_BYTES = 512;

  /** How a pair is now. */
  static PairStatus of(Bay bay, QuickOpc opc, PairRecord pair) {
    Session forward = opc.find(pair, Direction.FORWARD);
    Session backward = opc.findBackward(pair);
    Session copying = backward == null ? forward : backward;
    return new PairStatus(
        pair,
        volume(bay, pair.source()),
        volume(bay, pair.target()),
        forward,
        backward,
        copying == null ? null : opc.findJob(copying.record()),
        new SessionCommands(opc).safetyPoint(pair));
  }

  private static @Nullable Volume volume(Bay bay, @Nullable UUID id) {
    return id == null ? null : bay.findOrNull(id);
  }

  /** What its session does. */
  Phase phase() {
    Session session = forward;
    return session == null ? Phase.NONE : session.phase();
  }

  /** OPC Status; that of a suspended restore where its session has no error of its own. */
  String status() {
    boolean suspended = error() != null;
    return suspended ? Phase.ERROR_SUSPEND.status() : phase().status();
  }

  /** Why its session is suspended, else why its restore is, or null. */
  @Nullable String error() {
    String own = forward == null ? null : forward.record().error();
    String ofRestore = backward == null ? null : backward.record().error();
    return own == null && ofRestore != null ? "restore: " + ofRestore : own;
  }

  /** Percent of what the last start had to copy. */
  @Nullable Long percent() {
    return known(forward, Session::percent);
  }

  /** Percent of the restore. */
  @Nullable Long restorePercent() {
    return known(backward, Session::percent);
  }

  /** Bytes that the target does not hold yet. */
  @Nullable Long leftBytes() {
    return known(forward, Session::leftBytes);
  }

  /** Blocks of 512 bytes that were copied since the last start. */
  @Nullable Long copiedBlocks() {
    return known(
        forward,
        session -> Math.max(0, session.record().startBytes() - session.leftBytes()) / BLOCK_BYTES);
  }

  /** Regions that the target does not hold yet, or not all of. */
  @Nullable Long uncopiedRegions() {
    return known(
        forward, session -> session.isCopying() ? session.target().origin().unfilledTracks() : 0);
  }

  /** How many regions its source has, which the last one ends with. */
  @Nullable Long regions() {
    Volume volume = source;
    return volume == null ? null : (volume.size() + Sets.REGION_BYTES - 1) / Sets.REGION_BYTES;
  }

  /** Regions that were changed on one side; null also where nothing is recorded. */
  @Nullable Long regions(Sets.Which which) {
    Sets sets = sets();
    return sets == null ? null : sets.count(which);
  }

  /** Bytes of the blocks that were changed on one side; null also where nothing is recorded. */
  @Nullable Long bytes(Sets.Which which) {
    Sets sets = sets();
    return sets == null ? null : sets.bytes(which);
  }

  private @Nullable Sets sets() {
    Session session = forward;
    try {
      boolean recorded =
          session != null && session.trackedSource() != null && session.trackedTarget() != null;
      return session == null || !recorded ? null : Sets.of(session);
    } catch (StorageException e) {
      return null; // lost: the error of the session says why
    }
  }

  /** A number that a session with a damaged volume does not know. */
  @FunctionalInterface
  private interface Figure {
    long of(Session session) throws StorageException;
  }

  private static @Nullable Long known(@Nullable Session session, Figure figure) {
    try {
      return session == null ? null : (Long) figure.of(session);
    } catch (StorageException e) {
      return null; // damaged: the failure of the volume says why
    }
  }
}
