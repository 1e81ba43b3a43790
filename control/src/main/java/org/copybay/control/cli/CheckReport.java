package org.copybay.control.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.copybay.control.report.Json;
import org.copybay.volumes.Finding;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;

/** What a check of a bay found, as lines for people or as JSON with the same facts. */
public final class CheckReport {
  private CheckReport() {}

  /** One line for each finding and one for all, each with its line end. */
  public static String text(String bay, Findings findings) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings.all()) {
      text.append(finding.line()).append('\n');
    }
    text.append("checked ").append(bay).append(": ");
    text.append(findings.damages() == 0 ? "in order" : "damages=" + findings.damages());
    text.append(findings.notes() == 0 ? "" : " notes=" + findings.notes());
    text.append(findings.left() == 0 ? "" : " not_shown=" + findings.left());
    return text.append('\n').toString();
  }

  /** All of it as one JSON object with a line end. */
  public static String json(String bay, Findings findings) throws StorageException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("bay", bay);
    all.put("in_order", findings.damages() == 0);
    all.put("damages", findings.damages());
    all.put("notes", findings.notes());
    all.put("not_shown", findings.left());
    all.put("findings", findings.all().stream().map(CheckReport::facts).toList());
    return Json.text(all);
  }

  private static Map<String, String> facts(Finding finding) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("severity", finding.severity().word());
    facts.put("what", finding.what());
    facts.put("where", finding.where());
    facts.put("wanted", finding.wanted());
    facts.put("got", finding.got());
    facts.put("fix", finding.fix());
    return facts;
  }

  /** What a command ends with that found this. */
  public static int status(Findings findings) {
    return findings.damages() == 0 ? ExitStatus.DONE : ExitStatus.NOT_IN_ORDER;
  }
}
