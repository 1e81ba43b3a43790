package org.copybay.copy.library;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.volumes.Fault;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.event.Event;
import org.copybay.volumes.tape.TapeEnd;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cartridges that programs make by writing tape images. Until one is whole the catalogue knows its
 * directory as one to be removed, which the next mount does after a crash; one transaction puts the
 * cartridge in its place (P6, P7). Any thread may call.
 */
public final class TapeImports {
  private static final Logger LOG = LoggerFactory.getLogger(TapeImports.class);

  /** How long who asks for one waits for its last close, which is on its way. */
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final TapeMedia USUAL_MEDIA = TapeMedia.LTO8;

  private final Tapes tapes;
  private final Condition changed;

  // concurrent: changed under LIBRARY, read without it
  private final Map<String, TapeImport> running = new ConcurrentSkipListMap<>();

  TapeImports(Tapes tapes, Condition changed) {
    this.tapes = tapes;
    this.changed = changed;
  }

  private Bay bay() {
    return tapes.bay();
  }

  /** What is being made under that barcode, or null. */
  public @Nullable TapeImport findOrNull(String barcode) {
    return running.get(barcode);
  }

  /** What that cartridge is being made by, or null. */
  public @Nullable TapeImport findOrNull(TapeCartridge cartridge) {
    TapeImport found = running.get(cartridge.barcode());
    return found != null && found.cartridge() == cartridge ? found : null;
  }

  /** The refusal where a barcode is being made. BUSY. */
  public void requireNone(String barcode) throws StorageException {
    TapeImport there = running.get(barcode);
    if (there != null) {
      throw new StorageException(
          Fault.BUSY,
          "cartridge " + barcode + " is being imported by " + there.maker(),
          "close it there, or try again");
    }
  }

  /**
   * Begins a cartridge that one program writes, on the shelf: there it takes no slot that somebody
   * counts on. EXISTS, BUSY, BAD_REQUEST, READ_ONLY, NO_SPACE.
   */
  public TapeImport create(String barcode, Opener maker) throws StorageException {
    bay().requireChangeable();
    LibrarySetup.requireName(barcode);
    await(barcode);
    try (var held = tapes.enter()) {
      requireNone(barcode);
      if (tapes.cartridgeOrNull(barcode) != null) {
        throw new StorageException(Fault.EXISTS, "cartridge " + barcode + " exists");
      }
      TapeRecord row = tapes.making().imported(barcode, USUAL_MEDIA);
      TapeFiles files = tapes.files(row);
      tapes.requireNoFiles(files, null);
      bay().catalogue().change(connection -> TapeTable.putGone(connection, tapes.gone(row)));
      TapeImport made = null;
      try {
        files.format(row, 0, TapeLabel.IMPORT);
        TapeCartridge cartridge = new TapeCartridge(row);
        made = new TapeImport(this, cartridge, tapes.use(cartridge), maker);
        running.put(barcode, made);
      } finally {
        if (made == null) {
          discard(row);
        }
      }
      return made;
    }
  }

  /** Waits a moment for the end of one that its program has closed; false where there is none. */
  boolean await(String barcode) {
    if (!running.containsKey(barcode) || tapes.isEntered()) {
      return false;
    }
    try (var held = tapes.enter()) {
      long left = WAIT_NANOS;
      for (TapeImport it = running.get(barcode);
          it != null && it.isSettled() && left > 0;
          it = running.get(barcode)) {
        left = RankedLock.awaitRunning(changed, left);
      }
    }
    return true;
  }

  /** Makes a whole one known, its bytes durable before (P2), in one transaction (P7). */
  void publish(TapeImport made) throws StorageException {
    TapeCartridge cartridge = made.cartridge();
    TapeRecord row = cartridge.row();
    TapeEnd end = made.store().end();
    TapeMedia media = media(end.tapeBytes());
    long capacity = Math.max(media.capacity(), end.tapeBytes());
    Contents contents = Contents.of(end, bay().clock().instant());
    try (var held = tapes.enter()) {
      TapeRecord filled = row.filled(media, capacity, contents);
      TapeLabel.write(tapes.files(row).directory(), filled, null); // whole from here on
      tapes.record(
          cartridge, filled, connection -> TapeTable.replaceGone(connection, tapes.gone(row)));
      tapes.put(cartridge);
      forget(made);
    } catch (StorageException e) {
      abandon(made, e, e.fault() == Fault.NO_SPACE); // else who knows what the catalogue has
      throw e;
    }
    bay()
        .events()
        .tell(
            "tape_imported",
            cartridge.barcode(),
            Event.fact("objects", end.objects()),
            Event.fact("bytes", end.imageBytes()));
  }

  /** The usual generation, or the first one that is large enough, or the largest. */
  static TapeMedia media(long bytes) {
    TapeMedia found = USUAL_MEDIA;
    for (TapeMedia each : TapeMedia.values()) {
      if (found.capacity() < bytes && each.capacity() > found.capacity()) {
        found = each;
      }
    }
    return found;
  }

  /** Nothing is left of one that did not become whole (P6). */
  void abandon(TapeImport failed, StorageException why) {
    abandon(failed, why, true);
  }

  private void abandon(TapeImport failed, StorageException why, boolean remove) {
    String barcode = failed.cartridge().barcode();
    try (var held = tapes.enter()) {
      forget(failed);
      if (remove) {
        discard(failed.cartridge().row());
      }
    }
    bay()
        .events()
        .tell("tape_import_failed", barcode, Event.fact("why", String.valueOf(why.getMessage())));
  }

  private void forget(TapeImport ended) {
    running.remove(ended.cartridge().barcode());
    ended.cartridge().release(ended.store());
    changed.signalAll();
  }

  /** Removes files that no cartridge has; what stays the next mount removes. */
  private void discard(TapeRecord row) {
    TapeFiles files = tapes.files(row);
    try {
      files.remove();
      bay().catalogue().change(connection -> TapeTable.deleteGone(connection, tapes.gone(row)));
    } catch (StorageException e) {
      LOG.warn("tape directory={} is not removed yet: {}", files.directory(), e.getMessage());
    }
  }
}
