package org.copybay.control.report;

import java.util.List;

/**
 * What became of each thing that a refused line is about.
 *
 * @param lines that tell it
 * @param whole whether they are for programs, which read nothing but them
 */
public record Outcomes(List<String> lines, boolean whole) {
  /** Copies the list. */
  public Outcomes {
    lines = List.copyOf(lines);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(whole ? line : Blame.visible(line)).append('\n'));
    return text.toString();
  }
}
