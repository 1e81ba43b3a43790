package org.copybay.volumes.evidence;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** Reads all evidence of a volume from its disk. */
final class EvidenceCheck {
  private EvidenceCheck() {}

  /**
   * {@link EvidenceStore#check}.
   *
   * @param crashed whether one copy of the inventory may be from before a crash
   */
  static int run(TrackStore store, Inventory inventory, List<SheetFile> files, boolean crashed)
      throws StorageException {
    try (StoreFile file = store.open(Inventory.FILE)) {
      file.dropCached(0, file.size());
    }
    Inventory.Found found = Inventory.read(store, inventory.volume());
    if (found == null || (!crashed && !found.isWhole()) || !found.newest().equals(inventory)) {
      throw SheetLayout.damaged(Inventory.FILE, "a copy of it does not check");
    }
    int roots = 0;
    int before = 0;
    for (SheetFile file : files) {
      file.file().dropCached(0, file.file().size());
      try (SheetFile anew =
          SheetFile.open(store, file.named(), inventory.volume(), new EvidenceCache(0, 0))) {
        if (!anew.head().equals(file.head()) || anew.head().oldest() <= before) {
          throw SheetLayout.damaged(file.name(), "it is not the one that was opened");
        }
        roots += roots(anew, inventory.volume());
        before = anew.head().newest();
      }
    }
    return roots;
  }

  /** A sealing that is computed again. */
  private static final class Again {
    private final SealedPoint sealed;
    private final Root.Digest digest;
    private long entries;

    Again(SealedPoint sealed, UUID volume) {
      this.sealed = sealed;
      this.digest = new Root.Digest(sealed.previous(), volume, sealed.point());
    }
  }

  private static int roots(SheetFile sheet, UUID volume) throws StorageException {
    Map<Integer, Again> byPoint = new HashMap<>();
    for (SealedPoint point : sheet.points()) {
      byPoint.put(point.number(), new Again(point, volume));
    }
    long entries = 0;
    SheetCursor cursor = new SheetCursor(sheet);
    for (; cursor.track() < Long.MAX_VALUE; cursor.next()) {
      entries++;
      Again again = byPoint.get(cursor.point());
      if (again != null) {
        again.entries++;
        again.digest.add(cursor.track(), cursor.hash());
      }
    }
    if (entries != sheet.head().entries()) {
      throw SheetLayout.damaged(
          sheet.name(), "its entries: want=" + sheet.head().entries() + " got=" + entries);
    }
    int roots = 0;
    for (Again again : byPoint.values()) {
      if (again.entries == again.sealed.entries()) {
        Root got = again.digest.root();
        if (!got.equals(again.sealed.root())) {
          throw SheetLayout.damaged(
              sheet.name(),
              "the root of point "
                  + again.sealed.number()
                  + ": want="
                  + again.sealed.root()
                  + " got="
                  + got);
        }
        roots++;
      }
    }
    return roots;
  }
}
