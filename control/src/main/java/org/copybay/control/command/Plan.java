package org.copybay.control.command;

import org.jspecify.annotations.Nullable;

/**
 * A checked command that has not been run.
 *
 * @param subject what its conditions are about
 * @param effect what running it will do, as in "delete volume payroll"
 * @param reached the refusal of a state that is reached already, or null; the conditions of the
 *     command come before it
 */
record Plan(Subject subject, String effect, Action action, @Nullable RefusedException reached) {
  Plan(Subject subject, String effect, Action action) {
    this(subject, effect, action, null);
  }

  /** The command itself. */
  @FunctionalInterface
  interface Action {
    /** Runs it up to the point where it is accepted; long work goes on as a job. */
    Reply run() throws RefusedException;
  }
}
