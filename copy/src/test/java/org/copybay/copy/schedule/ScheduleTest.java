package org.copybay.copy.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static List<String> next(String schedule, String after, int count) throws Exception {
    List<String> found = new ArrayList<>();
    Instant at = Instant.parse(after);
    for (int i = 0; i < count; i++) {
      at = Schedule.parse(schedule).next(at);
      found.add(at.toString().replace(":00Z", ""));
    }
    return found;
  }

  // ---- text

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "every 30m              | every 30m",
        "every 30min            | every 30m",
        "every 90 m             | every 90m",
        "every 6h               | every 6h",
        "EVERY  1D              | every 1d",
        "every 366d             | every 366d",
        "0 */6 * * *            | 0 */6 * * *",
        "'  0  22   * * MON-FRI'| 0 22 * * mon-fri",
        "0,30 8-18/2 1,15 jan * | 0,30 8-18/2 1,15 jan *",
        "0 0 29 2 *             | 0 0 29 2 *",
        "0 0 * * 7              | 0 0 * * 7",
        "@hourly                | @hourly",
        "@Daily                 | @daily",
        "@weekly                | @weekly",
        "@monthly               | @monthly"
      })
  void whatIsUnderstoodHasOneTextThatParsesBack(String asked, String text) throws Exception {
    Schedule schedule = Schedule.parse(asked);

    assertThat(schedule).hasToString(text);
    assertThat(Schedule.parse(text)).isEqualTo(schedule).hasSameHashCodeAs(schedule);
    assertThat(schedule).isNotEqualTo(Schedule.parse("every 17m"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                   | want a period as in every 30m",
        "hourly               | want a period as in every 30m",
        "every day            | want a period as in every 30m",
        "every 5s             | want a period as in every 30m",
        "every -5m            | want a period as in every 30m",
        "every 1.5h           | want a period as in every 30m",
        "every 9999999m       | want a period as in every 30m",
        "every day at noon ok | want a period as in every 30m",
        "* * * *              | want a period as in every 30m",
        "0 0 0 * * *          | want a period as in every 30m",
        "every 0m             | want a period of 1m to 366d, got 0m",
        "every 367d           | want a period of 1m to 366d, got 367d",
        "@yearly              | got @yearly",
        "@                    | got @",
        "60 * * * *           | Value 60 not in range [0, 59]",
        "0 25 * * *           | Value 25 not in range [0, 23]",
        "0 0 0 * *            | Value 0 not in range [1, 31]",
        "0 0 * * 8            | as in cron",
        "10-5 * * * *         | Invalid range! [10,5]",
        "*/0 * * * *          | Period 0 not in range",
        "a b c d e            | Invalid chars",
        "0 0 L * *            | Invalid chars",
        "0 0 ? * 1            | as in cron",
        "0 0 31 4 *           | one that never comes",
        "0 0 30-31 feb *      | one that never comes"
      })
  void whatIsNotUnderstoodIsRefusedWithASentence(String asked, String words) {
    assertThatThrownBy(() -> Schedule.parse(asked))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST);
              assertThat(e).hasMessageStartingWith("schedule \"" + asked + "\": want ");
              assertThat(e).hasMessageContaining(words);
              assertThat(e).hasMessageNotContaining("Failed");
              assertThat(e.remedy()).contains("every 6h");
            });
  }

  @Test
  void aTextWithoutEndIsRefusedBeforeItIsLookedAt() {
    TestJobs.assertFault(
        Fault.BAD_REQUEST, () -> Schedule.parse("1,".repeat(5000) + "1 * * * *"), "got 10009");
  }

  // ---- instants

  @Test
  void aPeriodIsAlignedToMultiplesSince1970() throws Exception {
    assertThat(next("every 6h", "2026-03-01T07:12:13Z", 3))
        .containsExactly("2026-03-01T12:00", "2026-03-01T18:00", "2026-03-02T00:00");
    assertThat(next("every 30m", "2026-12-31T23:59:59.999Z", 2))
        .containsExactly("2027-01-01T00:00", "2027-01-01T00:30");
    assertThat(next("every 1d", "2028-02-28T00:00:00Z", 2))
        .containsExactly("2028-02-29T00:00", "2028-03-01T00:00");
    assertThat(next("every 7d", "2026-01-01T00:00:00Z", 1)) // 1970 began with a Thursday
        .containsExactly("2026-01-08T00:00");
    assertThat(next("every 7h", "1970-01-01T00:00:00Z", 4))
        .containsExactly(
            "1970-01-01T07:00", "1970-01-01T14:00", "1970-01-01T21:00", "1970-01-02T04:00");
  }

  @Test
  void theNextInstantIsNeverTheOneThatIsAsked() throws Exception {
    for (String text : List.of("every 30m", "*/30 * * * *", "@hourly")) {
      Instant due = Instant.parse("2026-03-01T12:00:00Z");
      Schedule schedule = Schedule.parse(text);

      assertThat(schedule.next(due)).as(text).isAfter(due);
      assertThat(schedule.next(due.minusNanos(1))).as(text).isEqualTo(due);
      assertThat(schedule.latest(due)).as(text).isEqualTo(due);
      assertThat(schedule.latest(due.plusNanos(1))).as(text).isEqualTo(due);
      assertThat(schedule.latest(due.minusNanos(1))).as(text).isBefore(due);
    }
  }

  @Test
  void monthsAndLeapYearsAreThoseOfTheCalendar() throws Exception {
    assertThat(next("@monthly", "2026-01-31T12:00:00Z", 2))
        .containsExactly("2026-02-01T00:00", "2026-03-01T00:00");
    assertThat(next("0 3 31 * *", "2026-01-31T03:00:00Z", 2))
        .containsExactly("2026-03-31T03:00", "2026-05-31T03:00");
    assertThat(next("0 0 29 2 *", "2096-03-01T00:00:00Z", 2)) // 2100 is no leap year
        .containsExactly("2104-02-29T00:00", "2108-02-29T00:00");
    assertThat(next("@weekly", "2026-02-27T00:00:00Z", 1)).containsExactly("2026-03-01T00:00");
    assertThat(next("0 0 13 * 5", "2026-03-01T00:00:00Z", 3)) // the 13th, and Fridays
        .containsExactly("2026-03-06T00:00", "2026-03-13T00:00", "2026-03-20T00:00");
  }

  @ParameterizedTest
  @CsvSource({"2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01"})
  void noHourIsMissingOrComesTwiceWhereOthersTurnTheirClocks(String day) throws Exception {
    assertThat(next("@hourly", day + "T00:00:00Z", 4))
        .containsExactly(day + "T01:00", day + "T02:00", day + "T03:00", day + "T04:00");
  }

  @Test
  void randomExpressionsComeAtTheMinutesThatTheirFieldsSay() throws Exception {
    long seed = 7;
    Random random = new Random(seed);
    String[][] fields = {
      {"*", "0", "*/7", "5,35", "10-20", "59"},
      {"*", "0", "*/6", "23", "8-10"},
      {"*", "1", "31", "29", "15,16", "*/10"},
      {"*", "2", "4,6", "*/3"},
      {"*", "0", "7", "1-5", "6", "5-7"}
    };
    for (int i = 0; i < 60; i++) {
      String[] chosen = new String[5];
      for (int f = 0; f < 5; f++) {
        chosen[f] = fields[f][random.nextInt(fields[f].length)];
      }
      String text = String.join(" ", chosen);
      if (text.matches(".* 31 (2|4,6) \\*")) {
        continue; // never
      }
      Schedule schedule = Schedule.parse(text);
      ZonedDateTime from =
          ZonedDateTime.of(2023 + random.nextInt(4), 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)
              .plusMinutes(random.nextInt(500_000));

      Instant next = schedule.next(from.toInstant());

      String what = "seed " + seed + ": " + text + " after " + from;
      ZonedDateTime model = from.plusMinutes(1);
      while (!matches(chosen, model)) {
        model = model.plusMinutes(1);
      }
      assertThat(next).as(what).isEqualTo(model.toInstant());
      assertThat(schedule.latest(next.plusSeconds(59))).as(what).isEqualTo(next);
      assertThat(schedule.latest(next.minusNanos(1))).as(what).isBeforeOrEqualTo(from.toInstant());
    }
  }

  private static boolean matches(String[] field, ZonedDateTime at) {
    int day = at.getDayOfWeek().getValue();
    boolean ofMonth = matches(field[2], at.getDayOfMonth(), 1, 31);
    boolean ofWeek = matches(field[4], day, 0, 7) || matches(field[4], day % 7, 0, 7);
    boolean either = field[2].equals("*") || field[4].equals("*");
    return matches(field[0], at.getMinute(), 0, 59)
        && matches(field[1], at.getHour(), 0, 23)
        && matches(field[3], at.getMonthValue(), 1, 12)
        && (either ? ofMonth && ofWeek : ofMonth || ofWeek);
  }

  private static boolean matches(String field, int value, int first, int last) {
    for (String part : field.split(",", -1)) {
      String[] step = part.split("/", -1);
      String[] range = step[0].split("-", -1);
      int from = step[0].equals("*") ? first : Integer.parseInt(range[0]);
      int to = step[0].equals("*") ? last : Integer.parseInt(range[range.length - 1]);
      int by = step.length > 1 ? Integer.parseInt(step[1]) : 1;
      if (value >= from && value <= to && (value - from) % by == 0) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whatIsMissedIsCountedBetweenTwoInstants() throws Exception {
    Instant from = Instant.parse("2026-02-27T00:00:00Z");
    Instant to = Instant.parse("2026-03-02T00:00:00Z");

    assertThat(Schedule.parse("every 6h").count(from, to)).isEqualTo(11);
    assertThat(Schedule.parse("@daily").count(from, to)).isEqualTo(2);
    assertThat(Schedule.parse("@daily").count(from, from)).isZero();
    assertThat(Schedule.parse("every 1m").count(Instant.EPOCH, to)).isEqualTo(Times.MAX_COUNT);
  }

  // ---- warning

  @ParameterizedTest
  @ValueSource(
      strings = {
        "every 29m",
        "every 1m",
        "* * * * *",
        "*/29 * * * *", // 0, 29, 58
        "0,45 * * * *", // 45, 0
        "0,45 0,23 15,16 * *", // the 15th at 23:45, the 16th at 0:00
        "0,45 0,23 29 2 0" // in some leap years the 29th is a Monday
      })
  void runsLessThanHalfAnHourApartAreTooOften(String text) throws Exception {
    assertThat(Schedule.parse(text).tooOften()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "every 30m",
        "every 366d",
        "*/30 * * * *",
        "@hourly",
        "@monthly",
        "0,45 0,23 * * 1", // no day after a Monday is a Monday
        "0,45 0,23 1,15 * *",
        "59 23 * * *"
      })
  void runsHalfAnHourApartAreNot(String text) throws Exception {
    assertThat(Schedule.parse(text).tooOften()).isFalse();
  }
}
