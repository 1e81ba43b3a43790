package org.copybay.control.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.copybay.copy.quickopc.GroupType;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.quickopc.SessionCommands;
import org.copybay.copy.quickopc.StartSpec;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;
import org.junit.jupiter.api.Test;

class MetricsTest extends ControlTreeFixture {
  private static final int PID = (int) ProcessHandle.current().pid();

  /** The samples, by name and labels as they are written; what the format forbids fails. */
  private static Map<String, Double> parse(String text) {
    Pattern meta = Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    String label = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"";
    Pattern sample =
        Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{" + label + "(?:," + label + ")*,?\\})? (\\S+)");
    Map<String, String> types = new HashMap<>();
    Map<String, Double> samples = new HashMap<>();
    Set<String> ended = new HashSet<>();
    String current = "";
    assertThat(text).endsWith("\n");
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty() || line.matches("# *")) {
        continue;
      }
      Matcher found = (line.startsWith("#") ? meta : sample).matcher(line);
      assertThat(found.matches()).as(line).isTrue();
      String name = line.startsWith("#") ? found.group(2) : found.group(1);
      if (!name.equals(current)) {
        assertThat(ended.add(name)).as("one group of lines for %s", name).isTrue();
        current = name;
      }
      if (line.startsWith("#")) {
        assertThat(types.put(found.group(1) + name, found.group(3))).as(line).isNull();
      } else {
        String type = types.get("TYPE" + name);
        assertThat(type).as(line).isIn("counter", "gauge");
        assertThat(types.get("HELP" + name)).as(line).endsWith(".");
        assertThat(name.endsWith("_total")).as(line).isEqualTo("counter".equals(type));
        String labels = found.group(2);
        double value = Double.parseDouble(found.group(3));
        assertThat(samples.put(name + (labels == null ? "" : labels), value)).as(line).isNull();
      }
    }
    return samples;
  }

  private Map<String, Double> metrics() throws Exception {
    String text = read("metrics");
    assertThat(text.getBytes(StandardCharsets.UTF_8).length % 4096).isZero();
    return parse(text);
  }

  @Test
  void aBayWithoutVolumesHasItsFigures() throws Exception {
    assertThat(metrics())
        .containsEntry("copybay_build_info{transport=\"dev\",version=\"0.1.0\"}", 1.0)
        .containsEntry("copybay_mounted_timestamp_seconds", 1763717467.0)
        .containsEntry("copybay_health", 0.0)
        .containsEntry("copybay_errors_total", 0.0)
        .containsEntry("copybay_jobs{state=\"running\"}", 0.0)
        .containsEntry("copybay_jobs_copied_bytes_total", 0.0)
        .containsKeys(
            "copybay_space_size_bytes",
            "copybay_space_free_bytes",
            "copybay_space_available_bytes",
            "copybay_cache_bytes",
            "copybay_cache_hits_total",
            "copybay_cache_misses_total",
            "copybay_jvm_heap_used_bytes",
            "copybay_jvm_heap_max_bytes");
  }

  @Test
  void theFiguresOfAVolumeGrowWithWhatIsDoneToIt() throws Exception {
    Volume volume = open.volume("payroll", 1 << 20);
    String of = "{volume=\"payroll\"}";
    try (OpenFile writer = volume.open(new Opener(PID, true), false)) {
      writer.write(0, ByteBuffer.allocateDirect(8192));
      writer.read(0, ByteBuffer.allocateDirect(4096));

      assertThat(metrics())
          .containsEntry("copybay_volume_changes_total" + of, 1.0)
          .containsEntry("copybay_volume_changed_bytes_total" + of, 8192.0)
          .containsEntry("copybay_volume_reads_total" + of, 1.0)
          .containsEntry("copybay_volume_read_bytes_total" + of, 4096.0)
          .containsEntry("copybay_volume_size_bytes" + of, 1048576.0)
          .containsEntry("copybay_volume_allocated_bytes" + of, 8192.0)
          .containsEntry("copybay_volume_away_bytes" + of, 0.0)
          .containsEntry("copybay_volume_spill_bytes" + of, 0.0)
          .containsEntry("copybay_volume_points" + of, 0.0)
          .containsEntry("copybay_volume_writers" + of, 1.0)
          .containsEntry("copybay_volume_failed" + of, 0.0);
    }
    assertThat(metrics()).containsEntry("copybay_volume_writers" + of, 0.0);
  }

  @Test
  void pointsBitmapsJobsEventsAndErrorsAreCounted() throws Exception {
    Volume volume = open.volume("payroll", 1 << 20);
    write("ctl", "freeze volumes=payroll name=monday");
    open.bay().bitmaps().start(volume, "mirror", Grain.TRACK, NOTHING);
    try (OpenFile writer = volume.open(new Opener(PID, true), false)) {
      writer.write(0, ByteBuffer.allocateDirect(4096));
    }
    write("ctl", "duplicate from=payroll to=copy id=first share=never");
    waitForEnd("first");
    assertThat(fault(() -> write("ctl", "delete volume=nix"))).isEqualTo(Fault.NOT_FOUND);

    assertThat(metrics())
        .containsEntry("copybay_volume_points{volume=\"payroll\"}", 1.0)
        .containsEntry("copybay_bitmap_regions_set{bitmap=\"mirror\",volume=\"payroll\"}", 1.0)
        .containsEntry("copybay_jobs{state=\"done\"}", 1.0)
        .containsEntry("copybay_events_total{kind=\"volume_created\"}", 2.0)
        .containsEntry("copybay_events_total{kind=\"point_made\"}", 1.0)
        .containsEntry("copybay_errors_total", 1.0)
        .satisfies(all -> assertThat(all.get("copybay_jobs_copied_bytes_total")).isPositive());
  }

  @Test
  void labelsAreEscapedAndADamagedVolumeLeavesOutWhatItDoesNotKnow() throws Exception {
    open.volume("a \"b\" \\c", 1 << 20);
    Path home = open.volume("gone", 1 << 20).home();
    open.close();
    Files.delete(home);
    open = open.reopen();
    tree = open.tree();

    assertThat(metrics())
        .containsEntry("copybay_volume_size_bytes{volume=\"a \\\"b\\\" \\\\c\"}", 1048576.0)
        .containsEntry("copybay_volume_failed{volume=\"gone\"}", 1.0)
        .containsEntry("copybay_health", 1.0)
        .doesNotContainKey("copybay_volume_allocated_bytes{volume=\"gone\"}");
  }

  private void startSession() throws Exception {
    QuickOpc opc = open.opc();
    Volume source = open.volume("source", 1 << 20);
    opc.groups().createGroup("nightly", GroupType.QUICKOPC, NOTHING);
    PairRecord pair =
        opc.groups().addPair("nightly", null, source, open.volume("target", 1 << 20), NOTHING);
    StartSpec spec =
        new StartSpec(StartSpec.Mode.AUTO, false, false, null, true, null, "start", 1000, NOTHING);
    assertThat(new SessionCommands(opc).start(List.of(pair), spec)).hasSize(1);
  }

  @Test
  void theDocumentNamesEveryMetric() throws Exception {
    open.bay().bitmaps().start(open.volume("payroll", 1 << 20), "mirror", Grain.TRACK, NOTHING);
    open.volume("data1", 1 << 20);
    write("ctl", "mount set=DSA42 members=data1");
    startSession();
    open.volume("kept", 1 << 20);
    write("ctl", "safeguarded create session=PAY");
    write("ctl", "safeguarded add session=PAY volume=kept");
    write("ctl", "safeguarded backup session=PAY");
    write("ctl", "optical device name=LIB1");
    write("ctl", "tape library name=VTL1");
    write("ctl", "optical add device=LIB1 media=*WORM capacity=64K");
    Set<String> names = new HashSet<>();
    metrics().keySet().forEach(key -> names.add(key.replaceAll("\\{.*", "")));

    Set<String> documented = new HashSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `(copybay_[a-z_]+)(?:\\{[a-z,]*\\})?` \\|")
            .matcher(Files.readString(Path.of("../docs/CONTROL.md")));
    while (row.find()) {
      documented.add(row.group(1));
    }

    assertThat(documented).isEqualTo(names);
    assertThat(List.copyOf(names)).allMatch(name -> name.matches("copybay_[a-z_]+"));
  }
}
