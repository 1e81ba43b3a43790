package org.copybay.fs.transport.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadMountTest {

  @Test
  void anOrdinaryMountIsNeverStale() throws IOException {
    assertThat(DeadMount.stale(Path.of("/"), Duration.ofSeconds(5))).isFalse();
  }
}
