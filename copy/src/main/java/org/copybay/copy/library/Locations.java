package org.copybay.copy.library;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Catalogue;

/**
 * Which locations a restore prefers (Data Protector, "Media location priority"). The location of a
 * cartridge is the name of its library, or on the shelf what was said when it was ejected. Any
 * thread may call.
 */
public final class Locations {
  /** Largest priority, the last one. */
  public static final int MAX_PRIORITY = 99;

  private final Tapes tapes;

  // concurrent: changed under the lock of the tapes, read without it
  private final Map<String, Integer> priorities = new ConcurrentSkipListMap<>();

  Locations(Tapes tapes) {
    this.tapes = tapes;
  }

  void load() throws StorageException {
    priorities.putAll(tapes.bay().catalogue().read(PoolTable::locations));
  }

  /** All that have a priority, by name. */
  public Map<String, Integer> all() {
    return new TreeMap<>(priorities);
  }

  /** Where a cartridge is, in words; empty where nothing was said. */
  public static String of(TapeRecord row) {
    String library = row.place().library();
    return library == null ? row.place().location() : library;
  }

  /** The priority of where a cartridge is, 1 first; those without one come last. */
  public int priority(TapeRecord row) {
    return priorities.getOrDefault(of(row), MAX_PRIORITY + 1);
  }

  /** Sets the priority of a location, 1 to {@link #MAX_PRIORITY}; 0: none (P7). READ_ONLY. */
  public void set(String location, int priority, Catalogue.Change also) throws StorageException {
    tapes.bay().requireChangeable();
    try (var held = tapes.enter()) {
      tapes
          .bay()
          .catalogue()
          .change(
              connection -> {
                PoolTable.putLocation(connection, location, priority);
                also.run(connection);
              });
      if (priority == 0) {
        priorities.remove(location);
      } else {
        priorities.put(location, priority);
      }
    }
  }
}
