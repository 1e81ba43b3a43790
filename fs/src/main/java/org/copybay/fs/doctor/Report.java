package org.copybay.fs.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.copybay.control.cli.ExitStatus;
import org.copybay.control.report.Json;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.jspecify.annotations.Nullable;

/**
 * The findings as people and as programs read them.
 *
 * @param findings in the order in which they were made
 */
record Report(List<Finding> findings) {
  /** NOT_IN_ORDER when there is a problem. */
  int exitStatus() {
    return count(Finding.Severity.PROBLEM) > 0 ? ExitStatus.NOT_IN_ORDER : ExitStatus.DONE;
  }

  /** A line for each point; below what is not in order what was wanted and what to type. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      text.append(String.format("%-8s ", finding.severity().word()))
          .append(finding.point())
          .append(": ")
          .append(Words.oneLine(finding.found()))
          .append('\n');
      below(text, "wanted", finding.wanted());
      below(text, "type", finding.fix());
    }
    return text.append(sum()).append('\n').toString();
  }

  private static void below(StringBuilder text, String label, @Nullable String words) {
    if (words != null) {
      text.append("         ").append(label).append(": ").append(Words.oneLine(words)).append('\n');
    }
  }

  private String sum() {
    return count(Finding.Severity.OK)
        + " ok, warnings: "
        + count(Finding.Severity.WARNING)
        + ", problems: "
        + count(Finding.Severity.PROBLEM);
  }

  private long count(Finding.Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).count();
  }

  /** One object: the counts, and an array of findings with the keys of {@link Finding}. */
  String json() throws StorageException {
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("point", finding.point());
      entry.put("severity", finding.severity().word());
      entry.put("found", finding.found());
      entry.put("wanted", finding.wanted());
      entry.put("fix", finding.fix());
      list.add(entry);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("ok", count(Finding.Severity.OK));
    all.put("warnings", count(Finding.Severity.WARNING));
    all.put("problems", count(Finding.Severity.PROBLEM));
    all.put("findings", list);
    return Json.text(all);
  }
}
