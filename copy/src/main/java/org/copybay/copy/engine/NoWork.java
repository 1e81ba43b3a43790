package org.copybay.copy.engine;

/** Of an ended job, or one that another version of the program has accepted. */
final class NoWork implements Work {
  @Override
  public void holdAgain(Job job) {}

  @Override
  public JobRecord run(Job job) {
    return job.row();
  }

  @Override
  public boolean discard() {
    return true;
  }

  @Override
  public void release(Job job) {}
}
