package org.copybay.volumes.evidence;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;

/** The files beside the home of a volume that hold its evidence. */
public final class EvidenceFiles {
  /**
   * How many files of sheets there may be: those in force, one that is made, one that is merged.
   */
  static final int SLOTS = 12;

  /** Their names, the list of what is in force last: it tells what the others mean. */
  public static final List<String> NAMES = names();

  private EvidenceFiles() {}

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      names.add(sheet(slot));
    }
    names.add(Inventory.FILE);
    return List.copyOf(names);
  }

  static String sheet(int slot) {
    return Inventory.FILE + "." + slot;
  }

  /** The name of a file of a sheet that is there, or an empty one. */
  static String anySheet(TrackStore store) throws StorageException {
    for (int slot = 0; slot < SLOTS; slot++) {
      if (store.exists(sheet(slot))) {
        return sheet(slot);
      }
    }
    return "";
  }

  /** Removes the sheets that are not named. */
  static void deleteUnnamed(TrackStore store, Inventory inventory) throws StorageException {
    for (int slot = 0; slot < SLOTS; slot++) {
      int each = slot;
      if (inventory.sheets().stream().noneMatch(sheet -> sheet.slot() == each)
          && store.exists(sheet(slot))) {
        store.delete(sheet(slot));
      }
    }
  }

  /** Removes all, the list of what is in force last. */
  static void deleteAll(TrackStore store) throws StorageException {
    for (String name : NAMES) {
      if (name.equals(Inventory.FILE)) {
        store.syncNames();
      }
      store.delete(name);
    }
    store.syncNames();
  }
}
