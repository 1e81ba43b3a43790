package org.copybay.copy.safeguarded;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.copybay.copy.safeguarded.VolumeEvidence.Kind;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.evidence.Evidence;
import org.copybay.volumes.evidence.SealedPoint;
import org.copybay.volumes.store.Background;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes backups, the oldest first, in a thread of its own that lets the requests of programs go
 * first; from then on no read gives out what is not what they held (P8). It holds no lock of the
 * bay while it reads. Any thread may ask how far it is.
 */
public final class Sealer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);

  private static final long LOOK_SECONDS = 10;
  private static final long STOP_WAIT_SECONDS = 5;

  private final Bay bay;
  private final ReentrantLock lock = new ReentrantLock(); // a leaf
  private final Condition changed = lock.newCondition();

  // volatile: set once, asked while it reads
  private volatile boolean stopped;

  private volatile @Nullable Running running; // volatile: replaced by its thread, read by all

  // concurrent: why backups of volumes could not be sealed
  private final Map<Key, String> failures = new ConcurrentHashMap<>();

  // concurrent: what is wrong with the evidence of volumes, by id
  private final Map<UUID, String> doubts = new ConcurrentHashMap<>();

  // guarded by lock
  private boolean wanted;
  private boolean working;

  Sealer(Bay bay) {
    this.bay = bay;
  }

  /** What a backup has of a volume. */
  private record Key(long backup, UUID volume) {}

  /** What it does now. */
  private record Running(Key what, int percent) {}

  void begin() {
    lock.lock();
    try {
      working = true;
    } finally {
      lock.unlock();
    }
    Thread thread = new Thread(this::work, "evidence");
    thread.setDaemon(true);
    thread.start();
  }

  /** There is a new backup. */
  void wake() {
    lock.lock();
    try {
      wanted = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    Background.enter();
    try {
      compareAll();
      while (!stopped) {
        sealAll();
        pause();
      }
    } finally {
      lock.lock();
      try {
        working = false;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Finds what somebody did to the evidence while the bay was not mounted. */
  private void compareAll() {
    try {
      Map<UUID, String> noted = bay.backupPoints().notedRoots();
      bay.volumes().forEach(volume -> compare(volume, noted.get(volume.id())));
    } catch (StorageException e) {
      LOG.warn("evidence: {}", e.getMessage());
    }
  }

  private void compare(Volume volume, @Nullable String noted) {
    try {
      String doubt = volume.damaged() ? null : bay.backupPoints().compareEvidence(volume, noted);
      if (doubt != null) {
        LOG.error("evidence: volume={} {}", volume.name(), doubt);
        doubts.put(volume.id(), doubt);
      }
    } catch (StorageException e) {
      LOG.warn("evidence: volume={} {}", volume.name(), e.getMessage());
    }
  }

  /** Why the evidence of a volume is not what it was, or null. */
  public @Nullable String doubt(Volume volume) {
    return doubts.get(volume.id());
  }

  /**
   * Removes the evidence of a volume, damaged or not; it begins anew. As
   * BackupPoints.discardEvidence.
   */
  public void discard(Volume volume, Catalogue.Change also) throws StorageException {
    bay.backupPoints().discardEvidence(volume, also);
    doubts.remove(volume.id());
    wake();
  }

  private void pause() {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(LOOK_SECONDS);
      while (!wanted && !stopped && left > 0) {
        left = changed.awaitNanos(left);
      }
      wanted = false;
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    } finally {
      lock.unlock();
    }
  }

  private void sealAll() {
    List<PointInTime> all = bay.backupPoints().all();
    Set<Long> there = all.stream().map(PointInTime::backup).collect(Collectors.toSet());
    failures.keySet().removeIf(key -> !there.contains(key.backup()));
    for (PointInTime backup : all) {
      for (PointVolume of : backup.volumes()) {
        if (!stopped) {
          seal(backup, of);
        }
      }
    }
    for (Volume volume : bay.volumes()) {
      try {
        if (!stopped && !volume.damaged()) {
          bay.backupPoints().tidy(volume, () -> stopped);
        }
      } catch (StorageException e) {
        LOG.warn("evidence: volume={} {}", volume.name(), e.getMessage());
      }
    }
  }

  private void seal(PointInTime backup, PointVolume of) {
    Key key = new Key(backup.backup(), of.volume().id());
    try {
      if (of.volume().damaged() || !(of.evidence() instanceof Evidence.Unsealed)) {
        return;
      }
      running = new Running(key, 0);
      SealedPoint sealed = of.seal((done, total) -> progress(key, done, total), () -> stopped);
      if (sealed != null) {
        failures.remove(key);
        tell(backup, of, sealed);
      }
    } catch (StorageException e) {
      if (e.fault() != Fault.NOT_FOUND && failures.put(key, e.getMessage()) == null) {
        LOG.warn("evidence: backup={} volume={} {}", backup.backup(), of.name(), e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      LOG.error("evidence: backup={} volume={}", backup.backup(), of.name(), e);
      failures.put(key, "internal error: " + e);
    } finally {
      running = null;
    }
  }

  private void progress(Key what, long done, long total) {
    int percent = (int) Math.min(99, 100 * done / Math.max(1, total));
    Running now = running;
    if (now == null || now.percent != percent) {
      running = new Running(what, percent);
    }
  }

  /** The root goes into the chain of the audit log: with it the newest hash stands for all. */
  private void tell(PointInTime backup, PointVolume of, SealedPoint sealed)
      throws StorageException {
    bay.backupPoints().noteSealed(backup.backup(), of, sealed);
    bay.events()
        .tell(
            "safeguarded_sealed",
            of.name(),
            Event.fact("backup", backup.backup()),
            Event.fact("hashed_bytes", sealed.hashedBytes()),
            Event.fact("root", sealed.root().toString()));
  }

  /** What is known of what a backup holds of a volume. */
  VolumeEvidence evidence(long backup, PointVolume of) {
    try {
      Evidence known = of.evidence();
      if (known instanceof Evidence.Sealed sealed) {
        return new VolumeEvidence(Kind.SEALED, "sealed", sealed.sealed().root());
      }
      if (known instanceof Evidence.Damaged damaged) {
        return new VolumeEvidence(Kind.DAMAGED, "damaged: " + damaged.why());
      }
    } catch (StorageException e) {
      return new VolumeEvidence(Kind.UNKNOWN, "unknown: " + e.getMessage());
    }
    Key key = new Key(backup, of.volume().id());
    Running now = running;
    if (now != null && now.what.equals(key)) {
      return new VolumeEvidence(Kind.HASHING, "hashing " + now.percent + " %");
    }
    String failure = failures.get(key);
    return failure == null
        ? new VolumeEvidence(Kind.WAITING, "waiting")
        : new VolumeEvidence(Kind.FAILED, "failed: " + failure);
  }

  /** Why backups of a volume could not be sealed, by number. */
  NavigableMap<Long, String> failures(Volume volume) {
    NavigableMap<Long, String> found = new TreeMap<>();
    failures.forEach(
        (key, why) -> {
          if (key.volume().equals(volume.id())) {
            found.put(key.backup(), why);
          }
        });
    return found;
  }

  /** Ends it, and waits a few seconds for what it reads. */
  @Override
  public void close() {
    stopped = true;
    lock.lock();
    try {
      changed.signalAll();
      long left = TimeUnit.SECONDS.toNanos(STOP_WAIT_SECONDS);
      while (working && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("a thread of this program is never interrupted", e);
    } finally {
      lock.unlock();
    }
  }
}
