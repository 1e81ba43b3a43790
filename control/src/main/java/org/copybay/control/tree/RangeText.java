package org.copybay.control.tree;

import java.util.List;
import org.copybay.volumes.bitmap.Run;

/**
 * Runs of regions or blocks, as lines "start count" or as JSON. What does not fit is not left out
 * silently: both forms say where it goes on.
 */
final class RangeText {
  /** More runs than this make a text that nobody waits for. */
  static final int LIMIT = 100_000;

  private RangeText() {}

  /**
   * One line for each of the first runs.
   *
   * @param unit what is counted, with its size
   * @param more the directory of {@link FromEntries} that has the rest
   * @param runs at most one more than {@link #LIMIT}
   */
  static String lines(String unit, String more, List<Run> runs) {
    StringBuilder text = new StringBuilder("# start count, in ").append(unit).append('\n');
    for (Run run : runs.subList(0, Math.min(LIMIT, runs.size()))) {
      text.append(run.first()).append(' ').append(run.count()).append('\n');
    }
    if (runs.size() > LIMIT) {
      text.append("# more: ").append(more).append('/').append(runs.get(LIMIT).first()).append('\n');
    }
    return text.toString();
  }

  /**
   * One object.
   *
   * @param unit the name of the key that holds the size of what is counted
   */
  static String json(String unit, long unitBytes, List<Run> runs) {
    StringBuilder text = new StringBuilder("{\"").append(unit).append("\":").append(unitBytes);
    text.append(",\"ranges\":[");
    for (int i = 0; i < Math.min(LIMIT, runs.size()); i++) {
      text.append(i == 0 ? "" : ",").append("{\"start\":").append(runs.get(i).first());
      text.append(",\"count\":").append(runs.get(i).count()).append('}');
    }
    text.append("],\"more_from\":");
    text.append(runs.size() > LIMIT ? String.valueOf(runs.get(LIMIT).first()) : "null");
    return text.append("}\n").toString();
  }
}
