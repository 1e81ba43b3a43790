package org.copybay.control.tree;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import org.copybay.copy.quickopc.Phase;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.Sets;
import org.copybay.volumes.StorageException;

/** The figures of QuickOPC sessions, by pair. What damage hides is left out. */
final class QuickOpcMetrics {
  private final QuickOpc opc;

  QuickOpcMetrics(QuickOpc opc) {
    this.opc = opc;
  }

  /** Takes a figure with the values of its labels. */
  @FunctionalInterface
  private interface Values {
    void call(double value, String... labels);
  }

  /** Gives the figures of a session, which one with a damaged volume may not know. */
  @FunctionalInterface
  private interface Figures {
    void of(Session session, Values values) throws StorageException;
  }

  void register(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("copybay_quickopc_sessions")
        .help("Sessions, by phase.")
        .labelNames("phase")
        .callback(values -> phases(values::call))
        .register(registry);
    gauge(
        registry,
        "uncopied_bytes",
        "Bytes that its target does not hold yet.",
        QuickOpcMetrics::uncopied,
        "direction");
    gauge(
        registry,
        "tracked_regions",
        "Regions that were changed on one side since its last start.",
        QuickOpcMetrics::tracked,
        "side");
  }

  private void gauge(
      PrometheusRegistry registry, String name, String help, Figures figures, String label) {
    GaugeWithCallback.builder()
        .name("copybay_quickopc_" + name)
        .help(help)
        .labelNames("group", "pair", label)
        .callback(values -> opc.sessions().forEach(each -> tell(each, figures, values::call)))
        .register(registry);
  }

  private static void tell(Session session, Figures figures, Values values) {
    try {
      figures.of(session, values);
    } catch (StorageException e) {
      // damaged: copybay_health tells, and the page of the pair
    }
  }

  private void phases(Values values) {
    List<Phase> now = opc.sessions().stream().map(Session::phase).toList();
    for (Phase phase : Phase.values()) {
      if (phase != Phase.NONE) {
        values.call((double) now.stream().filter(each -> each == phase).count(), phase.state());
      }
    }
  }

  private static void uncopied(Session session, Values values) throws StorageException {
    values.call(
        (double) session.leftBytes(),
        session.record().group(),
        session.record().pair(),
        session.record().direction().word());
  }

  private static void tracked(Session session, Values values) throws StorageException {
    if (session.trackedSource() == null || session.trackedTarget() == null) {
      return; // nothing is recorded
    }
    Sets sets = Sets.of(session);
    for (Sets.Which which : List.of(Sets.Which.TS, Sets.Which.TD)) {
      values.call(
          (double) sets.count(which),
          session.record().group(),
          session.record().pair(),
          which == Sets.Which.TS ? "source" : "target");
    }
  }
}
