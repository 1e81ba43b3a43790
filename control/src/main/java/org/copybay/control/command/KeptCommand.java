package org.copybay.control.command;

import org.copybay.control.report.Caller;
import org.copybay.volumes.bay.Catalogue;

/** A command that was kept as a line of .control/ctl, to be carried out later for who wrote it. */
final class KeptCommand {
  private final Interpreter interpreter;
  private final Verb verb;
  private final Arguments arguments;

  KeptCommand(Interpreter interpreter, Verb verb, Arguments arguments) {
    this.interpreter = interpreter;
    this.verb = verb;
    this.arguments = arguments;
  }

  /** Reads such lines. */
  @FunctionalInterface
  interface Reader {
    /** The command of a line. BAD_REQUEST where another version kept it. */
    KeptCommand read(String line) throws RefusedException;
  }

  /** Its arguments. */
  Arguments arguments() {
    return arguments;
  }

  /**
   * Checks it as if it were written now, by who wrote it; what it does is noted in the audit log.
   *
   * @param place the file below .control that has it
   * @param also belongs into the transaction in which it takes effect
   */
  Plan prepare(Caller writer, String place, Catalogue.Change also) throws RefusedException {
    return interpreter.prepareKept(verb, arguments, writer, place, also);
  }
}
