package org.copybay.copy.library;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.tape.Cartridge;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in the rows of cartridges what reads of any kind find damaged, once until it is repaired
 * (P8), and what a check finds. Who reads holds the lock of a drive, or LIBRARY, and never waits
 * for the catalogue: a thread of its own does. Any thread may call.
 */
public final class DamageNotes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DamageNotes.class);
  private static final long STOP_WAIT_SECONDS = 2;

  private final Tapes tapes;

  // concurrent: cartridges that wait for their note
  private final Set<TapeCartridge> waiting = ConcurrentHashMap.newKeySet();

  private final ThreadPoolExecutor notes =
      new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          work -> {
            Thread thread = new Thread(work, "tape-damage");
            thread.setDaemon(true);
            return thread;
          },
          new ThreadPoolExecutor.DiscardPolicy());

  DamageNotes(Tapes tapes) {
    this.tapes = tapes;
    notes.allowCoreThreadTimeOut(true);
  }

  /** A read found damage in files of a cartridge that are open; others may have replaced them. */
  void found(TapeCartridge cartridge, Cartridge read, String what) {
    TapeRecord row = cartridge.row(); // first: theirs, where they are not replaced below
    if (cartridge.opened() == read) {
      int life = read.end().lives();
      found(cartridge, row, () -> cartridge.contents().lives() == life, what);
    }
  }

  /** The files of a cartridge do not open. */
  void notOpened(TapeCartridge cartridge, StorageException error) {
    if (isDamage(cartridge, error)) {
      lost(cartridge, error.getMessage());
    }
  }

  /** What its row says of a cartridge is not in its files. */
  void lost(TapeCartridge cartridge, String what) {
    TapeRecord row = cartridge.row();
    int life = row.contents().lives();
    found(cartridge, row, () -> cartridge.row().contents().lives() == life, what);
  }

  private void found(TapeCartridge cartridge, TapeRecord row, BooleanSupplier still, String what) {
    boolean known = row.medium().damage() != null || tapes.bay().readOnly();
    if (!known && waiting.add(cartridge)) {
      notes.execute(() -> note(cartridge, row.files().version(), still, what));
    }
  }

  /** Whether an error says that a cartridge is damaged: its disk may be away, or another one. */
  private boolean isDamage(TapeCartridge cartridge, StorageException error) {
    return (error.fault() == Fault.CORRUPT || error.fault() == Fault.NOT_FOUND)
        && tapes.isReachable(cartridge);
  }

  private void note(TapeCartridge cartridge, int version, BooleanSupplier still, String what) {
    try {
      noteFound(cartridge, version, still, what);
    } catch (StorageException | RuntimeException e) { // the next read tries again
      LOG.warn(
          "cartridge={} damage={} is not noted: {}", cartridge.barcode(), what, e.getMessage());
    } finally {
      waiting.remove(cartridge);
    }
  }

  /**
   * Notes what a read found wrong, unless damage is noted already, or others have taken the place
   * of the files that were read, of that version.
   *
   * @param still whether it is in the life that was read
   */
  private void noteFound(TapeCartridge cartridge, int version, BooleanSupplier still, String damage)
      throws StorageException {
    try (var held = tapes.enter()) {
      if (cartridge.row().medium().damage() != null
          || cartridge.row().files().version() != version
          || !still.getAsBoolean()
          || !tapes.isShown(cartridge)) {
        return;
      }
      record(cartridge, damage);
    }
    tellDamage(cartridge, damage);
  }

  /**
   * As {@link #notRead}, by who only looked at it: noted where no damage is, when this returns.
   *
   * @param row what it was before the look
   */
  void notLooked(TapeCartridge cartridge, TapeRecord row, StorageException error)
      throws StorageException {
    if (isDamage(cartridge, error)) {
      int life = row.contents().lives();
      noteFound(
          cartridge,
          row.files().version(),
          () -> cartridge.row().contents().lives() == life,
          error.getMessage());
    }
  }

  /** Notes that a check could not read a cartridge, where that is damage; a disk may be away. */
  public void notRead(TapeCartridge cartridge, StorageException error) throws StorageException {
    if (isDamage(cartridge, error)) {
      note(cartridge, error.getMessage());
    }
  }

  /**
   * Notes what a check found wrong, or that nothing is; it is told where the cartridge is shown.
   */
  public void note(TapeCartridge cartridge, @Nullable String damage) throws StorageException {
    String before;
    try (var held = tapes.enter()) {
      before = cartridge.row().medium().damage();
      record(cartridge, damage);
    }
    if (damage != null && !damage.equals(before)) {
      tellDamage(cartridge, damage);
    } else if (damage == null && before != null) {
      tellRepair(cartridge);
    }
  }

  private void record(TapeCartridge cartridge, @Nullable String damage) throws StorageException {
    TapeRecord row = cartridge.row();
    tapes.record(cartridge, row.with(row.medium().damaged(damage)), Catalogue.Change.NOTHING);
  }

  private void tellDamage(TapeCartridge cartridge, String damage) {
    tapes.bay().events().tell("tape_damaged", cartridge.barcode(), Event.fact("why", damage));
  }

  void tellRepair(TapeCartridge cartridge) {
    tapes.bay().events().tell("tape_repaired", cartridge.barcode());
  }

  @Override
  public void close() {
    notes.shutdown();
    try {
      if (!notes.awaitTermination(STOP_WAIT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("damage of cartridges is being noted still");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
