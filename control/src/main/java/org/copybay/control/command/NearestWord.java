package org.copybay.control.command;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the known word that a misspelt one was meant to be. */
public final class NearestWord {
  private NearestWord() {}

  /** The known word with the fewest changes, or null where every one is too different. */
  public static @Nullable String to(String word, Collection<String> known) {
    String nearest = null;
    int fewest = 1 + Math.min(word.length() / 3 + 1, 3);
    for (String candidate : known) {
      // A word of more than twice the length cannot be near, and the table stays small.
      int changes = word.length() > 64 ? fewest : changes(word, candidate);
      if (changes < fewest) {
        fewest = changes;
        nearest = candidate;
      }
    }
    return nearest;
  }

  /**
   * Letters to insert, drop, replace or swap with their neighbour to come from one to the other.
   */
  private static int changes(String from, String to) {
    int[][] table = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int k = 0; k <= to.length(); k++) {
        table[i][k] = i == 0 || k == 0 ? i + k : cheapest(table, from, to, i, k);
      }
    }
    return table[from.length()][to.length()];
  }

  private static int cheapest(int[][] table, String from, String to, int i, int k) {
    int replaced = table[i - 1][k - 1] + (from.charAt(i - 1) == to.charAt(k - 1) ? 0 : 1);
    int best = Math.min(replaced, 1 + Math.min(table[i - 1][k], table[i][k - 1]));
    boolean swapped =
        i > 1
            && k > 1
            && from.charAt(i - 1) == to.charAt(k - 2)
            && from.charAt(i - 2) == to.charAt(k - 1);
    return swapped ? Math.min(best, 1 + table[i - 2][k - 2]) : best;
  }
}
