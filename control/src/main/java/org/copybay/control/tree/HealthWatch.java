package org.copybay.control.tree;

import static org.copybay.volumes.event.Event.fact;

import java.util.List;
import org.copybay.copy.CopyServices;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.event.Events;

/**
 * Tells when the health of a bay changes: it looks after each event, and now and then by itself,
 * since space becomes scarce without one. In a thread of its own, which a hung disk may hold up.
 */
final class HealthWatch implements Runnable {
  private static final long INTERVAL_MILLIS = 10_000;

  /** Of many events in a row not each one costs a look. */
  private static final long PAUSE_MILLIS = 200;

  private final Bay bay;
  private final CopyServices copy;

  private HealthWatch(Bay bay, CopyServices copy) {
    this.bay = bay;
    this.copy = copy;
  }

  /** Looks until the events of the bay end. */
  static void begin(Bay bay, CopyServices copy) {
    Thread thread = new Thread(new HealthWatch(bay, copy), "health");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void run() {
    Events events = bay.events();
    Health told = new Health(Health.State.OK, List.of(), List.of());
    while (!events.ended()) {
      long seen = events.last();
      Health now = Health.of(bay, copy);
      if (!now.sameAs(told)) {
        events.tell(
            "health_changed",
            "bay",
            fact("health", now.state().word()),
            fact("why", String.join("; ", now.wrong())));
        told = now;
      }
      events.await(seen, INTERVAL_MILLIS);
      events.pause(PAUSE_MILLIS);
    }
  }
}
