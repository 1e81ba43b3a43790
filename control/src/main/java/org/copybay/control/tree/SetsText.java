package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.copybay.copy.quickopc.Session;
import org.copybay.copy.quickopc.Sets;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Where both sides of a session differ or may differ, as lines "set offset length" or as JSON. What
 * does not fit is not left out silently: both forms say where it goes on.
 *
 * @param session that it is about, or null where there is none and nothing is known
 * @param recorded whether changes are recorded, else only what is uncopied is known
 * @param ranges by set and place, at most {@link RangeText#LIMIT} of each set
 * @param more the first range of each set that has more
 */
record SetsText(
    @Nullable Integer session, boolean recorded, List<Sets.Range> ranges, List<Sets.Range> more) {

  /** Those of a session as they are now. CORRUPT where a set is lost. */
  static SetsText of(@Nullable Session session) throws StorageException {
    if (session == null) {
      return new SetsText(null, false, List.of(), List.of());
    }
    return of(session, RangeText.LIMIT);
  }

  /** At most so many of each set. */
  static SetsText of(Session session, int limit) throws StorageException {
    List<Sets.Range> ranges = new ArrayList<>();
    List<Sets.Range> more = new ArrayList<>();
    Map<Sets.Which, Integer> counts = new EnumMap<>(Sets.Which.class);
    for (Sets.Range range : Sets.of(session).ranges(limit + 1)) {
      int count = counts.merge(range.which(), 1, Integer::sum);
      (count > limit ? more : ranges).add(range);
    }
    return new SetsText(session.record().id(), session.record().tracking(), ranges, more);
  }

  /** One line for each range. */
  String lines() {
    StringBuilder text = new StringBuilder("# set offset length, in bytes\n");
    if (session == null) {
      text.append("# no session: nothing is known\n");
    } else if (!recorded) {
      text.append("# no tracking: only what is uncopied is known\n");
    }
    for (Sets.Range range : ranges) {
      text.append(range.which().word()).append(' ').append(range.offset());
      text.append(' ').append(range.length()).append('\n');
    }
    for (Sets.Range range : more) {
      text.append("# more: ").append(range.which().word()).append(" from ");
      text.append(range.offset()).append('\n');
    }
    return text.toString();
  }

  /** One object. */
  String json() {
    StringBuilder text = new StringBuilder("{\"session\":").append(session);
    text.append(",\"tracking\":").append(recorded).append(",\"ranges\":[");
    for (int i = 0; i < ranges.size(); i++) {
      Sets.Range range = ranges.get(i);
      text.append(i == 0 ? "{" : ",{").append("\"set\":\"").append(range.which().word());
      text.append("\",\"offset\":").append(range.offset());
      text.append(",\"length\":").append(range.length()).append('}');
    }
    text.append("],\"more_from\":{");
    for (int i = 0; i < more.size(); i++) {
      text.append(i == 0 ? "\"" : ",\"").append(more.get(i).which().word());
      text.append("\":").append(more.get(i).offset());
    }
    return text.append("}}\n").toString();
  }
}
