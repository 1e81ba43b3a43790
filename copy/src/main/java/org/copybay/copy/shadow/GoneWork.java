package org.copybay.copy.shadow;

import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/** The work of a job whose set is gone: it ends. */
record GoneWork(String set) implements Work {
  @Override
  public void holdAgain(Job job) throws StorageException {
    throw gone();
  }

  @Override
  public JobRecord run(Job job) throws StorageException {
    throw gone();
  }

  private StorageException gone() {
    return new StorageException(Fault.NOT_FOUND, "shadow set " + set + " is gone");
  }

  @Override
  public boolean discard() {
    return true;
  }

  @Override
  public void release(Job job) {
    // Nothing is held.
  }
}
