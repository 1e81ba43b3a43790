package org.copybay.control.tree;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.copybay.copy.shadow.BitmapStatus;
import org.copybay.copy.shadow.MemberRole;
import org.copybay.copy.shadow.MemberStatus;
import org.copybay.copy.shadow.SetRecord;
import org.copybay.copy.shadow.SetStatus;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Opener;
import org.jspecify.annotations.Nullable;

/** What there is to say about shadow sets, their members and their write bitmaps. */
final class ShadowPages {
  private ShadowPages() {}

  static Page status(SetStatus set) {
    SetRecord record = set.record();
    SetRecord.Settings settings = record.settings();
    BitmapStatus merge = set.bitmap(BitmapStatus.MERGE);
    BitmapStatus rolling = set.bitmap(BitmapStatus.ROLLING);
    return new Page()
        .put("name", record.name())
        .put("state", set.state().word())
        .put("label", record.label())
        .put("size", record.size())
        .put("uuid", record.id())
        .put("generation", record.lineage().generation())
        .put("created", record.created())
        .put("owner", record.owner().uid() + ":" + record.owner().gid())
        .put("mode", String.format("%04o", record.owner().mode()))
        .put("members", record.of(MemberRole.FULL).size() + record.of(MemberRole.TARGET).size())
        .put("full", names(set.of(MemberRole.FULL)))
        .put("targets", names(set.of(MemberRole.TARGET)))
        .put("former", names(set.of(MemberRole.FORMER)))
        .put("lost_members", lost(set))
        .put("jobs", orNull(String.join(",", set.jobs())))
        .put("percent", set.percent())
        .put("copy_left_bytes", set.copyLeftBytes())
        .put("merge_regions", merge == null ? null : merge.regionsSet())
        .put("merge_bytes", merge == null ? null : merge.changedBytes())
        .put("rolling_regions", rolling == null ? null : rolling.regionsSet())
        .put("differing_reads", set.differingReads())
        .put("stalled_seconds", set.stalledSeconds())
        .put("priority", settings.priority())
        .put("member_timeout", settings.memberSeconds())
        .put("rate", settings.bytesPerSecond())
        .put("open_count", set.openers().size())
        .put("writer_count", set.openers().stream().filter(Opener::writing).count())
        .put("trouble", set.trouble());
  }

  private static @Nullable String names(List<MemberStatus> members) {
    return orNull(
        members.stream().map(each -> Words.word(each.name())).collect(Collectors.joining(",")));
  }

  private static @Nullable String lost(SetStatus set) {
    return orNull(
        set.lost().stream()
            .map(each -> Words.word(each.name()) + ": " + each.record().why())
            .collect(Collectors.joining("; ")));
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  static Page member(SetStatus set, MemberStatus member) {
    return new Page()
        .put("name", member.name())
        .put("set", set.name())
        .put("uuid", member.record().volume())
        .put("role", member.record().role().word())
        .put("state", member.state())
        .put("since", member.record().since())
        .put("why", member.record().why())
        .put("copied", copied(set, member))
        .put("left_bytes", member.leftBytes())
        .put("copy", copyKind(member))
        .put("job", member.copy().job())
        .put("bitmap", member.record().bitmap())
        .put("failing", member.failing());
  }

  /** Percent of the bytes of the set that it has; a target has not all before it is a member. */
  private static @Nullable Long copied(SetStatus set, MemberStatus member) {
    Long left = member.leftBytes();
    long size = set.record().size();
    if (left == null || size == 0) {
      return null;
    }
    long percent = Math.max(0, size - left) * 100 / size;
    return member.record().role() == MemberRole.TARGET ? Math.min(99, percent) : percent;
  }

  private static @Nullable String copyKind(MemberStatus member) {
    if (!member.copy().required()) {
      return null;
    }
    return member.copy().mini() ? "mini" : "full";
  }

  static Page bitmap(SetStatus set, BitmapStatus bitmap) {
    return new Page()
        .put("name", bitmap.name())
        .put("set", set.name())
        .put("type", bitmap.type().name().toLowerCase(Locale.ROOT))
        .put("created", bitmap.created())
        .put("grain", bitmap.grain().word())
        .put("region_bytes", bitmap.regionBytes())
        .put("regions", bitmap.regions())
        .put("regions_set", bitmap.regionsSet())
        .put("percent_populated", bitmap.percentPopulated())
        .put("changed_bytes", bitmap.changedBytes())
        .put("size_bytes", bitmap.mapBytes())
        .put("active", bitmap.active())
        .put("delete_pending", false);
  }
}
