package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * fio writes blocks with checksums and reads them after a remount, when nothing is in the page
 * cache of the mount. Small blocks: with large ones a lost write is hardly ever noticed.
 */
class FioVerifyIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void needs() {
    Needs.program("fio");
  }

  @ParameterizedTest
  @CsvSource({
    "write, bs=4k, --ioengine=psync",
    "randwrite, bs=4k, --ioengine=psync",
    "randwrite, bsrange=512-20k, --ioengine=psync --bs_unaligned=1",
    "randwrite, bs=4k, --ioengine=libaio --iodepth=16 --direct=1",
    "randwrite, bsrange=512-64k, --ioengine=libaio --iodepth=8 --direct=1 --blockalign=512",
    "randwrite, bs=4k, --numjobs=4 --offset_increment=4M --size=4M --ioengine=libaio --direct=1",
    "randwrite, bs=2k, --numjobs=4 --offset_increment=4M --size=4M --ioengine=psync",
    "write, bs=4k, --ioengine=psync --sync=dsync --size=2M",
    "randwrite, bs=4k, --ioengine=psync --fsync=8 --size=4M",
    "randwrite, bs=4k, --ioengine=mmap",
  })
  void everyBlockComesBack(String pattern, String blocks, String how) {
    BAY.must("truncate -s 16M $V/v");
    String job =
        "fio --name=v --filename=$V/v --size=16M --rw=%s --%s %s --verify=crc32c --randseed=4711"
                .formatted(pattern, blocks, how)
            + " --verify_fatal=1 --output-format=terse --allow_file_create=0";

    BAY.must(job + " --do_verify=0");
    BAY.remount();
    BAY.must(job + " --verify_only");

    BAY.must("rm $V/v");
  }

  @Test
  void aWrongByteTurnsItRed() {
    BAY.must("truncate -s 2M $V/v");
    String job =
        "fio --name=v --filename=$V/v --size=2M --rw=randwrite --bs=4k --verify=crc32c --randseed=1"
            + " --verify_fatal=1 --output-format=terse";
    BAY.must(job + " --do_verify=0");
    BAY.must("printf '\\125' | dd of=$V/v bs=1 seek=1000000 conv=notrunc");

    assertThat(BAY.refused(job + " --verify_only")).contains("verify");

    BAY.must("rm $V/v");
  }
}
