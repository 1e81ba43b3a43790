package org.copybay.control.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;

/** The verbs of this package, for the command line of the program. */
public final class ClientVerbs {
  private ClientVerbs() {}

  /** Adds them, and the handler that says which bays there are where none or several are meant. */
  public static CommandLine addTo(CommandLine line) {
    line.addSubcommand(new StatusVerb())
        .addSubcommand(new ListVerb())
        .addSubcommand(new SpaceVerb())
        .addSubcommand(new ShowVerb())
        .addSubcommand(new JobsVerb())
        .addSubcommand(new CtlVerb())
        .addSubcommand(new ImportVerb())
        .addSubcommand(new ExportVerb())
        .addSubcommand(new CompletionVerb())
        .addSubcommand(new ManualVerb());
    IParameterExceptionHandler usage = line.getParameterExceptionHandler();
    return line.setParameterExceptionHandler(
        (failure, arguments) -> {
          if (!(failure instanceof UnclearBayException)) {
            return usage.handleParseException(failure, arguments);
          }
          line.getErr().println("copybay: " + failure.getMessage());
          line.getErr().flush();
          return ExitStatus.USAGE;
        });
  }
}
