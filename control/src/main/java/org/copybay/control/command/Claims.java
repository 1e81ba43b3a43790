package org.copybay.control.command;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Which objects a running command is about: of two commands that share one, the later loses at
 * once. Nobody ever waits, so there is no order to keep.
 */
final class Claims {
  private final Map<String, String> holders = new ConcurrentHashMap<>();

  /** Objects that are claimed until it is closed. */
  interface Claim extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Claims all of the objects or none. BUSY names the holder.
   *
   * @param objects each in words, as in "volume payroll"
   * @param holder the command in words
   */
  Claim take(Collection<String> objects, String holder) throws StorageException {
    Deque<String> taken = new ArrayDeque<>();
    for (String object : objects) {
      String other = holders.putIfAbsent(object, holder);
      if (other != null) {
        taken.forEach(holders::remove);
        throw new StorageException(
            Fault.BUSY, object + " is in use by another command: " + other, "the same line again");
      }
      taken.push(object);
    }
    return () -> taken.forEach(holders::remove);
  }
}
