package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;

/** A bay that is mounted read-only answers EROFS to every command that would change it. */
class ReadOnlyIT {
  @Test
  void commandsAreRefusedAndFactsAreRead() {
    TestBay bay = TestBay.onDisk().withOptions("ro");
    try {
      bay.make();
      bay.must(
          """
          $COPYBAY mount $BAY $MNT
          echo 'create volume v size=1M' >$C/ctl
          head -c 1M /dev/urandom >first
          dd if=first of=$V/v bs=64K conv=notrunc status=none
          $COPYBAY umount $MNT
          """);
      bay.mount();

      for (String command :
          new String[] {
            "create volume w size=1M",
            "delete volume=v",
            "rename volume=v to=w",
            "resize volume=v size=2M",
            "duplicate from=v to=w",
          }) {
        assertThat(bay.refused("echo '" + command + "' >$C/ctl"))
            .as(command)
            .contains("Read-only file system");
      }
      bay.must("cmp first $V/v; cat $C/status | grep 'read_only: yes'");
      bay.refused("rm $V/v");
      bay.refused("dd if=/dev/zero of=$V/v bs=1K count=1 conv=notrunc status=none");
    } finally {
      bay.close();
    }
  }
}
