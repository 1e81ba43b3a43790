package org.copybay.volumes.bitmap;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.copybay.volumes.Extent;

/**
 * Zones of a volume, of one size, and which of them are in use. Zones are only added, by one thread
 * at a time; any may look. A use that two threads note at once may be missed.
 */
final class ZoneSet {
  private final long zoneBytes;
  private final int maxZones;
  private final AtomicLongArray words = new AtomicLongArray(IntentLayout.ZONE_WORDS);

  // racy: set by any thread, of which one that is missed costs a sync and no more
  private final boolean[] used;

  /** No zone, of so many that may be. */
  ZoneSet(long zoneBytes, int maxZones) {
    this.zoneBytes = zoneBytes;
    this.maxZones = maxZones;
    this.used = new boolean[maxZones];
  }

  long zoneBytes() {
    return zoneBytes;
  }

  /** The zone of that byte; the last zone has all that follow. */
  int zoneOf(long offset) {
    return (int) Math.min(offset / zoneBytes, maxZones - 1);
  }

  /** Whether it has all zones of [offset, end); if so, they are in use. */
  boolean use(long offset, long end) {
    int first = zoneOf(offset);
    int last = end <= (first + 1) * zoneBytes ? first : zoneOf(end - 1);
    for (int z = first; z <= last; z++) {
      if (!has(z)) {
        return false;
      }
    }
    for (int z = first; z <= last; z++) {
      if (!used[z]) {
        used[z] = true;
      }
    }
    return true;
  }

  /** Those in use: zone z is bit z % 64 of word z / 64. */
  long[] used() {
    long[] zones = new long[words.length()];
    for (int z = 0; z < maxZones; z++) {
      zones[z >> 6] |= used[z] ? 1L << z : 0;
    }
    return zones;
  }

  boolean has(int zone) {
    return (words.get(zone >> 6) & 1L << zone) != 0;
  }

  /** How many zones it has. */
  int count() {
    int count = 0;
    for (int w = 0; w < words.length(); w++) {
      count += Long.bitCount(words.get(w));
    }
    return count;
  }

  /** Adds zones: zone z is bit z % 64 of word z / 64. */
  void add(long[] zones) {
    for (int w = 0; w < zones.length; w++) {
      words.set(w, words.get(w) | zones[w]);
    }
  }

  /** Its bytes, of a volume of that size, neighbouring zones together. */
  List<Extent> extents(long size) {
    List<Extent> found = new ArrayList<>();
    for (int z = 0; z < maxZones && z * zoneBytes < size; z++) {
      if (has(z)) {
        int first = z;
        while (z + 1 < maxZones && has(z + 1)) {
          z++;
        }
        long start = first * zoneBytes;
        long end = z == maxZones - 1 ? size : Math.min((z + 1) * zoneBytes, size);
        found.add(new Extent(start, end - start));
      }
    }
    return List.copyOf(found);
  }
}
