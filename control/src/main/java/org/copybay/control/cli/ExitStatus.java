package org.copybay.control.cli;

import java.io.PrintWriter;
import org.copybay.volumes.StorageException;

/** What the copybay command ends with. */
public final class ExitStatus {
  /** Done. */
  public static final int DONE = 0;

  /** Refused or failed; a sentence on standard error says why and what to type. */
  public static final int FAILED = 1;

  /** Wrong usage, or it is not clear which mount is meant. Nothing was done. */
  public static final int USAGE = 2;

  /** What was looked at is not in order. */
  public static final int NOT_IN_ORDER = 3;

  /** Ended by Ctrl-C; Java itself ends with it. What was only half made is removed first. */
  public static final int INTERRUPTED = 130;

  /** Who read standard output went away, as head does: 128 and the number of SIGPIPE. */
  public static final int NO_READER = 141;

  private ExitStatus() {}

  /** Says why a verb failed, and answers with {@link #FAILED}. */
  public static int failed(PrintWriter err, StorageException e) {
    err.println("copybay: " + sentence(e));
    err.flush();
    return FAILED;
  }

  /** What went wrong and what to try, in one line. */
  public static String sentence(StorageException e) {
    String remedy = e.remedy();
    return remedy == null ? e.getMessage() : e.getMessage() + "; try: " + remedy;
  }
}
