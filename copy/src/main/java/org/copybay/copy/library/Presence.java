package org.copybay.copy.library;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.copybay.volumes.Aside;
import org.jspecify.annotations.Nullable;

/**
 * Whether the directory of a library is there, on a disk that may be away or hang. Any thread may
 * ask; one that does not answer is not there.
 */
final class Presence {
  private static final long WAIT_MILLIS = 1000;

  private final BooleanSupplier isThere;

  // atomic: the question that its disk did not answer yet, for which nobody waits any more
  private final AtomicReference<@Nullable Question> hanging = new AtomicReference<>();

  /**
   * Of a directory.
   *
   * @param isThere looks at its disk
   */
  Presence(BooleanSupplier isThere) {
    this.isThere = isThere;
  }

  /** A look at the disk. */
  private final class Question implements Runnable {
    // volatile: set by the thread that looks
    private volatile boolean yes;
    private volatile boolean answered;

    @Override
    public void run() {
      yes = isThere.getAsBoolean();
      answered = true;
      hanging.compareAndSet(this, null);
    }
  }

  boolean isThere() {
    if (hanging.get() != null) {
      return false;
    }
    Question question = new Question();
    if (!Aside.done("tape-presence", WAIT_MILLIS, question)) {
      hanging.set(question);
      if (question.answered) { // between the two
        hanging.compareAndSet(question, null);
      }
    }
    return question.yes;
  }
}
