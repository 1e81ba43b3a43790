package org.copybay.control.tree;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.DoubleSupplier;
import org.copybay.control.command.SafeguardedFacts;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.CopyServices;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.Space;

/**
 * The figures of a bay and its mount as text in the exposition format of Prometheus, version 0.0.4.
 * They are read from memory when the text is made: no file of a volume is asked.
 */
final class Metrics {
  /**
   * The text is filled up to a multiple of this with a comment, so that a program that has asked
   * for its size and reads it a moment later, such as tar, finds that size.
   */
  private static final int BLOCK_BYTES = 4096;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.builder().build();
  private final Bay bay;
  private final MountFacts facts;
  private final Info info;

  Metrics(Bay bay, CopyServices copy, ErrorLog errors, MountFacts facts) {
    this.bay = bay;
    this.facts = facts;
    info =
        Info.builder()
            .name("copybay_build_info")
            .help("Version of the program and the transport that it is mounted through.")
            .labelNames("version", "transport")
            .register(registry);
    gauge(
        "copybay_mounted_timestamp_seconds",
        "When the mount began, in seconds since 1970.",
        () -> facts.started().getEpochSecond());
    gauge(
        "copybay_health",
        "Health of the bay: 0 ok, 1 degraded, 2 failed.",
        () -> Health.of(bay, copy).state().level());
    gauge(
        "copybay_vault_behind_seconds",
        "How far the vault clock is behind the clock of the machine, negative when it is ahead.",
        () -> bay.vault().state().distanceMillis() / 1000.0);
    counter("copybay_errors_total", "Refused commands and gestures.", errors::count);
    registerSpace();
    registerMemory();
    registerJobs(copy.jobs());
    CounterWithCallback.builder()
        .name("copybay_events_total")
        .help("Events, by kind.")
        .labelNames("kind")
        .callback(values -> bay.events().counts().forEach((k, n) -> values.call(n, k)))
        .register(registry);
    new VolumeMetrics(bay).register(registry);
    new ShadowMetrics(copy.sets()).register(registry);
    new QuickOpcMetrics(copy.opc()).register(registry);
    new OpticalMetrics(copy.optical()).register(registry);
    new TapeMetrics(copy.tapes(), copy.policies()).register(registry);
    new SafeguardMetrics(new SafeguardedFacts(bay, copy.safeguarded())).register(registry);
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(values -> values.call(value.getAsDouble()))
        .register(registry);
  }

  private void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(values -> values.call(value.getAsDouble()))
        .register(registry);
  }

  /** A figure of a file system. */
  private interface Figure {
    double of(Space space);
  }

  private void registerSpace() {
    space("copybay_space_size_bytes", "Size of the file system of the bay.", Space::total);
    space("copybay_space_free_bytes", "Free space of that file system.", Space::free);
    space(
        "copybay_space_available_bytes",
        "Free space of that file system for ordinary users.",
        Space::available);
  }

  private void space(String name, String help, Figure figure) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(
            values -> {
              Space space = Health.space(bay);
              if (space != null) {
                values.call(figure.of(space));
              }
            })
        .register(registry);
  }

  private void registerMemory() {
    Runtime java = Runtime.getRuntime();
    gauge("copybay_cache_bytes", "Bytes in the block cache.", bay.cache()::bytes);
    counter(
        "copybay_cache_hits_total", "Block reads from that cache.", bay.cache().lookUps()::hits);
    counter(
        "copybay_cache_misses_total", "Block reads from the store.", bay.cache().lookUps()::misses);
    gauge(
        "copybay_jvm_heap_used_bytes",
        "Java heap in use.",
        () -> java.totalMemory() - java.freeMemory());
    gauge("copybay_jvm_heap_max_bytes", "Most that the Java heap may use.", java::maxMemory);
  }

  private void registerJobs(Jobs jobs) {
    GaugeWithCallback.builder()
        .name("copybay_jobs")
        .help("Jobs in the list, by state.")
        .labelNames("state")
        .callback(
            values -> {
              var all = jobs.all();
              for (JobState state : JobState.values()) {
                double count = all.stream().filter(job -> job.state() == state).count();
                values.call(count, state.word());
              }
            })
        .register(registry);
    counter(
        "copybay_jobs_copied_bytes_total", "Bytes read and written by jobs.", jobs::bytesCopied);
  }

  /** All of them as they are now. */
  String text() throws StorageException {
    info.setLabelValues(facts.version(), facts.transport().get()); // chosen after the tree is made
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, registry.scrape());
    } catch (IOException e) {
      throw new StorageException(Fault.STORE_FAILED, "metrics: " + e.getMessage(), null, e);
    }
    int room = BLOCK_BYTES - (text.size() + 2) % BLOCK_BYTES;
    return text.toString(StandardCharsets.UTF_8) + "#" + " ".repeat(room) + "\n";
  }
}
