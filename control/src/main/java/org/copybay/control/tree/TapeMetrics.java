package org.copybay.control.tree;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.library.Tapes;
import org.copybay.copy.smartcopy.CopyRequest;
import org.copybay.copy.smartcopy.Policies;

/** The figures of tapes, by library; what is on the shelf is in library "-". */
final class TapeMetrics {
  private static final String SHELF = "-";

  private final Tapes tapes;
  private final Policies policies;

  TapeMetrics(Tapes tapes, Policies policies) {
    this.tapes = tapes;
    this.policies = policies;
  }

  void register(PrometheusRegistry registry) {
    byLibrary(registry, "cartridges", "Cartridges.", each -> 1);
    byLibrary(
        registry,
        "bytes",
        "Bytes that cartridges hold and that count against their capacity.",
        each -> each.contents().bytes());
    GaugeWithCallback.builder()
        .name("copybay_tape_drives_in_use")
        .help("Drives of a tape library that a program has open.")
        .labelNames("library")
        .callback(
            values ->
                tapes
                    .libraries()
                    .forEach(
                        each ->
                            values.call(
                                (double)
                                    each.drives().stream()
                                        .filter(drive -> drive.opener() != null)
                                        .count(),
                                each.name())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("copybay_tape_copy_requests")
        .help("Cartridges that policies want copied, by state.")
        .labelNames("state")
        .callback(
            values -> {
              List<CopyRequest> all = policies.queue().all();
              for (CopyRequest.State state : CopyRequest.State.values()) {
                values.call(
                    (double) all.stream().filter(each -> each.state() == state).count(),
                    state.word());
              }
            })
        .register(registry);
  }

  private void byLibrary(
      PrometheusRegistry registry, String name, String help, ToDoubleFunction<TapeCartridge> of) {
    GaugeWithCallback.builder()
        .name("copybay_tape_" + name)
        .help(help)
        .labelNames("library")
        .callback(values -> sums(of).forEach((library, sum) -> values.call(sum, library)))
        .register(registry);
  }

  private Map<String, Double> sums(ToDoubleFunction<TapeCartridge> of) {
    Map<String, Double> sums = new TreeMap<>(Map.of(SHELF, 0.0));
    tapes.libraries().forEach(each -> sums.put(each.name(), 0.0));
    for (TapeCartridge each : tapes.cartridges()) {
      String library = each.row().place().library();
      sums.merge(library == null ? SHELF : library, of.applyAsDouble(each), Double::sum);
    }
    return sums;
  }
}
