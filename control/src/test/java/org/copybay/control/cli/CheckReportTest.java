package org.copybay.control.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.util.List;
import java.util.Map;
import org.copybay.volumes.Findings;
import org.junit.jupiter.api.Test;

class CheckReportTest {
  private final Findings findings = new Findings();

  @Test
  void nothingFoundIsOneLineAndStatus0() throws Exception {
    assertThat(CheckReport.text("/bay", findings)).isEqualTo("checked /bay: in order\n");
    assertThat(CheckReport.status(findings)).isZero();
    assertThat(JSON.std.mapFrom(CheckReport.json("/bay", findings)))
        .containsEntry("in_order", true)
        .containsEntry("findings", List.of());
  }

  @Test
  void aNoteIsShownAndIsInOrder() {
    findings.note("job", "8", "a target", "none", "it ends");
    assertThat(CheckReport.text("/bay", findings))
        .isEqualTo(
            "note job: 8: wanted a target, got none; it ends\nchecked /bay: in order notes=1\n");
    assertThat(CheckReport.status(findings)).isZero();
  }

  @Test
  void damageIsStatus3AndTheSameInJson() throws Exception {
    findings.at("volume a, ", "put back a copy").damage("map", "map.0 page\n3", 1, 2);
    assertThat(CheckReport.text("/bay", findings))
        .isEqualTo(
            """
            damage map: volume a, map.0 page 3: wanted 1, got 2; put back a copy
            checked /bay: damages=1
            """);
    assertThat(CheckReport.status(findings)).isEqualTo(3);
    assertThat(JSON.std.mapFrom(CheckReport.json("/bay", findings)))
        .containsEntry("in_order", false)
        .containsEntry("damages", 1)
        .containsEntry(
            "findings",
            List.of(
                Map.of(
                    "severity", "damage",
                    "what", "map",
                    "where", "volume a, map.0 page\n3",
                    "wanted", "1",
                    "got", "2",
                    "fix", "put back a copy")));
  }

  @Test
  void manyOfAKindAreCountedOnly() {
    for (int i = 0; i < 40; i++) {
      findings.damage("map", "page " + i, 1, 2, "x");
    }
    assertThat(CheckReport.text("/bay", findings))
        .hasLineCount(Findings.MOST_OF_A_KIND + 1)
        .endsWith("checked /bay: damages=40 not_shown=15\n");
  }
}
