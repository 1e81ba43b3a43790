package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** fallocate(2) punches and zeroes, and lseek(2) finds data and holes, down in the bay's files. */
class HolesIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeEach
  void fill() {
    BAY.must("rm -f $V/v; head -c 8M /dev/urandom >model; cp model $V/v; cat $V/v >/dev/null");
  }

  @Test
  void punchingReadsAsZerosAndGivesTheSpaceBack() {
    BAY.must("for f in model $V/v; do fallocate -p -o 1000001 -l 5000003 $f; done; cmp model $V/v");

    assertThat(kibibytes()).isLessThan(4 << 10);
    BAY.remount();
    BAY.must("cmp model $V/v");
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("8388608");
  }

  @Test
  void zeroingKeepsTheSpace() {
    BAY.must(
        "for f in model $V/v; do fallocate -z -n -o 1000001 -l 5000003 $f; done; cmp model $V/v");

    assertThat(kibibytes()).isGreaterThanOrEqualTo(8 << 10);
    BAY.must("dd if=$V/v bs=1M iflag=direct | cmp - model");
  }

  @Test
  void digHolesFindsTheZeros() {
    BAY.must("dd if=/dev/zero of=$V/v bs=1M seek=2 count=4 conv=notrunc; cp $V/v model");

    BAY.must("fallocate -d $V/v; cmp model $V/v");

    assertThat(kibibytes()).isLessThan(5 << 10);
  }

  @Test
  void allocatingChangesNoByte() {
    BAY.must(
        "fallocate -p -o 1M -l 2M $V/v; cp $V/v model; fallocate -o 0 -l 8M $V/v; cmp model $V/v");

    assertThat(kibibytes()).isGreaterThanOrEqualTo(8 << 10);
  }

  @Test
  void collapseAndInsertAreNotSupported() {
    assertThat(BAY.refused("fallocate -c -o 1M -l 1M $V/v")).contains("not supported");
    assertThat(BAY.refused("fallocate -i -o 1M -l 1M $V/v")).contains("not supported");

    BAY.must("cmp model $V/v");
  }

  @Test
  void seekFindsDataAndHoles() {
    Needs.program("xfs_io");
    BAY.must("rm $V/v; truncate -s 8M $V/v");
    BAY.must("for at in 1 4; do dd if=model of=$V/v bs=1M seek=$at count=1 conv=notrunc; done");

    String map = BAY.must("xfs_io -r -c 'seek -a -r 0' $V/v");

    assertThat(map.lines().skip(1).map(line -> line.replace('\t', ' ')))
        .containsExactly("HOLE 0", "DATA 1048576", "HOLE 2097152", "DATA 4194304", "HOLE 5242880");
  }

  @Test
  void thePageCacheOfAnotherReaderSeesTheHole() {
    BAY.must(
        """
        exec 3<$V/v; cat <&3 >/dev/null
        fallocate -p -o 4096 -l 8192 $V/v
        cmp -n 8192 -i 4096:0 /dev/fd/3 /dev/zero
        """);
  }

  private static long kibibytes() {
    return Long.parseLong(BAY.must("du -k $V/v | cut -f1"));
  }
}
