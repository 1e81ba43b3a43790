package org.copybay.volumes.evidence;

import java.util.List;

/**
 * Which sheets are made one. A look-up asks each of them, so they are few; a merge writes all of
 * them, so large old ones are left alone until the new ones are as large.
 */
final class MergePlan {
  /** With one more there would be too many. */
  static final int MOST_SHEETS = 8;

  /** So many dropped points are not worth a merge of all. */
  private static final int FEW_DROPPED = 8;

  private MergePlan() {}

  /**
   * Before another sheet is made: from which one on they are to be merged, -1 for none.
   *
   * @param sheets by rising points
   */
  static int from(List<SheetLayout.Head> sheets) {
    if (sheets.size() < MOST_SHEETS) {
      return -1;
    }
    int from = sheets.size() - 1;
    long bytes = sheets.get(from).bytes();
    do {
      from--;
      bytes += sheets.get(from).bytes();
    } while (from > 0 && sheets.get(from - 1).bytes() <= bytes);
    return from;
  }

  /** Whether half of the points of which there are entries were dropped, and not only a few. */
  static boolean isWorthwhile(int listed, int live) {
    int dropped = listed - live;
    return dropped > FEW_DROPPED && dropped > live;
  }
}
