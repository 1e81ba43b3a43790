package org.copybay.control.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.copybay.control.command.Times;
import org.copybay.control.report.Json;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code copybay jobs}. */
@Command(
    name = "jobs",
    description = "List the jobs, oldest first, or show or await one.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay jobs",
      "  copybay jobs first-copy --wait",
      "  copybay jobs --json | jq -r '.[] | select(.state == \"failed\") | .error'",
    })
final class JobsVerb implements Callable<Integer> {
  private static final Set<String> ENDED = Set.of("done", "failed", "cancelled");

  @Spec private CommandSpec spec;
  @Mixin private WhichBay which;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "Only this job.")
  private @Nullable String id;

  @Option(
      names = "--wait",
      description = "Show the progress of the job ID until it ends, and end as it did: 0 or 1.")
  private boolean wait;

  @Option(
      names = "--json",
      description = "Print an array with the status.json of each job, or that of the job ID.")
  private boolean json;

  @Override
  public Integer call() throws StorageException {
    String one = id;
    if (one == null && wait) {
      throw new ParameterException(spec.commandLine(), "--wait needs the ID of a job");
    }
    ControlFiles bay = which.open();
    if (one == null) {
      List<Facts> jobs = all(bay);
      return Output.print(
          json ? Json.text(jobs.stream().map(Facts::values).toList()) : table(jobs));
    }
    bay.require("job", one, "jobs");
    if (wait) {
      Waiting.untilEnd(bay, one);
    }
    Facts job = bay.status("jobs", one);
    int printed = Output.print(json ? Json.text(job.values()) : table(List.of(job)));
    if (wait) {
      Waiting.requireDone(job);
    }
    return printed;
  }

  private static List<Facts> all(ControlFiles bay) throws StorageException {
    return bay.all("jobs").stream()
        .sorted(Comparator.comparing((Facts job) -> job.word("created")))
        .toList();
  }

  /** The jobs that have not ended. */
  static List<Facts> unended(ControlFiles bay) throws StorageException {
    return all(bay).stream().filter(job -> !ENDED.contains(job.word("state"))).toList();
  }

  static String table(List<Facts> jobs) {
    Table table =
        new Table("JOB", "STATE").figures("DONE", "LEFT").columns("VERB", "FROM", "TO", "ERROR");
    for (Facts job : jobs) {
      boolean left = job.values().get("eta_seconds") != null;
      table.row(
          job.word("id"),
          job.word("state"),
          job.word("percent") + "%",
          left ? Times.human(job.number("eta_seconds")) : "-",
          job.word("verb"),
          named(job, "source"),
          named(job, "target"),
          job.word("errno"));
    }
    return table.text();
  }

  private static String named(Facts job, String key) {
    return job.values().get(key) == null ? "-" : Table.name(job.word(key));
  }
}
