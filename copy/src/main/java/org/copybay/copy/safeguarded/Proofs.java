package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** What is known of what backups hold. Any thread may call; nothing waits for a disk. */
public final class Proofs {
  private final Safeguarded safeguarded;

  Proofs(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
  }

  /** What is known of what a backup holds of a volume. */
  public VolumeEvidence of(Backup backup, PointVolume of) {
    Verdict verdict = backup.record().verdicts().get(of.volume().id());
    if (verdict != null && verdict.damage() != null) {
      return new VolumeEvidence(VolumeEvidence.Kind.DAMAGED, "damaged: " + verdict.damage());
    }
    return safeguarded.sealer().evidence(backup.id(), of);
  }

  /** The same of all its volumes, the worst of them; null where it holds nothing. */
  public @Nullable VolumeEvidence of(Backup backup) {
    return backup.volumes().stream()
        .map(each -> of(backup, each))
        .min(Comparator.comparing(VolumeEvidence::kind))
        .orElse(null);
  }

  /** What is wrong with the evidence of backups of a session: a sentence for each volume. */
  public List<String> trouble(SafeguardedSession session) {
    List<String> trouble = new ArrayList<>();
    SessionState state = session.state();
    for (BackupRecord record : state.backups().values()) {
      String damage =
          record.verdicts().isEmpty()
              ? null
              : Backup.of(safeguarded.bay(), state, record).failedVerification();
      if (damage != null) {
        trouble.add("backup " + record.id() + ": " + damage);
        break;
      }
    }
    for (CopySet set : state.copySets()) {
      Volume volume = safeguarded.volume(set.source());
      if (volume == null) {
        continue;
      }
      VolumeEvidence newest = newest(state, volume);
      if (newest != null && newest.kind() == VolumeEvidence.Kind.DAMAGED) {
        trouble.add("evidence of volume " + volume.name() + " is " + newest.words());
        continue; // nothing can be hashed either
      }
      NavigableMap<Long, String> failures = safeguarded.sealer().failures(volume);
      failures.keySet().retainAll(state.backups().keySet());
      if (!failures.isEmpty()) {
        trouble.add(
            counted(failures.size(), "backup")
                + " of volume "
                + volume.name()
                + " cannot be hashed, the first is "
                + failures.firstKey()
                + ": "
                + failures.firstEntry().getValue());
      }
    }
    return trouble;
  }

  /** Where it is damaged, that of all backups of the volume is. */
  private @Nullable VolumeEvidence newest(SessionState state, Volume volume) {
    for (BackupRecord record : state.backups().descendingMap().values()) {
      PointVolume of = Backup.of(safeguarded.bay(), state, record).find(volume);
      if (of != null) {
        return safeguarded.sealer().evidence(record.id(), of);
      }
    }
    return null;
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
