package org.copybay.control.command;

/**
 * A checked command that has not been run.
 *
 * @param subject what its conditions are about
 * @param effect what running it will do, as in "delete volume payroll"
 */
record Plan(Subject subject, String effect, Action action) {

  /** The command itself. */
  @FunctionalInterface
  interface Action {
    /** Runs it up to the point where it is accepted; long work goes on as a job. */
    Reply run() throws RefusedException;
  }
}
