package org.copybay.volumes.store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that waits for the work of programs: Linux gives each thread a priority of its own. */
public final class Background {
  private static final Logger LOG = LoggerFactory.getLogger(Background.class);

  /** A tenth of the processor beside a busy thread; its disk requests get a lower class too. */
  private static final int NICE = 10;

  private Background() {}

  /** Puts the calling thread, and those that it starts from now on, behind the others. */
  public static void enter() {
    if (Libc.C.setpriority(Libc.PRIO_PROCESS, 0, NICE) < 0) {
      LOG.warn("no lower priority: {}", Libc.C.strerror(Libc.errno()));
    }
  }
}
