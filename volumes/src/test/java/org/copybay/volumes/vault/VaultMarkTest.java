package org.copybay.volumes.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class VaultMarkTest {
  private static final long TIME = TestMachine.START.toEpochMilli();

  @Test
  void noUptimeCarriesItBeyondTheEnd() {
    VaultMark mark = new VaultMark("run", 5, TIME, TIME, 0, 0);

    assertThat(mark.at(0)).isEqualTo(TIME);
    assertThat(mark.at(6)).isEqualTo(TIME + 1);
    assertThat(mark.at(5 + VaultMark.END - TIME)).isEqualTo(VaultMark.END);
    assertThat(mark.at(Long.MAX_VALUE)).isEqualTo(VaultMark.END);
    assertThat(mark.later("run", Long.MAX_VALUE, TIME).vault()).isEqualTo(VaultMark.END);
  }

  @Test
  void anAbsurdClockIsNotTakenOver() {
    VaultMark mark = new VaultMark("run", 5, TIME, VaultMark.END, 0, 0);

    assertThat(mark.caughtUp()).isEqualTo(mark);
  }

  @Test
  void aClockThatIsBehindIsNotTakenOver() {
    VaultMark mark = new VaultMark("run", 5, TIME, TIME - 1, 0, 0);

    assertThat(mark.caughtUp()).isEqualTo(mark);
  }

  @Test
  void anyClockBecomesATimeThatCanBeKept() {
    assertThat(VaultMark.bounded(Instant.MIN)).isZero();
    assertThat(VaultMark.bounded(Instant.ofEpochMilli(-1))).isZero();
    assertThat(VaultMark.bounded(TestMachine.START)).isEqualTo(TIME);
    assertThat(VaultMark.bounded(Instant.ofEpochMilli(VaultMark.END + 1))).isEqualTo(VaultMark.END);
    assertThat(VaultMark.bounded(Instant.MAX)).isEqualTo(VaultMark.END);
  }

  @Test
  void aMarkThatCannotBeIsNone() {
    assertThatThrownBy(() -> new VaultMark("run", 5, VaultMark.END + 1, TIME, 0, 0))
        .hasMessageContaining("vault=4102444800001 must be in [0, 4102444800000]");
  }
}
