package org.copybay.control.tree;

import java.util.ArrayList;
import java.util.List;
import org.copybay.control.command.Commands;
import org.copybay.control.command.Scope;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.Jobs;
import org.jspecify.annotations.Nullable;

/** jobs/: two tables, a link to the newest job, and one directory for each job. */
final class JobEntries implements ControlDirectory.Entries {
  private static final String RUNNING = "running";
  private static final String DONE = "done";
  private static final String LATEST = "latest";

  private final Jobs jobs;
  private final Commands commands;
  private final ErrorLog errors;

  JobEntries(Jobs jobs, Commands commands, ErrorLog errors) {
    this.jobs = jobs;
    this.commands = commands;
    this.errors = errors;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(List.of(RUNNING, DONE, LATEST));
    jobs.all().forEach(job -> names.add(job.id()));
    return names;
  }

  @Override
  public @Nullable ControlNode find(String name) {
    return switch (name) {
      case RUNNING -> new TextFile("jobs/running", errors, caller -> JobPages.running(jobs.all()));
      case DONE -> new TextFile("jobs/done", errors, caller -> JobPages.done(jobs.all()));
      case LATEST -> latest();
      default -> directory(jobs.find(name));
    };
  }

  private @Nullable ControlNode latest() {
    List<Job> all = jobs.all();
    return all.isEmpty() ? null : new ControlLink("jobs/latest", all.get(all.size() - 1).id());
  }

  private @Nullable ControlNode directory(@Nullable Job job) {
    if (job == null) {
      return null;
    }
    String path = "jobs/" + job.id();
    return new ControlDirectory(
        path,
        new FixedEntries()
            .add(new CtlFile(Scope.job(job.id()), commands))
            .add(new TextFile(path + "/status", errors, caller -> JobPages.status(job).text()))
            .add(new TextFile(path + "/status.json", errors, caller -> JobPages.status(job).json()))
            .add(new TextFile(path + "/command", errors, caller -> job.row().line() + "\n"))
            .add(new TextFile(path + "/log", errors, caller -> JobPages.log(job)))
            .add(new TextFile(path + "/result", errors, caller -> JobPages.result(job)))
            .addUnlisted(new WaitFile(path + "/wait", job, errors)));
  }
}
