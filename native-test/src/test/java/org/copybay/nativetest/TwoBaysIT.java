package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two bays mounted at once know nothing of each other. */
class TwoBaysIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void aVolumeIsCopiedFromOneToTheOther() {
    try (TestBay other = TestBay.onDisk().open()) {
      String there = other.mountPoint() + "/volumes";
      BAY.must(
          "head -c 3000001 /dev/urandom >$V/v; cp $V/v " + there + "/w; cmp $V/v " + there + "/w");

      assertThat(BAY.must("ls $V")).isEqualTo("v");
      assertThat(other.must("ls $V")).isEqualTo("w");

      other.kill9();

      BAY.must("cat $V/v | wc -c | grep -x 3000001; truncate -s 1M $V/x; rm $V/x");
      other.mount();
      BAY.must("cmp $V/v " + there + "/w");
    }
  }
}
