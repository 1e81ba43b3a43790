package org.copybay.control.command;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Words of DCL of one kind, which may be written in any case, and short: four letters or more, as
 * many as it takes to tell it from the others.
 *
 * @param of what they belong to, as in "qualifier of MOUNT"
 * @param sign what is written before each
 */
record DclWords(String of, String sign, List<String> known) {
  private static final int SHORTEST = 4;

  DclWords {
    known = List.copyOf(known);
  }

  /** The word that was meant, or null. */
  @Nullable String findOrNull(String written) {
    List<String> found = found(written);
    return found.size() == 1 ? found.get(0) : null;
  }

  private List<String> found(String written) {
    String word = written.toUpperCase(Locale.ROOT);
    if (known.contains(word)) {
      return List.of(word);
    }
    return known.stream().filter(each -> each.startsWith(word)).toList();
  }

  /** The word that was meant. BAD_REQUEST where none or several can be. */
  @CanIgnoreReturnValue
  String find(String written, int column) throws RefusedException {
    List<String> found = found(written);
    boolean whole = known.contains(written.toUpperCase(Locale.ROOT));
    if (found.size() == 1 && (whole || written.length() >= SHORTEST)) {
      return found.get(0);
    }
    String word = sign + written.toUpperCase(Locale.ROOT);
    if (found.isEmpty()) {
      String nearest = NearestWord.to(written.toUpperCase(Locale.ROOT), known);
      throw RefusedException.badRequest(
          column,
          "unknown " + of + " " + word + "; known are " + shown(known, ", "),
          nearest == null ? null : sign + nearest);
    }
    throw RefusedException.badRequest(
        column,
        found.size() == 1
            ? word + " is too short, want four letters or more"
            : word + " is short for " + shown(found, " and "),
        sign + found.get(0));
  }

  private String shown(List<String> words, String between) {
    return words.stream().map(each -> sign + each).collect(Collectors.joining(between));
  }
}
