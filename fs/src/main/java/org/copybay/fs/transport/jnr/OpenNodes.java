package org.copybay.fs.transport.jnr;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.fs.transport.Errno;
import org.copybay.fs.transport.FuseException;

/**
 * The open files and directories of a mount, by the number that libfuse keeps for each. A file that
 * was deleted has no path any more, so its node stands here. Any thread may call.
 */
final class OpenNodes {

  /**
   * One open file or directory.
   *
   * @param node its node, one look-up of which is held
   * @param handle what the handler calls it
   */
  record OpenNode(long node, long handle) {}

  private final Map<Long, OpenNode> open = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  /** Adds one and gives its number. */
  long add(long node, long handle) {
    long number = last.incrementAndGet();
    open.put(number, new OpenNode(node, handle));
    return number;
  }

  OpenNode get(long number) throws FuseException {
    OpenNode found = open.get(number);
    if (found == null) {
      throw new FuseException(Errno.EBADF);
    }
    return found;
  }

  OpenNode remove(long number) throws FuseException {
    OpenNode found = open.remove(number);
    if (found == null) {
      throw new FuseException(Errno.EBADF);
    }
    return found;
  }
}
