package org.copybay.copy.safeguarded;

import java.util.List;
import java.util.UUID;
import org.copybay.copy.engine.Padded;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.track.TrackOrigin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings sessions back at a mount, before any request: recovery volumes show again what they
 * showed, a recovery that a crash interrupted is ended (Recovering), and backups that were to go
 * with a recovery do. Under the lock of Safeguarded.
 */
final class Loading {
  private static final Logger LOG = LoggerFactory.getLogger(Loading.class);

  private final Safeguarded safeguarded;
  private final Bay bay;

  Loading(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
    this.bay = safeguarded.bay();
  }

  void run(List<SessionState> states) throws StorageException {
    for (SessionState state : states) {
      state.backups().keySet().forEach(safeguarded::noteId);
      SafeguardedSession session = new SafeguardedSession(state);
      safeguarded.publish(session);
      use(session);
    }
    for (SafeguardedSession session : safeguarded.sessions()) {
      for (Recovery recovery : session.state().recoveries().values()) {
        for (RecoveryPair pair : recovery.pairs()) {
          bringBack(session, recovery.set(), pair.target());
        }
      }
      if (!bay.readOnly()) {
        new Expiring(safeguarded).removeMarked(session);
      }
    }
  }

  private void use(SafeguardedSession session) throws StorageException {
    SessionState state = session.state();
    for (CopySet set : state.copySets()) {
      use(state.name(), set.source(), "protected by safeguarded session ");
      UUID recovery = set.recovery();
      if (recovery != null) {
        use(state.name(), recovery, "a recovery volume of safeguarded session ");
      }
    }
    for (Recovery recovery : state.recoveries().values()) {
      for (RecoveryPair pair : recovery.pairs()) {
        if (!recovery.restore()) {
          use(state.name(), pair.target(), "a recovery volume of safeguarded session ");
        }
      }
    }
  }

  private void use(String session, UUID id, String what) throws StorageException {
    Volume volume = safeguarded.volume(id);
    if (volume == null) {
      LOG.error("safeguarded session={} lost volume {}", session, id);
    } else {
      safeguarded.use(session, volume, what);
    }
  }

  /** Lets a volume show what it showed, or suspends its copy. */
  void bringBack(SafeguardedSession session, String set, UUID target) {
    Recovery recovery = session.state().recoveries().get(set);
    RecoveryPair pair = recovery == null ? null : recovery.findTarget(target);
    Volume shows = safeguarded.volume(target);
    if (recovery == null || pair == null || pair.whole() || shows == null) {
      return;
    }
    try {
      if (shows.awaitsDisk()) {
        LOG.warn("recovery of session={} waits for a disk", session.name());
        return; // its job brings it back
      }
      show(session, recovery, pair, shows);
    } catch (StorageException e) {
      LOG.error("recovery of session={} set={}: {}", session.name(), set, e.getMessage());
      if (bay.readOnly()) {
        Recovery failed = recovery.with(target, p -> p.withError(e.getMessage()));
        session.setState(session.state().with(failed));
      } else {
        boolean recorded =
            safeguarded
                .recoveries()
                .suspend(session.name(), set, target, pair.stamp(), e.getMessage());
        LOG.info("suspended, recorded={}", recorded);
      }
    }
  }

  private void show(SafeguardedSession session, Recovery recovery, RecoveryPair pair, Volume target)
      throws StorageException {
    RecoverPlan.Item item = new RecoverPlan.Item(image(recovery, pair), target);
    TrackOrigin origin = target.origin();
    boolean there = origin.stamp() == pair.stamp();
    if (there) {
      origin.setOrigin(new Padded(item.image(), target.size()));
    }
    if (!pair.switched() && !bay.readOnly()) {
      Recovering recovering = new Recovering(safeguarded, session);
      if (there) {
        recovering.announceAgain(item);
      } else {
        recovering.again(item, pair);
      }
      long left = origin.unfilledBytes();
      Recovery now = session.state().recoveries().getOrDefault(recovery.set(), recovery);
      safeguarded
          .recoveries()
          .put(session, now.with(target.id(), each -> each.withSwitched(left)), connection -> {});
    }
  }

  private PointVolume image(Recovery recovery, RecoveryPair pair) throws StorageException {
    PointInTime point = bay.backupPoints().findOrNull(recovery.backup());
    if (point != null) {
      for (PointVolume of : point.volumes()) {
        if (of.volume().id().equals(pair.source())) {
          return of;
        }
      }
    }
    throw new StorageException(
        Fault.CORRUPT, "backup " + recovery.backup() + " of its source is gone");
  }
}
