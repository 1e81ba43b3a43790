package org.copybay.fs.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Reports what a handler throws beside its refusals. Each kind of fault is reported once, with its
 * request and its stack, and not again, so that a fault in the data path does not fill the log. Any
 * thread may call.
 */
public final class FaultLog {

  private final BiConsumer<String, Throwable> sink;
  private final Set<String> seen = ConcurrentHashMap.newKeySet();

  /** A log whose reports go to {@code sink}. */
  public FaultLog(BiConsumer<String, Throwable> sink) {
    this.sink = sink;
  }

  /**
   * Reports a fault.
   *
   * @param operation what was asked for, by its name
   * @param request what is printed of the request
   */
  public void report(String operation, Object request, Throwable fault) {
    StackTraceElement[] stack = fault.getStackTrace();
    String kind = operation + fault.getClass().getName() + (stack.length > 0 ? stack[0] : "");
    if (seen.add(kind)) {
      sink.accept("request failed, answered EIO: " + request, fault);
    }
  }
}
