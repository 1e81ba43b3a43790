package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an accepted command.
 *
 * @param job id of the job that it started, or null
 * @param generation of its subject, or {@link Subject#NONE}
 * @param text what else is to say in the same line, or empty
 * @param lines what there is to say below it; none begins with ok
 */
record Reply(@Nullable String job, long generation, String text, List<String> lines) {
  /** What the ids of jobs follow, with commas, where a command has several; CONTROL.md. */
  static final String JOBS = "jobs=";

  Reply {
    lines = List.copyOf(lines);
  }

  static Reply text(long generation, String text) {
    return new Reply(null, generation, text, List.of());
  }

  static Reply job(String id, long generation) {
    return new Reply(id, generation, "", List.of());
  }

  static Reply lines(@Nullable String job, long generation, List<String> lines) {
    return new Reply(job, generation, "", lines);
  }

  /** With more lines below. */
  Reply with(List<String> more) {
    List<String> all = new ArrayList<>(lines);
    all.addAll(more);
    return new Reply(job, generation, text, all);
  }

  /**
   * What the writer can read: ok, the id if there is one, the generation, the text; then the lines
   * below.
   */
  String render(@Nullable String id) {
    StringBuilder all = new StringBuilder(first(id));
    lines.forEach(line -> all.append('\n').append(Words.oneLine(line)));
    return all.toString();
  }

  private String first(@Nullable String id) {
    String name = job == null ? id : job;
    return "ok"
        + (name == null ? "" : " " + name)
        + (generation == Subject.NONE ? "" : " gen=" + generation)
        + (text.isEmpty() ? "" : " " + text);
  }
}
