package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The disk fills up under a volume that has points: nothing that was kept or taken is lost. */
class FullDiskPointIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("24M");

  @BeforeEach
  void freezeVolume() {
    bay.must(
        """
        head -c 10M /dev/urandom >old
        head -c 10M /dev/urandom >new
        echo 'create volume a size=10M' >$C/ctl
        dd if=old of=$V/a bs=64K conv=notrunc,fsync status=none
        echo 'freeze volumes=a name=P' >$C/ctl
        """);
  }

  /** Writes over the volume until it is refused; {@code live} is what it must hold from then on. */
  private void overwrite(String flags) {
    String said =
        bay.refused(
            "dd if=new of=$V/a bs=64K conv=notrunc "
                + flags
                + " 2>said || { cat said >&2; exit 1; }");
    assertThat(said).contains("No space left on device");
    long taken = Long.parseLong(said.replaceFirst("(?s).*\\n(\\d+) bytes.*", "$1"));
    assertThat(taken).isGreaterThan(2 << 20);
    bay.must("{ head -c %d new; tail -c +%d old; } >live".formatted(taken, taken + 1));
  }

  /** Leaves no block free at all. */
  private void fillUp() {
    bay.run(
        """
        dd if=/dev/zero bs=64K of=$BELOW/filler conv=notrunc,fsync status=none
        dd if=/dev/zero bs=4K of=$BELOW/filler oflag=append conv=notrunc,fsync status=none
        dd if=/dev/zero bs=1K of=$BELOW/filler oflag=append conv=notrunc,fsync status=none
        sync -f $BELOW
        """);
  }

  private void allIsThere() {
    bay.must("cmp old $MNT/points/P/a; cmp live $V/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "oflag=direct", "oflag=dsync"})
  void writerHearsItAndPointAndVolumeAreWhole(String flags) {
    overwrite(flags);

    allIsThere();
    assertThat(bay.must("cat $C/health")).startsWith("degraded: ").contains("free");
    bay.must("sync $V/a");
  }

  @Test
  void whatIsInPlaceAlreadyIsWrittenAndSyncedOnAFullDisk() {
    overwrite("");
    fillUp();

    bay.must(
        """
        for i in $(seq 40); do
          dd if=old of=$V/a bs=64K count=4 skip=$i seek=$i conv=notrunc,fsync status=none
          dd if=old of=live bs=64K count=4 skip=$i seek=$i conv=notrunc status=none
        done
        """);

    assertThat(bay.status("a", "failure")).isEqualTo("-");
    allIsThere();
    bay.kill9();
    bay.mount();
    allIsThere();
  }

  @Test
  void dropGivesTheSpaceBack() {
    overwrite("");
    fillUp();
    bay.must("cmp live $V/a");

    bay.command("drop point=P");

    bay.must(
        """
        for i in {1..200}; do
          dd if=new of=$V/a bs=64K conv=notrunc,fsync status=none 2>said && exit
          sleep 0.1
        done
        cat said >&2
        exit 1
        """);
    bay.must("cmp new $V/a");
    bay.remount();
    bay.must("cmp new $V/a");
  }

  @Test
  void mountsOnAFullDisk() {
    overwrite("");
    fillUp();

    bay.remount();
    allIsThere();
    fillUp();
    bay.kill9();
    bay.mount();
    allIsThere();
    bay.must("rm $BELOW/filler; sync -f $BELOW");
    bay.must("dd if=old of=$V/a bs=64K count=32 conv=notrunc,fsync status=none");
    bay.must("cmp -n 2M old $V/a; cmp old $MNT/points/P/a");
  }

  @Test
  void freezeIsRefusedAndLeavesNothing() {
    bay.must(
        "echo 'create volume b size=1M' >$C/ctl; dd if=old of=$V/b bs=1M count=1 conv=notrunc,fsync status=none");
    fillUp();

    assertThat(bay.refused("echo 'freeze volumes=b,a name=Q' >$C/ctl"))
        .contains("No space left on device");

    assertThat(bay.lastError()).contains("space");
    bay.must("ls $MNT/points | cmp - <(echo P); ls $C/points | cmp - <(echo P)");
    bay.must(
        """
        place=$(dirname $(sed -n 's/^path: *//p' $C/volumes/b/status))
        for i in {1..200}; do [ "$(ls $place | xargs)" = "home label" ] && exit; sleep 0.1; done
        ls $place >&2
        exit 1
        """);
    assertThat(bay.status("b", "points")).isEqualTo("0");
    bay.must("cmp -n 1M old $V/b; cmp old $V/a; cmp old $MNT/points/P/a");
    bay.must("rm $BELOW/filler; sync -f $BELOW; echo 'freeze volumes=b,a name=Q' >$C/ctl");
    bay.must("cmp old $MNT/points/Q/a; cmp -n 1M old $MNT/points/Q/b");
  }
}
