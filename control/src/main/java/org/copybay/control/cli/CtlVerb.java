package org.copybay.control.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.FileFailure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code copybay ctl}. */
@Command(
    name = "ctl",
    description = {
      "Write a command to a ctl file, and print the reply.",
      "The words become one line; values with blanks are quoted. One word is a whole line, no word"
          + " means lines from standard input: the first that is refused ends it.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay ctl create volume 'old disk' size=1G",
      "  copybay ctl 'create volume \"old disk\" size=1G'",
      "  copybay ctl --wait duplicate from=payroll to=payroll-copy",
      "  copybay ctl --on=payroll resize 8G",
      "  copybay ctl help",
    })
final class CtlVerb implements Callable<Integer> {
  @Mixin private WhichBay which;

  @Option(
      names = "--on",
      paramLabel = "OBJECT",
      description = "The ctl of this volume, shadow set or job, where its name is not repeated.")
  private @Nullable String object;

  @Option(names = "--wait", description = "Wait for the jobs that the commands start.")
  private boolean wait;

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "A command and its words.")
  private List<String> words = new ArrayList<>();

  @Override
  public Integer call() throws StorageException {
    ControlFiles bay = which.open();
    try (Ctl ctl = Ctl.open(bay, file(bay))) {
      if (!words.isEmpty()) {
        return run(bay, ctl, CtlLine.of(words));
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      int status = ExitStatus.DONE;
      for (String line = lines.readLine();
          line != null && status == ExitStatus.DONE;
          line = lines.readLine()) {
        status = run(bay, ctl, line);
      }
      return status;
    } catch (IOException e) {
      throw FileFailure.of("read standard input", e);
    }
  }

  private Path file(ControlFiles bay) throws StorageException {
    if (object == null) {
      return bay.path("ctl");
    }
    ControlFiles.Found found = bay.find(object);
    if (found.kind().equals("points")) {
      throw new StorageException(
          Fault.UNSUPPORTED,
          "a point in time has no ctl",
          "copybay ctl drop " + CtlLine.keyed("point", found.name()));
    }
    return bay.path(found.kind(), found.name(), "ctl");
  }

  private int run(ControlFiles bay, Ctl ctl, String line) throws StorageException {
    String reply = ctl.send(line);
    int printed = Output.print(reply);
    List<Facts> ended = new ArrayList<>();
    for (String id : wait ? Waiting.jobs(reply) : List.<String>of()) {
      if (bay.names("jobs").contains(id)) {
        Waiting.untilEnd(bay, id);
        ended.add(bay.status("jobs", id));
      }
    }
    for (Facts job : ended) {
      Waiting.requireDone(job);
      printed = Output.print("done " + job.word("id") + " " + job.word("result") + "\n");
    }
    return printed;
  }
}
