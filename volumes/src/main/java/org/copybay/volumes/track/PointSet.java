package org.copybay.volumes.track;

import java.util.ArrayList;
import java.util.List;

/**
 * The points in time of one volume, oldest first, and the number that the last one got. Numbers
 * rise and are never given twice by one engine.
 *
 * @param points those that are there
 * @param lastNumber of the last one that was ever made, 0 for none
 */
record PointSet(List<Point> points, int lastNumber) {
  static final PointSet EMPTY = new PointSet(List.of(), 0);

  /**
   * A point in time.
   *
   * @param number 1 or more
   * @param sizeBytes the size of the volume then
   * @param timeMillis since 1970
   * @param lockedUntilMillis when it may be dropped, since 1970; 0 for any time
   */
  record Point(int number, long sizeBytes, long timeMillis, long lockedUntilMillis) {
    /** One that was just made. */
    static Point made(int number, long sizeBytes, long timeMillis) {
      return new Point(number, sizeBytes, timeMillis, 0);
    }

    /** The same with a lock that ends later, if it does. */
    Point lockedUntil(long millis) {
      return new Point(number, sizeBytes, timeMillis, Math.max(millis, lockedUntilMillis));
    }

    /** Whether it is that one: numbers begin again when a volume gets another engine. */
    boolean is(int wanted, long madeMillis) {
      return number == wanted && timeMillis == madeMillis;
    }
  }

  PointSet {
    points = List.copyOf(points);
  }

  /** The number of the newest that is there, 0 for none. */
  int newest() {
    return points.isEmpty() ? 0 : points.get(points.size() - 1).number();
  }

  /** The number of the oldest that is there, or one more than any ever had. */
  int oldest() {
    return points.isEmpty() ? lastNumber + 1 : points.get(0).number();
  }

  /** How many are there that have that number or a smaller one. */
  private int count(int number) {
    int low = 0;
    int high = points.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (points.get(middle).number() <= number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The newest that is there and has that number or a smaller one; 0 for none. */
  int floor(int number) {
    int count = count(number);
    return count == 0 ? 0 : points.get(count - 1).number();
  }

  boolean has(int number) {
    return number > 0 && floor(number) == number;
  }

  /** Whether the one of that number is there that was made then. */
  boolean has(int number, long timeMillis) {
    int count = count(number);
    return count > 0 && points.get(count - 1).is(number, timeMillis);
  }

  /** The point of that number, which is there. */
  Point get(int number) {
    return points.get(count(number) - 1);
  }

  PointSet with(Point point) {
    List<Point> more = new ArrayList<>(points);
    more.add(point);
    return new PointSet(more, point.number());
  }

  /** With a lock of the point of that number that ends at that time, or later. */
  PointSet locked(int number, long untilMillis) {
    List<Point> changed = new ArrayList<>(points);
    changed.replaceAll(point -> point.number() == number ? point.lockedUntil(untilMillis) : point);
    return new PointSet(changed, lastNumber);
  }

  PointSet without(int number) {
    List<Point> fewer = new ArrayList<>(points);
    fewer.removeIf(point -> point.number() == number);
    return new PointSet(fewer, lastNumber);
  }
}
