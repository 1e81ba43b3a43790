package org.copybay.copy.safeguarded;

import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.vault.VaultClock;
import org.copybay.volumes.vault.VaultState;

/**
 * Looks after the vault clock of a bay, and tells when it goes its own way. Any thread may call.
 */
public final class VaultTime {
  private static final long SAVE_MILLIS = 600_000;
  private static final long SECOND_MILLIS = 1000;

  private final Safeguarded safeguarded;

  // concurrent: put by who meets a change, taken by look, which alone may write
  private final Queue<VaultState> changes = new ConcurrentLinkedQueue<>();

  private long saved; // guarded by the lock of safeguarded

  VaultTime(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  private Bay bay() {
    return safeguarded.bay();
  }

  /** From now on jumps of the clock of the machine are told. */
  void begin() {
    bay().vault().listen(changes::add);
  }

  /**
   * Saves it now and then, lets it follow the clock of the machine while there is no backup, since
   * nothing depends on it then, and tells what happened. NO_SPACE, STORE_FAILED.
   */
  void look() throws StorageException {
    VaultClock vault = bay().vault();
    long now = bay().vaultMillis();
    try (var held = safeguarded.enter()) {
      if (bay().backupPoints().isEmpty()) {
        vault.follow();
      }
      if (now - saved >= SAVE_MILLIS) {
        vault.save();
        saved = now;
      }
    }
    vault.state(); // hears of a jump
    tellChanges();
  }

  private void tellChanges() throws StorageException {
    for (VaultState state = changes.peek(); state != null; state = changes.peek()) {
      long seconds = state.distanceMillis() / SECOND_MILLIS;
      bay().audit().note("vault", "clock", state.describe() + ", by " + seconds + " s");
      bay()
          .events()
          .tell(
              "vault_clock",
              "bay",
              Event.fact("state", state.word()),
              Event.fact("behind_seconds", seconds));
      changes.remove();
    }
  }

  /**
   * Whether the lag of the vault clock could be ended. FORBIDDEN while a backup is locked, and
   * where another session needs two people.
   *
   * @param session whose people accept it
   */
  public void requireAcceptable(SafeguardedSession session) throws StorageException {
    if (!session.state().properties().dual().on()) {
      for (SafeguardedSession other : safeguarded.sessions()) {
        if (other.state().properties().dual().on()) {
          throw new StorageException(
              Fault.FORBIDDEN,
              "session " + other.name() + " has dual_control=sgc, and its backups have this clock",
              "safeguarded accept-clock session=" + Words.word(other.name()));
        }
      }
    }
    for (PointInTime backup : bay().backupPoints().all()) {
      if (backup.lockedUntilMillis() > bay().vaultMillis()) {
        throw new StorageException(
            Fault.FORBIDDEN,
            "backup "
                + backup.backup()
                + " is locked until "
                + Instant.ofEpochMilli(backup.lockedUntilMillis())
                + " by the vault clock, which says "
                + bay().vault().now(),
            "wait: nothing ends a lock before its time");
      }
    }
  }

  /**
   * Lets the vault clock take over the clock of the machine, because somebody says that it is
   * right. FORBIDDEN while a backup is locked; ALREADY when it is not behind; AGAIN when the clock
   * of the machine cannot be right; NO_SPACE, STORE_FAILED.
   */
  public void accept(SafeguardedSession session, Catalogue.Change also) throws StorageException {
    try (var held = safeguarded.enter()) { // else a backup could be locked meanwhile
      bay().requireChangeable();
      requireAcceptable(session);
      bay().vault().accept(also);
    }
  }
}
