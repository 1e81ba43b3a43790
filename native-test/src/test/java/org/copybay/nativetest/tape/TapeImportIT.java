package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tape images that programs write into tapes/ become cartridges, whole or not at all (P6, P7). */
class TapeImportIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final ImportedTapes tapes = new ImportedTapes(BAY);

  @BeforeAll
  static void images() {
    Needs.program("python3", "tar", "mtdump");
    new ImportedTapes(BAY).make();
  }

  @BeforeEach
  void noCartridges() {
    tapes.must("new");
  }

  @Test
  void cpDdAndCatMakeCartridgesThatADriveReads() {
    tapes.must(
        """
        touch -d 2020-01-02 x.tap; chmod 600 x.tap
        cp x.tap $P/CP; cmp x.tap $P/CP
        cp -p x.tap $P/CPP; cmp x.tap $P/CPP
        dd if=x.tap of=$P/DD bs=4k status=none; cmp x.tap $P/DD
        cat x.tap >$P/CAT; cmp x.tap $P/CAT
        { head -c 5000 x.tap; tail -c +5001 x.tap; } >$P/PIECES 2>/dev/null || true; cmp x.tap $P/PIECES
        mtdump x.tap >a; mtdump $P/CAT >b; diff <(grep -v x.tap a) <(grep -v CAT b)
        test "$(echo $(ls $P))" = "CAT CP CPP DD PIECES"
        test "$(st CP library)" = - || test -z "$(st CP library)"
        test $(st CP filemarks) = 3
        """);
    BAY.remount();
    tapes.must(
        """
        cmp x.tap $P/CP; cmp x.tap $P/PIECES
        c tape insert library=L barcode=CP
        c tape load barcode=CP drive=nst0
        for f in a.tar odd /dev/null; do
          dd if=$MNT/drives/nst0 bs=64k status=none | cmp - $f
        done
        dd if=$MNT/drives/nst0 bs=64k count=1 status=none | cmp - last
        c tape unload drive=nst0
        """);
  }

  @Test
  void aCartridgeIsWrittenThroughADriveAndDestroyedByACommandOnly() {
    tapes.must("cp x.tap $P/BC");

    assertThat(tapes.refused("cp x.tap $P/BC")).contains("Read-only file system");
    assertThat(BAY.lastError()).contains("cartridge BC is written through a drive");
    assertThat(tapes.refused("rm -f $P/BC")).contains("Operation not permitted");
    assertThat(BAY.lastError())
        .contains("cartridge BC is changed by commands and through drives only")
        .contains("tape destroy barcode=BC");
    assertThat(tapes.refused("mv $P/BC $P/BD")).contains("Operation not permitted");
    assertThat(tapes.refused("truncate -s 0 $P/BC")).contains("Read-only file system");
    assertThat(tapes.refused("chmod 600 $P/BC")).contains("Operation not permitted");
    assertThat(tapes.refused("cp x.tap $P/.x")).contains("Invalid argument");
    tapes.must("cmp x.tap $P/BC; c tape destroy barcode=BC; gone BC");
  }

  @Test
  void aBrokenImageIsAnErrorOfTheProgramAndNothingIsLeft() {
    tapes.must(
        """
        cp x.tap broken.tap
        printf X | dd of=broken.tap bs=1 seek=20492 conv=notrunc status=none
        """);

    assertThat(tapes.refused("cp broken.tap $P/BC")).contains("Input/output error");
    assertThat(BAY.lastError())
        .contains("no cartridge BC is made: the tape image is damaged at byte ");
    tapes.must("gone BC; grep -q 'tape_import_failed.*BC' $C/events");
    assertThat(tapes.refused("dd if=broken.tap of=$P/BC bs=512 status=none"))
        .contains("Input/output error");
    tapes.must("gone BC; cp x.tap $P/BC; cmp x.tap $P/BC");
  }

  @Test
  void aCutImageIsAnErrorOfCloseAndNothingIsLeft() {
    tapes.must("head -c -3 x.tap >cut.tap");

    assertThat(tapes.refused("cp cut.tap $P/BC")).contains("close").contains("Input/output error");
    tapes.must("goes BC");
    assertThat(BAY.lastError())
        .contains("no cartridge BC is made")
        .contains("the end of the image");
    tapes.must(": >$P/EMPTY; goes EMPTY");
    assertThat(BAY.lastError()).contains("the tape image is empty").contains("tape add");
  }

  @Test
  void bytesThatDoNotComeInOrderAreRefused() {
    assertThat(tapes.refused("dd if=x.tap of=$P/BC bs=4k seek=1 conv=notrunc status=none"))
        .contains("Invalid argument");
    assertThat(BAY.lastError())
        .contains("a tape image is written from its beginning to its end")
        .contains("cat IMAGE > tapes/BC");
    tapes.must("goes BC");
  }

  @Test
  void nobodyElseHasACartridgeInTheMaking() throws Exception {
    Process maker = maker();
    assertThat(tapes.refused("cat $P/BC")).contains("Device or resource busy");
    assertThat(BAY.lastError()).contains("cartridge BC is being imported by pid " + maker.pid());
    assertThat(tapes.refused("cp x.tap $P/BC")).contains("Device or resource busy");
    assertThat(tapes.refused("c tape add library=L barcode=BC")).contains("being imported");
    tapes.must("if ls $P | grep BC; then exit 1; fi; test $(stat -c %s $P/BC) = 100000");
    assertThat(tapes.refused("rm $P/BC")).contains("Operation not permitted");
    maker.destroy();
    maker.waitFor();
    tapes.must("goes BC");
  }

  @Test
  void afterTheDeathOfTheDaemonNothingIsLeft() throws Exception {
    Process maker = maker();
    BAY.must("test -d $BAY/tapes/BC");
    BAY.kill9();
    maker.destroy();
    maker.waitFor();
    BAY.must("test -d $BAY/tapes/BC; $COPYBAY check $BAY");
    BAY.mount();

    tapes.must("gone BC; cp x.tap $P/BC; cmp x.tap $P/BC");
  }

  /** A program that wrote a part of an image and waits. */
  private Process maker() throws IOException {
    BAY.must("rm -f wrote");
    Process maker =
        tapes.start("exec 7>$P/BC; head -c 100000 x.tap >&7 || true; touch wrote; exec sleep 600");
    BAY.must("while ! test -e wrote; do sleep 0.1; done");
    return maker;
  }

  @Test
  void tapeFilesAreFilesThatProgramsRead() {
    tapes.must(
        """
        cp x.tap $P/BC
        c tape add library=L barcode=BLANK
        test "$(echo $(ls $P))" = "BC BLANK"
        ls -a $P | grep -qx .files
        test "$(echo $(ls $P/.files))" = "BC BLANK"
        test "$(echo $(ls $P/.files/BC))" = "0001 0002 0003 0004"
        test -z "$(ls $P/.files/BLANK)"; gone=$(ls $BAY/tapes); test "$gone" = BC
        test "$(stat -c '%a %s' $P/.files/BC/0002)" = "440 999"
        test $(stat -c %s $P/.files/BC/0001) = $(stat -c %s a.tar)
        test $(stat -c %s $P/.files/BC/0003) = 0
        diff <(tar -tf a.tar) <(tar -tf $P/.files/BC/0001)
        tar -df $P/.files/BC/0001
        for f in "a.tar 1" "odd 2" "/dev/null 3" "last 4"; do
          set -- $f
          test "$(sha256sum <$1)" = "$(sha256sum <$P/.files/BC/000$2)"
        done
        tail -c 100 odd | cmp - <(dd if=$P/.files/BC/0002 bs=1 skip=899 status=none)
        if ls $P/.files/BC/0005 $P/.files/BC/1 $P/.files/BC/00001 $P/.files/NONE 2>/dev/null; then exit 1; fi
        """);
    for (String gesture :
        new String[] {
          "echo x >$P/.files/BC/0001",
          "rm $P/.files/BC/0001",
          "mkdir $P/.files/X",
          "touch $P/.files/BC/0009",
          "chmod 600 $P/.files/BC/0001",
          "rmdir $P/.files/BC",
          "mv $P/.files/BC/0001 $P/.files/BC/0002",
          "cp x.tap $P/.files/BC/0009"
        }) {
      assertThat(tapes.refused(gesture)).as(gesture).contains("Operation not permitted");
      assertThat(BAY.lastError()).contains("tapes/.files/ shows what cartridges hold");
    }
  }

  @Test
  void theNextOpenShowsWhatADriveWroteMeanwhile() {
    Needs.program("mt");
    tapes.must(
        """
        c tape add library=L barcode=BC; c tape load barcode=BC drive=nst0
        D=$MNT/drives/nst0
        dd if=a.tar of=$D bs=10240 status=none; cmp a.tar $P/.files/BC/0001
        mt -f $D rewind
        dd if=odd of=$D bs=999 status=none; cmp odd $P/.files/BC/0001
        test "$(ls $P/.files/BC)" = 0001
        c tape unload drive=nst0; cmp odd $P/.files/BC/0001
        """);
  }

  @ParameterizedTest
  @CsvSource({"tap, ", "aws, ", "tar, ", "img, --format=tar", "het, --format=aws"})
  void anExportComesBack(String suffix, String option) {
    tapes.must(
        """
        cp x.tap $P/BC
        $COPYBAY export tapes/BC out.%1$s %2$s --at=$MNT | grep 'records and 3 filemarks'
        test $(stat -c %%a out.%1$s) = 600
        $COPYBAY import out.%1$s tapes/BACK --at=$MNT
        cmp x.tap $P/BACK
        cat out.%1$s | $COPYBAY import - tapes/PIPED --at=$MNT
        cmp x.tap $P/PIPED
        $COPYBAY export tapes/BC - --format=tap --at=$MNT | cmp - <(cat x.tap; printf '\\377\\377\\377\\377')
        rm out.%1$s
        """
            .formatted(suffix, option == null ? "" : option));
  }

  @Test
  void programsOfOthersReadExports() {
    Needs.program("hetget", "jq");
    tapes.must(
        """
        cp x.tap $P/BC; rm -f o.*
        for f in tap aws tar; do $COPYBAY export tapes/BC o.$f --at=$MNT; done
        mtdump o.tap | grep 'length = 999 ' >/dev/null; mtdump o.tap | grep 'end of tape file 2' >/dev/null
        hetget -n o.aws got 1 FB 512 10240; cmp a.tar got
        tar -xOf o.tar cartridge.json | cmp - $C/tape/media/BC/status.json
        test "$(tar -xOf o.tar cartridge.json | jq -r .barcode)" = BC
        tar -xOf o.tar $(tar -tf o.tar | grep rec | tail -1) | cmp - last
        """);
  }

  @Test
  void whatAFormatCannotHoldLeavesNoFile() {
    tapes.must("cp long.tap $P/LONG; rm -f long.aws long.tar");

    assertThat(tapes.refused("$COPYBAY export tapes/LONG long.aws --at=$MNT"))
        .contains("object 1 is a record of 65536 bytes, AWSTAPE holds at most 65535")
        .contains("no long.aws was made")
        .contains("export it as SIMH (.tap) or tar");
    tapes.must("if ls -A | grep -e aws -e exporting | grep long; then exit 1; fi");
    tapes.must(
        "$COPYBAY export tapes/LONG long.tar --at=$MNT; $COPYBAY import long.tar tapes/L2 --at=$MNT; cmp long.tap $P/L2");
    assertThat(tapes.refused("$COPYBAY export tapes/NONE x --at=$MNT"))
        .contains("no cartridge NONE");
    assertThat(tapes.refused("$COPYBAY export tapes/LONG x --format=iso --at=$MNT"))
        .contains("no format iso")
        .contains("tap, aws or tar");
  }

  @Test
  void anImportThatFailsOrIsKilledLeavesNothing() throws Exception {
    tapes.must("cp x.tap $P/BC; $COPYBAY export tapes/BC good.tar --force --at=$MNT");
    tapes.must("head -c -20000 good.tar >cut.tar");
    assertThat(tapes.refused("$COPYBAY import cut.tar tapes/CUT --at=$MNT"))
        .contains("the tape image is damaged")
        .contains("no tapes/CUT was made of it");
    tapes.must("goes CUT");
    assertThat(tapes.refused("$COPYBAY import x.tap tapes/BC --at=$MNT"))
        .contains("there is a cartridge BC");
    assertThat(tapes.refused("gzip -c x.tap >x.gz; $COPYBAY import x.gz tapes/GZ --at=$MNT"))
        .contains("it is compressed by gzip");
    assertThat(tapes.refused("$COPYBAY import x.tap tapes/GZ --replace --at=$MNT"))
        .contains("--replace");
    // records that end where the buffer of the command does: what it sent of them looks whole
    BAY.must(
        "rm -f fifo; mkfifo fifo; python3 -c 'import struct; w = struct.pack(\"<I\", 65528);"
            + " open(\"even.tap\", \"wb\").write((w + b\"x\" * 65528 + w) * 40)'");
    Process half = tapes.start("exec $COPYBAY import - tapes/HALF --at=$MNT <fifo");
    tapes.must(
        """
        setsid sh -c 'cat even.tap; exec sleep 100' >fifo 2>/dev/null &
        echo $! >fifo.pid
        until [ $(stat -c %%s $P/HALF 2>/dev/null || echo 0) -ge 500000 ]; do sleep 0.1; done
        kill -9 %1$d; kill $(cat fifo.pid)
        goes HALF
        """
            .formatted(half.pid()));
    half.waitFor();
  }
}
