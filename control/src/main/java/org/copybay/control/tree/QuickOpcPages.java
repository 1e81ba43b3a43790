package org.copybay.control.tree;

import java.util.List;
import java.util.stream.Collectors;
import org.copybay.copy.quickopc.PairRecord;
import org.copybay.copy.quickopc.Phase;
import org.copybay.copy.quickopc.QuickOpc;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.SessionRecord;
import org.copybay.copy.quickopc.Sets;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.bay.Volume;
import org.jspecify.annotations.Nullable;

/** What there is to say about QuickOPC, its groups and their pairs. */
final class QuickOpcPages {
  private QuickOpcPages() {}

  static Page status(QuickOpc opc) {
    List<Session> sessions = opc.sessions();
    return new Page()
        .put("groups", opc.groups().all().size())
        .put(
            "pairs",
            opc.groups().all().keySet().stream()
                .mapToInt(of -> opc.groups().pairs(of).size())
                .sum())
        .put("sessions", sessions.size())
        .put("copying", sessions.stream().filter(QuickOpcPages::copies).count())
        .put("max_sessions", opc.groups().maxSessions())
        .put("inhibited", names(opc.groups().inhibited()));
  }

  private static boolean copies(Session session) {
    Phase phase = session.phase();
    return phase == Phase.COPYING || phase == Phase.COPYING_TRACKING;
  }

  private static @Nullable String names(List<Volume> volumes) {
    return volumes.isEmpty()
        ? null
        : volumes.stream().map(each -> Words.word(each.name())).collect(Collectors.joining(","));
  }

  /** A group with how many of its pairs are in which phase. NOT_FOUND. */
  static Page group(QuickOpc opc, String name) throws StorageException {
    String type = opc.groups().type(name).word();
    List<PairRecord> pairs = opc.groups().pairs(name);
    List<Phase> phases = pairs.stream().map(opc::phase).toList();
    Page page = new Page().put("name", name).put("type", type).put("pairs", pairs.size());
    for (Phase phase : Phase.values()) {
      page.put(
          phase.state().replace('/', '_'), phases.stream().filter(each -> each == phase).count());
    }
    return page.put(
        "restoring", pairs.stream().filter(pair -> opc.findBackward(pair) != null).count());
  }

  static Page pair(PairStatus of) {
    Phase phase = of.phase();
    SessionRecord forward = record(of.forward());
    SessionRecord backward = record(of.backward());
    return new Page()
        .put("group", of.pair().group())
        .put("pair", of.pair().name())
        .put("source", name(of.source()))
        .put("target", name(of.target()))
        .put("session", forward == null ? null : forward.id())
        .put("opc_status", of.status())
        .put("phase", phase.state())
        .put("percent", of.percent())
        .put("copied_blocks", of.copiedBlocks())
        .put("left_bytes", of.leftBytes())
        .put("uncopied_regions", of.uncopiedRegions())
        .put("tracked_source_regions", of.regions(Sets.Which.TS))
        .put("tracked_source_bytes", of.bytes(Sets.Which.TS))
        .put("tracked_target_regions", of.regions(Sets.Which.TD))
        .put("tracked_target_bytes", of.bytes(Sets.Which.TD))
        .put("region_bytes", Sets.REGION_BYTES)
        .put("regions", of.regions())
        .put("started", forward == null ? null : forward.started())
        .put("job", of.job() == null ? null : of.job().id())
        .put("rate", forward == null ? null : forward.rate())
        .put("error", of.error())
        .put("restore", backward == null ? null : backward.direction().word())
        .put("restore_percent", of.restorePercent())
        .put("restore_error", backward == null ? null : backward.error())
        .put("safety_point", of.safety() == null ? null : of.safety().name())
        .put("target_invalid", of.target() == null ? null : of.target().invalidity());
  }

  private static @Nullable SessionRecord record(@Nullable Session session) {
    return session == null ? null : session.record();
  }

  /** The name of a volume, or null. */
  static @Nullable String name(@Nullable Volume volume) {
    return volume == null ? null : volume.name();
  }
}
