package org.copybay.control.cli;

import java.util.concurrent.Callable;
import org.copybay.volumes.StorageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code copybay manual}, by which {@code copybay install} makes the manual page. */
@Command(name = "manual", hidden = true, description = "Print the manual page as troff.")
final class ManualVerb implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws StorageException {
    return Output.print(new ManualPage(spec.root()).text());
  }
}
