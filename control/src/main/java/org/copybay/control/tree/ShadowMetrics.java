package org.copybay.control.tree;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.copybay.copy.shadow.BitmapStatus;
import org.copybay.copy.shadow.MemberRole;
import org.copybay.copy.shadow.SetStatus;
import org.copybay.copy.shadow.ShadowSets;

/** The figures of each shadow set, by the name of its virtual unit. */
final class ShadowMetrics {
  private final ShadowSets sets;

  ShadowMetrics(ShadowSets sets) {
    this.sets = sets;
  }

  /** Takes a figure with the values of its labels. */
  @FunctionalInterface
  private interface Values {
    void call(double value, String... labels);
  }

  /** Gives the figures of a set. */
  @FunctionalInterface
  private interface Figures {
    void of(SetStatus set, Values values);
  }

  void register(PrometheusRegistry registry) {
    gauge(
        registry,
        "members",
        "Volumes that it remembers, by role.",
        ShadowMetrics::members,
        "set",
        "role");
    gauge(
        registry,
        "merge_bytes",
        "Bytes in which full members may differ; left out while it is not mounted.",
        ShadowMetrics::mergeBytes,
        "set");
    gauge(
        registry,
        "copy_left_bytes",
        "Bytes that must still be copied to its targets.",
        (set, values) -> values.call((double) set.copyLeftBytes(), set.name()),
        "set");
  }

  private void gauge(
      PrometheusRegistry registry, String name, String help, Figures figures, String... labels) {
    GaugeWithCallback.builder()
        .name("copybay_shadow_" + name)
        .help(help)
        .labelNames(labels)
        .callback(
            values -> sets.all().forEach(u -> figures.of(SetStatus.of(sets, u), values::call)))
        .register(registry);
  }

  private static void members(SetStatus set, Values values) {
    for (MemberRole role : MemberRole.values()) {
      values.call(set.of(role).size(), set.name(), role.word());
    }
  }

  private static void mergeBytes(SetStatus set, Values values) {
    BitmapStatus merge = set.bitmap(BitmapStatus.MERGE);
    if (merge != null && merge.changedBytes() != null) {
      values.call(merge.changedBytes(), set.name());
    }
  }
}
