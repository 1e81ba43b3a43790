package org.copybay.control.tree;

import java.util.concurrent.TimeUnit;
import org.copybay.control.report.Caller;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.StorageException;

/** The file that waits for a job: it opens by name and is not listed. */
record WaitFile(String path, Job job, ErrorLog errors) implements ControlFile {
  @Override
  public int mode() {
    return 0444;
  }

  @Override
  public long size(Caller caller) {
    return 0;
  }

  @Override
  public boolean streaming() {
    return true;
  }

  @Override
  public ControlHandle open(Caller caller, OpenMode mode) throws StorageException {
    if (mode.writing()) {
      throw TextFile.noWriting(errors, caller, path, "orders to a job go to its ctl");
    }
    return new WaitHandle(
        new WatchedJob(job), WaitFile::millis, error -> errors.report(caller, path, error));
  }

  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
