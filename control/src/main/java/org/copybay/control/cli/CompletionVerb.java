package org.copybay.control.cli;

import java.util.concurrent.Callable;
import org.copybay.volumes.StorageException;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code copybay completion}. */
@Command(
    name = "completion",
    description = "Print what lets bash complete verbs and options.",
    footerHeading = "%nExamples:%n",
    footer = "  source <(copybay completion)")
final class CompletionVerb implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws StorageException {
    // The first line is how libexec/install knows its own file.
    String script = AutoComplete.bash("copybay", spec.root().commandLine());
    return Output.print("# Made by copybay completion\n" + script);
  }
}
