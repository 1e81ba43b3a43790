package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** tar of volumes and into volumes/. */
class TarIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void makeData() {
    BAY.must(
        """
        rm -rf $V/* files out; mkdir files out
        truncate -s 16M files/sparse
        head -c 70001 /dev/urandom | dd of=files/sparse bs=64k seek=5000001 oflag=seek_bytes conv=notrunc
        head -c 100003 /dev/urandom >files/dense
        """);
  }

  @Test
  void extractsIntoTheBay() {
    BAY.must("tar -C files -cSf in.tar sparse dense; tar -C $V -xf in.tar");

    BAY.must("cmp files/sparse $V/sparse; cmp files/dense $V/dense");
    assertThat(Long.parseLong(BAY.must("du -k $V/sparse | cut -f1"))).isLessThan(1024);
    BAY.remount();
    BAY.must("cmp files/sparse $V/sparse; cmp files/dense $V/dense");
  }

  @Test
  void archivesSparseVolumesSmall() {
    BAY.must("cp --sparse=always files/sparse files/dense $V/");

    BAY.must("tar -C $V -cf out.tar --sparse sparse dense; tar -C out -xf out.tar");

    BAY.must("cmp files/sparse out/sparse; cmp files/dense out/dense");
    assertThat(Long.parseLong(BAY.must("stat -c %s out.tar"))).isLessThan(1 << 20);
  }

  @Test
  void archivesTheWholeMountAsOneWouldExpect() {
    BAY.must("cp files/dense $V/");

    BAY.must(
        "tar -C $MNT -cf - volumes | tar -tf - | sort | tr '\\n' ' ' | grep -x 'volumes/ volumes/dense '");
  }
}
