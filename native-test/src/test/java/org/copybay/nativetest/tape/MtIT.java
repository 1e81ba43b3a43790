package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** mt(1) of mt-st on a drive: what it prints, and where the tape stands after it. */
class MtIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  /** Three files of 1, 2 and 3 records; the tape stands behind them. */
  private static final String THREE_FILES =
      "for n in 1 2 3; do dd if=/dev/urandom of=$N bs=1000 count=$n status=none; done\n";

  @BeforeEach
  void load() {
    vtl.loaded(2, "20M");
  }

  /** The number of the file, that of the block, and the words of the status bits. */
  private String place(String script) {
    return vtl.must(
        script
            + "\nst | sed -nE 's/^File number=(-?[0-9]+), block number=(-?[0-9]+),.*/\\1 \\2/p; s/ IM_REP_EN//; s/^ //p'"
            + " | paste -sd' '");
  }

  /** The same after a command that must fail with that sentence of the library. */
  private String placeAfter(String command, String error) {
    assertThat(vtl.refused(command)).contains(error);
    return place("");
  }

  @Test
  void statusIsWhatMtPrintsOfATape() {
    assertThat(vtl.must("st"))
        .isEqualTo(
            """
            SCSI 2 tape drive:
            File number=0, block number=0, partition=0.
            Tape block size 0 bytes. Density code 0x5e (LTO-8).
            Soft error count since last status=0
            General status bits on (41010000):
             BOT ONLINE IM_REP_EN""");
    assertThat(vtl.must("dd if=/dev/zero of=$N bs=10k count=1 status=none; st"))
        .isEqualTo(
            """
            SCSI 2 tape drive:
            File number=1, block number=0, partition=0.
            Tape block size 0 bytes. Density code 0x5e (LTO-8).
            Soft error count since last status=0
            General status bits on (81010000):
             EOF ONLINE IM_REP_EN""");
    assertThat(vtl.must("st $D/nst1"))
        .contains("File number=-1, block number=-1, partition=0.")
        .endsWith("General status bits on (50000):\n DR_OPEN IM_REP_EN");
  }

  @Test
  void everyMediaTypeHasItsDensity() {
    assertThat(
            vtl.must(
                """
                for n in 4 5 9; do
                  c tape add library=VTL1 barcode=M$n media=LTO-$n; c tape load barcode=M$n drive=nst1
                  st $D/nst1 | sed -n 's/.*Density code/Density/p'
                  c tape unload drive=nst1
                done
                """))
        .isEqualTo("Density 0x46 (LTO-4).\nDensity 0x58 (LTO-5).\nDensity 0x60 (no translation).");
  }

  @Test
  void filesAreCountedForwardsAndBackwards() {
    assertThat(place(THREE_FILES)).isEqualTo("3 0 EOF ONLINE");
    assertThat(place("mt rewind")).isEqualTo("0 0 BOT ONLINE");
    assertThat(place("mt fsf 1")).isEqualTo("1 0 EOF ONLINE");
    assertThat(place("mt fsf 2")).isEqualTo("3 0 EOF ONLINE");
    assertThat(place("mt bsf 1")).isEqualTo("2 -1 ONLINE");
    assertThat(place("mt fsf 1; mt bsfm 2")).isEqualTo("2 0 EOF ONLINE");
    assertThat(place("mt asf 1")).isEqualTo("1 0 EOF ONLINE");
    assertThat(place("mt fsfm 1")).isEqualTo("1 -1 ONLINE");
    assertThat(place("mt eod")).isEqualTo("3 -1 EOD ONLINE");
    assertThat(place("mt retension")).isEqualTo("0 0 BOT ONLINE");
    assertThat(placeAfter("mt fsf 4", "Input/output error")).isEqualTo("3 -1 EOD ONLINE");
    assertThat(placeAfter("mt bsf 4", "Input/output error")).isEqualTo("0 0 BOT ONLINE");
  }

  @Test
  void recordsAreCountedAndFilemarksStopThem() {
    assertThat(place(THREE_FILES + "mt asf 2; mt fsr 2")).isEqualTo("2 2 ONLINE");
    assertThat(place("mt bsr 1")).isEqualTo("2 1 ONLINE");
    assertThat(placeAfter("mt fsr 3", "Input/output error")).isEqualTo("3 0 EOF ONLINE");
    assertThat(placeAfter("mt bsr 1", "Input/output error")).isEqualTo("2 -1 ONLINE");
    assertThat(placeAfter("mt rewind; mt bsr 1", "Input/output error")).isEqualTo("0 0 BOT ONLINE");
    assertThat(placeAfter("mt eod; mt fsr 1", "Input/output error")).contains("EOD");
    assertThat(vtl.must("why")).contains("nst0: end of data");
  }

  @Test
  void seekAndTellCountFilemarksAsBlocks() {
    assertThat(vtl.must(THREE_FILES + "mt tell; mt seek 3; mt tell; dd if=$N bs=4k | wc -c"))
        .isEqualTo("At block 9.\nAt block 3.\n1000");
    assertThat(place("mt seek 5")).isEqualTo("-1 -1 ONLINE");
    assertThat(placeAfter("mt seek 10", "Input/output error")).isEqualTo("-1 -1 ONLINE");
    assertThat(vtl.must("why")).contains("the data ends at block 9");
    assertThat(place("mt seek 0")).isEqualTo("0 0 BOT ONLINE");
  }

  @Test
  void filemarksCutWhatIsBehindThem() {
    assertThat(place(THREE_FILES + "mt asf 1; mt fsr 1; mt weof 2")).isEqualTo("3 0 EOF ONLINE");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("1000 FM 1000 FM FM");
    assertThat(placeAfter("mt fsf 1", "Input/output error")).isEqualTo("3 -1 EOD ONLINE");
    // one with nothing to count is a sync
    assertThat(place("mt rewind; mt weof 0")).isEqualTo("0 0 BOT ONLINE");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("1000 FM 1000 FM FM");
  }

  @Test
  void eraseTakesWhatIsBehindThePlace() {
    assertThat(place(THREE_FILES + "mt asf 1; mt erase")).isEqualTo("0 0 BOT ONLINE");
    assertThat(vtl.must("objects VT0001L8; mt eod; mt tell")).isEqualTo("1000 FM\nAt block 2.");
    assertThat(vtl.must("mt rewind; mt erase 0; stat -c %s $MNT/tapes/VT0001L8")).isEqualTo("0");
  }

  @Test
  void blockSizeIsSetWithinItsLimits() {
    assertThat(vtl.must("mt setblk 512; st | grep -o 'size .* bytes'")).isEqualTo("size 512 bytes");
    assertThat(vtl.refused("mt setblk 16777216")).contains("Invalid argument");
    assertThat(vtl.must("why")).contains("a block has 0 to 16777215 bytes");
    assertThat(vtl.refused("dd if=/dev/zero of=$N bs=1000 count=1")).contains("Invalid argument");
    assertThat(vtl.must("why")).contains("want a multiple of the block size of 512 bytes");
    vtl.must("mt rewind; mt setblk 0; dd if=/dev/zero of=$N bs=1000 count=1 status=none");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("1000 FM");
  }

  @Test
  void anOfflineTapeIsLoadedAgain() {
    assertThat(place(THREE_FILES + "mt offline")).isEqualTo("-1 -1 DR_OPEN");
    assertThat(placeAfter("mt rewind", "No medium found")).isEqualTo("-1 -1 DR_OPEN");
    assertThat(vtl.must("why")).isEqualTo("cartridge VT0001L8 in drive nst0 was put offline");
    assertThat(place("mt load")).isEqualTo("0 0 BOT ONLINE");
    // offline does not bring it back to its slot: the changer does
    vtl.must("mt offline; $MTX $X loaded 0 $N 0 | grep -qx 1; x unload 1 0");
    assertThat(vtl.refused("mt load")).contains("No medium found");
  }

  @Test
  void aLockedDoorKeepsItsTape() {
    vtl.must("mt lock");

    assertThat(vtl.refused("x unload 1 0")).contains("Operation not permitted");
    assertThat(vtl.must("why")).isEqualTo("the door of drive nst0 is locked");
    vtl.must("mt unlock; x unload 1 0");
  }

  @Test
  void optionsOfTheDriverAreTaken() {
    vtl.must("mt stsetoptions two-fms; dd if=/dev/zero of=$N bs=1k count=1 status=none");
    assertThat(vtl.must("objects VT0001L8; mt tell")).isEqualTo("1024 FM FM\nAt block 2.");
    vtl.must("dd if=/dev/zero of=$N bs=2k count=1 status=none");
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("1024 FM 2048 FM FM");

    vtl.must("mt stclearoptions two-fms; mt defblksize 512; mt stwrthreshold 64");
    assertThat(vtl.must("st")).contains("Tape block size 512 bytes");
    assertThat(vtl.refused("mt defblksize 16777216")).contains("Invalid argument");
    assertThat(vtl.refused("mt wset 1")).contains("Invalid argument");
    assertThat(vtl.refused("mt setpartition 1")).contains("Invalid argument");
    assertThat(vtl.must("why")).contains("there are no setmarks and no partitions");
  }

  @Test
  void aCompressedTapeLooksTheSame() {
    vtl.must(
        """
        yes 'the same line' | head -c 1000000 >text || true
        mt compression 1; dd if=text of=$N bs=100000 status=none; mt rewind
        dd if=$N bs=200000 status=none | cmp - text
        """);
    assertThat(vtl.must("objects VT0001L8")).isEqualTo("100000 ".repeat(10) + "FM");
    assertThat(
            Long.parseLong(vtl.must("sed -n 's/^used_bytes: //p' $C/tape/media/VT0001L8/status")))
        .isBetween(1L, 100_000L);
  }
}
