package org.copybay.control.tree;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.copybay.control.report.Errno;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/** What there is to say about jobs. */
final class JobPages {
  private JobPages() {}

  static Page status(Job job) {
    JobRecord row = job.row();
    StorageException error = job.error();
    long eta = job.etaSeconds();
    return new Page()
        .put("id", row.id())
        .put("verb", row.verb())
        .put("state", row.state().word())
        .put("phase", job.phase())
        .put("percent", job.percent())
        .put("bytes_total", measured(job, job.progress().bytesTotal()))
        .put("bytes_done", measured(job, job.progress().bytesDone()))
        .put("bytes_copied", measured(job, job.progress().bytesCopied()))
        .put("copy_millis", measured(job, job.progress().copyMillis()))
        .put("bytes_per_second", job.bytesPerSecond())
        .put("eta_seconds", eta < 0 ? null : eta)
        .put("rate_limit", job.rateLimit())
        .put("source", row.source())
        .put("target", row.target().isEmpty() ? null : row.target())
        .put("uid", row.uid())
        .put("created", row.created())
        .put("ended", row.ended())
        .put("errno", error == null ? null : Errno.of(error.fault()))
        .put("error", error == null ? null : error.getMessage())
        .put("result", row.result().isEmpty() ? null : row.result())
        .put("command", row.line());
  }

  /** A figure, or null where this mount has not seen the job at work. */
  private static @Nullable Long measured(Job job, long figure) {
    return job.measured() ? figure : null;
  }

  /** One line for each thing that happened. */
  static String log(Job job) {
    StringBuilder text = new StringBuilder();
    job.log().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** How it ended: the words of the result, or the error; empty before that. */
  static String result(Job job) {
    StorageException error = new WatchedJob(job).error();
    if (error != null) {
      return "errno=" + Errno.of(error.fault()) + " " + error.getMessage() + "\n";
    }
    return job.state().ended() ? job.row().result() + "\n" : "";
  }

  /** The jobs that have not ended. */
  static String running(List<Job> jobs) {
    StringBuilder text =
        new StringBuilder("# id state percent bytes_done bytes_total eta_seconds verb source to\n");
    for (Job job : jobs) {
      if (!job.state().ended()) {
        long eta = job.etaSeconds();
        append(
            text,
            Stream.of(
                job.id(),
                job.state().word(),
                job.percent(),
                job.progress().bytesDone(),
                job.progress().bytesTotal(),
                eta < 0 ? "-" : eta),
            job);
      }
    }
    return text.toString();
  }

  /** The jobs that have ended. */
  static String done(List<Job> jobs) {
    StringBuilder text = new StringBuilder("# id state errno bytes_copied ended verb source to\n");
    for (Job job : jobs) {
      if (job.state().ended()) {
        StorageException error = job.error();
        append(
            text,
            Stream.of(
                job.id(),
                job.state().word(),
                error == null ? "-" : Errno.of(error.fault()),
                job.measured() ? job.progress().bytesCopied() : "-",
                orDash(job.row().ended())),
            job);
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Stream<Object> facts, Job job) {
    JobRecord row = job.row();
    facts.forEach(fact -> text.append(fact).append(' '));
    text.append(row.verb()).append(' ').append(Words.word(row.source())).append(' ');
    text.append(row.target().isEmpty() ? "-" : Words.word(row.target())).append('\n');
  }

  private static Object orDash(@Nullable Instant time) {
    return time == null ? "-" : time.truncatedTo(ChronoUnit.SECONDS);
  }
}
