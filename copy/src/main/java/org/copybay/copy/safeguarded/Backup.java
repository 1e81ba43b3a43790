package org.copybay.copy.safeguarded;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.evidence.Evidence;
import org.jspecify.annotations.Nullable;

/**
 * A backup of a session as it is now.
 *
 * @param session what the session is
 * @param record what it knows of the backup
 * @param point what the backup holds, or null where it is gone
 */
public record Backup(SessionState session, BackupRecord record, @Nullable PointInTime point) {

  /** That backup of a session. */
  static Backup of(Bay bay, SessionState session, BackupRecord record) {
    return new Backup(session, record, bay.backupPoints().findOrNull(record.id()));
  }

  /** Its number. */
  public long id() {
    return record.id();
  }

  /** The instant. */
  public Instant created() {
    return point == null ? Instant.ofEpochSecond(record.id()) : point.created();
  }

  /** When it may be removed, in ms since 1970 by the vault clock; 0 for any time. */
  public long lockedUntilMillis() {
    return point == null ? 0 : point.lockedUntilMillis();
  }

  /** What it has of the volumes of the session, by name. */
  public List<PointVolume> volumes() {
    if (point == null) {
      return List.of();
    }
    Set<UUID> sources =
        session.copySets().stream().map(CopySet::source).collect(Collectors.toSet());
    return point.volumes().stream().filter(of -> sources.contains(of.volume().id())).toList();
  }

  /** What it has of a volume, or null. */
  public @Nullable PointVolume find(Volume volume) {
    return volumes().stream().filter(of -> of.volume().equals(volume)).findFirst().orElse(null);
  }

  /** Why it cannot be recovered, or null. */
  public @Nullable String unrecoverable() {
    if (volumes().isEmpty()) {
      return "no volume of the session is in it";
    }
    if (record.expiring()) {
      return "it was expired, and goes when no recovery needs it any more";
    }
    String damage = damage();
    if (damage != null) {
      return damage;
    }
    long rolled =
        session.copySets().stream().filter(s -> record.rolled().contains(s.source())).count();
    return rolled == 0
        ? null
        : "it was rolled off " + rolled + " of " + session.copySets().size() + " volumes";
  }

  /** Why something of it is not, or cannot be proven to be, what it was; or null. */
  public @Nullable String damage() {
    String failed = failedVerification();
    if (failed != null) {
      return failed;
    }
    for (PointVolume of : volumes()) {
      String lost = lostEvidence(of);
      if (lost != null) {
        return "evidence of volume " + of.name() + " is damaged: " + lost;
      }
    }
    return null;
  }

  /** What a verification found that is not what it was, of volumes that it has; or null. */
  public @Nullable String failedVerification() {
    for (PointVolume of : volumes()) {
      Verdict verdict = record.verdicts().get(of.volume().id());
      if (verdict != null && verdict.damage() != null) {
        return "verification failed: " + verdict.damage();
      }
    }
    return null;
  }

  private static @Nullable String lostEvidence(PointVolume of) {
    try {
      return of.evidence() instanceof Evidence.Damaged damaged ? damaged.why() : null;
    } catch (StorageException e) {
      return null; // the volume is damaged, and says so
    }
  }

  /** When all that it holds had been verified, or null. */
  public @Nullable Instant verified() {
    Instant first = null;
    for (PointVolume of : volumes()) {
      Verdict verdict = record.verdicts().get(of.volume().id());
      if (verdict == null) {
        return null;
      }
      first = first == null || verdict.time().isBefore(first) ? verdict.time() : first;
    }
    return first;
  }

  /** In a word: ready, damaged, rolled, or dependent_deleting. */
  public String state() {
    if (record.expiring()) {
      return "dependent_deleting";
    }
    if (damage() != null) {
      return "damaged";
    }
    return unrecoverable() == null ? "ready" : "rolled";
  }
}
