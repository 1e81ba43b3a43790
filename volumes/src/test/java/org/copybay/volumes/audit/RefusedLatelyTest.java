package org.copybay.volumes.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How much of a flood of refused commands is listed. */
class RefusedLatelyTest {
  private static final Instant NOW = Instant.parse("2025-11-21T09:31:07Z");

  private final RefusedLately refused = new RefusedLately();

  private static AuditEntry of(long uid, String command) {
    return AuditEntry.draft("", uid, 1, "ctl", "delete", "EPERM", command);
  }

  private void flood(long uid, int count) {
    for (int i = 0; i < count; i++) {
      refused.refused(of(uid, "delete volume=v" + i), NOW);
    }
  }

  @Test
  void eachOfTheFirstThousandIsListed() {
    for (int i = 0; i < RefusedLately.LISTED; i++) {
      assertThat(refused.refused(of(7, "x" + i), NOW).list()).isTrue();
    }
  }

  @Test
  void theRestIsCountedAndToldOfAtEachPowerOfTen() {
    flood(7, RefusedLately.LISTED);
    StringBuilder told = new StringBuilder();
    for (int i = 0; i < 1500; i++) {
      RefusedLately.Answer answer = refused.refused(of(7, "y" + i), NOW.plusSeconds(i / 100));
      assertThat(answer.list()).isFalse();
      assertThat(answer.since()).isEqualTo(NOW);
      told.append(answer.told() == 0 ? "" : " " + answer.told());
    }

    assertThat(told).hasToString(" 1 10 100 1000");
  }

  @Test
  void anHourLaterTheCountIsToldAndListingGoesOn() {
    flood(7, RefusedLately.LISTED + 42);

    Instant before = NOW.plus(Duration.ofMinutes(59));
    assertThat(refused.refused(of(7, "x"), before).list()).isFalse();
    Instant later = NOW.plus(Duration.ofMinutes(60));
    assertThat(refused.refused(of(7, "x"), later))
        .isEqualTo(new RefusedLately.Answer(true, 43, NOW));
    assertThat(refused.refused(of(7, "x"), later).told()).isZero();
  }

  @Test
  void anotherUidIsListed() {
    flood(7, 2 * RefusedLately.LISTED);

    assertThat(refused.refused(of(8, "x"), NOW).list()).isTrue();
  }

  @Test
  void manyUidsFillNoMemoryAndNoDisk() {
    int listed = 0;
    for (int uid = 0; uid < 100_000; uid++) {
      listed += refused.refused(of(uid, "x"), NOW).list() ? 1 : 0;
    }

    assertThat(listed).isBetween(1000, 1500);
  }

  @Test
  void onlyWhatWasRefusedInTheSameWordsRepeats() {
    refused.refused(of(7, "x"), NOW);
    assertThat(refused.repeats(of(7, "x"), NOW)).as("it is listed still").isFalse();
    flood(7, RefusedLately.LISTED);
    refused.refused(of(7, "x"), NOW);

    assertThat(refused.repeats(of(7, "x"), NOW)).isTrue();
    assertThat(refused.repeats(of(7, "y"), NOW)).isFalse();
    assertThat(refused.repeats(of(8, "x"), NOW)).isFalse();
  }

  @Test
  void aClockThatGoesBackStopsNothing() {
    flood(7, 10);

    assertThat(refused.refused(of(7, "x"), NOW.minus(Duration.ofDays(9))).list()).isTrue();
  }
}
