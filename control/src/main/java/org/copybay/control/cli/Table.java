package org.copybay.control.cli;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Words;

/** A table for people: a line of names, columns as wide as their longest value. */
final class Table {
  private static final String GAP = "  ";

  private final List<Boolean> numbers = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /** A table that begins with columns of text. */
  Table(String... columns) {
    rows.add(new ArrayList<>());
    add(false, columns);
  }

  /** Adds columns of text. */
  Table columns(String... columns) {
    return add(false, columns);
  }

  /** Adds columns of figures, which stand at the right. */
  Table figures(String... columns) {
    return add(true, columns);
  }

  private Table add(boolean figures, String... columns) {
    for (String column : columns) {
      rows.get(0).add(column);
      numbers.add(figures);
    }
    return this;
  }

  /** Adds a row; a name may hold anything, see {@link #name}. */
  Table row(String... values) {
    assert values.length == rows.get(0).size() : "a row of " + values.length + " values";
    rows.add(List.of(values));
    return this;
  }

  /** A name as a value: quoted as in a command where it needs that. */
  static String name(String name) {
    return name.equals("-") ? Words.quote(name) : Words.word(name);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.size(); column++) {
        String value = row.get(column);
        String space = " ".repeat(width(column) - length(value));
        line.append(numbers.get(column) ? space + value : value + space).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
  }

  private static int length(String value) {
    return value.codePointCount(0, value.length());
  }
}
