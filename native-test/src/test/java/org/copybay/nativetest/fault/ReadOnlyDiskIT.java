package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A bay on a disk that takes no writes is whole, and can be read. */
class ReadOnlyDiskIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("32M");

  @Test
  void itIsNotCalledDamagedAndMountsReadOnly() {
    bay.must("head -c 1M /dev/urandom >data; cp data $V/v");
    bay.umount();
    bay.must("mount -o remount,ro $BELOW");

    assertThat(bay.tryMount().refused())
        .contains("its disk is read-only")
        .contains("try: mount the bay with -o ro");
    bay.must("$COPYBAY mount $BAY $MNT -o ro; cmp data $V/v; $COPYBAY umount $MNT");

    bay.must("mount -o remount,rw $BELOW");
    bay.mount();
    bay.must("cmp data $V/v");
  }
}
