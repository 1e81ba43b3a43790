package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** badblocks writes four patterns over a volume and reads each back. */
class BadblocksIT {
  @RegisterExtension static final TestBay BAY = TestBay.onTmpfs("64m");

  @Test
  void findsNone() {
    Needs.program("badblocks");
    BAY.must("truncate -s 8M $V/v");

    assertThat(BAY.must("badblocks -w -b 4096 -c 16 $V/v 2047")).isEmpty();
    assertThat(BAY.must("badblocks -w -b 1024 -B $V/v")).isEmpty();
  }
}
