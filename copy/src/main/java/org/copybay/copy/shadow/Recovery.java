package org.copybay.copy.shadow;

import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.jspecify.annotations.Nullable;

/**
 * How far a copy or a merge is.
 *
 * @param phase whether there is one, and whether it is at work
 * @param mini whether it is of those regions only that a bitmap names
 * @param percent of it, 0 to 99
 * @param job id of its job, or null where there is none
 */
public record Recovery(Phase phase, boolean mini, int percent, @Nullable String job) {
  /** There is none, and none is needed. */
  static final Recovery NONE = new Recovery(Phase.NOT_REQUIRED, false, 0, null);

  /** Whether there is one. */
  public enum Phase {
    /** None is needed. */
    NOT_REQUIRED,
    /** One is needed, and waits. */
    PENDING,
    /** One is at work. */
    ACTIVE
  }

  /** One that is needed, by its job if there is one. */
  static Recovery of(@Nullable Job job, boolean mini, boolean waits) {
    if (job == null) {
      return new Recovery(Phase.PENDING, mini, 0, null);
    }
    boolean active = job.state() == JobState.RUNNING && !waits;
    int percent = job.phase().equals("syncing") ? 99 : job.percent();
    return new Recovery(active ? Phase.ACTIVE : Phase.PENDING, mini, percent, job.id());
  }

  /** Whether it is at work. */
  public boolean active() {
    return phase == Phase.ACTIVE;
  }

  /** Whether it is needed. */
  public boolean required() {
    return phase != Phase.NOT_REQUIRED;
  }
}
