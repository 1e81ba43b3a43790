package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With -o sync a write is not answered before it is on disk: a disk that fails fails the write. */
class SyncOptionIT {
  private static final String WRITE =
      "dd if=/dev/urandom of=$V/v bs=64K count=1 conv=notrunc status=none";

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private FailingDisk disk;

  @BeforeEach
  void makeAVolume() {
    disk = new FailingDisk(bay, "32M").withFileSystem();
    bay.must(
        """
        echo "create volume v size=8M path=$T/disk" >$C/ctl
        dd if=/dev/urandom of=$V/v bs=1M conv=notrunc,fsync status=none count=8
        """);
  }

  @AfterEach
  void closeDisk() {
    bay.umount();
    disk.close();
  }

  private void failWith(String options) {
    bay.umount();
    bay.withOptions(options).mount();
    disk.fail();
  }

  @Test
  void aWriteIsFencedBeforeItsAnswer() {
    failWith("sync");

    assertThat(bay.refused(WRITE)).contains("Input/output error");
  }

  @Test
  void withoutItThePageCacheIsEnough() {
    failWith("async");

    bay.must(WRITE);
  }
}
