package org.copybay.copy.shadow;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.copybay.copy.shadow.Member.Trouble;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the members of one set that fail: they are given time, then expelled, and the
 * others go on. The last full member is never expelled; its errors are those of the set. Called by
 * the threads of requests, with no lock and outside the gate where nothing else is said.
 */
final class MemberFailures {
  private static final Logger LOG = LoggerFactory.getLogger(MemberFailures.class);
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final ShadowSet set;
  private final Set<Member> repairing = ConcurrentHashMap.newKeySet(); // concurrent: any thread
  private final Object news = new Object(); // a leaf: a member was expelled, or works again

  MemberFailures(ShadowSet set) {
    this.set = set;
  }

  /** How long a member may fail, or not answer. */
  long timeoutMillis() {
    return TimeUnit.SECONDS.toMillis(set.record().settings().memberSeconds());
  }

  /** The tries of one change. */
  final class Wait {
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    /**
     * After a try that some members failed: returns when it is worth another one. Throws the error
     * of the members when no full one took it.
     */
    void after(List<Legs.Failure> failed, Members tried) throws StorageException {
      if (failed.size() >= tried.full().size()) {
        throw ofRequest(failed.get(0));
      }
      for (Legs.Failure failure : failed) {
        Member member = failure.member();
        member.failing(Trouble.WRITE);
        if (isOver(member, failure.error(), Trouble.WRITE)) {
          if (!set.expel(member, failure.error())) {
            throw ofRequest(failure); // nobody else can take its place
          }
          return;
        }
      }
      pause(pauseMillis);
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }
  }

  private static StorageException ofRequest(Legs.Failure failure) {
    return ofRequest(failure.member(), failure.error());
  }

  /** A request that no full member took fails as one to a single volume does. */
  static StorageException ofRequest(Member member, StorageException e) {
    return e.fault() == Fault.AGAIN
        ? new StorageException(
            Fault.STORE_FAILED,
            "no member answers: " + member.name() + ": " + e.getMessage(),
            e.remedy(),
            e)
        : e;
  }

  private boolean isOver(Member member, StorageException error, Trouble trouble) {
    long since = member.since(trouble);
    long millis = since == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    return error.fault() == Fault.AGAIN // it was waited for
        || member.volume().row().failure() != null // a sync failed: what was written is lost
        || millis >= timeoutMillis();
  }

  /** Waits so long, or until a member was expelled. */
  @SuppressWarnings("WaitNotInLoop") // who calls tries again, however it ended
  void pause(long millis) {
    synchronized (news) {
      try {
        news.wait(millis);
      } catch (InterruptedException e) {
        throw new IllegalStateException("a thread of this program is never interrupted", e);
      }
    }
  }

  /** Lets those try again who wait. */
  void tell() {
    synchronized (news) {
      news.notifyAll();
    }
  }

  /** The home of a member is not where it was, or its disk does not answer. */
  void notInPlace(Member member, StorageException e) {
    LOG.warn("member={} of {}: {}", member.name(), set.name(), e.getMessage());
    member.failing(Trouble.PLACE);
    if (isOver(member, e, Trouble.PLACE) && !set.expel(member, e)) {
      LOG.warn("member={} of {} is the last one", member.name(), set.name());
    }
  }

  /** What a member had is lost: no time brings it back. */
  void lost(Member member, StorageException e) {
    if (e.fault() == Fault.CORRUPT) {
      StorageException lost = new StorageException(Fault.STORE_FAILED, e.getMessage(), null, e);
      if (!set.expel(member, lost)) {
        LOG.error("member={} of {} is the last one", member.name(), set.name());
      }
    }
  }

  // ---- reads

  /** A member could not be read. */
  void noteRead(Member member, StorageException e) {
    LOG.warn("member={} of {}: {}", member.name(), set.name(), e.getMessage());
    member.failing(Trouble.READ);
  }

  /** A member could not be read where another one could: it is written again in the background. */
  void unreadable(Member member, Extent range, StorageException e) {
    noteRead(member, e);
    if (e.fault() == Fault.CORRUPT) { // a write would hide what is missing before it
      lost(member, e);
    } else if (e.fault() != Fault.AGAIN && repairing.add(member)) { // else it may only be slow
      Thread thread = new Thread(() -> repair(member, range), "shadow-repair-" + member.name());
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void repair(Member member, Extent range) {
    try {
      long pause = FIRST_PAUSE_MILLIS;
      while (set.isMember(member) && !isSettled(member, range)) {
        pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
    } finally {
      repairing.remove(member);
    }
  }

  /**
   * Tries it; a member that cannot be repaired for too long is expelled.
   *
   * @return whether there is nothing more to try
   */
  private boolean isSettled(Member member, Extent range) {
    try {
      if (!set.device().repair(member, range)) {
        return false; // it is not the one that fails
      }
    } catch (StorageException e) {
      member.failing(Trouble.READ);
      return isOver(member, e, Trouble.READ) && set.expel(member, e);
    }
    member.well(Trouble.READ);
    set.tellRepaired(member, range);
    return true;
  }

  /** Whether its bytes are being written to it again. */
  boolean isRepairing(Member member) {
    return repairing.contains(member);
  }

  // ---- syncs

  /**
   * Expels those whose sync failed: what they had not synced is lost. Throws when there is no full
   * member left that could be synced.
   */
  void syncFailed(List<Legs.Failure> failed, Members synced) throws StorageException {
    long full = failed.stream().filter(f -> synced.full().contains(f.member())).count();
    if (full >= synced.full().size()) {
      throw ofRequest(failed.get(0));
    }
    for (Legs.Failure failure : failed) {
      if (synced.full().contains(failure.member())) {
        if (!set.expel(failure.member(), failure.error())) {
          throw ofRequest(failure);
        }
      } else {
        failure.member().kill(failure.error().getMessage()); // its copy ends
      }
    }
  }

  // ---- merge

  /** Full members differed in a range, and were made equal. */
  void differed(Extent range) {
    LOG.debug(
        "unit={} members differed at {} length={}", set.name(), range.offset(), range.length());
    set.countDiffering();
  }

  /** Full members may differ: somebody must go through them. */
  void mergeWanted() {
    set.wantMerge(true);
  }
}
