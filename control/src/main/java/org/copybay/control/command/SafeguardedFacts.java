package org.copybay.control.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.copybay.copy.engine.Job;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.Capacity;
import org.copybay.copy.safeguarded.CopySet;
import org.copybay.copy.safeguarded.Recovery;
import org.copybay.copy.safeguarded.RecoveryPair;
import org.copybay.copy.safeguarded.Safeguarded;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.copybay.copy.safeguarded.SessionProperties;
import org.copybay.copy.safeguarded.SessionRequest;
import org.copybay.copy.safeguarded.Situation;
import org.copybay.copy.safeguarded.Verdict;
import org.copybay.copy.safeguarded.VolumeEvidence;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/**
 * What there is to tell of safeguarded sessions, by key, for files and replies. Nothing waits for a
 * disk or a command; what is null does not apply, or cannot be told.
 */
public record SafeguardedFacts(Bay bay, Safeguarded safeguarded) {
  private static final long SECOND_MILLIS = 1000;

  // ---- backups

  /**
   * A backup; {@code recoverable} and what begins with {@code blocking} are Booleans.
   *
   * @param kept of {@link Safeguarded#keptBytes}
   * @param nowMillis of the vault clock, which costs more than all the rest: asked once for many
   */
  public Map<String, @Nullable Object> backup(
      Backup backup, @Nullable Map<Long, Long> kept, long nowMillis) {
    Map<String, @Nullable Object> is = new LinkedHashMap<>();
    boolean damaged = backup.damage() != null;
    boolean rolled = !backup.record().rolled().isEmpty();
    Instant lock = lockedUntil(backup, nowMillis);
    VolumeEvidence evidence = safeguarded.proofs().of(backup);
    is.put("id", backup.id());
    is.put("time", seconds(backup.created()));
    is.put("role", "H1");
    is.put("recoverable", backup.unrecoverable() == null);
    is.put("progress", 0);
    is.put("used_bytes", kept == null ? null : kept.getOrDefault(backup.id(), 0L));
    is.put("last_result", damaged ? "SGC1005E" : rolled ? "SGC1003W" : "SGC1001I");
    is.put("copy_sets", backup.volumes().size());
    is.put("blocking_expansion", !backup.volumes().isEmpty());
    is.put("expiration", lock);
    is.put("state", backup.state());
    is.put("label", orNull(backup.record().label()));
    is.put("locked_until", lock);
    is.put("holds", holds(backup));
    is.put("evidence", evidence == null ? null : evidence.words());
    is.put("volumes", join(backup.volumes().stream().map(of -> of.name()).toList()));
    is.put("verified", backup.verified());
    return is;
  }

  /** What proves the backups of a session, one volume after the other. */
  public List<Map<String, @Nullable Object>> evidence(SafeguardedSession session) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (Backup backup : safeguarded.backupsOf(session)) {
      for (PointVolume of : backup.volumes()) {
        VolumeEvidence evidence = safeguarded.proofs().of(backup, of);
        Verdict verdict = backup.record().verdicts().get(of.volume().id());
        Map<String, @Nullable Object> is = new LinkedHashMap<>();
        is.put("backup", backup.id());
        is.put("volume", of.name());
        is.put("state", evidence.words());
        is.put("root", evidence.root());
        is.put("verified", verdict == null ? null : verdict.time());
        all.add(is);
      }
    }
    return all;
  }

  /** When the lock of a backup ends, or null where it has none now. */
  private static @Nullable Instant lockedUntil(Backup backup, long nowMillis) {
    long until = backup.lockedUntilMillis();
    return until > nowMillis ? seconds(Instant.ofEpochMilli(until)) : null;
  }

  /** A time as it is printed: whole seconds. */
  static Instant seconds(Instant time) {
    return Instant.ofEpochSecond(time.getEpochSecond());
  }

  /** The names of the holds of a backup with commas, or null. */
  static @Nullable String holds(Backup backup) {
    return join(backup.record().holds().stream().map(hold -> hold.name()).toList());
  }

  private static @Nullable String join(List<String> names) {
    return names.isEmpty() ? null : String.join(",", names.stream().map(Words::word).toList());
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  // ---- sessions

  /** A session. */
  public Map<String, @Nullable Object> session(SafeguardedSession session) {
    List<Backup> backups = safeguarded.backupsOf(session);
    Backup newest = backups.isEmpty() ? null : backups.get(backups.size() - 1);
    Backup best = safeguarded.newestRecoverable(session);
    Situation situation = session.situation(Recovery.R1);
    List<String> trouble = trouble(session);
    Map<String, @Nullable Object> is = new LinkedHashMap<>();
    is.put("name", session.name());
    is.put("state", word(state(situation)));
    is.put("situation", word(situation));
    is.put("condition", condition(situation, trouble, warnings(session), best));
    is.put("created", session.state().created());
    is.put("dual_control", properties(session.state().properties()).get("dual_control"));
    is.put("requests", safeguarded.requests().of(session.name()).size());
    is.put("copy_sets", session.state().copySets().size());
    is.put("volumes", join(session.state().copySets().stream().map(this::source).toList()));
    is.put("backups", backups.size());
    is.put("backups_locked", locked(backups));
    is.put("backups_held", backups.stream().filter(b -> !b.record().holds().isEmpty()).count());
    is.put("backups_recoverable", backups.stream().filter(b -> b.unrecoverable() == null).count());
    is.put("oldest_backup", backups.isEmpty() ? null : backups.get(0).id());
    is.put("newest_backup", newest == null ? null : newest.id());
    is.put("newest_recoverable", best == null ? null : best.id());
    is.put("newest_recoverable_age_seconds", best == null ? null : ageSeconds(best));
    is.putAll(SafeguardedSchedule.facts(safeguarded.scheduled(), session));
    is.put("used_bytes", usedBytes(session));
    is.put("capacity_bytes", capacity(session));
    is.put("recoveries", session.state().recoveries().size());
    is.put("recovery_sets", join(List.copyOf(session.state().recoveries().keySet())));
    is.put("jobs", join(jobs(session)));
    is.put("trouble", trouble.isEmpty() ? null : String.join("; ", trouble));
    return is;
  }

  /** A situation as one word, as in h1r1_nocopy. */
  public static String word(Situation situation) {
    return situation.word().toLowerCase(Locale.ROOT).replace(' ', '_');
  }

  /** The state of the original: it knows no recoveries of these sessions as states. */
  static Situation state(Situation situation) {
    return switch (situation) {
      case NOCOPY, COPYING, COPIED -> Situation.PROTECTED;
      case DEFINED, PROTECTED, BACKING_UP, TERMINATING -> situation;
    };
  }

  private static String condition(
      Situation now, List<String> trouble, List<String> warnings, @Nullable Backup best) {
    if (!trouble.isEmpty()) {
      return "severe";
    }
    if (!warnings.isEmpty()) {
      return "warning";
    }
    return switch (now) {
      case DEFINED -> "inactive";
      case BACKING_UP, TERMINATING -> "warning";
      case PROTECTED, NOCOPY, COPYING, COPIED -> best == null ? "warning" : "normal";
    };
  }

  /** Seconds since the instant of a backup, by the vault clock. */
  public long ageSeconds(Backup backup) {
    return Math.max(0, (bay.vaultMillis() - backup.created().toEpochMilli()) / SECOND_MILLIS);
  }

  /** How many backups of a session are locked now. */
  public long locked(SafeguardedSession session) {
    return locked(safeguarded.backupsOf(session));
  }

  private long locked(List<Backup> backups) {
    long now = bay.vaultMillis();
    return backups.stream().filter(backup -> lockedUntil(backup, now) != null).count();
  }

  /** What lies beside the homes of the volumes of a session, or null where one does not know it. */
  private @Nullable Long usedBytes(SafeguardedSession session) {
    try {
      long bytes = 0;
      for (CopySet set : session.state().copySets()) {
        Volume volume = bay.findOrNull(set.source());
        bytes += volume == null ? 0 : volume.spillBytes();
      }
      return bytes;
    } catch (StorageException e) {
      return null; // damaged: health tells
    }
  }

  private static @Nullable Long capacity(SafeguardedSession session) {
    long each = session.state().properties().capacityBytes();
    return each == 0 ? null : Long.valueOf(each * session.state().copySets().size());
  }

  private List<String> jobs(SafeguardedSession session) {
    return session.state().recoveries().values().stream()
        .flatMap(recovery -> recovery.pairs().stream())
        .map(pair -> safeguarded.recoveries().findJob(pair.target()))
        .filter(Objects::nonNull)
        .map(Job::id)
        .toList();
  }

  /**
   * What is wrong with a session: a volume that is gone, a recovery that is suspended, a backup
   * that is not proven, or was due and is not there.
   */
  public List<String> trouble(SafeguardedSession session) {
    List<String> trouble = new ArrayList<>();
    for (CopySet set : session.state().copySets()) {
      UUID recovery = set.recovery();
      if (bay.findOrNull(set.source()) == null) {
        trouble.add("volume " + set.source() + " is gone");
      }
      if (recovery != null && bay.findOrNull(recovery) == null) {
        trouble.add("recovery volume " + recovery + " is gone");
      }
    }
    for (Recovery recovery : session.state().recoveries().values()) {
      for (RecoveryPair pair : recovery.pairs()) {
        if (pair.error() != null) {
          trouble.add("recovery to " + name(pair.target()) + " is suspended: " + pair.error());
        }
      }
    }
    String late = safeguarded.scheduled().trouble(session);
    if (late != null) {
      trouble.add(late + " (cat .control/safeguard/" + Words.word(session.name()) + "/status)");
    }
    String remedy = " (cat .control/safeguard/" + Words.word(session.name()) + "/evidence)";
    safeguarded.proofs().trouble(session).forEach(why -> trouble.add(why + remedy));
    return trouble;
  }

  /**
   * The volumes of a session whose backups have used up most of what nothing is rolled off for, and
   * the writes that wait for it.
   */
  public List<String> warnings(SafeguardedSession session) {
    List<String> warnings = new ArrayList<>();
    for (CopySet set : session.state().copySets()) {
      Volume volume = bay.findOrNull(set.source());
      String warning = volume == null ? null : warning(session, volume);
      if (warning != null) {
        warnings.add(warning);
      }
    }
    return warnings;
  }

  private @Nullable String warning(SafeguardedSession session, Volume volume) {
    Capacity capacity = safeguarded.capacity();
    try {
      int level = capacity.level(session, volume);
      if (level == 0 || capacity.rolls(session, volume)) {
        return null;
      }
      int waiting = capacity.waitingWrites(volume);
      return "backups of volume "
          + volume.name()
          + " need "
          + level
          + " % of their capacity"
          + (waiting == 0
              ? ""
              : ", and programs wait in write (safeguarded expire backup=ID session="
                  + Words.word(session.name())
                  + ", or set capacity=SIZE)");
    } catch (StorageException e) {
      return null; // damaged: health tells
    }
  }

  /** How a session treats its backups, in the words of safeguarded set. */
  public static Map<String, String> properties(SessionProperties is) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("minimum_interval", Spans.word(is.minimumIntervalMillis()));
    words.put("retention", Spans.word(is.retentionMillis()));
    words.put("capacity", String.valueOf(is.capacityBytes()));
    words.put("on_full", is.onFull().word());
    words.put("expire_on_auto_roll", is.expireOnAutoRoll() ? "yes" : "no");
    words.put("recover_copy", is.background() ? "background" : "nocopy");
    words.put("lock", Spans.word(is.lockMillis()));
    words.put("max_lock", Spans.word(is.maxLockMillis()));
    words.putAll(SecondPerson.words(is.dual()));
    return words;
  }

  /** The same of a session, with its schedule. */
  public Map<String, String> properties(SafeguardedSession session) {
    Map<String, String> words = properties(session.state().properties());
    words.put(SafeguardedSchedule.KEY, SafeguardedSchedule.word(safeguarded.scheduled(), session));
    return words;
  }

  /** A command that waits for a second person. */
  public static Map<String, @Nullable Object> request(SessionRequest request) {
    Map<String, @Nullable Object> is = new LinkedHashMap<>();
    is.put("number", request.number());
    is.put("session", request.session());
    is.put("requester", request.uid());
    is.put("asked", seconds(request.asked()));
    is.put("lapses", seconds(request.lapses()));
    is.put("command", request.command());
    return is;
  }

  // ---- copy sets, recoveries

  private String source(CopySet set) {
    return name(set.source());
  }

  /** The name of a volume, or its id where it is gone. */
  private String name(UUID id) {
    Volume volume = bay.findOrNull(id);
    return volume == null ? id.toString() : volume.name();
  }

  /** The copy sets of a session. */
  public List<Map<String, @Nullable Object>> copySets(SafeguardedSession session) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    List<Backup> backups = safeguarded.backupsOf(session);
    for (CopySet set : session.state().copySets()) {
      Volume volume = bay.findOrNull(set.source());
      UUID recovery = set.recovery();
      Map<String, @Nullable Object> is = new LinkedHashMap<>();
      is.put("source", source(set));
      is.put("recovery", recovery == null ? null : name(recovery));
      is.put("bytes", volume == null ? null : volume.size());
      is.put(
          "backups",
          volume == null ? null : backups.stream().filter(b -> b.find(volume) != null).count());
      is.put("state", volume == null ? "gone" : "ok");
      all.add(is);
    }
    return all;
  }

  /** The recoveries of a session, one volume after the other. */
  public List<Map<String, @Nullable Object>> recoveries(SafeguardedSession session) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (Recovery recovery : session.state().recoveries().values()) {
      for (RecoveryPair pair : recovery.pairs()) {
        Job job = safeguarded.recoveries().findJob(pair.target());
        Long left = leftBytes(pair);
        Map<String, @Nullable Object> is = new LinkedHashMap<>();
        is.put("set", recovery.set());
        is.put("backup", recovery.backup());
        is.put("copy", recovery.background() ? "background" : "nocopy");
        is.put("started", seconds(recovery.started()));
        is.put("source", name(pair.source()));
        is.put("target", name(pair.target()));
        is.put("state", pair.error() != null ? "suspended" : pair.whole() ? "whole" : "shown");
        is.put("percent", percent(pair, left));
        is.put("left_bytes", left);
        is.put("job", job == null ? null : job.id());
        is.put("error", pair.error());
        all.add(is);
      }
    }
    return all;
  }

  /** What the target of a pair does not hold yet, or null where nobody knows. */
  private @Nullable Long leftBytes(RecoveryPair pair) {
    if (pair.whole()) {
      return 0L;
    }
    Volume target = bay.findOrNull(pair.target());
    try {
      return target == null ? null : Long.valueOf(target.origin().unfilledBytes());
    } catch (StorageException e) {
      return null; // damaged
    }
  }

  private static @Nullable Long percent(RecoveryPair pair, @Nullable Long left) {
    if (pair.whole()) {
      return 100L;
    }
    if (left == null || pair.startBytes() == 0) {
      return null;
    }
    long done = Math.max(0, pair.startBytes() - left);
    return Math.min(99, done * 100 / pair.startBytes());
  }
}
