package org.copybay.copy.safeguarded;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whether commands of a session need two people (IBM Copy Services Manager, dual control).
 *
 * @param on whether what removes, overwrites or changes waits for a second one
 * @param approvers uids of those who may be that one, beside who mounted and root
 */
public record DualControl(boolean on, SortedSet<Integer> approvers) {
  /** One person is enough. */
  public static final DualControl OFF = new DualControl(false, Collections.emptySortedSet());

  /** Keeps a set of its own, which nobody changes. */
  public DualControl {
    approvers = Collections.unmodifiableSortedSet(new TreeSet<>(approvers));
  }
}
