package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GrowthRuleTest {

  private static final int BASE = 4;
  private static final int LIMIT = 10;

  private final AtomicLong now = new AtomicLong(1_000);
  private final GrowthRule rule = new GrowthRule(BASE, LIMIT, now::get);

  @Test
  void busyWorkersThatAreNotBlockedNeedNoHelp() {
    assertThat(rule.missing(BASE, 0)).isZero();
  }

  @Test
  void eachBlockedWorkerIsReplaced() {
    assertThat(rule.missing(4, 1)).isEqualTo(1);
    assertThat(rule.missing(4, 4)).isEqualTo(4);
    assertThat(rule.missing(8, 5)).isEqualTo(1);
    assertThat(rule.missing(8, 4)).isZero();
  }

  @Test
  void thereAreNeverMoreThanTheLimit() {
    assertThat(rule.missing(8, 8)).isEqualTo(2);
    assertThat(rule.missing(10, 10)).isZero();
  }

  @Test
  void theBaseStays() {
    now.addAndGet(10 * GrowthRule.CALM_NANOS);

    assertThat(rule.surplus(BASE)).isFalse();
  }

  @Test
  void surplusWorkersEndOneByOneAfterCalm() {
    rule.missing(4, 4);

    assertThat(rule.surplus(8)).isFalse();
    now.addAndGet(GrowthRule.CALM_NANOS);
    assertThat(rule.surplus(8)).isTrue();
    assertThat(rule.surplus(7)).isFalse();
    now.addAndGet(GrowthRule.STEP_NANOS);
    assertThat(rule.surplus(7)).isTrue();
  }

  @Test
  void surplusWorkersStayWhileBlockedOnesNeedThem() {
    now.addAndGet(GrowthRule.CALM_NANOS);
    assertThat(rule.missing(8, 4)).isZero();

    assertThat(rule.surplus(8)).isFalse();
  }

  @Test
  void surplusWorkersEndUnderLoadThatBlocksNobody() {
    now.addAndGet(GrowthRule.CALM_NANOS);
    assertThat(rule.missing(8, 0)).isZero();
    assertThat(rule.missing(8, 3)).isZero();

    assertThat(rule.surplus(8)).isTrue();
  }
}
