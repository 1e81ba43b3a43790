package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.copybay.volumes.Extent;

/**
 * Which files have data where. Files may share data, as links do, and what a medium says may
 * overlap in any way. Immutable.
 */
final class FilePlaces {
  private final long[] offsets;
  private final long[] ends;
  private final int[] files;

  /** The largest of the ends up to there: it never falls, so a search can begin in it. */
  private final long[] reached;

  private final ExtentSet covered;

  /** Data of a file, which is a number of the caller's. */
  record Place(Extent extent, int file) {}

  FilePlaces(List<Place> places) {
    List<Place> sorted = new ArrayList<>(places);
    sorted.sort(Comparator.comparingLong(place -> place.extent.offset()));
    offsets = sorted.stream().mapToLong(place -> place.extent.offset()).toArray();
    ends = sorted.stream().mapToLong(place -> place.extent.end()).toArray();
    files = sorted.stream().mapToInt(Place::file).toArray();
    reached = ends.clone();
    for (int i = 1; i < reached.length; i++) {
      reached[i] = Math.max(reached[i], reached[i - 1]);
    }
    covered = new ExtentSet(sorted.stream().map(Place::extent).toList());
  }

  /** The files with data in an extent, by the offset of the data; one with more places repeats. */
  List<Integer> at(Extent range) {
    int low = 0;
    int high = reached.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (reached[middle] > range.offset()) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    List<Integer> found = new ArrayList<>();
    for (int i = low; i < offsets.length && offsets[i] < range.end(); i++) {
      if (ends[i] > range.offset()) {
        found.add(files[i]);
      }
    }
    return found;
  }

  /** The bytes that are data of a file. */
  ExtentSet covered() {
    return covered;
  }
}
