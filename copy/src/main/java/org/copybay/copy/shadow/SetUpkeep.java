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
    timer.schedule(task(rotating, "shadow-rotate", this::rotate), ROTATE_MILLIS, ROTATE_MILLIS);
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
    long timeout = set.failures().timeoutMillis(members.full());
    ByteBuffer none = ByteBuffer.allocate(0);
    for (Legs.Failure failure :
        Legs.run(members.full(), none, timeout, (m, empty) -> m.bytes().requireInPlace())) {
      set.failures().notInPlace(failure.member(), failure.error());
    }
    for (Legs.Failure failure :
        Legs.run(members.full(), none, timeout, (m, empty) -> m.bytes().requireLength())) {
      set.failures().lost(failure.member(), failure.error());
    }
    boolean well = set.device().members().full().stream().allMatch(m -> m.failingSince() == 0);
    if (well && set.takeMergeWanted()) {
      sets.work().startMerge(set);
    }
  }

  private void rotate(ShadowSet set) throws StorageException {
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
      if (now != null && now.bitmaps() == bitmaps && now.device().members().equals(before)) {
        bitmaps.endRotation();
      }
    }
  }

  @Override
  public void close() {
    timer.cancel();
  }
}
