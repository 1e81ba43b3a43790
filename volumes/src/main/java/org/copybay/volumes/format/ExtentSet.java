package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.copybay.volumes.Extent;

/** Bytes of a medium as sorted extents that neither meet nor overlap. Immutable. */
final class ExtentSet {
  static final ExtentSet EMPTY = new ExtentSet(List.of());

  private final long[] offsets;
  private final long[] ends;

  /** The bytes that are in any of the extents. */
  ExtentSet(List<Extent> extents) {
    List<Extent> sorted = new ArrayList<>(extents);
    sorted.sort(Comparator.comparingLong(Extent::offset));
    long[] first = new long[sorted.size()];
    long[] end = new long[sorted.size()];
    int count = 0;
    for (Extent extent : sorted) {
      if (count > 0 && extent.offset() <= end[count - 1]) {
        end[count - 1] = Math.max(end[count - 1], extent.end());
      } else if (extent.length() > 0) {
        first[count] = extent.offset();
        end[count] = extent.end();
        count++;
      }
    }
    offsets = Arrays.copyOf(first, count);
    ends = Arrays.copyOf(end, count);
  }

  /** The pieces of an extent that are not in the set, by offset; none of them is empty. */
  List<Extent> missing(Extent range) {
    List<Extent> missing = new ArrayList<>();
    int found = Arrays.binarySearch(ends, range.offset() + 1);
    long at = range.offset();
    for (int i = found < 0 ? -found - 1 : found; i < ends.length && at < range.end(); i++) {
      if (offsets[i] > at) {
        missing.addAll(pieces(new Extent(at, Math.min(offsets[i], range.end()) - at)));
      }
      at = ends[i];
    }
    if (at < range.end()) {
      missing.add(new Extent(at, range.end() - at));
    }
    return missing;
  }

  /** An extent as pieces: itself, or none where it is empty. */
  static List<Extent> pieces(Extent range) {
    return range.length() == 0 ? List.of() : List.of(range);
  }

  /** All extents, by offset. */
  List<Extent> extents() {
    List<Extent> extents = new ArrayList<>(offsets.length);
    for (int i = 0; i < offsets.length; i++) {
      extents.add(new Extent(offsets[i], ends[i] - offsets[i]));
    }
    return extents;
  }
}
