package org.copybay.control.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.copybay.control.report.Json;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code copybay info}. */
@Command(
    name = "info",
    description = "Show all there is to say about one volume, point in time, shadow set or job.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay info payroll",
      "  copybay info points/monday",
      "  copybay info DSA42",
      "  copybay info payroll --json | jq .status.size",
    })
final class ShowVerb implements Callable<Integer> {
  @Mixin private WhichBay which;

  @Parameters(
      paramLabel = "NAME",
      description =
          "Of a volume, a point, a shadow set or a job; volumes/NAME, points/NAME, shadow/DSAn, jobs/ID in"
              + " full.")
  private String name;

  @Option(
      names = "--json",
      description =
          "Print one object: kind, status, of a volume or set bitmaps, of a set members, as"
              + " status.json has it.")
  private boolean json;

  @Override
  public Integer call() throws StorageException {
    ControlFiles bay = which.open();
    ControlFiles.Found found = bay.find(name);
    return Output.print(json ? json(bay, found) : text(bay, found));
  }

  private static String json(ControlFiles bay, ControlFiles.Found found) throws StorageException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("kind", ControlFiles.one(found.kind()));
    all.put("status", bay.status(found.kind(), found.name()).values());
    if (found.kind().equals("shadow")) {
      all.put("members", parts(bay, found, "members").stream().map(Facts::values).toList());
    }
    if (found.kind().equals("volumes") || found.kind().equals("shadow")) {
      all.put("bitmaps", parts(bay, found, "bitmaps").stream().map(Facts::values).toList());
    }
    return Json.text(all);
  }

  /** Of a damaged volume nobody knows more than their names. */
  private static List<Facts> parts(ControlFiles bay, ControlFiles.Found found, String part)
      throws StorageException {
    List<Facts> parts = new ArrayList<>();
    for (String name : bay.names(found.kind(), found.name(), part)) {
      try {
        parts.add(bay.status(found.kind(), found.name(), part, name));
      } catch (StorageException e) {
        if (e.fault() != Fault.NOT_FOUND) { // else it went meanwhile
          parts.add(new Facts(Map.of("name", name)));
        }
      }
    }
    return parts;
  }

  private static String text(ControlFiles bay, ControlFiles.Found found) throws StorageException {
    StringBuilder text = new StringBuilder(bay.text(found.kind(), found.name(), "status"));
    if (found.kind().equals("volumes")) {
      append(text, "openers", bay.text("volumes", found.name(), "openers"));
      append(text, "relations", bay.text("volumes", found.name(), "relations"));
      append(text, "bitmaps", bitmaps(parts(bay, found, "bitmaps")));
    } else if (found.kind().equals("shadow")) {
      append(text, "members", members(parts(bay, found, "members")));
      append(text, "bitmaps", bitmaps(parts(bay, found, "bitmaps")));
    } else if (found.kind().equals("jobs")) {
      append(text, "log", "\n" + bay.text("jobs", found.name(), "log"));
    }
    return text.toString();
  }

  static String bitmaps(List<Facts> bitmaps) {
    Table table = new Table("#", "GRAIN", "SINCE").figures("PERCENT", "CHANGED");
    for (Facts bitmap : bitmaps) {
      boolean ofSet = bitmap.values().containsKey("set");
      table.row(
          Table.name(bitmap.word("name")),
          bitmap.word("grain"),
          bitmap.word(ofSet ? "created" : "since"),
          bitmap.word(ofSet ? "percent_populated" : "percent"),
          bitmap.bytes("changed_bytes"));
    }
    return table.text();
  }

  private static String members(List<Facts> members) {
    Table table = new Table("#", "ROLE", "STATE", "WHY").figures("PERCENT", "LEFT");
    for (Facts member : members) {
      table.row(
          Table.name(member.word("name")),
          member.word("role"),
          member.word("state"),
          member.word("why"),
          member.word("copied"),
          member.bytes("left_bytes"));
    }
    return table.text();
  }

  /** Adds the lines of a table, without the one that names its columns; nothing of an empty one. */
  private static void append(StringBuilder text, String title, String table) {
    String rows = table.substring(table.indexOf('\n') + 1);
    if (!rows.isEmpty()) {
      text.append('\n').append(title).append(":\n");
      rows.lines().forEach(row -> text.append("  ").append(row).append('\n'));
    }
  }
}
