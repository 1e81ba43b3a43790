package org.copybay.volumes.vault;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.copybay.volumes.Fault;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Mark: a vault time with the uptime at which it was true. The one in force is also the row of the
 *       table vault_clock; with it and the uptime of the same run of the machine the time is known
 *       exactly, whenever that is asked for.
 *
 * INV-1 Nobody sees a time before one that somebody saw, in one run of the machine: also over
 *       another start of the daemon, and a crash, after which the row gives the same times.
 * INV-2 Over another run of the machine: no time before the one that was saved last, or that the
 *       owner found in what it keeps (atLeast, or seen when it is opened).
 * INV-3 A time that the uptime does not give by itself is shown only when its row is recorded.
 *       A crash before the commit leaves the time before; after it, the new one (P7).
 */
/**
 * The time of a bay that its locks, retention, backup ids and schedules count by. It never goes
 * back, goes on with the uptime of the machine, and hardly follows the clock of the machine, which
 * anybody may set. Any thread may call.
 */
public final class VaultClock {
  private static final Logger LOG = LoggerFactory.getLogger(VaultClock.class);

  private static final long WORTH_A_ROW_MILLIS = 1_000;

  private final Catalogue catalogue;
  private final Clock wall;
  private final Uptime uptime;
  private final RankedLock lock = new RankedLock(LockRank.VAULT);

  // volatile: replaced under lock, read without it
  private volatile VaultMark mark;

  // atomic: raised by everybody who asks for the time
  private final AtomicLong latest = new AtomicLong();

  private final Object telling = new Object(); // a leaf but for what the listener takes
  private VaultState told = new VaultState.Steady(); // guarded by telling
  private @Nullable Consumer<VaultState> listener; // guarded by telling

  private VaultClock(Catalogue catalogue, Clock wall, Uptime uptime) {
    this.catalogue = catalogue;
    this.wall = wall;
    this.uptime = uptime;
    this.mark = VaultMark.first(uptime.bootId(), uptime.millis(), wall());
  }

  /** {@link #open(Catalogue, Clock, Uptime, long)} where nothing else tells a time. */
  public static VaultClock open(Catalogue catalogue, Clock wall, Uptime uptime)
      throws StorageException {
    return open(catalogue, wall, uptime, 0);
  }

  /**
   * Goes on where the catalogue says that it was, and records that. In a bay of which nothing may
   * change the catalogue is a copy, which takes the row and forgets it. NO_SPACE, STORE_FAILED.
   *
   * @param wall the clock of the machine
   * @param seenMillis the latest vault time that anything in the bay tells, milliseconds since
   *     1970; 0 if nothing does. A bay whose catalogue was lost goes on there and not where the
   *     clock of the machine is
   */
  public static VaultClock open(Catalogue catalogue, Clock wall, Uptime uptime, long seenMillis)
      throws StorageException {
    VaultClock clock = new VaultClock(catalogue, wall, uptime);
    clock.begin(seenMillis);
    return clock;
  }

  private void begin(long seenMillis) throws StorageException {
    try (var held = lock.enter()) {
      VaultMark begun = begin(catalogue.read(VaultTable::find).orElse(null), believed(seenMillis));
      catalogue.change(
          connection -> {
            VaultTable.create(connection);
            VaultTable.put(connection, begun);
          });
      mark = begun;
    }
    look();
  }

  private VaultMark begin(@Nullable VaultMark saved, long seen) {
    if (saved == null) {
      return seen == 0 ? mark : later(VaultMark.once(seen));
    }
    boolean sameRun = saved.boot().equals(uptime.bootId()) && saved.uptime() <= mark.uptime();
    VaultMark next = sameRun ? later(saved).atLeast(seen) : later(saved.atLeast(seen));
    if (!sameRun) {
      LOG.info(
          "the machine was started since the vault time was saved: {} counts as {}",
          Instant.ofEpochMilli(saved.vault()),
          Instant.ofEpochMilli(next.vault()));
    }
    return next;
  }

  /** What may be a vault time that somebody found somewhere; 0 for what cannot be one. */
  private static long believed(long millis) {
    if (millis < 0 || millis >= VaultMark.END) {
      LOG.error("no vault time was ever {} ms since 1970: not taken over", millis);
      return 0;
    }
    return millis;
  }

  // ---- looking

  /** The vault time, which takes no lock. */
  public Instant now() {
    return Instant.ofEpochMilli(millis());
  }

  private long millis() {
    return latest.accumulateAndGet(mark.at(uptime.millis()), Math::max);
  }

  /** How it stands to the clock of the machine, as the next {@link #save} will leave it. */
  public VaultState state() {
    return look();
  }

  /** The vault time as a clock, in milliseconds. */
  public Clock asClock() {
    return new View(this, ZoneOffset.UTC);
  }

  private static final class View extends Clock {
    private final VaultClock vault;
    private final ZoneId zone;

    View(VaultClock vault, ZoneId zone) {
      this.vault = vault;
      this.zone = zone;
    }

    @Override
    public Instant instant() {
      return vault.now();
    }

    @Override
    public long millis() {
      return vault.millis();
    }

    @Override
    public ZoneId getZone() {
      return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
      return new View(vault, other);
    }

    @Override
    public String toString() {
      return "VaultClock[" + zone + "]";
    }
  }

  // ---- changing

  /**
   * Records it, so that it is not before this over another start of the machine, and takes over
   * what the clock of the machine says of the time in which the machine was off. To be called with
   * everything that is recorded with its time, and every ten minutes. NO_SPACE, STORE_FAILED: then
   * it goes on as before.
   */
  public void save() throws StorageException {
    change(now -> now);
  }

  /** Lets it be no earlier than a vault time that was found. NO_SPACE, STORE_FAILED. */
  public void atLeast(long millis) throws StorageException {
    long seen = believed(millis);
    if (seen > millis()) {
      change(now -> now.atLeast(seen));
    }
  }

  /**
   * Takes over the clock of the machine if that is ahead; only for who knows that nothing depends
   * on this time: there is no backup. NO_SPACE, STORE_FAILED.
   */
  public void follow() throws StorageException {
    long behind = wall() - millis();
    if (behind >= WORTH_A_ROW_MILLIS && hasClock()) {
      change(VaultMark::caughtUp);
    }
  }

  /**
   * Ends a lag: takes over the clock of the machine, because somebody says that it is right; only
   * for who knows that no backup is locked. ALREADY when it is not behind, AGAIN when the clock of
   * the machine cannot be right, NO_SPACE, STORE_FAILED.
   *
   * @param also belongs into the transaction
   */
  public void accept(Catalogue.Change also) throws StorageException {
    if (!(state() instanceof VaultState.Behind behind)) {
      throw new StorageException(
          Fault.ALREADY,
          "the vault time " + now() + " is not behind the clock of the machine",
          "nothing: it never goes back");
    }
    if (!hasClock()) {
      throw new StorageException(
          Fault.AGAIN,
          "the clock of the machine says " + wall.instant() + ", which is no time to take over",
          "set the clock of the machine right: timedatectl");
    }
    change(VaultMark::caughtUp, also);
    LOG.info("the vault time took over the clock of the machine, {} ms", behind.lagMillis());
  }

  private void change(UnaryOperator<VaultMark> step) throws StorageException {
    change(step, Catalogue.Change.NOTHING);
  }

  private void change(UnaryOperator<VaultMark> step, Catalogue.Change also)
      throws StorageException {
    try (var held = lock.enter()) {
      VaultMark next = step.apply(later(mark));
      catalogue.change(
          connection -> {
            VaultTable.put(connection, next);
            also.run(connection);
          });
      mark = next;
    }
    look();
  }

  private VaultMark later(VaultMark from) {
    return from.later(uptime.bootId(), uptime.millis(), wall());
  }

  private long wall() {
    return VaultMark.bounded(wall.instant());
  }

  private boolean hasClock() {
    return wall() < VaultMark.END;
  }

  // ---- telling

  /**
   * Says who hears of it when the clock of the machine has jumped, is right again, or is accepted;
   * at once, if it has jumped already. It is called by any thread of the callers of {@link #save}
   * and {@link #state}, one at a time, and may only tell an event.
   */
  public void listen(Consumer<VaultState> wanted) {
    synchronized (telling) {
      listener = wanted;
      told = new VaultState.Steady();
    }
    look();
  }

  private VaultState look() {
    synchronized (telling) {
      VaultState state = later(mark).state();
      long moved = Math.abs(state.distanceMillis() - told.distanceMillis());
      if (!state.getClass().equals(told.getClass()) || moved > VaultMark.SMALL) {
        told = state;
        tell(state);
      }
      return state;
    }
  }

  private void tell(VaultState state) {
    if (state instanceof VaultState.Steady) {
      LOG.info("the vault time is that of the clock of the machine");
    } else {
      LOG.warn("the vault time is {} and stays so: {}", now(), state);
    }
    Consumer<VaultState> who = listener;
    if (who != null) {
      who.accept(state);
    }
  }
}
