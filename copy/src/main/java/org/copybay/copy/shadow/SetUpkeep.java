package org.copybay.copy.shadow;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.Background;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What mounted sets need from time to time: every second a look whether each member is where it
 * was, and every half minute a rotation of the rolling bitmaps, so that a crash or the loss of a
 * member leaves little to do. Each set is looked at in a thread of its own.
 */
final class SetUpkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SetUpkeep.class);

  private static final long LOOK_MILLIS = Long.getLong("copybay.shadow.look", 1_000);
  private static final long ROTATE_MILLIS = Long.getLong("copybay.shadow.rotate", 30_000);

  private final ShadowSets sets;
  private final Timer timer = new Timer("shadow", true);
  private final Set<ShadowSet> looking = ConcurrentHashMap.newKeySet(); // concurrent: any thread
  private final Set<ShadowSet> rotating = ConcurrentHashMap.newKeySet(); // concurrent: any thread

  SetUpkeep(ShadowSets sets) {
    this.sets = sets;
  }

  void begin() {
    timer.schedule(task(looking, "shadow-look", this::look), LOOK_MILLIS, LOOK_MILLIS);
    timer.schedule(
        task(rotating, "shadow-rotate", SetUpkeep::rotate), ROTATE_MILLIS, ROTATE_MILLIS);
  }

  /** One kind of care for one set. */
  @FunctionalInterface
  private interface Care {
    void of(ShadowSet set) throws StorageException;
  }

  private TimerTask task(Set<ShadowSet> underWay, String name, Care care) {
    return new TimerTask() {
      @Override
      public void run() {
        for (VirtualUnit unit : sets.mounted()) {
          if (underWay.add(unit.set())) {
            Thread thread = new Thread(() -> care(underWay, unit.set(), care), name);
            thread.setDaemon(true);
            thread.start();
          }
        }
      }
    };
  }

  private static void care(Set<ShadowSet> underWay, ShadowSet set, Care care) {
    Background.enter();
    try {
      care.of(set);
    } catch (StorageException e) {
      LOG.info("set={} {}", set.name(), e.getMessage());
    } finally {
      underWay.remove(set);
    }
  }

  /** A member whose home is gone, replaced or cut, or that does not answer, begins to fail. */
  private void look(ShadowSet set) throws StorageException {
    Members members = set.device().members();
    long timeout = set.failures().timeoutMillis();
    for (Member member : members.full()) {
      look(set, member, timeout);
    }
    SetBitmaps bitmaps = set.mounted().bitmaps();
    String broken = bitmaps.failure();
    if (broken != null && bitmaps.giveUp()) {
      LOG.error("set={} gives its write bitmaps up: {}", set.name(), broken);
    }
    for (Members.Target target : set.device().members().targets()) { // a look may take long
      lookAtTarget(set, target.member());
    }
    try (var held = set.enter()) {
      set.recordAgain();
    }
    boolean well = set.device().members().full().stream().noneMatch(Member::failing);
    if (well && set.takeMergeWanted()) {
      sets.work().startMerge(set);
    }
  }

  /** A target is not waited for: it ends, and its bitmap says what it lacks. */
  private void lookAtTarget(ShadowSet set, Member target) throws StorageException {
    try {
      Legs.run(target, set.failures().timeoutMillis(), m -> m.bytes().requireInPlace());
    } catch (StorageException e) {
      target.kill(e.getMessage());
      set.membership().expulsion().giveUp(target, e);
    }
    if (target.dead() != null) {
      sets.work().endGivenUp(set, target);
    }
  }

  /** Whether it is where it was, as long as it was, and can be read. */
  private static void look(ShadowSet set, Member member, long timeout) {
    try {
      Legs.run(member, timeout, m -> m.bytes().requireInPlace());
      member.well(Member.Trouble.PLACE);
    } catch (StorageException e) {
      set.failures().notInPlace(member, e);
      return;
    }
    try {
      Legs.run(member, timeout, m -> m.bytes().requireLength());
    } catch (StorageException e) {
      set.failures().lost(member, e);
      return;
    }
    if (member.since(Member.Trouble.READ) != 0 && !set.failures().isRepairing(member)) {
      probe(member, timeout);
    }
  }

  /** One that could not be read, and of which nobody knows what, is asked again. */
  private static void probe(Member member, long timeout) {
    try {
      Legs.run(
          member,
          timeout,
          m ->
              m.bytes().read(0, ByteBuffer.allocateDirect((int) Math.min(512, m.volume().size()))));
      member.well(Member.Trouble.READ);
    } catch (StorageException e) {
      LOG.info("member={} {}", member.name(), e.getMessage());
    }
  }

  /** Forgets what is safe on all members, as the timer does twice a minute. */
  static void rotate(ShadowSet set) throws StorageException {
    SetBitmaps bitmaps;
    Members before;
    try (var held = set.enter()) {
      bitmaps = set.mounted().bitmaps();
      if (!bitmaps.beginRotation()) {
        return;
      }
      before = set.device().members();
    }
    try {
      bitmaps.advance();
    } catch (StorageException e) {
      set.device().flush(); // expels whom it failed for
      throw e;
    }
    try (var held = set.enter()) {
      ShadowSet.Mounted now = set.mountedOrNull();
      if (now != null && now.bitmaps() == bitmaps && set.recorded()) {
        UnitDevice device = now.device();
        // A write that is tried again has its bit in the older one only.
        bitmaps.endRotation(() -> device.members().equals(before) && device.retrying() == 0);
      }
    }
  }

  @Override
  public void close() {
    timer.cancel();
  }
}
