package org.copybay.volumes.bay;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * What needs volumes as they are besides points and jobs: sessions that copy from them or to them.
 * Such a volume is not deleted, replaced or resized. Whoever uses it remembers that, and says it
 * again after a mount. Any thread may call; whoever looks takes no lock.
 */
public final class Uses {
  private final Roster roster;

  // concurrent: values are replaced as a whole under the lock of the bay
  private final Map<UUID, Map<String, Use>> uses = new ConcurrentHashMap<>();

  Uses(Roster roster) {
    this.roster = roster;
  }

  /**
   * One use of a volume.
   *
   * @param what as in "the source of session 3"
   * @param remedy the command that ends it
   */
  public record Use(String what, String remedy) {}

  /** Notes a use, in place of the one with that key. NOT_FOUND when the volume was deleted. */
  public void put(Volume volume, String key, Use use) throws StorageException {
    try (var held = roster.enter()) {
      roster.requireNamed(volume, volume.name());
      Map<String, Use> more = new LinkedHashMap<>(uses.getOrDefault(volume.id(), Map.of()));
      more.put(key, use);
      uses.put(volume.id(), more);
    }
  }

  /** Ends the use with that key, if there is one. */
  public void remove(UUID volume, String key) {
    try (var held = roster.enter()) {
      Map<String, Use> fewer = new LinkedHashMap<>(uses.getOrDefault(volume, Map.of()));
      fewer.remove(key);
      uses.put(volume, fewer);
    }
  }

  /** The uses of a volume. */
  public List<Use> of(Volume volume) {
    return List.copyOf(uses.getOrDefault(volume.id(), Map.of()).values());
  }

  /** The same by their keys. */
  public Map<String, Use> byKey(Volume volume) {
    return Map.copyOf(uses.getOrDefault(volume.id(), Map.of()));
  }

  /** BUSY when there is one. */
  public void requireNone(Volume volume, String what) throws StorageException {
    for (Use use : of(volume)) {
      throw new StorageException(
          Fault.BUSY,
          "volume " + volume.name() + " is " + use.what + ": cannot " + what,
          use.remedy);
    }
  }
}
