package org.copybay.volumes.store;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreOperation.Kind;
import org.copybay.volumes.store.StoreOperation.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory that stops, fails and loses what was not synced, by a seed. It makes these
 * faults and no others:
 *
 * <ul>
 *   <li>{@link #stopAfter}: the process dies. The operation in which it dies does nothing, except
 *       that of a write or zero a random prefix in whole 512-byte sectors is done. From then on
 *       every call but home, origin and close throws {@link Stopped}, in all threads.
 *   <li>{@link #afterProcessDeath}: everything that was written is there, synced or not. Of the
 *       write in which the process died, any prefix in bytes is done.
 *   <li>{@link #afterPowerLoss}: see {@link Loss}. Sectors, sizes and names are lost each by
 *       itself, so order counts for nothing.
 *   <li>{@link #refuse}: errors. An operation that is refused changes nothing, but a sync does: of
 *       each unsynced sector of the file it is random whether it comes to the disk, and those that
 *       do not are forgotten (no later sync brings them, readers see them still or the old bytes
 *       again). Every later sync through the same open file fails, as that of a {@link HomeFile}
 *       does; the file opened anew can be synced, as a kernel allows it.
 *   <li>{@link #limitWrites} and {@link #limitSpace}: short writes, and NO_SPACE.
 *   <li>{@link #ignoreFlushes}: a sync that does nothing, which tests must notice.
 * </ul>
 *
 * A write that crosses a piece is a mistake of its caller, whom an IllegalArgumentException tells.
 * A sector of 512 bytes is the unit of space and of holes. Any thread may call any method.
 */
public final class SimulatedStore implements TrackStore {
  /** The name of the home towards hooks and in the log. */
  public static final String HOME = "home";

  /** Thrown when the process is dead. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * What power loss takes of everything that was not synced. A sector has its old bytes, as the
   * last sync left them, and a version for every write since, of which only some are remembered
   * when they are more than seven. Zeroing, and cutting a file, is a write of zeros.
   */
  public enum Loss {
    /** Everything. */
    DROP_ALL,
    /** Nothing. */
    KEEP_ALL,
    /**
     * Each sector has its old bytes or those of any write since; each size is the synced one or any
     * since; each name stands for what it stood for at the last sync of names or any time since. A
     * sector that is past the synced size, and was past the size when it was first written, has no
     * old bytes: it has those of a write, if the size covers it.
     */
    RANDOM,
    /**
     * As RANDOM, but a sector that had no data on the disk may be zeros whatever was written, as
     * where a file system journals the size before the data.
     */
    ZERO
  }

  /** How many bytes of a write are done; asked before each, without a lock. */
  @FunctionalInterface
  public interface WriteLimit {
    /** Any number; less than 1 counts as 1. */
    int bytes(String file, long offset, int length);
  }

  /** An operation, under the lock. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws StorageException;

    /** What is done of it when the process dies in it. */
    default void stop() {}

    /** What is done of it when it is refused. */
    default void refuse() {}
  }

  /** What a stopping write left undone of the sector in which it stopped. */
  private record Torn(SimulatedBytes file, long offset, ByteBuffer rest) {}

  private final Object lock = new Object();
  private final Random random;
  private final SimulatedHandle home;

  // guarded by lock, which perform holds when it runs a step
  private final SimulatedBytes homeBytes;
  private final SimulatedNames names;
  private final Set<String> ignoringFlushes = new HashSet<>();
  private long operations;
  private long stopAt = Long.MAX_VALUE;
  private long capacity = Long.MAX_VALUE;
  private @Nullable Torn torn;
  private @Nullable List<StoreOperation> log;

  // volatile: read without the lock
  private volatile Origin origin;
  private volatile boolean stopped;
  private volatile Refusal refusal = (file, kind, offset, length) -> null;
  private volatile WriteLimit limit = (file, offset, length) -> length;

  /** A store with an empty home of so many bytes, all synced. */
  public SimulatedStore(long homeBytes, long seed) {
    this.random = new Random(seed);
    this.origin = newOrigin(random);
    this.homeBytes = new SimulatedBytes(random);
    this.homeBytes.setSize(homeBytes);
    this.homeBytes.sync();
    this.names = new SimulatedNames();
    this.home = new SimulatedHandle(this, HOME, this.homeBytes);
  }

  private SimulatedStore(
      Random random, Origin origin, SimulatedBytes homeBytes, SimulatedNames names) {
    this.random = random;
    this.origin = origin;
    this.homeBytes = homeBytes;
    this.names = names;
    this.home = new SimulatedHandle(this, HOME, homeBytes);
  }

  private static Origin newOrigin(Random random) {
    return new Origin(new UUID(random.nextLong(), random.nextLong()), 1);
  }

  /** From now on it is there. */
  public void setOrigin(Origin newOrigin) {
    origin = newOrigin;
  }

  /** How many calls of the kinds that change something there were, done or refused. */
  public long operations() {
    synchronized (lock) {
      return operations;
    }
  }

  /**
   * The process dies in the n-th changing operation from now on; with 0 it is dead at once. The
   * dead stay dead.
   */
  public void stopAfter(long n) {
    synchronized (lock) {
      stopAt = operations + n;
      if (n <= 0) {
        stopped = true;
      }
    }
  }

  /** Whether the process is dead. */
  public boolean stopped() {
    return stopped;
  }

  /** From now on these operations fail, instead of those before. */
  public void refuse(Refusal newRefusal) {
    refusal = newRefusal;
  }

  /** From now on writes are short by this rule, instead of the one before. */
  public void limitWrites(WriteLimit newLimit) {
    limit = newLimit;
  }

  /** How many bytes all files can take that have a name, in whole sectors. */
  public void limitSpace(long bytes) {
    synchronized (lock) {
      capacity = bytes;
    }
  }

  /** Syncs of that file do nothing from now on. */
  public void ignoreFlushes(String name) {
    synchronized (lock) {
      ignoringFlushes.add(name);
    }
  }

  /** Begins a log of what is done. */
  public void startLog() {
    synchronized (lock) {
      log = new ArrayList<>();
    }
  }

  /** What was done since {@link #startLog}, in order. */
  public List<StoreOperation> log() {
    synchronized (lock) {
      return log == null ? List.of() : List.copyOf(log);
    }
  }

  /**
   * What the next process finds, of the same origin: a store of its own, without hooks and limits.
   */
  public SimulatedStore afterProcessDeath() {
    synchronized (lock) {
      Random next = new Random(random.nextLong());
      Map<SimulatedBytes, SimulatedBytes> copies = new HashMap<>();
      UnaryOperator<SimulatedBytes> copy =
          file -> copies.computeIfAbsent(file, key -> key.copy(next));
      SimulatedStore store =
          new SimulatedStore(next, origin, copy.apply(homeBytes), names.copy(copy));
      Torn write = torn;
      if (write != null) {
        ByteBuffer rest = write.rest.duplicate();
        copy.apply(write.file).write(write.offset, rest, next.nextInt(rest.remaining() + 1));
      }
      return store;
    }
  }

  /**
   * What is found when the power came back, of a new origin: a store of its own, without hooks and
   * limits, and all synced. This store stays as it is, so that it can lose power in many ways.
   */
  public SimulatedStore afterPowerLoss(Random choice, Loss loss) {
    synchronized (lock) {
      Random next = new Random(choice.nextLong());
      UnaryOperator<SimulatedBytes> found = file -> file.afterPowerLoss(choice, loss, next);
      return new SimulatedStore(
          next, newOrigin(next), found.apply(homeBytes), names.afterPowerLoss(choice, loss, found));
    }
  }

  // ---- for the open files

  /** Runs one operation as this store does them all. */
  @CanIgnoreReturnValue
  <T> T perform(Kind kind, String file, long offset, long length, Step<T> step)
      throws StorageException {
    Fault fault = stopped ? null : refusal.before(file, kind, offset, length);
    synchronized (lock) {
      if (stopped) {
        throw new Stopped();
      }
      if (kind.changes() && ++operations == stopAt) {
        stopped = true;
        step.stop();
        throw new Stopped();
      }
      if (fault != null) {
        step.refuse();
        throw new StorageException(
            fault, "simulated: " + kind + " " + file + " offset=" + offset + " length=" + length);
      }
      T result = step.run();
      if (log != null) {
        log.add(new StoreOperation(kind, file, offset, length, Thread.currentThread()));
      }
      return result;
    }
  }

  int limited(String file, long offset, int length) {
    return stopped ? length : Math.max(1, Math.min(length, limit.bytes(file, offset, length)));
  }

  boolean ignoresFlushes(String name) {
    return ignoringFlushes.contains(name);
  }

  long freeSectors() {
    if (capacity == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long used = homeBytes.sectors();
    for (SimulatedBytes file : names.files()) {
      used += file.sectors();
    }
    return Math.max(0, capacity / SimulatedBytes.SECTOR - used);
  }

  /** How much of a range is done when the process dies in it: its sectors up to one of them. */
  long prefix(long offset, long length) {
    long first = offset / SimulatedBytes.SECTOR;
    long sectors = (offset + length - 1) / SimulatedBytes.SECTOR - first + 1;
    long end = (first + random.nextInt((int) sectors + 1)) * SimulatedBytes.SECTOR;
    return Math.max(0, Math.min(length, end - offset));
  }

  /** Does a random part of the write in which the process dies. */
  void tear(SimulatedBytes file, long offset, ByteBuffer source) {
    int done = (int) prefix(offset, source.remaining());
    file.write(offset, source, done);
    int toBoundary = SimulatedBytes.SECTOR - (int) ((offset + done) % SimulatedBytes.SECTOR);
    byte[] rest = new byte[Math.min(source.remaining(), toBoundary)];
    source.get(rest);
    torn = new Torn(file, offset + done, ByteBuffer.wrap(rest));
  }

  // ---- as a store

  @Override
  public StoreFile home() {
    return home;
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public boolean exists(String name) throws StorageException {
    return perform(Kind.EXISTS, name, 0, 0, () -> names.get(name) != null);
  }

  @Override
  public StoreFile create(String name) throws StorageException {
    requireNotHome(name);
    return perform(
        Kind.CREATE,
        name,
        0,
        0,
        () -> {
          SimulatedBytes file = new SimulatedBytes(random);
          names.put(name, file);
          return new SimulatedHandle(this, name, file);
        });
  }

  @Override
  public StoreFile open(String name) throws StorageException {
    return perform(
        Kind.OPEN,
        name,
        0,
        0,
        () -> {
          SimulatedBytes file = names.get(name);
          if (file == null) {
            throw new StorageException(Fault.NOT_FOUND, "no file " + name);
          }
          return new SimulatedHandle(this, name, file);
        });
  }

  @Override
  public void delete(String name) throws StorageException {
    requireNotHome(name);
    perform(
        Kind.DELETE,
        name,
        0,
        0,
        () -> {
          names.remove(name);
          return true;
        });
  }

  private static void requireNotHome(String name) {
    if (name.equals(HOME)) {
      throw new IllegalArgumentException("the home is no other file");
    }
  }

  @Override
  public void syncNames() throws StorageException {
    perform(
        Kind.SYNC_NAMES,
        "",
        0,
        0,
        () -> {
          names.sync();
          return true;
        });
  }

  @Override
  public void close() {
    home.close();
  }
}
