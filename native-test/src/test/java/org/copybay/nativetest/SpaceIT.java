package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** df and du tell the truth about the file system below. */
class SpaceIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("128M");

  @Test
  void dfIsThatOfTheFileSystemBelow() {
    bay.must("head -c 10M /dev/urandom >$V/v; sync -f $BAY");

    assertThat(number("df -k --output=size $MNT")).isEqualTo(number("df -k --output=size $BAY"));
    assertThat(number("df -k --output=avail $MNT"))
        .isCloseTo(number("df -k --output=avail $BAY"), offset(256L));
    assertThat(number("df -k --output=used $MNT"))
        .isCloseTo(number("df -k --output=used $BAY"), offset(256L));
  }

  @Test
  void duCountsWhatIsAllocated() {
    bay.must("truncate -s 1G $V/sparse; head -c 10M /dev/urandom >$V/dense; sync -f $BAY");

    assertThat(number("du -k $V/sparse | cut -f1")).isLessThan(256);
    assertThat(number("du -k $V/dense | cut -f1")).isCloseTo(10 << 10, offset(256L));
    assertThat(number("du -k --apparent-size $V/sparse | cut -f1")).isEqualTo(1 << 20);
    assertThat(number("du -sk $V | cut -f1")).isCloseTo(10 << 10, offset(512L));
  }

  @Test
  void removingGivesTheSpaceBack() {
    long before = number("df -k --output=avail $MNT");
    bay.must("head -c 20M /dev/urandom >$V/v; sync -f $BAY");
    assertThat(number("df -k --output=avail $MNT")).isLessThan(before - (18 << 10));

    bay.must("rm $V/v; sync -f $BAY");

    awaitAvailable(before);
  }

  @Test
  void aRemovedVolumeKeepsItsBytesUntilTheLastClose() {
    long before = number("df -k --output=avail $MNT");

    bay.must(
        """
        head -c 20M /dev/urandom >data; cp data $V/v
        exec 3<>$V/v
        rm $V/v
        test -z "$(ls $V)"
        cmp data - <&3
        test $(df -k --output=avail $MNT | tail -n 1) -lt $((%d - 18*1024))
        """
            .formatted(before));

    awaitAvailable(before);
    bay.remount();
    assertThat(bay.must("ls $V")).isEmpty();
  }

  /**
   * Waits until that many KiB are free, to within 1 MiB. The kernel tells of a last close when it
   * likes: close(2), and with it the program, may have ended before.
   */
  private void awaitAvailable(long kibibytes) {
    await()
        .untilAsserted(
            () ->
                assertThat(number("sync -f $BAY; df -k --output=avail $MNT"))
                    .isCloseTo(kibibytes, offset(1024L)));
  }

  private long number(String script) {
    return Long.parseLong(bay.must(script + " | tail -n 1").strip());
  }
}
