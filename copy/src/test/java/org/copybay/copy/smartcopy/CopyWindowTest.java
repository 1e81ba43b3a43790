package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When copies of a policy may begin. 2026-11-30 is a Monday. */
final class CopyWindowTest {
  @ParameterizedTest
  @CsvSource({
    "mon-fri 22:00 8h, 2026-11-30T21:59:59Z, false",
    "mon-fri 22:00 8h, 2026-11-30T22:00:00Z, true",
    "mon-fri 22:00 8h, 2026-12-01T05:59:59Z, true",
    "mon-fri 22:00 8h, 2026-12-01T06:00:00Z, false",
    "mon-fri 22:00 8h, 2026-12-05T05:00:00Z, true",
    "mon-fri 22:00 8h, 2026-12-05T23:00:00Z, false",
    "daily 01:00 90m, 2026-12-06T02:29:59Z, true",
    "'sat,sun 00:00 24h', 2026-12-06T12:00:00Z, true",
    "fri-mon 12:00 1h, 2026-11-30T12:30:00Z, true",
    "fri-mon 12:00 1h, 2026-12-01T12:30:00Z, false",
    "sun 00:00 160h, 2026-12-04T12:00:00Z, true"
  })
  void opensOnItsDaysForSoLong(String text, Instant now, boolean open) throws Exception {
    assertThat(CopyWindow.parse(text).isOpen(now)).isEqualTo(open);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "daily", "daily 25:00 1h", "moon 22:00 1h", "mon 22:00 0h", "mon 1:00 1h"})
  void whatIsNoWindowIsRefused(String text) {
    assertThatThrownBy(() -> CopyWindow.parse(text))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("is no window");
  }

  @Test
  void keepsItsText() throws Exception {
    assertThat(CopyWindow.parse(" Mon-Fri  22:00 8h").text()).isEqualTo("mon-fri 22:00 8h");
  }
}
