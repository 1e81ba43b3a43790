package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs that open with O_TRUNC and write over a finished volume. As on a block device nothing is
 * cut and the tail stays; but what such a program skips, because it believes the file empty, reads
 * as zeros.
 */
class CopyOntoVolumeIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int SIZE = 8 << 20;

  @BeforeEach
  void fillAVolumeWithOldData() {
    BAY.must(
        "rm -f $V/v; head -c " + SIZE + " /dev/urandom >old; cp old $V/v; cat $V/v >/dev/null");
  }

  @AfterEach
  void stillTheSameSize() {
    assertThat(BAY.must("stat -c %s $V/v")).isEqualTo("" + SIZE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "always", "never"})
  void cpOfASourceWithHolesIsIdentical(String sparse) {
    BAY.must(
        """
        rm -f source; truncate -s 8M source
        for at in 70001 3000000 8000000; do
          head -c 100003 /dev/urandom | dd of=source bs=64k seek=$at oflag=seek_bytes conv=notrunc
        done
        cp --sparse=%s source $V/v
        cmp source $V/v
        dd if=$V/v bs=64k iflag=direct | cmp - source
        """
            .formatted(sparse));
  }

  @Test
  void cpOfAnEmptyDiskIsIdentical() {
    BAY.must("rm -f source; truncate -s 8M source; cp --sparse=auto source $V/v; cmp source $V/v");
    BAY.must("dd if=$V/v bs=64k iflag=direct | cmp - source");
  }

  @Test
  void cpOfAShorterSourceLeavesTheTail() {
    BAY.must(
        """
        rm -f source; truncate -s 5000003 source
        for at in 70001 4950003; do
          head -c 50000 /dev/urandom | dd of=source bs=64k seek=$at oflag=seek_bytes conv=notrunc
        done
        cp --sparse=auto source $V/v
        cmp -n 5000003 source $V/v
        cmp -i 5000003 old $V/v
        """);

    BAY.remount();
    BAY.must("cmp -n 5000003 source $V/v; cmp -i 5000003 old $V/v");
  }

  @Test
  void cpOfAShorterSourceThatEndsInAHoleIsIdenticalUpToItsEnd() {
    BAY.must(
        """
        rm -f source; truncate -s 5000003 source
        head -c 50000 /dev/urandom | dd of=source bs=64k seek=70001 oflag=seek_bytes conv=notrunc
        cp --sparse=auto source $V/v
        cmp -n 5000003 source $V/v
        cmp -i 5000003 old $V/v
        """);
  }

  @Test
  void cpOfALongerSourceIsStoppedAtTheEnd() {
    String error = BAY.refused("head -c 9M /dev/urandom >source; cp source $V/v");

    assertThat(error).contains("No space left on device");
    BAY.must("cmp -n " + SIZE + " source $V/v");
  }

  @Test
  void redirectionLeavesTheTail() {
    BAY.must("printf 'new head' >$V/v; { printf 'new head'; tail -c +9 old; } | cmp - $V/v");
  }

  @Test
  void redirectionOfNothingChangesNothing() {
    BAY.must(": >$V/v; cmp old $V/v");
  }

  @Test
  void teeLeavesTheTail() {
    BAY.must(
        "head -c 1000001 /dev/urandom | tee $V/v >head; { cat head; tail -c +1000002 old; } | cmp - $V/v");
  }

  @Test
  void ddWithoutNotruncLeavesTheTail() {
    BAY.must(
        """
        head -c 1000001 /dev/urandom >head
        dd if=head of=$V/v bs=12345
        { cat head; tail -c +1000002 old; } | cmp - $V/v
        """);
  }

  @Test
  void ddThatSeeksWithoutNotruncIsToldTheCure() {
    Shell.Result result = BAY.run("dd if=/dev/zero of=$V/v bs=4096 seek=3 count=1");

    assertThat(result.err()).contains("Operation not permitted");
    assertThat(BAY.lastError()).contains("conv=notrunc");
    BAY.must("cmp -n 12288 old $V/v; cmp -i 16384 old $V/v");
  }

  @Test
  void aReaderThatIsOpenMeanwhileSeesTheNewBytes() {
    BAY.must(
        """
        exec 3<$V/v
        truncate -s 8M source
        head -c 4096 /dev/urandom | dd of=source bs=4096 seek=100 conv=notrunc
        cat <&3 >/dev/null
        cp --sparse=auto source $V/v
        cmp source <(dd if=/dev/fd/3 bs=64k iflag=fullblock 2>/dev/null)
        """);
  }
}
