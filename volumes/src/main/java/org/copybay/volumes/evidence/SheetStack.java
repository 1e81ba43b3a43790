package org.copybay.volumes.evidence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * INV-1 An entry (track, point, hash) says: from that point on until the next entry of the track,
 *       the track has that hash. Where no entry says anything, the track is zeros. So a block that
 *       passes from the live volume to a point, or between points, needs nothing.
 * INV-2 Sheets follow each other: all points of one come before all of the next.
 * INV-3 A sheet is durable, name and all, before the inventory names it; one that is not named any
 *       more is removed after the inventory is durable. The inventory is there before any sheet.
 *
 * What a crash leaves, of a sealing or a merge (P7):
 *
 *   behind                        found at the next opening
 *   the sheet                     the evidence before, and a file that is removed
 *   the first copy of inventory   the evidence after; the other copy is written again
 *   the second copy               the evidence after, and sheets that are removed
 *   the removal                   the evidence after
 */
/**
 * The sheets of one volume that are in force. Any thread may look, and waits for none; one thread
 * at a time changes them.
 */
final class SheetStack {
  private static final Logger LOG = LoggerFactory.getLogger(SheetStack.class);

  private final TrackStore store;
  private final EvidenceCache cache;

  private volatile Sheets sheets; // volatile: replaced as a whole by who changes them
  private volatile boolean inDoubt; // volatile: set by who changes them, when a commit failed

  /**
   * What is in force.
   *
   * @param isThere whether the file of the inventory is
   */
  private record Sheets(Inventory inventory, boolean isThere, List<SheetFile> files) {}

  private SheetStack(TrackStore store, EvidenceCache cache, Sheets sheets) {
    this.store = store;
    this.cache = cache;
    this.sheets = sheets;
  }

  /** That of a volume without evidence. */
  static SheetStack empty(TrackStore store, UUID volume, EvidenceCache cache) {
    return new SheetStack(store, cache, new Sheets(Inventory.empty(volume), false, List.of()));
  }

  /** Opens what lies in the store. CORRUPT. */
  static SheetStack open(TrackStore store, UUID volume, EvidenceCache cache, boolean readOnly)
      throws StorageException {
    Inventory.Found found = Inventory.read(store, volume);
    if (found == null) {
      return empty(store, volume, cache);
    }
    Inventory inventory = found.newest();
    List<SheetFile> files = new ArrayList<>();
    boolean opened = false;
    try {
      for (Inventory.Named named : inventory.sheets()) {
        files.add(SheetFile.open(store, named, volume, cache));
      }
      if (!readOnly) {
        if (!found.isWhole()) {
          LOG.warn("one copy in {} is not in force, and is made anew", Inventory.FILE);
          inventory.write(store);
        }
        EvidenceFiles.deleteUnnamed(store, inventory);
      }
      opened = true;
    } finally {
      if (!opened) {
        files.forEach(SheetFile::close);
      }
    }
    return new SheetStack(store, cache, new Sheets(inventory, true, List.copyOf(files)));
  }

  // ---- looking

  List<SheetFile> files() {
    return sheets.files;
  }

  Inventory inventory() {
    return sheets.inventory;
  }

  /** A question to the sheets in force. */
  @FunctionalInterface
  private interface Look<T> {
    T at(List<SheetFile> files) throws StorageException;
  }

  /** Asks; again where others took the place of the sheets meanwhile. */
  private <T> T look(Look<T> look) throws StorageException {
    while (true) {
      Sheets now = sheets;
      try {
        return look.at(now.files);
      } catch (StorageException e) {
        if (e.fault() != Fault.CLOSED || now.inventory.sequence() == inventory().sequence()) {
          throw e;
        }
      }
    }
  }

  /** The hash that a track has as of a sealed point. CORRUPT. */
  TrackHash expected(int point, long track) throws StorageException {
    return look(
        files -> {
          for (int i = files.size() - 1; i >= 0; i--) {
            SheetFile file = files.get(i);
            TrackHash found = file.head().oldest() > point ? null : file.find(track, point);
            if (found != null) {
              return found;
            }
          }
          return TrackHash.ZERO;
        });
  }

  /** The first track at or after that one that is not zeros as of a sealed point, or -1. */
  long nextHeld(int point, long from) throws StorageException {
    long track = nextEntered(point, from);
    while (track >= 0 && expected(point, track).isZero()) {
      track = nextEntered(point, track + 1);
    }
    return track;
  }

  private long nextEntered(int point, long from) throws StorageException {
    return look(
        files -> {
          long least = -1;
          for (SheetFile file : files) {
            long found = file.head().oldest() > point ? -1 : file.nextTrack(from);
            least = found < 0 || (least >= 0 && least < found) ? least : found;
          }
          return least;
        });
  }

  /** Whether this can be what had that newest root once: it has it, or went on from there. */
  boolean follows(String root) {
    Sheets now = sheets;
    return now.inventory.root().toString().equals(root)
        || now.files.stream()
            .flatMap(file -> file.points().stream())
            .anyMatch(point -> point.previous().toString().equals(root));
  }

  // ---- changing

  /** STORE_FAILED when it is not known what is in force on the disk. */
  void requireChangeable() throws StorageException {
    if (inDoubt) {
      throw new StorageException(
          Fault.STORE_FAILED,
          "the evidence could not be written, and only a mount tells what of it was",
          "copybay umount and mount it again");
    }
  }

  /** Begins a sheet in a file of its own; nothing names it until {@link #replace}. */
  SheetWriter begin() throws StorageException {
    Sheets now = sheets;
    if (!now.isThere) {
      now.inventory.create(store);
      sheets = new Sheets(now.inventory, true, now.files);
    }
    Inventory inventory = now.inventory;
    Inventory.Named named = new Inventory.Named(inventory.freeSlot(), inventory.nextSheet());
    return new SheetWriter(store, named, inventory.volume(), cache);
  }

  /** Puts a sheet behind the others: that of a point that was sealed. P7 */
  void add(SheetFile sheet, SealedPoint sealed) throws StorageException {
    List<SheetFile> files = new ArrayList<>(sheets.files);
    files.add(sheet);
    commit(files, inventory().sealed(sealed), List.of());
  }

  /** Puts one sheet, or none, in the place of those from one on, and removes these. P7 */
  void replace(int from, @Nullable SheetFile sheet) throws StorageException {
    List<SheetFile> before = sheets.files;
    List<SheetFile> files = new ArrayList<>(before.subList(0, from));
    if (sheet != null) {
      files.add(sheet);
    }
    commit(files, inventory(), before.subList(from, before.size()));
  }

  private void commit(List<SheetFile> files, Inventory facts, Collection<SheetFile> gone)
      throws StorageException {
    int next = facts.nextSheet();
    for (SheetFile file : files) {
      next = Math.max(next, file.named().number() + 1);
    }
    Inventory inventory = facts.with(files.stream().map(SheetFile::named).toList(), next);
    boolean written = false;
    try {
      inventory.write(store);
      written = true;
    } finally {
      inDoubt |= !written;
    }
    sheets = new Sheets(inventory, true, List.copyOf(files));
    gone.forEach(this::remove);
  }

  private void remove(SheetFile sheet) {
    sheet.close();
    try {
      store.delete(sheet.name());
    } catch (StorageException e) {
      LOG.warn("a sheet of evidence stays until the next mount: {}", e.getMessage());
    }
  }

  /** {@link EvidenceCheck#run}. */
  int check(boolean crashed) throws StorageException {
    Sheets now = sheets;
    return now.isThere ? EvidenceCheck.run(store, now.inventory, now.files, crashed) : 0;
  }

  void close() {
    files().forEach(SheetFile::close);
  }
}
