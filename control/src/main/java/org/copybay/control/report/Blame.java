package org.copybay.control.report;

import org.copybay.volumes.Words;

/**
 * The word of a written line that an error is about.
 *
 * @param line the line as it was written, without its line end
 * @param column index in that string of the first character of the bad word
 */
public record Blame(String line, int column) {
  /** A longer line is shown by a window around the bad word. */
  private static final int WINDOW = 160;

  private static final String CUT = "…";

  /** Checks that the column lies in the line or just behind it. */
  public Blame {
    if (column < 0 || column > line.length()) {
      throw new IllegalArgumentException("column=" + column + " of " + line.length());
    }
  }

  /**
   * Two lines: the label with the written line, and a caret below the first character of the bad
   * word, also behind characters that are shown by their bytes.
   */
  String render(String label) {
    int from = Math.max(0, Math.min(column - WINDOW / 2, line.length() - WINDOW));
    int to = Math.min(line.length(), from + WINDOW);
    String head = from > 0 ? CUT : "";
    String tail = to < line.length() ? CUT : "";
    String before = visible(line.substring(from, column));
    String after = visible(line.substring(column, to));
    int indent = length(label) + length(head) + length(before);
    return label + head + before + after + tail + "\n" + " ".repeat(indent) + "^\n";
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * The text as one line that changes no terminal: {@code \xHH} for each byte of a character that
   * cannot be printed.
   */
  static String visible(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            character -> {
              if (character == '\t') {
                shown.append(' ');
              } else if (printable(character)) {
                shown.appendCodePoint(character);
              } else {
                shown.append(Words.escape(character));
              }
            });
    return shown.toString();
  }

  /**
   * Not so are control characters, what turns the direction of a line, and what is no character.
   */
  private static boolean printable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
