package org.copybay.copy.engine;

import static org.copybay.volumes.event.Event.fact;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.event.Event.Fact;
import org.copybay.volumes.event.Events;
import org.jspecify.annotations.Nullable;

/** Tells the state of a job. */
final class JobNews {
  private JobNews() {}

  /**
   * Tells that a job is in the state of its row, unless it ended before this mount.
   *
   * @param before the state that was told last, or null
   */
  static void tell(Events events, JobRecord row, @Nullable JobState before) {
    if (before == null && row.state().ended()) {
      return;
    }
    List<Fact> facts = new ArrayList<>();
    facts.add(fact("verb", row.verb()));
    facts.add(fact("source", row.source()));
    if (!row.target().isEmpty()) {
      facts.add(fact("target", row.target()));
    }
    Fault fault = row.fault();
    String message = row.message();
    if (fault != null && message != null) {
      facts.add(fact("errno", fault));
      facts.add(fact("error", message));
    }
    if (!row.result().isEmpty()) {
      facts.add(fact("result", row.result()));
    }
    events.tell("job_" + word(row.state(), before), row.id(), facts.toArray(new Fact[0]));
  }

  private static String word(JobState now, @Nullable JobState before) {
    return switch (now) {
      case QUEUED -> before == JobState.PAUSED ? "resumed" : "queued";
      case RUNNING -> "started";
      default -> now.word();
    };
  }
}
