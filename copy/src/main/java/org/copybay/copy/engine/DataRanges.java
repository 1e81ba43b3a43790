package org.copybay.copy.engine;

import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of an address space that hold data, in order and without overlap; the rest are holes.
 * They are asked for one by one and never listed: a fragmented volume has millions.
 */
@FunctionalInterface
public interface DataRanges {
  /** The first range at or after that offset, which may lie in the middle of data; or null. */
  @Nullable Extent next(long offset) throws StorageException;

  /** The data of an image below that size. */
  static DataRanges of(Image image, long size) {
    return offset -> {
      long start = offset >= size ? -1 : image.nextData(offset);
      if (start < 0 || start >= size) {
        return null;
      }
      return new Extent(start, Math.min(image.nextHole(start), size) - start);
    };
  }

  /** What is data in the one or the other. */
  static DataRanges union(DataRanges one, DataRanges other) {
    return offset -> {
      Extent a = one.next(offset);
      Extent b = other.next(offset);
      return a == null || (b != null && b.offset() < a.offset()) ? b : a;
    };
  }

  /**
   * The data that lies in a range of a list, cut there.
   *
   * @param ranges in order, without overlap
   */
  static DataRanges within(List<Extent> ranges, DataRanges data) {
    return offset -> {
      long at = offset;
      for (int i = firstEndingAfter(ranges, at); i < ranges.size(); ) {
        Extent range = ranges.get(i);
        Extent found = data.next(Math.max(at, range.offset()));
        if (found == null) {
          return null;
        }
        if (found.offset() < range.end()) {
          return new Extent(found.offset(), Math.min(found.end(), range.end()) - found.offset());
        }
        at = found.offset();
        i = firstEndingAfter(ranges, at);
      }
      return null;
    };
  }

  /**
   * The ranges of a list.
   *
   * @param ranges in order, without overlap
   */
  static DataRanges listed(List<Extent> ranges) {
    return within(ranges, offset -> new Extent(offset, Long.MAX_VALUE - offset));
  }

  private static int firstEndingAfter(List<Extent> ranges, long offset) {
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ranges.get(middle).end() > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The bytes of data from that offset on; asks the job from time to time whether to go on. */
  default long length(long offset, Job job) throws StorageException {
    long length = 0;
    int count = 0;
    for (Extent range = next(offset); range != null; range = next(range.end())) {
      length += range.length();
      if (++count % 1000 == 0) {
        job.proceed(0);
      }
    }
    return length;
  }
}
