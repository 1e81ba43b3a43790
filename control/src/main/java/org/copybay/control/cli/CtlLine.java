package org.copybay.control.cli;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.copybay.volumes.Words;

/** The words of a shell as one line of a ctl file. */
final class CtlLine {
  private static final Pattern KEYED =
      Pattern.compile("([A-Za-z][A-Za-z0-9-]*=)(.*)", Pattern.DOTALL);

  private CtlLine() {}

  /**
   * One word is a whole line and stays as it is. Of several, each value is quoted where it needs
   * that, and so is each item of a list; a word with a double quote in it is quoted already.
   */
  static String of(List<String> words) {
    if (words.size() == 1) {
      return words.get(0);
    }
    return words.stream().map(CtlLine::word).collect(Collectors.joining(" "));
  }

  private static String word(String word) {
    if (word.indexOf('"') >= 0) {
      return word;
    }
    Matcher keyed = KEYED.matcher(word);
    return keyed.matches() ? keyed.group(1) + value(keyed.group(2)) : value(word);
  }

  private static String value(String value) {
    return Arrays.stream(value.split(",", -1)).map(Words::word).collect(Collectors.joining(","));
  }

  /** {@code key=value} with the value quoted whole, for what is no list. */
  static String keyed(String key, String value) {
    return key + "=" + Words.word(value);
  }
}
