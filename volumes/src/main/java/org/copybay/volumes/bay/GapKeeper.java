package org.copybay.volumes.bay;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The gaps of one file: at most one opener has some, the last one that asked for an empty file, and
 * they end with the first change that anybody else makes. Each {@link BlockFile} has one; any
 * thread may call.
 */
public final class GapKeeper {
  // atomic: set by an opener that truncates, looked at by every change
  private final AtomicReference<@Nullable Gaps> gaps = new AtomicReference<>();

  /** Keeps those of a file that nobody has opened yet. */
  public GapKeeper() {}

  /** An opener asked for an empty file; the gaps of an earlier one end. */
  void begin(Gaps newest) {
    Gaps before = gaps.getAndSet(newest);
    if (before != null) {
      before.end();
    }
  }

  /** Called before every change: the bytes that follow are not for another opener to zero. */
  void endOthers(@Nullable Gaps own) {
    Gaps now = gaps.get();
    if (now != null && !now.equals(own)) {
      now.end();
      gaps.compareAndSet(now, null);
    }
  }
}
