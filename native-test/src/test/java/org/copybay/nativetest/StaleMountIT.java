package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The mount of a daemon that died is cleaned away by the next mount. */
class StaleMountIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void theNextMountReplacesIt() {
    BAY.must("head -c 1000003 /dev/urandom >data; cp data $V/v");
    BAY.kill9();
    assertThat(BAY.refused("ls $MNT")).contains("Transport endpoint is not connected");

    BAY.mount();

    BAY.must("cmp data $V/v; rm $V/v");
    assertThat(TestBay.mountsBelow(BAY.scratch())).hasSize(1);
  }

  @Test
  void evenWhileAProcessHoldsAFileOfIt() throws Exception {
    BAY.must("head -c 1000003 /dev/urandom >data; cp data $V/v");
    Process holder = BAY.start("cd $V; exec 3<>v; echo open; exec sleep 300");
    try {
      await().until(() -> Files.readString(BAY.scratch().resolve("out")).equals("open\n"));
      BAY.kill9();

      BAY.mount();

      BAY.must("cmp data $V/v; echo more | dd of=$V/v conv=notrunc; rm $V/v");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    assertThat(TestBay.mountsBelow(BAY.scratch())).hasSize(1);
  }

  /** As a container or a unit with PrivateTmp= has one. */
  @Test
  void whoHasACopyOfTheMountIsNamed() {
    ProcessHandle daemon = BAY.daemon().orElseThrow();
    BAY.must(
        """
        mkdir kept
        unshare -m --propagation slave sh -ec 'mount --bind $MNT kept; exec sleep 300' & holder=$!
        trap 'kill $holder' EXIT
        until grep -F $T/kept /proc/$holder/mounts >/dev/null; do sleep 0.1; done
        if $COPYBAY umount $MNT 2>err; then exit 1; fi
        grep -F "is also in the mount namespace of pid $holder; try: nsenter -t $holder -m umount $T/" err
        """);
    TestBay.awaitEnd(daemon);
    BAY.mount();
  }

  @Test
  void umountTakesItAwayToo() {
    BAY.kill9();

    BAY.must("$COPYBAY umount $MNT");

    assertThat(TestBay.mountsBelow(BAY.scratch())).isEmpty();
  }
}
