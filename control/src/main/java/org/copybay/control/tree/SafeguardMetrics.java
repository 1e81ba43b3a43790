package org.copybay.control.tree;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.copybay.control.command.SafeguardedFacts;
import org.copybay.copy.safeguarded.Backup;
import org.copybay.copy.safeguarded.SafeguardedSession;
import org.jspecify.annotations.Nullable;

/** The figures of safeguarded sessions. What is not known is left out. */
final class SafeguardMetrics {
  private final SafeguardedFacts facts;

  SafeguardMetrics(SafeguardedFacts facts) {
    this.facts = facts;
  }

  /** Gives a figure of a session, or null. */
  @FunctionalInterface
  private interface Figure {
    @Nullable Number of(SafeguardedSession session);
  }

  void register(PrometheusRegistry registry) {
    gauge(registry, "backups", "Backups of a session.", s -> s.state().backups().size());
    gauge(registry, "backups_locked", "Backups that nobody can remove now.", facts::locked);
    gauge(registry, "recoveries", "Recovery sets.", s -> s.state().recoveries().size());
    gauge(
        registry,
        "requests",
        "Commands that wait for a second person.",
        s -> facts.safeguarded().requests().of(s.name()).size());
    gauge(
        registry,
        "newest_recoverable_age_seconds",
        "Time since the newest backup that can be recovered.",
        this::age);
    gauge(
        registry,
        "in_trouble",
        "1 when something is wrong with it, as its status tells.",
        s -> facts.trouble(s).isEmpty() ? 0 : 1);
  }

  private @Nullable Number age(SafeguardedSession session) {
    Backup newest = facts.safeguarded().newestRecoverable(session);
    return newest == null ? null : Long.valueOf(facts.ageSeconds(newest));
  }

  private void gauge(PrometheusRegistry registry, String name, String help, Figure figure) {
    GaugeWithCallback.builder()
        .name("copybay_safeguarded_" + name)
        .help(help)
        .labelNames("session")
        .callback(
            values ->
                facts
                    .safeguarded()
                    .sessions()
                    .forEach(
                        session -> {
                          Number value = figure.of(session);
                          if (value != null) {
                            values.call(value.doubleValue(), session.name());
                          }
                        }))
        .register(registry);
  }
}
