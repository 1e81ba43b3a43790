package org.copybay.copy.safeguarded;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.HashSet;
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

  /** Backups of a volume are hashed in their order, so younger ones wait for so many tries. */
  private static final int PATIENCE = 30;

  private record Failure(String why, int times) {}

  private final Safeguarded safeguarded;
  private final ReentrantLock lock = new ReentrantLock(); // a leaf
  private final Condition changed = lock.newCondition();

  // volatile: set once, asked while it reads
  private volatile boolean stopped;

  private volatile @Nullable Running running; // volatile: replaced by its thread, read by all

  // concurrent: why backups of volumes could not be sealed
  private final Map<Key, Failure> failures = new ConcurrentHashMap<>();

  private final Set<UUID> unnoted = new HashSet<>(); // of volumes, used by its thread

  // guarded by lock
  private boolean wanted;
  private boolean working;

  Sealer(Safeguarded safeguarded) {
    this.safeguarded = safeguarded;
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

  /**
   * The newest root goes into the chain of the audit log: with it the newest hash of the log stands
   * for all. What cannot be noted now is noted in the next pass.
   */
  private void noteRoot(Volume volume) {
    try (var held = safeguarded.enter()) {
      if (!volume.damaged()) {
        safeguarded.bay().backupPoints().noteRoot(volume);
      }
      unnoted.remove(volume.id());
    } catch (StorageException e) {
      if (unnoted.add(volume.id())) {
        LOG.warn("evidence: volume={} not noted: {}", volume.name(), e.getMessage());
      }
    }
  }

  /** Removes the evidence of a volume, damaged or not; as BackupPoints.discardEvidence. */
  public void discard(Volume volume, Catalogue.Change also) throws StorageException {
    try (var held = safeguarded.enter()) {
      safeguarded.bay().backupPoints().discardEvidence(volume, also);
    }
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
    for (Volume volume : safeguarded.bay().volumes()) {
      if (!stopped) {
        noteRoot(volume);
      }
    }
    List<PointInTime> all = safeguarded.bay().backupPoints().all();
    Set<Long> there = all.stream().map(PointInTime::backup).collect(Collectors.toSet());
    failures.keySet().removeIf(key -> !there.contains(key.backup()));
    Set<UUID> waiting = new HashSet<>();
    for (PointInTime backup : all) {
      for (PointVolume of : backup.volumes()) {
        if (!stopped && !waiting.contains(of.volume().id())) {
          seal(backup, of);
          Failure failure = failures.get(new Key(backup.backup(), of.volume().id()));
          if (failure != null && failure.times < PATIENCE) {
            waiting.add(of.volume().id()); // a younger one first, and it could not be any more
          }
        }
      }
    }
    for (Volume volume : safeguarded.bay().volumes()) {
      try {
        if (!stopped && !volume.damaged()) {
          safeguarded.bay().backupPoints().tidy(volume, () -> stopped);
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
        noteRoot(of.volume());
        tell(backup, of, sealed);
      }
    } catch (StorageException e) {
      if (e.fault() != Fault.NOT_FOUND && failed(key, e.getMessage())) {
        LOG.warn("evidence: backup={} volume={} {}", backup.backup(), of.name(), e.getMessage());
      }
    } catch (RuntimeException | Error e) {
      LOG.error("evidence: backup={} volume={}", backup.backup(), of.name(), e);
      failed(key, "internal error: " + e);
    } finally {
      running = null;
    }
  }

  /** Returns whether it is the first time. */
  @CanIgnoreReturnValue
  private boolean failed(Key key, String why) {
    Failure before = failures.get(key);
    failures.put(key, new Failure(why, before == null ? 1 : before.times + 1));
    return before == null;
  }

  private void progress(Key what, long done, long total) {
    int percent = (int) Math.min(99, 100 * done / Math.max(1, total));
    Running now = running;
    if (now == null || now.percent != percent) {
      running = new Running(what, percent);
    }
  }

  private void tell(PointInTime backup, PointVolume of, SealedPoint sealed) {
    safeguarded
        .bay()
        .events()
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
    Failure failure = failures.get(key);
    return failure == null
        ? new VolumeEvidence(Kind.WAITING, "waiting")
        : new VolumeEvidence(Kind.FAILED, "failed: " + failure.why);
  }

  /** Why backups of a volume could not be sealed, by number. */
  NavigableMap<Long, String> failures(Volume volume) {
    NavigableMap<Long, String> found = new TreeMap<>();
    failures.forEach(
        (key, failure) -> {
          if (key.volume().equals(volume.id())) {
            found.put(key.backup(), failure.why);
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
