package org.copybay.copy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MIB = 1 << 20;

  private final RateLimit rate = new RateLimit();

  @Test
  void withoutALimitNothingWaits() {
    for (int i = 0; i < 100; i++) {
      assertThat(rate.take(MIB, 0)).isZero();
    }
  }

  @Test
  void eachPieceGetsTheNextSlotOfTheLine() {
    rate.set(MIB, 5 * SECOND);

    assertThat(rate.take(MIB, 5 * SECOND)).isZero();
    assertThat(rate.take(MIB, 5 * SECOND)).isEqualTo(SECOND);
    assertThat(rate.take(MIB / 2, 5 * SECOND)).isEqualTo(2 * SECOND);
    assertThat(rate.take(MIB, 5 * SECOND)).isEqualTo(2 * SECOND + SECOND / 2);
  }

  @Test
  void timeThatWasNotUsedIsNotSaved() {
    rate.set(MIB, 0);
    assertThat(rate.take(MIB, 100 * SECOND)).isZero();
    assertThat(rate.take(MIB, 100 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void aNewLimitBeginsANewLine() {
    rate.set(1, 0);
    assertThat(rate.take(MIB, 0)).isZero();
    int before = rate.version();

    rate.set(0, 0);

    assertThat(rate.take(MIB, 0)).isZero();
    assertThat(rate.version()).isNotEqualTo(before);
    rate.set(-5, 0);
    assertThat(rate.take(MIB, 0)).isZero();
    assertThat(rate.take(MIB, 0)).isZero();
  }
}
