package org.copybay.control.tree;

import org.copybay.control.command.Sizes;
import org.copybay.control.command.Times;
import org.copybay.control.report.Errno;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/** A job as a stream of news tells it. */
record WatchedJob(Job job) implements Watched {
  /** Also when this mount will do no more of it. */
  @Override
  public boolean ended() {
    return job.state().ended() || job.state() == JobState.INTERRUPTED;
  }

  @Override
  public @Nullable StorageException error() {
    JobState state = job.state();
    if (state == JobState.INTERRUPTED) {
      return new StorageException(
          Fault.AGAIN,
          "job " + job.id() + " is interrupted: the next mount goes on with it, if not read-only",
          "copybay umount and mount it again");
    }
    StorageException error = job.error();
    if (error != null || state == JobState.DONE || !state.ended()) {
      return error;
    }
    Fault fault = state == JobState.CANCELLED ? Fault.CANCELLED : Fault.STORE_FAILED;
    return new StorageException(fault, "job " + job.id() + " is " + state.word());
  }

  @Override
  public String line() {
    if (ended()) {
      return lastLine();
    }
    if (job.state() != JobState.RUNNING) {
      return job.state().word();
    }
    if (job.progress().bytesTotal() == 0) {
      return job.phase();
    }
    StringBuilder line = new StringBuilder(job.phase());
    line.append(' ').append(job.percent()).append("%  ");
    line.append(job.progress().bytesDone())
        .append(" of ")
        .append(job.progress().bytesTotal())
        .append(" bytes");
    long rate = job.bytesPerSecond();
    if (rate > 0) {
      line.append("  ").append(Sizes.human(rate)).append("/s");
    }
    long eta = job.etaSeconds();
    return eta < 0 ? line.toString() : line + "  " + Times.human(eta) + " left";
  }

  private String lastLine() {
    StorageException error = error();
    if (error != null) {
      return job.state().word() + ": " + Errno.of(error.fault()) + ": " + error.getMessage();
    }
    return ("done 100%  " + job.row().result()).strip();
  }

  @Override
  public long version() {
    return job.version();
  }

  @Override
  public void awaitChange(long known, long millis) {
    job.awaitChange(known, millis);
  }
}
