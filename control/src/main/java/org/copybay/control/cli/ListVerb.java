package org.copybay.control.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.copybay.control.report.Json;
import org.copybay.volumes.StorageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code copybay ls}. */
@Command(
    name = "ls",
    description = "List the volumes, the points in time and the shadow sets.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay ls",
      "  copybay ls --json | jq -r '.volumes[].name'",
    })
final class ListVerb implements Callable<Integer> {
  @Mixin private WhichBay which;

  @Option(names = "-l", description = "Show owner, mode, cache and time of creation as well.")
  private boolean longForm;

  @Option(
      names = "--json",
      description = "Print one object: volumes, points and shadow, the status.json of each.")
  private boolean json;

  @Override
  public Integer call() throws StorageException {
    ControlFiles bay = which.open();
    List<Facts> volumes = bay.all("volumes");
    List<Facts> points = bay.all("points");
    List<Facts> sets = bay.all("shadow");
    return Output.print(json ? json(volumes, points, sets) : text(volumes, points, sets, longForm));
  }

  static String json(List<Facts> volumes, List<Facts> points, List<Facts> sets)
      throws StorageException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("volumes", volumes.stream().map(Facts::values).toList());
    all.put("points", points.stream().map(Facts::values).toList());
    all.put("shadow", sets.stream().map(Facts::values).toList());
    return Json.text(all);
  }

  static String text(List<Facts> volumes, List<Facts> points, List<Facts> sets, boolean longForm) {
    String text = longForm ? longTable(volumes) : table(volumes);
    if (!points.isEmpty()) {
      text += "\n" + points(points);
    }
    return sets.isEmpty() ? text : text + "\n" + sets(sets);
  }

  private static String points(List<Facts> points) {
    Table table = new Table("POINT", "CREATED", "VOLUMES");
    for (Facts point : points) {
      table.row(Table.name(point.word("name")), point.word("created"), point.word("volumes"));
    }
    return table.text();
  }

  private static String sets(List<Facts> sets) {
    Table table = new Table("SET", "STATE", "FULL", "TARGETS", "FORMER").figures("SIZE", "OPEN");
    for (Facts set : sets) {
      table.row(
          set.word("name"),
          set.word("state"),
          set.word("full"),
          set.word("targets"),
          set.word("former"),
          set.bytes("size"),
          set.word("open_count"));
    }
    return table.text();
  }

  private static String table(List<Facts> volumes) {
    Table table =
        new Table("VOLUME", "STATE").figures("SIZE", "ALLOCATED", "POINTS", "BITMAPS", "OPEN");
    for (Facts volume : volumes) {
      table.row(
          Table.name(volume.word("name")),
          state(volume),
          volume.bytes("size"),
          volume.bytes("allocated_bytes"),
          volume.word("points"),
          volume.word("bitmaps"),
          volume.word("open_count"));
    }
    return table.text();
  }

  private static String longTable(List<Facts> volumes) {
    Table table =
        new Table("VOLUME", "STATE", "OWNER", "MODE", "CACHE", "CREATED")
            .figures("SIZE", "ALLOCATED", "POINTS", "BITMAPS", "OPEN");
    for (Facts volume : volumes) {
      table.row(
          Table.name(volume.word("name")),
          state(volume),
          volume.word("owner"),
          volume.word("mode"),
          volume.word("cache_mode"),
          volume.word("created"),
          volume.bytes("size"),
          volume.bytes("allocated_bytes"),
          volume.word("points"),
          volume.word("bitmaps"),
          volume.word("open_count"));
    }
    return table.text();
  }

  /** A volume that takes no writes is worse than its state says. */
  private static String state(Facts volume) {
    return volume.values().get("failure") == null ? volume.word("state") : "failed";
  }
}
