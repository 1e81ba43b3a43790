package org.copybay.nativetest.replay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A moment at which the power fails and what the disk kept of it.
 *
 * @param entries how many entries of the log were done
 * @param subsetSeed which of the entries behind the last flush are on the disk; 0 for all of them
 */
record Cut(int entries, long subsetSeed) {

  /**
   * Every cut from that length of the log on: each prefix, and for each that has entries behind its
   * last flush a random subset of those. A prefix that differs from the next one by a flush only is
   * left out: the next has the same bytes and more acknowledgements.
   */
  static List<Cut> all(List<WriteLog.Entry> log, long start, Random random) {
    List<Cut> cuts = new ArrayList<>();
    int pending = 0;
    for (int i = 0; i < log.size(); i++) {
      WriteLog.Entry entry = log.get(i);
      pending = (entry.flush() ? 0 : pending) + (entry.writes() && !entry.durable() ? 1 : 0);
      if (entry.end() < start) {
        continue;
      }
      if (i + 1 == log.size() || log.get(i + 1).writes()) {
        cuts.add(new Cut(i + 1, 0));
      }
      if (pending > 0) {
        cuts.add(new Cut(i + 1, random.nextLong() | 1));
      }
    }
    return cuts;
  }

  /** So many of them, spread evenly. */
  private static List<Cut> some(List<Cut> cuts, int count, Random random) {
    double step = Math.max(1, cuts.size() / (double) count);
    List<Cut> chosen = new ArrayList<>();
    for (double at = random.nextDouble() * step; at < cuts.size(); at += step) {
      chosen.add(cuts.get((int) at));
    }
    return chosen;
  }

  /** So many of them, half of them among those that matter, as far as there are such. */
  static List<Cut> some(List<Cut> cuts, int count, Predicate<Cut> matters, Random random) {
    Map<Boolean, List<Cut>> parts = cuts.stream().collect(Collectors.partitioningBy(matters));
    int half = parts.get(true).isEmpty() ? 0 : count / 2;
    Set<Cut> chosen = new HashSet<>(some(parts.get(false), count - half, random));
    if (half > 0) {
      chosen.addAll(some(parts.get(true), half, random));
    }
    return cuts.stream().filter(chosen::contains).toList();
  }

  boolean prefix() {
    return subsetSeed == 0;
  }

  @Override
  public String toString() {
    return prefix() ? "prefix=" + entries : "subset of prefix=" + entries + " seed=" + subsetSeed;
  }
}
