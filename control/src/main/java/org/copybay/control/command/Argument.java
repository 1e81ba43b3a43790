package org.copybay.control.command;

import java.util.List;
import java.util.stream.Collectors;
import org.copybay.volumes.Words;

/**
 * One word of a command after the verb.
 *
 * @param form how it was written
 * @param name the flag with its dash, or the key in lower case; empty for a plain value
 * @param items the parts between commas, without quotes; one for what is no list, none for a flag
 * @param quoted whether a part was quoted
 * @param column where the word begins in the line
 * @param valueColumn where its value begins
 */
record Argument(
    Form form, String name, List<String> items, boolean quoted, int column, int valueColumn) {

  /** How an argument is written. */
  enum Form {
    /** {@code -word}. */
    FLAG,
    /** {@code key=value}. */
    KEYED,
    /** {@code value}. */
    PLAIN
  }

  Argument {
    items = List.copyOf(items);
  }

  /**
   * The value as one text. A comma in an unquoted value is part of it where no list is expected.
   */
  String text() throws RefusedException {
    if (items.size() > 1 && quoted) {
      throw RefusedException.badRequest(valueColumn, "one value is expected here, not a list");
    }
    return String.join(",", items);
  }

  /** The argument in the form that parses to the same argument. */
  String render() {
    return switch (form) {
      case FLAG -> name;
      case KEYED -> name + "=" + renderItems();
      case PLAIN -> renderItems();
    };
  }

  /** The value as it is written behind its key. */
  String renderItems() {
    return items.stream()
        .map(item -> looksElse(item) ? Words.quote(item) : Words.word(item))
        .collect(Collectors.joining(","));
  }

  /** Whether a plain value would be taken for a flag or a key. */
  private boolean looksElse(String item) {
    return form == Form.PLAIN && (item.contains("=") || LineParser.FLAG.matcher(item).matches());
  }
}
