package org.copybay.control.tree;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import org.copybay.control.command.OpticalFacts;
import org.copybay.copy.optical.Drives.DriveStatus;
import org.copybay.copy.optical.Optical;
import org.copybay.copy.optical.OpticalVolume;
import org.copybay.copy.optical.SideState;

/** The figures of optical storage: of volumes by the keys of their sides, of devices by name. */
final class OpticalMetrics {
  private final Optical optical;

  OpticalMetrics(Optical optical) {
    this.optical = optical;
  }

  /** A figure of a volume. */
  @FunctionalInterface
  private interface Figure {
    double of(OpticalVolume volume);
  }

  void register(PrometheusRegistry registry) {
    gauge(
        registry,
        "capacity_bytes",
        "Bytes of an optical volume.",
        volume -> (double) volume.medium().capacity());
    gauge(
        registry,
        "written_bytes",
        "Bytes of the sectors that are written.",
        volume -> (double) volume.medium().sectorsWritten() * volume.medium().sectorBytes());
    GaugeWithCallback.builder()
        .name("copybay_optical_volumes")
        .help("Optical volumes, by state.")
        .labelNames("state")
        .callback(
            values -> {
              List<OpticalVolume> all = optical.volumes();
              for (SideState state : SideState.values()) {
                values.call(
                    (double) all.stream().filter(each -> each.row().state() == state).count(),
                    state.word());
              }
            })
        .register(registry);
    GaugeWithCallback.builder()
        .name("copybay_optical_drives_in_use")
        .help("Drives of an optical device that a job holds, or in which a volume is open.")
        .labelNames("device")
        .callback(
            values ->
                optical
                    .devices()
                    .forEach(
                        device -> {
                          List<DriveStatus> drives = optical.drives().look(device);
                          values.call(
                              (double) drives.stream().filter(OpticalFacts::inUse).count(),
                              device.name());
                        }))
        .register(registry);
  }

  private void gauge(PrometheusRegistry registry, String name, String help, Figure figure) {
    GaugeWithCallback.builder()
        .name("copybay_optical_" + name)
        .help(help)
        .labelNames("side")
        .callback(
            values -> optical.volumes().forEach(each -> values.call(figure.of(each), each.key())))
        .register(registry);
  }
}
