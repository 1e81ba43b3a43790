package org.copybay.control.cli;

/** What is done when a signal ends the program before this is closed. */
final class AtInterrupt implements AutoCloseable {
  private final Thread hook;

  AtInterrupt(Runnable work) {
    hook = new Thread(work, "at-interrupt");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // the program is ending, and the hook at work
    }
  }
}
