package org.copybay.copy.engine;

/** The process ends: the job leaves its work where it is and goes on at the next mount. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoppedException() {
    super("the bay is being unmounted", null, false, false);
  }
}
