package org.copybay.control.command;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of the original: names of columns, a line of dashes, rows; columns as wide as their
 * longest value. One thread.
 */
final class OpcTableText {
  private final int figuresFrom;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table.
   *
   * @param figuresFrom the first column that stands at the right
   * @param names of the columns
   */
  OpcTableText(int figuresFrom, String... names) {
    this.figuresFrom = figuresFrom;
    rows.add(List.of(names));
  }

  void row(String... values) {
    assert values.length == rows.get(0).size() : "a row of " + values.length + " values";
    rows.add(List.of(values));
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      List<String> cells = new ArrayList<>();
      for (int column = 0; column < row.size(); column++) {
        String space = " ".repeat(width(column) - length(row.get(column)));
        String value = row.get(column);
        boolean right = column >= figuresFrom && !lines.isEmpty();
        cells.add(right ? space + value : value + space);
      }
      lines.add(String.join(" ", cells).stripTrailing());
      if (lines.size() == 1) {
        lines.add(dashes(row.size()));
      }
    }
    return lines;
  }

  private String dashes(int columns) {
    List<String> cells = new ArrayList<>();
    for (int column = 0; column < columns; column++) {
      cells.add("-".repeat(width(column)));
    }
    return String.join(" ", cells);
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
  }

  private static int length(String value) {
    return value.codePointCount(0, value.length());
  }
}
