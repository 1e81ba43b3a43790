package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may open a drive and write: one at a time, no tape, the tab, WORM, and the end of a tape. */
class DriveOpenIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  @BeforeEach
  void load() {
    vtl.loaded(2, "1M");
  }

  @Test
  void aSecondOpenerIsBusy() {
    vtl.python(
        """
        fd = drive("nst0")
        for name in "nst0", "st0":
            assert error(drive, name) == "EBUSY"
            assert error(drive, name, os.O_RDONLY | os.O_NONBLOCK) == "EBUSY"
        why = open(os.environ["C"] + "/last_error").readline().rstrip()
        assert why == "drive nst0 is open by pid %d" % os.getpid(), why
        # the open file goes on
        os.write(fd, b"abc")
        """);
    assertThat(vtl.must("objects VT0001L8; grep ^open_by: $C/tape/drives/nst0/status"))
        .isEqualTo("3 FM\nopen_by: -");
  }

  @Test
  void anOpenWaitsForTheCloseBeforeIt() {
    vtl.must(
        """
        for i in $(seq 60); do echo $i >$N; st >now; grep -q "^File number=$i, block number=0," now; done
        for i in $(seq 40); do mt asf $i; cat $N | grep -qx $((i + 1)); done
        # so does the changer
        for i in $(seq 20); do echo $i >$N; x unload 1 0; x load 1 0; done
        """);
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("3 FM");
  }

  @Test
  void anEmptyDriveHasNoMedium() {
    assertThat(vtl.refused("cat $D/nst1")).contains("No medium found");
    assertThat(vtl.must("why")).isEqualTo("drive nst1 is empty");
    assertThat(vtl.refused("echo x >$D/st1")).contains("No medium found");
    vtl.python(
        """
        fd = drive("nst1", os.O_RDWR | os.O_NONBLOCK)
        b = Buffer(100)
        assert error(read, fd, b) == "ENOMEDIUM"
        assert error(write, fd, b) == "ENOMEDIUM"
        for number in [FSF, BSF, 3, BSR, WEOF, REW, 7, 8, 9, 10, 11, EOM, ERASE, SETBLK, 22, 30]:
            assert error(op, fd, number) == "ENOMEDIUM", number
        assert error(tell, fd) == "ENOMEDIUM"
        assert status(fd) == (0x50000, -1, -1)
        assert error(fcntl.ioctl, fd, 0x5401, bytes(60)) == "ENOTTY"
        """);
  }

  @Test
  void aTapeWithItsTabSetIsReadOnly() {
    vtl.must("echo kept >$N");
    assertThat(vtl.refused("c tape protect barcode=VT0001L8")).contains("in drive nst0");
    vtl.must("x unload 1 0; c tape protect barcode=VT0001L8; x load 1 0");

    assertThat(vtl.refused("mt weof 1")).contains("Read-only file system");
    assertThat(vtl.refused("echo x >$N")).contains("Read-only file system");
    assertThat(vtl.must("why")).contains("VT0001L8 is write-protected: its tab is set");
    assertThat(vtl.must("cat $N; st | tail -n 1")).isEqualTo("kept\n EOF WR_PROT ONLINE IM_REP_EN");
    vtl.python(
        """
        for flags in os.O_RDWR | os.O_NONBLOCK, os.O_RDONLY:
            fd = drive("nst0", flags)
            op(fd, REW)
            for number in WEOF, 35, ERASE:
                assert error(op, fd, number) == "EACCES", number
            if flags:
                assert error(os.write, fd, b"x") == "EACCES"
            assert os.read(fd, 100) == b"kept\\n"
            os.close(fd)
        """);
    vtl.must("x unload 1 0; c tape protect barcode=VT0001L8 tab=off; x load 1 0; echo new >$N");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("4 FM");
  }

  @Test
  void aDriveThatIsOpenForReadingChangesNothing() {
    vtl.must("echo kept >$N");
    vtl.python(
        """
        fd = drive("nst0", os.O_RDONLY)
        op(fd, REW)
        assert [error(op, fd, number) for number in (WEOF, 35, ERASE)] == ["EACCES"] * 3
        """);
    assertThat(vtl.must("why; objects VT0001L8")).isEqualTo("nst0 is open for reading only\n5 FM");
  }

  @Test
  void aWormTapeIsWrittenAtItsEndOnly() {
    assertThat(
            vtl.must(
                "c tape add library=VTL1 kind=worm capacity=1M; ls $MNT/tapes | grep LY; c tape load"
                    + " barcode=VT0001LY drive=nst1"))
        .isEqualTo("VT0001LY");
    vtl.must("W=$D/nst1; echo one >$W; echo three >>$W; mt-st -f $W rewind; cat $W");

    for (String change :
        new String[] {
          "mt-st -f $W rewind; echo x >$W",
          "mt-st -f $W asf 1; mt-st -f $W weof 1",
          "mt-st -f $W rewind; mt-st -f $W erase",
          "mt-st -f $W eod; mt-st -f $W bsf 1; echo x >$W"
        }) {
      assertThat(vtl.refused("W=$D/nst1; " + change)).contains("Input/output error");
      assertThat(vtl.must("why")).startsWith("cartridge VT0001LY is WORM:");
    }
    vtl.must("W=$D/nst1; mt-st -f $W eod; echo sevens >$W");
    assertThat(vtl.must("objects VT0001LY")).isEqualTo("4 FM 6 FM 7 FM");
  }

  @Test
  void theEndOfATapeIsToldEveryOtherWrite() {
    vtl.python(
        """
        EOT, EOD = 0x20000000, 0x08000000
        fd = drive("nst0")
        b = Buffer(65536)
        data = lambda n: b.put(pattern(n, 65536))
        # with its two lengths a record takes 65544 bytes of the tape
        took = 0
        while took <= 1 << 20:
            assert not status(fd)[0] & EOT
            assert write(fd, data(took)) == 65536
            took += 65544
        told = []
        while told[-3:] != ["ENOSPC"] * 3:
            if told[-2:] != ["ENOSPC"] * 2:
                assert bool(status(fd)[0] & EOT) == (told[-1:] != ["ENOSPC"])
            told.append(error(write, fd, data(took)))
            took += 65544 if told[-1] == 65536 else 0
        # some errors at the physical end, alternating before it
        taken = told.count(65536)
        assert told[:2 * taken] == ["ENOSPC", 65536] * taken, told
        assert (5 << 20) - 65544 < took <= 5 << 20, took
        # a filemark is always written
        op(fd, WEOF)
        count = tell(fd)
        assert count == took // 65544 + 1
        os.close(fd)
        fd = drive("nst0")
        op(fd, REW)
        for n in range(0, took, 65544):
            assert os.read(fd, 65536) == pattern(n, 65536)
        assert os.read(fd, 65536) == b""
        """);
    assertThat(vtl.must("why")).startsWith("cartridge VT0001L8 is full: end of ");
  }

  @Test
  void ddStopsAtTheEarlyWarning() {
    assertThat(vtl.refused("dd if=/dev/zero of=$N bs=64k count=100"))
        .contains("No space left on device")
        .contains("16+0 records out");
    assertThat(vtl.must("why")).isEqualTo("cartridge VT0001L8 is full: end of medium");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("65536 ".repeat(16) + "FM");
    // in fixed mode the write that meets it is finished
    vtl.must("mt rewind; mt setblk 65536");
    assertThat(vtl.refused("dd if=/dev/zero of=$N bs=384k count=100"))
        .contains("No space left on device")
        .contains("3+0 records out");
    vtl.must("mt setblk 0");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("65536 ".repeat(18) + "FM");
  }
}
