package org.copybay.copy.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of the catalogue that no scheduler wrote. */
class ScheduleRowsTest {
  private static final String PAY = "test/pay";
  private static final String OTHER = "test/other";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schedule='every blue moon'                | every blue moon",
        "schedule='0 0 31 2 *'                     | never comes",
        "schedule=''                               | want a period",
        "schedule=x'00ff'                          | want a period",
        "enabled='maybe'                           | column enabled: want a number from 0 to 1",
        "enabled=2                                 | got \"2\"",
        "created='yesterday'                       | column created: want an instant",
        "since=17                                  | got \"17\"",
        "since='+999999999-01-01T00:00:00Z'        | column since: want an instant",
        "since='-999999999-01-01T00:00:00Z'        | column since: want an instant",
        "last_due='2026-02-30T00:00:00Z', last_outcome='done', last_result='' | column last_due: want",
        "last_due='2026-02-20T00:00:00Z'           | column last_outcome: want a text, got \"null\"",
        "last_due='2026-02-20T00:00:00Z', last_outcome='so so' | got \"so so\"",
        "last_due='2026-02-20T00:00:00Z', last_outcome='done'  | column last_result",
        "missed=-1                                 | column missed",
        "missed=9223372036854775807                | column missed"
      })
  void aRowThatCannotBeUnderstoodIsShownAsBrokenAndKeepsNoOtherFromRunning(
      String garbage, String words) throws Exception {
    Path path = directory.resolve("bay");
    try (TestSchedules test = TestSchedules.create(path, "2026-03-01T07:12:00Z")) {
      test.put(PAY, "every 1h");
      test.put(OTHER, "every 1h");
      test.sql("update schedule set " + garbage + " where key='" + PAY + "'");
    }
    for (int mount = 0; mount < 2; mount++) { // the row stays as it is
      try (TestSchedules test =
          TestSchedules.open(path, "2026-03-01T0" + (8 + mount) + ":00:00Z")) {
        assertThat(test.task(PAY).broken()).contains(words);
        assertThat(test.task(PAY).enabled()).isFalse();
        assertThat(test.scheduler.nextRun(PAY)).isNull();
        assertThat(test.at(test.clock.instant().toString()))
            .singleElement()
            .asString()
            .startsWith(OTHER);
      }
    }
    try (TestSchedules test = TestSchedules.open(path, "2026-03-01T10:10:00Z")) {
      test.put(PAY, "every 1h");
      assertThat(test.task(PAY).broken()).isNull();
      assertThat(test.at("2026-03-01T11:00:00Z")).contains(PAY + " 2026-03-01T11:00:00Z");
    }
  }

  @Test
  void aBrokenRowCanBeRemovedWhateverItsKeyIs() throws Exception {
    Path path = directory.resolve("bay");
    try (TestSchedules test = TestSchedules.create(path, "2026-03-01T07:12:00Z")) {
      test.put(PAY, "every 1h");
      test.sql("update schedule set key=x'7465', schedule='?'");
    }
    try (TestSchedules test = TestSchedules.open(path, "2026-03-01T08:00:00Z")) {
      assertThat(test.task("te").broken()).isNotNull();
      assertThat(test.at("2026-03-01T09:00:00Z")).isEmpty();
      test.scheduler.remove("te", NOTHING);
    }
    try (TestSchedules test = TestSchedules.open(path, "2026-03-01T08:00:00Z")) {
      assertThat(test.scheduler.all()).isEmpty();
    }
  }
}
