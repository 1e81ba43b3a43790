package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What a session knows of one of its backups besides its point in time.
 *
 * @param id number of the backup, the second since 1970 in which it was made
 * @param label what its maker called it, or empty
 * @param expiring whether it was expired and goes when no recovery needs it any more
 * @param holds that keep it
 * @param rolled ids of volumes of which it was given up because their capacity was used up
 * @param verdicts what the last verification of each of its volumes found, by their ids
 */
public record BackupRecord(
    long id,
    String label,
    boolean expiring,
    List<Hold> holds,
    Set<UUID> rolled,
    Map<UUID, Verdict> verdicts) {

  /** Keeps lists of its own. */
  public BackupRecord {
    holds = List.copyOf(holds);
    rolled = Set.copyOf(rolled);
    verdicts = Map.copyOf(verdicts);
  }

  /** One that was never verified. */
  static BackupRecord of(long id, String label, List<Hold> holds) {
    return new BackupRecord(id, label, false, holds, Set.of(), Map.of());
  }

  BackupRecord asExpiring() {
    return new BackupRecord(id, label, true, holds, rolled, verdicts);
  }

  BackupRecord with(Hold hold) {
    List<Hold> more = new ArrayList<>(holds);
    more.add(hold);
    return new BackupRecord(id, label, expiring, more, rolled, verdicts);
  }

  BackupRecord withoutHold(String name) {
    return new BackupRecord(
        id,
        label,
        expiring,
        holds.stream().filter(h -> !h.name().equals(name)).toList(),
        rolled,
        verdicts);
  }

  BackupRecord rolledOff(UUID volume) {
    Set<UUID> more = new LinkedHashSet<>(rolled);
    more.add(volume);
    return new BackupRecord(id, label, expiring, holds, more, verdicts);
  }

  BackupRecord with(UUID volume, Verdict verdict) {
    Map<UUID, Verdict> all = new HashMap<>(verdicts);
    all.put(volume, verdict);
    return new BackupRecord(id, label, expiring, holds, rolled, all);
  }
}
