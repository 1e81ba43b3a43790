package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tapes over mounts: a cartridge stays in its drive, and a read-only mount changes nothing. */
class TapeMountIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  @Test
  void aTapeStaysInItsDriveAndInItsLibrary() {
    vtl.loaded(3, "20M");
    vtl.must(
        """
        mkdir -p t; seq 50000 >t/a; tar -cf $N t; echo more >$N
        c tape load barcode=VT0002L8 drive=nst1; echo x >$D/st1; mt-st -f $D/nst1 offline
        c 'tape eject barcode=VT0003L8 location=vault'; c tape library name=VTL2 drives=3 slots=7
        c tape add library=VTL2 kind=worm media=LTO-6 compression=zstd capacity=3M
        cat $X $C/tape/list $C/tape/media/*/status $C/tape/libraries/*/status >was; ls $D >drives
        """);

    BAY.remount();

    vtl.must(
        """
        cat $X $C/tape/list $C/tape/media/*/status $C/tape/libraries/*/status | diff was -
        ls $D | cmp - drives
        st | grep -q BOT; tar -df $N; mt asf 1; cat $N | grep -qx more; echo last >$N
        mt-st -f $D/nst1 status | grep -q BOT; cat $D/nst1 | grep -qx x
        """);
    BAY.remount();
    assertThat(vtl.must("objects VT0001L8 | sed -E 's/(10240 )+/R /'")).isEqualTo("R FM 5 FM 5 FM");
  }

  @Test
  void aTapeThatIsOpenAtTheUnmountIsEnded() throws Exception {
    vtl.loaded(1, "20M");
    Process writer =
        vtl.startPython(
            """
            fd = drive("nst0")
            for i in range(10):
                os.write(fd, pattern(i, 5000))
            open("acknowledged", "w").write("10")
            import time
            time.sleep(300)
            """);
    BAY.must("for i in $(seq 300); do test -s acknowledged && exit; sleep 0.1; done; exit 1");
    assertThat(BAY.refused("$COPYBAY umount $MNT")).contains("busy");
    BAY.must("umount -l $MNT");
    writer.descendants().forEach(ProcessHandle::destroyForcibly);
    writer.waitFor();
    BAY.daemon().ifPresent(TestBay::awaitEnd);
    BAY.mount();
    assertThat(vtl.must("objects VT0001L8; st | grep -c BOT"))
        .isEqualTo("5000 ".repeat(10) + "FM\n1");
  }

  @Test
  void aReadOnlyMountReadsTapes() {
    vtl.loaded(2, "20M");
    vtl.must("seq 50000 >a; tar -cf $N a; echo more >$N");
    BAY.umount();
    BAY.must("find $BAY/tapes -type f | sort | xargs sha256sum >was");
    BAY.must("$COPYBAY mount $BAY $MNT -o ro");

    vtl.must(
        """
        tar -df $N; mt asf 1; cat $N | grep -qx more; mt rewind; tar -xOf $N a | cmp - a
        test "$(objects VT0001L8 | grep -o FM | wc -l)" = 2; test "$($MTX $X loaded 0 $N 0)" = 1
        """);
    assertThat(vtl.must("st | tail -n 1")).contains("WR_PROT");
    assertThat(vtl.refused("echo x >$N")).contains("Read-only file system");
    assertThat(vtl.refused("mt weof 1")).contains("Read-only file system");
    assertThat(vtl.refused("x unload 1 0")).contains("Read-only file system");
    vtl.python(
        """
        fd = drive("nst0", os.O_RDONLY)
        assert [error(op, fd, number) for number in (WEOF, 35, ERASE)] == ["EACCES"] * 3
        op(fd, 7)
        assert status(fd)[0] & 0x40000
        """);
    assertThat(vtl.must("why")).isEqualTo("the bay is mounted read-only");
    BAY.umount();
    BAY.must("find $BAY/tapes -type f | sort | xargs sha256sum | cmp - was");
    BAY.mount();
    vtl.must("echo x >$N");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("2 FM");
  }
}
