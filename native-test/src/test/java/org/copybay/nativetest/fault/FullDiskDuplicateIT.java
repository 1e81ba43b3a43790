package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A duplicate that meets a full disk fails with ENOSPC and gives back what it took. */
class FullDiskDuplicateIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("64M");

  @Test
  void failsLeavesNothingAndSucceedsWhenThereIsSpace() {
    bay.must(
        """
        head -c 16M /dev/urandom >data
        echo 'create volume source size=20M' >$C/ctl
        dd if=data of=$V/source bs=64K conv=notrunc,fsync status=none
        head -c 24M /dev/zero >$BELOW/filler
        sync -f $BELOW
        df --output=avail -k $BELOW | tail -n 1 >free
        echo 'duplicate from=source to=target id=full' >$C/ctl
        """);

    assertThat(bay.refused("cat $C/jobs/full/wait")).contains("No space left on device");

    assertThat(bay.must("cat $C/jobs/full/result")).contains("errno=ENOSPC");
    assertThat(bay.lastError()).contains("space");
    assertThat(bay.must("ls $V; ls $BAY/volumes | wc -l")).isEqualTo("source\n1");
    bay.must("cmp -n 16777216 data $V/source");
    bay.must("dd if=data of=$V/source bs=64K count=1 conv=notrunc,fsync status=none");
    bay.must(
        "sync -f $BELOW; test $(df --output=avail -k $BELOW | tail -n 1) -ge $(($(cat free) - 1024))");

    bay.must(
        """
        rm $BELOW/filler
        sync -f $BELOW
        echo 'duplicate from=source to=target id=then' >$C/ctl
        cat $C/jobs/then/wait
        cmp $V/source $V/target
        """);
    bay.remount();
    bay.must("cmp $V/source $V/target; grep '^full failed ENOSPC' $C/jobs/done");
  }
}
