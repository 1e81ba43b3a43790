package org.copybay.control.command;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A table in the forms of csmcli (IBM Copy Services Manager, option -fmt): columns for people,
 * lines with a delimiter, stanzas, XML. One thread.
 */
final class CsmTable {
  private final List<String> columns;
  private final List<List<String>> rows = new ArrayList<>();

  CsmTable(List<String> columns) {
    this.columns = List.copyOf(columns);
  }

  void row(List<String> values) {
    assert values.size() == columns.size() : "a row of " + values.size() + " values";
    rows.add(List.copyOf(values));
  }

  /** How it is printed. */
  enum Form {
    /** For people. */
    TEXT,
    /** With a delimiter between values. */
    DELIM,
    /** A line for each value. */
    STANZA,
    /** XML. */
    XML
  }

  /**
   * The lines.
   *
   * @param delimiter of {@link Form#DELIM}
   * @param header whether the names of the columns come first, where they do
   */
  List<String> lines(Form form, String delimiter, boolean header) {
    return switch (form) {
      case TEXT -> text(header);
      case DELIM -> delimited(delimiter, header);
      case STANZA -> stanzas();
      case XML -> xml();
    };
  }

  private List<String> text(boolean header) {
    List<Integer> widths = new ArrayList<>();
    for (int column = 0; column < columns.size(); column++) {
      int at = column;
      int widest = rows.stream().mapToInt(row -> length(row.get(at))).max().orElse(0);
      widths.add(Math.max(widest, header ? columns.get(column).length() : 0));
    }
    List<String> lines = new ArrayList<>();
    if (header) {
      lines.add(padded(columns, widths));
      lines.add("=".repeat(widths.stream().mapToInt(w -> w + 1).sum() - 1));
    }
    rows.forEach(row -> lines.add(padded(row, widths)));
    return lines;
  }

  private static String padded(List<String> values, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < values.size(); column++) {
      String value = values.get(column);
      line.append(value).append(" ".repeat(widths.get(column) - length(value) + 1));
    }
    return line.toString().stripTrailing();
  }

  private static int length(String value) {
    return value.codePointCount(0, value.length());
  }

  private List<String> delimited(String delimiter, boolean header) {
    List<List<String>> all = new ArrayList<>(header ? List.of(columns) : Collections.emptyList());
    all.addAll(rows);
    return all.stream()
        .map(row -> row.stream().map(value -> quoted(value, delimiter)).collect(joining(delimiter)))
        .toList();
  }

  /** As in CSV (RFC 4180), where a value would else be taken for more than one. */
  private static String quoted(String value, String delimiter) {
    boolean plain = !value.contains(delimiter) && value.indexOf('"') < 0;
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }

  private List<String> stanzas() {
    List<String> lines = new ArrayList<>();
    int widest = columns.stream().mapToInt(String::length).max().orElse(0);
    for (List<String> row : rows) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      for (int column = 0; column < columns.size(); column++) {
        String name = columns.get(column);
        lines.add(name + " ".repeat(widest - name.length() + 1) + row.get(column));
      }
    }
    return lines;
  }

  private List<String> xml() {
    List<String> lines = new ArrayList<>();
    lines.add("<Table>");
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  <Row>");
      for (int column = 0; column < columns.size(); column++) {
        String tag = columns.get(column).replace(" ", "");
        line.append('<').append(tag).append('>').append(OpcXml.escape(row.get(column)));
        line.append("</").append(tag).append('>');
      }
      lines.add(line.append("</Row>").toString());
    }
    lines.add("</Table>");
    return lines;
  }
}
