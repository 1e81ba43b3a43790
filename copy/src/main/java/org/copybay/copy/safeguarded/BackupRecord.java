package org.copybay.copy.safeguarded;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
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
 */
public record BackupRecord(
    long id, String label, boolean expiring, List<Hold> holds, Set<UUID> rolled) {

  /** Keeps lists of its own. */
  public BackupRecord {
    holds = List.copyOf(holds);
    rolled = Set.copyOf(rolled);
  }

  BackupRecord asExpiring() {
    return new BackupRecord(id, label, true, holds, rolled);
  }

  BackupRecord with(Hold hold) {
    List<Hold> more = new ArrayList<>(holds);
    more.add(hold);
    return new BackupRecord(id, label, expiring, more, rolled);
  }

  BackupRecord withoutHold(String name) {
    return new BackupRecord(
        id, label, expiring, holds.stream().filter(h -> !h.name().equals(name)).toList(), rolled);
  }

  BackupRecord rolledOff(UUID volume) {
    Set<UUID> more = new LinkedHashSet<>(rolled);
    more.add(volume);
    return new BackupRecord(id, label, expiring, holds, more);
  }
}
