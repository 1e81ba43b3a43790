package org.copybay.copy.safeguarded;

import java.util.Timer;
import java.util.TimerTask;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Background;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the sessions of a bay, in a thread of its own, until it is closed. */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final long LOOK_MILLIS = 1_000;

  private final Safeguarded safeguarded;
  private final Timer timer = new Timer("safeguarded", true);

  Upkeep(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  void begin() {
    safeguarded.time().begin();
    timer.schedule(
        new TimerTask() {
          private boolean entered;

          @Override
          public void run() {
            if (!entered) {
              Background.enter();
              entered = true;
            }
            look();
          }
        },
        LOOK_MILLIS,
        LOOK_MILLIS);
  }

  private void look() {
    try {
      safeguarded.time().look();
    } catch (StorageException e) {
      LOG.warn("vault clock: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("vault clock", e); // the timer goes on
    }
    lapse();
    for (SafeguardedSession session : safeguarded.sessions()) {
      try (var held = safeguarded.enter()) {
        if (safeguarded.findOrNull(session.name()) == session) {
          Keeping keeping = new Keeping(safeguarded);
          keeping.retain(session);
          keeping.limit(session);
        }
      } catch (StorageException e) {
        LOG.warn("session={} {}", session.name(), e.getMessage());
      } catch (RuntimeException | Error e) {
        LOG.error("session={}", session.name(), e); // the timer goes on
      }
    }
  }

  /** Requests wait for a time. */
  private void lapse() {
    try (var held = safeguarded.enter()) {
      safeguarded.requests().lapse();
    } catch (StorageException e) {
      LOG.warn("requests: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("requests", e); // the timer goes on
    }
  }

  @Override
  public void close() {
    timer.cancel();
  }
}
