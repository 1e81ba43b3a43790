package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** qemu-img makes a volume, writes over one, and compares. */
class QemuImgIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeImage() {
    Needs.program("qemu-img", "qemu-io");
    BAY.must(
        """
        qemu-img create -q -f qcow2 image.qcow2 24M
        qemu-io -f qcow2 -c 'write -P 17 1M 300k' -c 'write -P 18 20M 1M' -c 'write -z 5M 1M' \
          image.qcow2 >/dev/null
        """);
  }

  @BeforeEach
  void removeVolumes() {
    BAY.must("rm -f $V/*");
  }

  @Test
  void convertMakesAVolume() {
    BAY.must("qemu-img convert -f qcow2 -O raw image.qcow2 $V/v");

    BAY.must("qemu-img compare -f qcow2 -F raw image.qcow2 $V/v");
    BAY.remount();
    BAY.must("qemu-img compare -f qcow2 -F raw image.qcow2 $V/v");
    assertThat(Long.parseLong(BAY.must("du -k $V/v | cut -f1"))).isLessThan(4096);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-t none -T none", "-W -m 4"})
  void convertIntoAFinishedVolumeIsIdentical(String how) {
    BAY.must("head -c 24M /dev/urandom >$V/v; cat $V/v >/dev/null");

    BAY.must("qemu-img convert -n " + how + " -f qcow2 -O raw image.qcow2 $V/v");

    BAY.must("qemu-img compare -f qcow2 -F raw image.qcow2 $V/v");
  }

  @Test
  void convertThatWouldMakeAFinishedVolumeAnewIsToldTheCure() {
    BAY.must("head -c 24M /dev/urandom >old; cp old $V/v");

    BAY.refused("qemu-img convert -f qcow2 -O raw image.qcow2 $V/v");

    assertThat(BAY.lastError()).contains("convert -n");
    BAY.must("cmp old $V/v");
  }

  @Test
  void convertOutOfTheBay() {
    BAY.must(
        """
        qemu-img convert -f qcow2 -O raw image.qcow2 $V/v
        qemu-img convert -f raw -O qcow2 -c $V/v out.qcow2
        qemu-img compare -f qcow2 -F qcow2 image.qcow2 out.qcow2
        """);
  }

  @Test
  void aQcow2VolumeKeepsItsContent() {
    BAY.must("cp image.qcow2 $V/q; qemu-img check -q $V/q; qemu-img compare image.qcow2 $V/q");
  }

  @Test
  void compareFindsADifference() {
    BAY.must("qemu-img convert -f qcow2 -O raw image.qcow2 $V/v");
    BAY.must("printf x | dd of=$V/v bs=1 seek=20000000 conv=notrunc");

    Shell.Result result = BAY.run("qemu-img compare -f qcow2 -F raw image.qcow2 $V/v");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains("Content mismatch");
  }
}
