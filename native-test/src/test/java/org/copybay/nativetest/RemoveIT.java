package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(strings = {"rm $V/v", "echo x >$V/w; mv $V/w $V/v", "echo delete >$C/volumes/v/ctl"})
  void anOpenOneHasNoLink(String removal) {
    BAY.must(
        """
        links() { stat -L --cached=never -c %%h /proc/self/fd/3; } # asks the daemon
        rm -f $V/*; truncate -s 1M $V/v
        exec 3<$V/v
        test "$(links)" = 1
        %s
        test "$(links)" = 0
        """
            .formatted(removal));
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
    ProcessHandle daemon = BAY.daemon().orElseThrow();
    BAY.must("truncate -s 1M $V/v; exec 3<$V/v; rm $V/v; kill -9 " + daemon.pid());
    TestBay.awaitEnd(daemon);
    assertThat(BAY.must("ls $BAY/volumes")).isNotEmpty();

    BAY.mount();

    assertThat(BAY.must("ls $V; ls $BAY/volumes; ls $BAY/orphans")).isEmpty();
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(BAY.refused("rm $V/nothing")).contains("No such file");
    assertThat(BAY.refused("cat $V/nothing")).contains("No such file");
  }
}
