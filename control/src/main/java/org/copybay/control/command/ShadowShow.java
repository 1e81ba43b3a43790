package org.copybay.control.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.copybay.copy.shadow.BitmapStatus;
import org.copybay.copy.shadow.MemberRole;
import org.copybay.copy.shadow.MemberStatus;
import org.copybay.copy.shadow.Recovery;
import org.copybay.copy.shadow.SetRecord;
import org.copybay.copy.shadow.SetStatus;
import org.copybay.copy.shadow.ShadowSets;
import org.copybay.copy.shadow.VirtualUnit;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** Shadow sets in the words of SHOW SHADOW and SHOW DEVICE, for people. */
final class ShadowShow {
  /** What can be told of them. */
  static final List<String> WHATS =
      List.of("full", "active", "copy", "merge", "by_priority", "bitmap");

  private ShadowShow() {}

  /** Lines about some sets. */
  static List<String> lines(ShadowSets sets, List<VirtualUnit> some, String what) {
    List<SetStatus> all = some.stream().map(unit -> SetStatus.of(sets, unit)).toList();
    List<String> lines = new ArrayList<>();
    if (what.equals("bitmap") && !all.isEmpty()) {
      lines.add(
          bitmapRow(
              "Device Name",
              "BitMap ID",
              "Size (Bytes)",
              "Percent Populated",
              "Type",
              "Active",
              "Cluster Size",
              "Delete Pending"));
    }
    for (SetStatus each : what.equals("by_priority") ? byPriority(all) : all) {
      lines.addAll(of(each, what));
    }
    if (lines.isEmpty()) {
      lines.add("%SHOW-I-NOSETS, there is no shadow set");
    }
    return lines;
  }

  private static List<String> of(SetStatus set, String what) {
    String device = "_" + set.name() + ":  ";
    return switch (what) {
      case "active" ->
          List.of(
              device
                  + (!set.copy().required() && !set.merge().required()
                      ? "Merge or Copy is not required"
                      : set.copy().required()
                          ? recovery("Copy", set.copy())
                          : recovery("Merge", set.merge())));
      case "copy" -> List.of(device + recovery("Copy", set.copy()));
      case "merge" -> List.of(device + recovery("Merge", set.merge()));
      case "by_priority" ->
          List.of(
              String.format(
                  Locale.ROOT,
                  "%-10s Priority %5d  %s",
                  "_" + set.name() + ":",
                  set.record().settings().priority(),
                  state(set)));
      case "bitmap" -> bitmaps(set);
      case "full" -> full(set);
      default -> summary(set);
    };
  }

  /** As recovery would run: the greater number first. */
  private static List<SetStatus> byPriority(List<SetStatus> all) {
    return all.stream()
        .sorted(
            Comparator.comparingInt((SetStatus set) -> set.record().settings().priority())
                .reversed())
        .toList();
  }

  private static String recovery(String name, Recovery recovery) {
    return switch (recovery.phase()) {
      case NOT_REQUIRED -> name + " is not required";
      case PENDING -> name + " is pending";
      case ACTIVE -> name + " is in progress, " + recovery.percent() + "% completed";
    };
  }

  private static String state(SetStatus set) {
    Integer percent = set.percent();
    boolean shown = percent != null && set.state().text().endsWith("Active");
    return set.state().text()
        + (shown ? " (" + percent + "%)" : "")
        + (set.trouble() == null ? "" : ": " + set.trouble());
  }

  // ---- summary, full

  private static List<String> head(SetStatus set) {
    List<String> lines = new ArrayList<>();
    lines.add("_" + set.name() + ":  Volume Label: " + set.record().label());
    lines.add("  Virtual Unit State:   " + state(set));
    return lines;
  }

  private static List<String> summary(SetStatus set) {
    List<String> lines = head(set);
    set.members().forEach(member -> lines.add(member(member, master(set))));
    return lines;
  }

  private static List<String> full(SetStatus set) {
    List<String> lines = head(set);
    SetRecord.Settings settings = set.record().settings();
    BitmapStatus merge = set.bitmap(BitmapStatus.MERGE);
    BitmapStatus rolling = set.bitmap(BitmapStatus.ROLLING);
    lines.add("  Enhanced Shadowing Features in use:");
    lines.add("        Host-Based Minimerge (HBMM)");
    lines.add(
        pair(
            "Size (Bytes)",
            set.record().size(),
            "Generation",
            set.record().lineage().generation()));
    lines.add(
        pair(
            "Copy/Merge Priority",
            settings.priority(),
            "Member Timeout",
            settings.memberSeconds()));
    lines.add(
        pair(
            "Copy/Merge Rate",
            settings.bytesPerSecond(),
            "Devices",
            set.of(MemberRole.FULL).size() + set.of(MemberRole.TARGET).size()));
    lines.add(
        pair(
            "HBMM Modified Regions",
            rolling == null ? null : rolling.regionsSet(),
            "Regions to merge",
            merge == null ? null : merge.regionsSet()));
    lines.add(
        "  Device supports bitmaps ("
            + (set.bitmaps().size() > 2 ? "" : "no ")
            + "bitmaps active)");
    set.members().forEach(member -> lines.addAll(fullMember(set, member)));
    return lines;
  }

  private static List<String> fullMember(SetStatus set, MemberStatus member) {
    String line = member(member, master(set));
    String why = member.record().why();
    return why == null ? List.of(line) : List.of(line, "    Because " + why);
  }

  private static String pair(
      String one, @Nullable Object first, String two, @Nullable Object second) {
    return String.format(
            Locale.ROOT,
            "  %-22s %14s    %-18s %10s",
            one,
            first == null ? "-" : first,
            two,
            second == null ? "-" : second)
        .stripTrailing();
  }

  /** The first full member, which only breaks ties: all full members are equal. */
  private static @Nullable MemberStatus master(SetStatus set) {
    List<MemberStatus> full = set.of(MemberRole.FULL);
    return full.isEmpty() ? null : full.get(0);
  }

  private static String member(MemberStatus member, @Nullable MemberStatus master) {
    return String.format(
            Locale.ROOT,
            "  Device %-20s %s%s",
            Words.word(member.name()),
            role(member, member.equals(master)),
            member.failing() ? ", failing" : "")
        .stripTrailing();
  }

  private static String role(MemberStatus member, boolean master) {
    return switch (member.record().role()) {
      case FULL -> master ? "Master Member" : "Shadow Set Member";
      case TARGET ->
          "Copy Target ("
              + (member.copy().mini() ? "minicopy, " : "")
              + (member.copy().active() ? member.copy().percent() + "%" : "pending")
              + ")";
      case FORMER ->
          "Former Member, "
              + (member.record().bitmap()
                  ? "with a bitmap"
                      + (member.leftBytes() == null ? "" : " of " + member.leftBytes() + " bytes")
                  : "without a bitmap");
    };
  }

  // ---- bitmaps

  private static List<String> bitmaps(SetStatus set) {
    return set.bitmaps().stream()
        .map(
            bitmap ->
                bitmapRow(
                    set.name() + ":",
                    Words.word(bitmap.name()),
                    shown(bitmap.mapBytes()),
                    bitmap.percentPopulated() == null ? "-" : bitmap.percentPopulated() + "%",
                    bitmap.type().text(),
                    bitmap.active() ? "Yes" : "No",
                    bitmap.grain().word(),
                    "No"))
        .toList();
  }

  private static String shown(@Nullable Long number) {
    return number == null ? "-" : number.toString();
  }

  private static String bitmapRow(String... cells) {
    return String.format(
            Locale.ROOT, "%-12s %-20s %12s %18s  %-10s %-6s %12s  %s", (Object[]) cells)
        .stripTrailing();
  }
}
