package org.copybay.nativetest.replay;

import java.util.Arrays;

/**
 * From one start of a copy onto a volume to the next: each sector holds what the source held at the
 * start, or what was written to it since. The first epoch begins when the volume is made.
 */
final class Epoch {
  private final int number;
  private final long begun;
  private final int[] before;
  // volatile: set once by who gives the command, read when all is over
  private volatile Contents shown;
  private volatile int[] during;
  private volatile long made = Long.MAX_VALUE;

  /**
   * A start onto the volume of that number is about to be made.
   *
   * @param begun the position before the command
   * @param before of each sector the newest version that was written to it by then
   */
  Epoch(int number, long begun, int[] before) {
    this.number = number;
    this.begun = begun;
    this.before = before;
    this.during = before;
    this.shown = new Contents(before.length);
  }

  /** The first one of a volume of that number. */
  static Epoch first(int number, int sectors) {
    int[] none = new int[sectors];
    Arrays.fill(none, -1);
    Epoch first = new Epoch(number, 0, none);
    first.made = 0;
    return first;
  }

  /**
   * The start was answered.
   *
   * @param position from which on it must survive
   * @param source what the source may have held at its instant
   * @param newest of each sector the newest version of which a write was begun by then
   */
  void answered(long position, Contents source, int[] newest) {
    shown = source;
    during = newest;
    made = position;
  }

  /** Whether its start must be there when the power fails at that position. */
  boolean madeBy(long position) {
    return made <= position;
  }

  /** Whether its start may be there then, and need not. */
  boolean begunOnlyBy(long position) {
    return begun <= position && made > position;
  }

  /**
   * What the sectors of its volume may hold, of which at least the oldest versions must be there
   * unless the start covered them.
   */
  void addTo(Contents contents, int[] oldest, int[] newest) {
    for (int sector = 0; sector < oldest.length; sector++) {
      if (oldest[sector] <= during[sector]) {
        contents.addAll(sector, shown);
      }
      int from = Math.max(oldest[sector], before[sector] + 1);
      if (newest[sector] >= from) {
        contents.add(sector, number, from, newest[sector]);
      }
    }
  }
}
