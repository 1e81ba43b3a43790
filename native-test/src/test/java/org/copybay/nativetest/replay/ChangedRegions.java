package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The regions of 64 KiB that the file {@code diff} of a pair names.
 *
 * @param uncopied U
 * @param ofSource TS
 * @param ofTarget TD
 */
record ChangedRegions(BitSet uncopied, BitSet ofSource, BitSet ofTarget) {
  private static final int REGION_BYTES = 64 << 10;
  private static final int REGION_SECTORS = REGION_BYTES / Stamp.BYTES;

  /** Those of the lines of that file. */
  static ChangedRegions of(String lines) {
    return new ChangedRegions(
        set(lines, "uncopied"), set(lines, "tracked_source"), set(lines, "tracked_target"));
  }

  private static BitSet set(String lines, String word) {
    BitSet set = new BitSet();
    lines
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(words -> words[0].equals(word))
        .forEach(
            words -> {
              int from = Integer.parseInt(words[1]);
              int end = from + Integer.parseInt(words[2]);
              set.set(from / REGION_BYTES, (end - 1) / REGION_BYTES + 1);
            });
    return set;
  }

  /** What of the rules does not hold, given the stamps of both sides; nothing where all is well. */
  List<String> differences(long[] source, long[] target) {
    List<String> found = new ArrayList<>();
    BitSet both = (BitSet) uncopied.clone();
    both.and(ofTarget);
    if (!both.isEmpty()) {
      found.add("in U and TD: regions " + both);
    }
    for (int sector = 0; sector < Math.min(source.length, target.length); sector++) {
      int region = sector / REGION_SECTORS;
      boolean named = uncopied.get(region) || ofSource.get(region) || ofTarget.get(region);
      if (!named && source[sector] != target[sector]) {
        found.add(
            "sector %d is in no set and differs: version %d and %d"
                .formatted(sector, Stamp.version(source[sector]), Stamp.version(target[sector])));
        return found;
      }
    }
    return found;
  }
}
