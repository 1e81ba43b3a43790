package org.copybay.control.tree;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;

/** The figures of each volume, by its name. */
final class VolumeMetrics {
  private final Bay bay;

  VolumeMetrics(Bay bay) {
    this.bay = bay;
  }

  /** A figure of a volume, which one that is damaged may not know. */
  @FunctionalInterface
  private interface Figure {
    double of(Volume volume) throws StorageException;
  }

  /** Takes a figure with the values of its labels. */
  @FunctionalInterface
  private interface Values {
    void call(double value, String... labels);
  }

  void register(PrometheusRegistry registry) {
    counter(registry, "reads_total", "Reads.", v -> v.activity().reads());
    counter(registry, "read_bytes_total", "Bytes read.", v -> v.activity().readBytes());
    counter(registry, "changes_total", "Writes and zeroings.", v -> v.activity().changes());
    counter(
        registry,
        "changed_bytes_total",
        "Bytes written and zeroed.",
        v -> v.activity().changedBytes());
    gauge(registry, "size_bytes", "Size.", Volume::size);
    gauge(
        registry, "allocated_bytes", "Bytes that its home occupies.", v -> v.status().allocated());
    gauge(registry, "away_bytes", "Live bytes that are not at home.", Volume::awayBytes);
    gauge(registry, "spill_bytes", "Bytes in use beside its home.", Volume::spillBytes);
    gauge(
        registry,
        "writers",
        "Handles that are open for writing.",
        v -> v.openers().stream().filter(Opener::writing).count());
    gauge(
        registry,
        "failed",
        "Whether it takes no writes or is damaged: 0 or 1.",
        v -> v.failure() == null ? 0 : 1);
    registerPoints(registry);
    registerBitmaps(registry);
  }

  private void counter(PrometheusRegistry registry, String name, String help, Figure figure) {
    CounterWithCallback.builder()
        .name("copybay_volume_" + name)
        .help(help)
        .labelNames("volume")
        .callback(values -> each(figure, values::call))
        .register(registry);
  }

  private void gauge(PrometheusRegistry registry, String name, String help, Figure figure) {
    GaugeWithCallback.builder()
        .name("copybay_volume_" + name)
        .help(help)
        .labelNames("volume")
        .callback(values -> each(figure, values::call))
        .register(registry);
  }

  private void each(Figure figure, Values values) {
    byName()
        .forEach(
            (name, volume) -> {
              try {
                values.call(figure.of(volume), name);
              } catch (StorageException e) {
                // damaged: "failed" says so, and what is not known is left out
              }
            });
  }

  /** While one takes the name of another, two volumes may give the same one. */
  private Map<String, Volume> byName() {
    Map<String, Volume> volumes = new TreeMap<>();
    bay.volumes().forEach(volume -> volumes.put(volume.name(), volume));
    return volumes;
  }

  private void registerPoints(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("copybay_volume_points")
        .help("Points in time that need it, without those of jobs.")
        .labelNames("volume")
        .callback(
            values -> {
              Map<Volume, Long> counts = pointCounts();
              each(volume -> counts.getOrDefault(volume, 0L), values::call);
            })
        .register(registry);
  }

  private Map<Volume, Long> pointCounts() {
    Map<Volume, Long> counts = new HashMap<>();
    for (PointInTime point : bay.points().all()) {
      for (PointVolume member : point.volumes()) {
        counts.merge(member.volume(), 1L, Long::sum);
      }
    }
    return counts;
  }

  private void registerBitmaps(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("copybay_bitmap_regions_set")
        .help("Regions of a write bitmap that are set; one that is lost is left out.")
        .labelNames("volume", "bitmap")
        .callback(values -> byName().forEach((name, volume) -> bitmaps(name, volume, values::call)))
        .register(registry);
  }

  private void bitmaps(String name, Volume volume, Values values) {
    for (BitmapRecord bitmap : volume.seenBitmaps()) {
      try {
        double set = bay.bitmaps().bits(volume, bitmap).regionsSet();
        values.call(set, name, bitmap.name());
      } catch (StorageException e) {
        // lost, or just deleted
      }
    }
  }
}
