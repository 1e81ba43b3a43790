package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** qemu-io: patterns written, zeroed, discarded and read again, by every way it opens a file. */
class QemuIoIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void needs() {
    Needs.program("qemu-io");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-t writeback",
        "-t none",
        "-t directsync",
        "-t none -i native",
        "-t writethrough"
      })
  void patternsComeBack(String how) {
    BAY.must("truncate -s 16M $V/v");

    BAY.must(
        """
        qemu-io -f raw %s -d unmap \
          -c 'write -P 1 0 64k' -c 'write -P 2 512 512' -c 'write -P 3 1M 1M' \
          -c 'aio_write -P 4 3M 128k' -c 'aio_write -P 5 4M 4k' -c aio_flush -c flush \
          -c 'write -z 1088k 64k' -c 'write -z -u 1280k 64k' -c 'discard 1536k 256k' $V/v
        """
            .formatted(how));

    verify(how);
    verify("-t none");
    assertThat(Long.parseLong(BAY.must("du -k $V/v | cut -f1"))).isLessThan(2048);
    BAY.must("rm $V/v");
  }

  private static void verify(String how) {
    String said =
        BAY.must(
            """
            qemu-io -r -f raw %s -c 'read -P 1 0 512' -c 'read -P 2 512 512' -c 'read -P 1 1k 63k' \
              -c 'read -P 3 1M 64k' -c 'read -P 0 1088k 64k' -c 'read -P 3 1152k 128k' \
              -c 'read -P 0 1280k 64k' -c 'read -P 3 1344k 192k' -c 'read -P 0 1536k 256k' \
              -c 'read -P 3 1792k 256k' -c 'read -P 4 3M 128k' -c 'read -P 5 4M 4k' \
              -c 'read -P 0 8M 8M' $V/v
            """
                .formatted(how));
    assertThat(said).doesNotContain("Pattern verification failed").doesNotContain("failed");
  }
}
