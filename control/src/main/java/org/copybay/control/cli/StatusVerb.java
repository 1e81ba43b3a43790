package org.copybay.control.cli;

import java.util.concurrent.Callable;
import org.copybay.control.command.Sizes;
import org.copybay.control.report.Json;
import org.copybay.volumes.StorageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code copybay status}. */
@Command(
    name = "status",
    description = "Show how a mounted bay is: health, volumes, jobs, space.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay status",
      "  copybay status > /dev/null || echo 'look at the bay'",
      "  copybay status --json | jq .space_available_bytes",
    })
final class StatusVerb implements Callable<Integer> {
  @Mixin private WhichBay which;

  @Option(names = "--json", description = "Print status.json of the bay.")
  private boolean json;

  @Override
  public Integer call() throws StorageException {
    ControlFiles bay = which.open();
    Facts status = bay.status();
    int printed = Output.print(json ? Json.text(status.values()) : text(bay, status));
    if (printed != ExitStatus.DONE) {
      return printed;
    }
    return status.word("health").equals("ok") ? ExitStatus.DONE : ExitStatus.NOT_IN_ORDER;
  }

  private static String text(ControlFiles bay, Facts status) throws StorageException {
    int points = bay.names("points").size();
    String facts = facts(status, points, bay.path("error_log").toString());
    String jobs = JobsVerb.table(JobsVerb.unended(bay));
    return jobs.indexOf('\n') == jobs.length() - 1 ? facts : facts + "\n" + jobs;
  }

  /**
   * @param errorLog where the errors are told
   */
  static String facts(Facts status, int points, String errorLog) {
    StringBuilder text = new StringBuilder();
    line(text, "health", status.word("health").replace("; ", ";\n         "));
    line(text, "bay", Table.name(status.word("bay")));
    line(text, "mount", Table.name(status.word("mount_point")) + mode(status));
    line(text, "since", status.word("started"));
    line(
        text,
        "version",
        status.word("version")
            + (", format " + status.word("format") + ", transport " + status.word("transport")));
    line(
        text,
        "volumes",
        "%s with %s; %s in the making, %s failed"
            .formatted(
                status.word("volumes"),
                status.bytes("volume_bytes"),
                status.word("volumes_making"),
                status.word("volumes_failed")));
    line(text, "points", String.valueOf(points));
    if (status.number("shadow_sets") > 0) {
      line(
          text,
          "sets",
          status.word("shadow_sets") + ", " + status.word("shadow_sets_mounted") + " mounted");
    }
    line(
        text,
        "jobs",
        "%s running, %s queued, %s paused, %s interrupted, %s ended"
            .formatted(
                status.word("jobs_running"),
                status.word("jobs_queued"),
                status.word("jobs_paused"),
                status.word("jobs_interrupted"),
                status.word("jobs_ended")));
    line(text, "space", space(status));
    long errors = status.number("errors");
    line(text, "errors", errors == 0 ? "0" : errors + " since the mount: cat " + errorLog);
    return text.toString();
  }

  private static String mode(Facts status) {
    String access =
        Boolean.TRUE.equals(status.values().get("read_only")) ? "read-only" : "read-write";
    String options = status.word("options");
    return ", "
        + access
        + (options.equals("-") ? "" : ", -o " + options)
        + ", uid "
        + status.word("owner");
  }

  /** What of the file system below may be used. */
  static String space(Facts status) {
    long total = status.number("space_total_bytes");
    if (total == 0) {
      return "-";
    }
    long available = status.number("space_available_bytes");
    return "%s available of %s (%d%%)"
        .formatted(Sizes.human(available), Sizes.human(total), available * 100 / total);
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format("%-8s %s%n", name, value));
  }
}
