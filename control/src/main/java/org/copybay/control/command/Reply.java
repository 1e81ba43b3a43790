package org.copybay.control.command;

import org.jspecify.annotations.Nullable;

/**
 * The answer to an accepted command.
 *
 * @param job id of the job that it started, or null
 * @param generation of its subject, or {@link Subject#NONE}
 * @param text what else is to say, or empty
 */
record Reply(@Nullable String job, long generation, String text) {
  static Reply text(long generation, String text) {
    return new Reply(null, generation, text);
  }

  static Reply job(String id, long generation) {
    return new Reply(id, generation, "");
  }

  /** The line that the writer can read: ok, the id if there is one, the generation, the text. */
  String render(@Nullable String id) {
    String name = job == null ? id : job;
    return "ok"
        + (name == null ? "" : " " + name)
        + (generation == Subject.NONE ? "" : " gen=" + generation)
        + (text.isEmpty() ? "" : " " + text);
  }
}
