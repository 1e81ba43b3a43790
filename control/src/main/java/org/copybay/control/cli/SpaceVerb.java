package org.copybay.control.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.copybay.control.command.Sizes;
import org.copybay.control.report.Json;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code copybay df}. */
@Command(
    name = "df",
    description = {
      "Show where the space of a bay is.",
      "SIZE is what programs see, ALLOCATED what the home of the volume takes on the disk, AWAY"
          + " what of its content is not there, SPILL what it and its points take beside it.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay df",
      "  copybay df --json | jq '[.volumes[].spill_bytes] | add'",
    })
final class SpaceVerb implements Callable<Integer> {
  private static final List<String> OF_A_VOLUME =
      List.of("name", "size", "allocated_bytes", "away_bytes", "spill_bytes", "path");
  private static final List<String> OF_THE_BAY =
      List.of("bay", "space_total_bytes", "space_free_bytes", "space_available_bytes");

  @Mixin private WhichBay which;

  @Option(
      names = "--json",
      description = "Print one object: bay, space_*_bytes, and volumes with the same keys.")
  private boolean json;

  @Override
  public Integer call() throws StorageException {
    ControlFiles bay = which.open();
    Facts status = bay.status();
    List<Facts> volumes = bay.all("volumes");
    return Output.print(json ? json(status, volumes) : text(status, volumes));
  }

  static String json(Facts status, List<Facts> volumes) throws StorageException {
    Map<String, @Nullable Object> all = some(status, OF_THE_BAY);
    all.put("volumes", volumes.stream().map(volume -> some(volume, OF_A_VOLUME)).toList());
    return Json.text(all);
  }

  private static Map<String, @Nullable Object> some(Facts facts, List<String> keys) {
    Map<String, @Nullable Object> some = new LinkedHashMap<>();
    keys.forEach(key -> some.put(key, facts.values().get(key)));
    return some;
  }

  static String text(Facts status, List<Facts> volumes) {
    Table table = new Table("VOLUME").figures("SIZE", "ALLOCATED", "AWAY", "SPILL");
    for (Facts volume : volumes) {
      table.row(
          Table.name(volume.word("name")),
          volume.bytes("size"),
          volume.bytes("allocated_bytes"),
          volume.bytes("away_bytes"),
          volume.bytes("spill_bytes"));
    }
    table.row(
        "all of them",
        sum(volumes, "size"),
        sum(volumes, "allocated_bytes"),
        sum(volumes, "away_bytes"),
        sum(volumes, "spill_bytes"));
    return table.text()
        + "\nspace    "
        + StatusVerb.space(status)
        + "\nbay      "
        + Table.name(status.word("bay"))
        + "\n";
  }

  private static String sum(List<Facts> volumes, String key) {
    return Sizes.human(volumes.stream().mapToLong(volume -> volume.number(key)).sum());
  }
}
