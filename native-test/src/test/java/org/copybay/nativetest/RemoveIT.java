package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** rm of a volume that is open, and of one that is not there. */
class RemoveIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void anOpenVolumeKeepsItsBytesUntilTheLastClose() {
    BAY.must(
        """
        head -c 100003 /dev/urandom >data; cp data $V/v
        exec 3<>$V/v 4<$V/v
        rm $V/v
        printf changed >&3; printf changed | dd of=data conv=notrunc
        cmp data - <&4
        """);

    assertThat(BAY.must("ls $V")).isEmpty();
  }

  @Test
  void theNameIsFreeAtOnce() {
    BAY.must(
        """
        head -c 100003 /dev/urandom >data; cp data $V/v
        exec 3<$V/v
        rm $V/v
        echo another >$V/v
        cmp data - <&3
        grep -x another $V/v
        """);

    BAY.remount();
    BAY.must("grep -x another $V/v; rm $V/v");
  }

  @Test
  void anOpenOneThatWasRemovedIsGoneAfterACrash() {
    BAY.must("truncate -s 1M $V/v; rm $V/v");
    BAY.kill9();
    BAY.mount();

    assertThat(BAY.must("ls $V")).isEmpty();
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(BAY.refused("rm $V/nothing")).contains("No such file");
    assertThat(BAY.refused("cat $V/nothing")).contains("No such file");
  }
}
