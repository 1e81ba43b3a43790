package org.copybay.copy.safeguarded;

import java.util.Timer;
import java.util.TimerTask;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Background;
import org.copybay.volumes.vault.VaultClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the sessions of a bay, in a thread of its own, until it is closed. */
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final long LOOK_MILLIS = 1_000;
  private static final long SAVE_MILLIS = 600_000;

  private final Safeguarded safeguarded;
  private final Timer timer = new Timer("safeguarded", true);
  private long saved; // used by the thread of the timer

  Upkeep(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  void begin() {
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
    keepTime();
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
    }
  }

  /** While there is no backup, nothing depends on what the vault clock says. */
  private void keepTime() {
    VaultClock vault = safeguarded.bay().vault();
    long now = vault.now().toEpochMilli();
    try (var held = safeguarded.enter()) {
      if (safeguarded.bay().backupPoints().isEmpty()) {
        vault.follow();
      }
      if (now - saved >= SAVE_MILLIS) {
        vault.save();
        saved = now;
      }
    } catch (StorageException e) {
      LOG.warn("vault clock: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    timer.cancel();
  }
}
