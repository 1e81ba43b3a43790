package org.copybay.control.command;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;

/** One lock for each ctl file that somebody has open, so that its batches run one after another. */
final class Turns {
  private final Map<Scope, Turn> turns = new ConcurrentHashMap<>();

  /** The lock of one ctl file and how many handles share it. */
  private record Turn(RankedLock lock, int handles) {}

  /** The lock of a ctl file; the handle gives it back with {@link #leave}. */
  RankedLock join(Scope scope) {
    return turns
        .merge(
            scope,
            new Turn(new RankedLock(LockRank.CONTROL), 1),
            (turn, one) -> new Turn(turn.lock(), turn.handles() + 1))
        .lock();
  }

  /** Gives up one handle's share. */
  void leave(Scope scope) {
    turns.computeIfPresent(
        scope,
        (key, turn) -> turn.handles() == 1 ? null : new Turn(turn.lock(), turn.handles() - 1));
  }
}
