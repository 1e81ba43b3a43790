package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A full disk spoils no medium that is written once: the duplicate does not begin. */
class FullDiskOpticalIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("64M");

  @Test
  void aDuplicateThatHasNoRoomIsRefusedBeforeItsTargetIsSpoiled() {
    bay.must(
        """
        echo 'optical device name=LIB type=library drives=2 slots=4' >$C/ctl
        echo 'optical add device=LIB cartridge=ARC media=*WORM capacity=20M' >$C/ctl
        echo 'optical add device=LIB cartridge=BKU media=*WORM capacity=20M' >$C/ctl
        echo 'optical initialize volume=ARC.A newvol=ARCH' >$C/ctl
        head -c 16M /dev/urandom >data
        dd if=data of=$MNT/optical/ARCH bs=64K conv=notrunc,fsync status=none
        head -c 24M /dev/zero >$BELOW/filler
        sync -f $BELOW
        """);

    assertThat(bay.refused("echo 'optical duplicate from=ARCH to=BKU.A' >$C/ctl"))
        .contains("No space left on device");

    assertThat(bay.lastError()).startsWith("ODUP-SMALL: the disk of the bay has ");
    bay.must(
        """
        grep -qx 'state: uninitialized' $C/optical/volumes/BKU.A/status
        rm $BELOW/filler
        sync -f $BELOW
        echo 'optical duplicate from=ARCH to=BKU.A newvol=BACK id=then' >$C/ctl
        cat $C/jobs/then/wait
        cmp data $MNT/optical/BACK
        """);
  }
}
