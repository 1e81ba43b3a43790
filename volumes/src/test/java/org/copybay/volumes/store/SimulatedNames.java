package org.copybay.volumes.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.copybay.volumes.store.SimulatedStore.Loss;
import org.jspecify.annotations.Nullable;

/** The names of a simulated store, now and as the disk may have them. Its store guards it. */
final class SimulatedNames {
  private final Map<String, SimulatedBytes> now = new TreeMap<>();
  private final Map<String, SimulatedBytes> durable = new TreeMap<>();
  // what each name stood for since the last sync, empty where for nothing
  private final Map<String, List<Optional<SimulatedBytes>>> unsynced = new TreeMap<>();

  @Nullable SimulatedBytes get(String name) {
    return now.get(name);
  }

  Iterable<SimulatedBytes> files() {
    return now.values();
  }

  void put(String name, SimulatedBytes file) {
    remove(name);
    now.put(name, file);
    since(name).add(Optional.of(file));
  }

  void remove(String name) {
    if (now.remove(name) != null) {
      since(name).add(Optional.empty());
    }
  }

  private List<Optional<SimulatedBytes>> since(String name) {
    return unsynced.computeIfAbsent(name, key -> new ArrayList<>());
  }

  void sync() {
    durable.clear();
    durable.putAll(now);
    unsynced.clear();
  }

  SimulatedNames copy(UnaryOperator<SimulatedBytes> files) {
    SimulatedNames copy = new SimulatedNames();
    now.forEach((name, file) -> copy.now.put(name, files.apply(file)));
    durable.forEach((name, file) -> copy.durable.put(name, files.apply(file)));
    unsynced.forEach(
        (name, since) ->
            copy.since(name).addAll(since.stream().map(file -> file.map(files)).toList()));
    return copy;
  }

  SimulatedNames afterPowerLoss(Random choice, Loss loss, UnaryOperator<SimulatedBytes> files) {
    SimulatedNames left = new SimulatedNames();
    Set<String> all = new TreeSet<>(durable.keySet());
    all.addAll(unsynced.keySet());
    for (String name : all) {
      found(choice, loss, name).ifPresent(file -> left.now.put(name, files.apply(file)));
    }
    left.sync();
    return left;
  }

  private Optional<SimulatedBytes> found(Random choice, Loss loss, String name) {
    List<Optional<SimulatedBytes>> since = unsynced.getOrDefault(name, List.of());
    int which =
        switch (loss) {
          case DROP_ALL -> 0;
          case KEEP_ALL -> since.size();
          case RANDOM, ZERO -> choice.nextInt(since.size() + 1);
        };
    return which == 0 ? Optional.ofNullable(durable.get(name)) : since.get(which - 1);
  }
}
