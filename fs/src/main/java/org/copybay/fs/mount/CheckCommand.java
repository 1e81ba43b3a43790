package org.copybay.fs.mount;

import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.copybay.control.cli.ExitStatus;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Rebuild;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code copybay check}: looks after a bay that is not mounted. */
@Command(name = "check", description = "Look after a bay that is not mounted.")
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "BAY", description = "The directory of the bay.")
  private Path bay;

  @Option(
      names = "--rebuild",
      description = "Make the catalogue anew from the labels beside the volumes.")
  private boolean rebuild;

  @Override
  public Integer call() throws StorageException {
    if (!rebuild) {
      throw new ParameterException(spec.commandLine(), "say what to do: --rebuild");
    }
    return rebuild();
  }

  private int rebuild() throws StorageException {
    Path place = MountPlace.bay(bay);
    BayLock.take(place);
    Rebuild.Result result = Rebuild.run(place, Clock.systemUTC());
    result.lines().forEach(spec.commandLine().getOut()::println);
    return result.whole() ? ExitStatus.DONE : ExitStatus.NOT_IN_ORDER;
  }
}
