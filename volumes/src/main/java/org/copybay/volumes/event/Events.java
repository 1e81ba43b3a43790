package org.copybay.volumes.event;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.event.Event.Fact;
import org.jspecify.annotations.Nullable;

/*
 * INV-1 Numbers are in the order in which the changes became true: who owns a state tells its
 *       changes under the lock that guards it, after everybody can see them.
 * INV-2 Who tells waits for nobody: the last KEPT events are kept, whoever has not read them.
 */
/**
 * The last changes of state of one bay. Any thread may call, under any lock; only {@link #await}
 * and {@link #end} wait.
 */
public final class Events {
  /** So many are kept, the oldest are forgotten first. */
  public static final int KEPT = 1_000;

  /** Followers at the same time: each that waits keeps a thread that serves requests. */
  public static final int MAX_FOLLOWERS = 64;

  private final Clock clock;
  private final RankedLock lock = new RankedLock(LockRank.EVENTS);
  private final Condition changed = lock.condition();

  // guarded by lock
  private final @Nullable Event[] kept = new Event[KEPT]; // that of number n at n % KEPT
  private final Map<String, Long> counts = new TreeMap<>();
  private long last;
  private int followers;
  private boolean ended;

  /** No events yet. */
  public Events(Clock clock) {
    this.clock = clock;
  }

  /**
   * Notes a change that is true and recorded, and tells it to who waits.
   *
   * @param kind the object, and what became of it, as words of lower case with _ between them
   * @param subject the name of the object
   */
  public void tell(String kind, String subject, Fact... facts) {
    assert kind.matches("[a-z]+(_[a-z]+)*") : kind;
    try (var held = lock.enter()) {
      last++;
      kept[index(last)] = new Event(last, clock.instant(), kind, subject, List.of(facts));
      counts.merge(kind, 1L, Long::sum);
      changed.signalAll();
    }
  }

  private static int index(long number) {
    return (int) (number % KEPT);
  }

  // ---- looking

  /** Those that are kept, oldest first. */
  public List<Event> all() {
    List<Event> all = new ArrayList<>();
    try (var held = lock.enter()) {
      for (long number = firstLocked(0); number <= last; number++) {
        all.add(at(number));
      }
    }
    return all;
  }

  /** How many there were of each kind. */
  public Map<String, Long> counts() {
    try (var held = lock.enter()) {
      return new TreeMap<>(counts);
    }
  }

  /** The number of the newest one; 0 before the first. */
  public long last() {
    try (var held = lock.enter()) {
      return last;
    }
  }

  /** Whether none is told to who waits any more. */
  public boolean ended() {
    try (var held = lock.enter()) {
      return ended;
    }
  }

  /** The first that is kept with a number above that one; as if it were there already. */
  private long firstLocked(long above) {
    assert lock.isHeld();
    return Math.max(above + 1, last - KEPT + 1);
  }

  private Event at(long number) {
    Event event = kept[index(number)];
    if (event == null || event.number() != number) {
      throw new IllegalStateException("event " + number + " of " + last);
    }
    return event;
  }

  /**
   * The oldest that is kept with a number above that one, waiting for it so many milliseconds at
   * most; null if there is none, or there will be none any more.
   */
  public @Nullable Event await(long above, long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    try (var held = lock.enter()) {
      while (last <= above && !ended && left > 0) {
        left = RankedLock.await(changed, left);
      }
      long first = firstLocked(above);
      return first <= last ? at(first) : null;
    }
  }

  /** Waits so many milliseconds, or until nothing is told any more. */
  public void pause(long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    try (var held = lock.enter()) {
      while (!ended && left > 0) {
        left = RankedLock.await(changed, left);
      }
    }
  }

  // ---- following

  /** One more wants to hear of every event until {@link #unfollow}. AGAIN when there are many. */
  public void follow() throws StorageException {
    try (var held = lock.enter()) {
      if (followers >= MAX_FOLLOWERS) {
        throw new StorageException(
            Fault.AGAIN,
            MAX_FOLLOWERS + " programs follow the events, and no more may",
            "end one of them, or read .control/events now and then");
      }
      followers++;
    }
  }

  /** One of them is gone. */
  public void unfollow() {
    try (var held = lock.enter()) {
      followers--;
      changed.signalAll();
    }
  }

  /**
   * Tells nothing more to who waits, and waits until all followers are gone.
   *
   * @return false if the time was over first
   */
  @CanIgnoreReturnValue
  public boolean end(long millis) {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    try (var held = lock.enter()) {
      ended = true;
      changed.signalAll();
      while (followers > 0 && left > 0) {
        left = RankedLock.awaitRunning(changed, left);
      }
      return followers == 0;
    }
  }
}
