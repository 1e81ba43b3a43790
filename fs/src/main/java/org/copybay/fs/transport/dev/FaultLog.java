package org.copybay.fs.transport.dev;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what a handler throws beside its refusals. Each kind of fault is reported once, with its
 * request and its stack; more of the same kind only at DEBUG, so that a fault in the data path does
 * not fill the log.
 */
final class FaultLog {

  private static final Logger log = LoggerFactory.getLogger(FaultLog.class);

  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  void report(Incoming request, Throwable fault) {
    StackTraceElement[] stack = fault.getStackTrace();
    String kind =
        request.opcode() + fault.getClass().getName() + (stack.length > 0 ? stack[0] : "");
    if (seen.add(kind)) {
      log.error("request failed, answered EIO: {}", request, fault);
    } else {
      log.debug("request failed, answered EIO: {} {}", request, fault.toString());
    }
  }
}
