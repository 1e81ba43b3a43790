package org.copybay.volumes.bitmap;

import java.util.ArrayList;
import java.util.List;

/** Numbers that come in ascending order, some twice, made into at most so many runs. */
final class Runs {
  private final int limit;
  private final List<Run> done = new ArrayList<>();
  private long first;
  private long end;

  Runs(int limit) {
    this.limit = limit;
  }

  /** Adds a number that is none of those before the last one; false when no run is left for it. */
  boolean add(long number) {
    assert end == first || number >= end - 1 : number + " after " + end;
    if (end > first && number <= end) {
      end = Math.max(end, number + 1);
      return true;
    }
    finish();
    if (done.size() >= limit) {
      return false;
    }
    first = number;
    end = number + 1;
    return true;
  }

  /** What was added. */
  List<Run> toList() {
    finish();
    return List.copyOf(done);
  }

  private void finish() {
    if (end > first) {
      done.add(new Run(first, end - first));
      first = end;
    }
  }
}
