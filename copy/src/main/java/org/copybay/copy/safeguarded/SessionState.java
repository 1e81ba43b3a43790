package org.copybay.copy.safeguarded;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a session is at one moment, as the catalogue has it.
 *
 * @param name of the session
 * @param created when it was made
 * @param properties how it treats its backups
 * @param copySets its volumes, in the order in which they were added
 * @param backups that it knows, by number
 * @param recoveries by the name of their set
 */
public record SessionState(
    String name,
    Instant created,
    SessionProperties properties,
    List<CopySet> copySets,
    NavigableMap<Long, BackupRecord> backups,
    Map<String, Recovery> recoveries) {

  /** Keeps collections of its own, which nobody changes. */
  public SessionState {
    copySets = List.copyOf(copySets);
    backups = Collections.unmodifiableNavigableMap(new TreeMap<>(backups));
    recoveries = Collections.unmodifiableMap(new LinkedHashMap<>(recoveries));
  }

  static SessionState made(String name, Instant created) {
    return new SessionState(
        name, created, SessionProperties.USUAL, List.of(), new TreeMap<>(), Map.of());
  }

  /** The copy set of a volume, or null. */
  public @Nullable CopySet findSource(UUID source) {
    return copySets.stream().filter(set -> set.source().equals(source)).findFirst().orElse(null);
  }

  SessionState with(SessionProperties newProperties) {
    return new SessionState(name, created, newProperties, copySets, backups, recoveries);
  }

  SessionState with(List<CopySet> newSets) {
    return new SessionState(name, created, properties, newSets, backups, recoveries);
  }

  /** With a copy set, in place of the one of its volume. */
  SessionState with(CopySet set) {
    List<CopySet> sets = new ArrayList<>(copySets);
    int at = indexOf(set.source());
    if (at < 0) {
      sets.add(set);
    } else {
      sets.set(at, set);
    }
    return with(sets);
  }

  private int indexOf(UUID source) {
    for (int i = 0; i < copySets.size(); i++) {
      if (copySets.get(i).source().equals(source)) {
        return i;
      }
    }
    return -1;
  }

  /** With a backup, in place of the one of its number. */
  SessionState with(BackupRecord backup) {
    NavigableMap<Long, BackupRecord> more = new TreeMap<>(backups);
    more.put(backup.id(), backup);
    return withBackups(more);
  }

  SessionState without(List<Long> ids) {
    NavigableMap<Long, BackupRecord> fewer = new TreeMap<>(backups);
    ids.forEach(fewer::remove);
    return withBackups(fewer);
  }

  SessionState withBackups(NavigableMap<Long, BackupRecord> newBackups) {
    return new SessionState(name, created, properties, copySets, newBackups, recoveries);
  }

  /** With a recovery, in place of the one of its set. */
  SessionState with(Recovery recovery) {
    Map<String, Recovery> more = new LinkedHashMap<>(recoveries);
    more.put(recovery.set(), recovery);
    return new SessionState(name, created, properties, copySets, backups, more);
  }

  SessionState withoutRecovery(String set) {
    Map<String, Recovery> fewer = new LinkedHashMap<>(recoveries);
    fewer.remove(set);
    return new SessionState(name, created, properties, copySets, backups, fewer);
  }

  /** Whether a volume is a recovery volume, of a copy set or of a recovery. */
  boolean recoversTo(UUID volume) {
    return copySets.stream().anyMatch(set -> volume.equals(set.recovery()))
        || recoveries.values().stream()
            .anyMatch(recovery -> !recovery.restore() && recovery.findTarget(volume) != null);
  }

  /** Whether a recovery needs a backup of the session. */
  public boolean needs(long backup) {
    return recoveries.values().stream().anyMatch(r -> r.backup() == backup && !r.whole());
  }
}
