package org.copybay.fs.node;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseException;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows by node number, with how often it was told: an entry stays until the kernel
 * gave back as many look-ups. Any thread may call.
 *
 * @param <T> what a node stands for
 */
final class NodeTable<T> {
  private record Known<T>(T value, long count) {}

  private final ConcurrentMap<Long, Known<T>> nodes = new ConcurrentHashMap<>();

  /** Counts one look-up of the node, which now stands for that value. */
  void add(long node, T value) {
    nodes.merge(node, new Known<>(value, 1), (old, one) -> new Known<>(value, old.count + 1));
  }

  /** Gives back look-ups. */
  void forget(long node, long count) {
    nodes.computeIfPresent(
        node, (key, old) -> old.count > count ? new Known<>(old.value, old.count - count) : null);
  }

  /** What the node stands for, or null. */
  @Nullable T get(long node) {
    Known<T> known = nodes.get(node);
    return known == null ? null : known.value;
  }

  /** What the node stands for. ESTALE where the kernel gave all its look-ups back. */
  T find(long node) throws FuseException {
    T value = get(node);
    if (value == null) {
      throw new FuseException(Errno.ESTALE);
    }
    return value;
  }
}
