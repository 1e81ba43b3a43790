package org.copybay.volumes.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much of what is refused is listed, so that nobody fills the disk with it: of each uid {@link
 * #LISTED} and one more each minute; the rest is counted. Once it counts it counts for an hour. In
 * memory only. Any thread may call; the monitor is a leaf.
 */
final class RefusedLately {
  /** Of one uid so many are listed one after another. */
  static final int LISTED = 1_000;

  /** After so many minutes without a listed one, one for each of them, listing goes on. */
  private static final int PAUSE_MINUTES = 60;

  private static final int MOST_UIDS = 256;
  private static final int MOST_COMMANDS = 1_024;

  /** Whoever finds no place among the others. */
  private static final long OTHERS = -1;

  private final Map<Long, Tally> tallies = new HashMap<>(); // guarded by this

  // guarded by this; oldest first
  private final Map<String, Boolean> commands =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MOST_COMMANDS;
        }
      };

  /** One uid. Guarded by the monitor of the outer one. */
  private static final class Tally {
    int left = LISTED;
    Instant filled;
    long counted;
    Instant since;

    Tally(Instant now) {
      filled = now;
      since = now;
    }

    void fill(Instant now) {
      long minutes = Duration.between(filled, now).toMinutes();
      if (minutes < 0) {
        filled = now; // the clock was turned back
      } else if (minutes > 0) {
        left = (int) Math.min(LISTED, left + minutes);
        filled = filled.plus(Duration.ofMinutes(minutes));
      }
    }

    boolean counts() {
      return counted > 0 ? left < PAUSE_MINUTES : left == 0;
    }

    boolean forgettable() {
      return counted == 0 && left == LISTED;
    }
  }

  /**
   * What to do about one that was refused.
   *
   * @param list whether it becomes an entry of its own
   * @param told how many to tell of in an entry before it, 0 for none
   * @param since when the first of those was
   */
  record Answer(boolean list, long told, Instant since) {}

  /** Notes that something was refused. */
  synchronized Answer refused(AuditEntry draft, Instant now) {
    commands.put(key(draft), true);
    Tally tally = tally(draft.uid(), now);
    if (!tally.counts()) {
      tally.left--;
      Answer answer = new Answer(true, tally.counted, tally.since);
      tally.counted = 0;
      return answer;
    }
    tally.since = tally.counted == 0 ? now : tally.since;
    tally.counted++;
    return new Answer(false, isPowerOfTen(tally.counted) ? tally.counted : 0, tally.since);
  }

  /**
   * Whether its uid is refused so often that it is counted, and this very command was refused
   * lately, so that an entry has its words.
   */
  synchronized boolean repeats(AuditEntry draft, Instant now) {
    return tally(draft.uid(), now).counts() && commands.containsKey(key(draft));
  }

  private Tally tally(long uid, Instant now) {
    Tally known = tallies.get(uid);
    if (known == null && tallies.size() >= MOST_UIDS) {
      tallies.values().removeIf(tally -> filled(tally, now).forgettable());
    }
    long place = known == null && tallies.size() >= MOST_UIDS ? OTHERS : uid;
    return filled(tallies.computeIfAbsent(place, key -> new Tally(now)), now);
  }

  private static Tally filled(Tally tally, Instant now) {
    tally.fill(now);
    return tally;
  }

  private static String key(AuditEntry draft) {
    return draft.uid() + " " + draft.place() + "\0" + draft.verb() + "\0" + draft.command();
  }

  private static boolean isPowerOfTen(long count) {
    long power = 1;
    while (power < count) {
      power *= 10;
    }
    return power == count;
  }
}
