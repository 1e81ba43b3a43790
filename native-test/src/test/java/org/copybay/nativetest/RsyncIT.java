package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** rsync, which writes in place or makes a temporary file and renames it over the old one. */
class RsyncIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void makeData() {
    Needs.program("rsync");
    BAY.must("rm -rf $V/* source; mkdir source; head -c 3000001 /dev/urandom >source/disk");
  }

  @Test
  void inplaceWritesOnlyWhatDiffers() {
    BAY.must(
        "cp source/disk $V/disk; printf XYZ | dd of=source/disk bs=1 seek=2000000 conv=notrunc");

    String statistics =
        BAY.must("rsync --inplace --no-whole-file --checksum --stats source/disk $V/disk");

    BAY.must("cmp source/disk $V/disk");
    assertThat(statistics.replace(",", "")).containsPattern("Literal data: [0-9]{1,5} bytes");
  }

  @Test
  void aTemporaryFileIsRenamedOverTheOldVolume() {
    BAY.must("cp source/disk $V/disk; head -c 2500000 /dev/urandom >source/disk");

    BAY.must("rsync --whole-file source/disk $V/disk");

    BAY.must("cmp source/disk $V/disk");
    assertThat(BAY.must("ls $V")).isEqualTo("disk");
    BAY.remount();
    BAY.must("cmp source/disk $V/disk");
    assertThat(BAY.must("ls $V")).isEqualTo("disk");
  }

  @Test
  void aDirectoryOfImagesArrivesWithTimesAndModes() {
    BAY.must("head -c 5000 /dev/urandom >source/small; chmod 640 source/small");
    BAY.must("touch -d '2001-02-03 04:05:06.789' source/disk");

    BAY.must("rsync -rtpS source/ $V/");

    BAY.must("cmp source/disk $V/disk; cmp source/small $V/small");
    assertThat(BAY.must("rsync -rtpSni source/ $V/ | grep -v '/$' || true")).isEmpty();
    BAY.remount();
    assertThat(BAY.must("rsync -rtpSnic source/ $V/ | grep -v '/$' || true")).isEmpty();
  }

  @Test
  void outOfTheBay() {
    BAY.must("cp source/disk $V/disk; rm -f out; rsync -S $V/disk out; cmp source/disk out");
  }
}
