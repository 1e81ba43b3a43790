package org.copybay.copy.smartcopy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;

/**
 * The requests of the queue, and those that ended lately, in the catalogue and in memory. Changed
 * by who holds the lock of the queue; any thread may read.
 */
final class CopyRequests {
  private final Bay bay;

  // volatile: replaced under the lock of the queue, read without it
  private volatile Map<Long, CopyRequest> requests = Map.of();

  CopyRequests(Bay bay) {
    this.bay = bay;
  }

  void load() throws StorageException {
    Map<Long, CopyRequest> found = new TreeMap<>();
    for (CopyRequest each : bay.catalogue().read(PolicyTable::requests)) {
      found.put(each.number(), each);
    }
    requests = Map.copyOf(found);
  }

  /** All of them, the oldest first. */
  List<CopyRequest> all() {
    return new ArrayList<>(new TreeMap<>(requests).values());
  }

  /** The request of that number. NOT_FOUND. */
  CopyRequest find(long number) throws StorageException {
    CopyRequest found = requests.get(number);
    if (found == null) {
      throw new StorageException(
          Fault.NOT_FOUND, "no copy request " + number, "cat .control/tape/queue");
    }
    return found;
  }

  /** The number of the next one. */
  long next() {
    return requests.keySet().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
  }

  /** Records one, and then shows it; the oldest of too many that ended goes. */
  void put(CopyRequest request) throws StorageException {
    bay.catalogue()
        .change(
            connection -> {
              PolicyTable.put(connection, request);
              PolicyTable.trim(connection);
            });
    Map<Long, CopyRequest> now = new TreeMap<>(requests);
    now.put(request.number(), request);
    List<CopyRequest> ended =
        now.values().stream()
            .filter(each -> each.state().ended())
            .sorted(Comparator.comparing(CopyRequests::end).reversed())
            .toList();
    if (ended.size() > PolicyTable.MAX_ENDED) {
      ended.subList(PolicyTable.MAX_ENDED, ended.size()).forEach(each -> now.remove(each.number()));
    }
    requests = Map.copyOf(now);
  }

  private static Instant end(CopyRequest request) {
    Instant ended = request.ended();
    return ended == null ? Instant.MAX : ended;
  }
}
