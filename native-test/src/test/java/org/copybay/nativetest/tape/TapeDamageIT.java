package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P8: bytes of a cartridge that are spoiled on its disk, and files that are lost. Every way to read
 * finds it, it is noted, and the cartridge is made whole from its copy, or the copy from it.
 */
class TapeDamageIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final String IO_ERROR = "Input/output error";

  private final Vault vault = new Vault(BAY);

  @BeforeEach
  void aSourceAndItsCopy() {
    vault.anew();
    vault.must(
        """
        head -c 1M /dev/urandom >data; seq 30000 >text
        put VT0001L8 text data text; cp $M/VT0001L8 before
        c tape copy from=VT0001L8 to=PH0001L8; well latest
        """);
  }

  /** Flips a byte of the fifth record of a tape file, which is of 65,536 bytes. */
  private void flip(String file) {
    BAY.umount();
    BAY.must(
        """
        python3 - %s <<'END'
        import sys
        with open(sys.argv[1], "r+b") as f:
            f.seek(300000)
            byte = f.read(1)
            f.seek(300000)
            f.write(bytes([byte[0] ^ 1]))
        END
        """
            .formatted(file));
    BAY.mount();
  }

  private void flipSource() {
    flip("$BAY/tapes/VT0001L8/tape.tap");
  }

  private void isPoor(String barcode) {
    vault.must(
        """
        noted %1$s; grep '^%1$s ' $C/tape/list | grep -q ' poor '
        grep -q '^degraded: .*cartridge %1$s is damaged: ' $C/health
        """
            .formatted(barcode));
    assertThat(vault.of(barcode, "damage"))
        .contains("cartridge " + barcode)
        .matches(".*object [0-9]+ \\(65536 bytes at [0-9]+ of its tape file\\) is damaged.*");
  }

  private void restores(String barcode, String id) {
    vault.must(
        """
        c tape restore barcode=%1$s id=%2$s; well %2$s; cmp before $M/%1$s
        test "$(of %1$s damage)" = -; grep '^%1$s ' $C/tape/list | grep -q ' good '
        grep -q ' tape_repaired %1$s' $C/events; grep -qx ok $C/health
        c tape check barcode=%1$s id=%2$s-check; well %2$s-check; same VT0001L8 PH0001L8
        """
            .formatted(barcode, id));
  }

  @Test
  void aCheckFindsItAndTheCopyMakesItWhole() {
    flipSource();

    assertThat(vault.refused("c tape check barcode=VT0001L8 id=chk; cat $C/jobs/chk/wait"))
        .contains(IO_ERROR);
    assertThat(vault.job("chk", "error")).isEqualTo(vault.of("VT0001L8", "damage"));
    isPoor("VT0001L8");
    restores("VT0001L8", "back");
    vault.must(
        """
        c tape load barcode=VT0001L8 drive=nst0
        for f in text data text; do dd if=$N bs=64K status=none | cmp - $f; done
        """);
  }

  @Test
  void aDriveFindsItAndItIsNoted() {
    flipSource();
    vault.must("c tape load barcode=VT0001L8 drive=nst0; dd if=$N bs=64K status=none | cmp - text");

    assertThat(vault.refused("dd if=$N of=got bs=64K")).contains(IO_ERROR);
    isPoor("VT0001L8");
    // what is behind it is read, and what it has is kept until the restore
    vault.must("mt asf 2; dd if=$N bs=64K status=none | cmp - text; c tape unload drive=nst0");
    BAY.remount();
    isPoor("VT0001L8");
    restores("VT0001L8", "drv");
  }

  @Test
  void anImageFindsItAndItIsNoted() {
    flipSource();
    for (int turn = 0; turn < 3; turn++) {
      assertThat(vault.refused("cat $M/VT0001L8 >got")).contains(IO_ERROR);
      assertThat(vault.must("why")).contains("cartridge VT0001L8: object ");
      isPoor("VT0001L8");
    }
    vault.must("test $(grep -c ' tape_damaged VT0001L8 why=' $C/events) = 1"); // not each time
    restores("VT0001L8", "img");
  }

  @Test
  void aCopyFindsItAndNothingIsMadeOfIt() {
    flipSource();
    assertThat(vault.refused("c tape copy from=VT0001L8 to=PH0002L8 id=bad; cat $C/jobs/bad/wait"))
        .contains(IO_ERROR);
    isPoor("VT0001L8");
    vault.must("blank PH0002L8");
    restores("VT0001L8", "smart");
  }

  @Test
  void aDamagedCopyIsMadeWholeFromItsSource() {
    flip("$T/vault/PH0001L8/tape.tap");
    assertThat(vault.refused("cd $VAULT/PH0001L8; sha256sum -c checksums"))
        .contains("did NOT match");
    assertThat(vault.refused("cat $M/PH0001L8 >got")).contains(IO_ERROR);
    isPoor("PH0001L8");
    assertThat(vault.of("PH0001L8", "copy_state")).isEqualTo("Mirror Broken");
    assertThat(vault.of("VT0001L8", "copies")).isEqualTo("0");
    restores("PH0001L8", "ph");
    assertThat(vault.of("VT0001L8", "copies")).isEqualTo("1");
  }

  @Test
  void lostFilesComeBackFromTheCopy() {
    BAY.umount();
    BAY.must("rm -r $BAY/tapes/VT0001L8");
    BAY.mount();
    assertThat(vault.refused("cat $M/VT0001L8")).isNotEmpty();
    assertThat(vault.refused("c tape load barcode=VT0001L8 drive=nst0")).isNotEmpty();
    vault.must("is_lost() { of VT0001L8 damage | grep -q VT0001L8; }; await is_lost");
    restores("VT0001L8", "lost");
  }

  @Test
  void whoReadsDuringARestoreKeepsWhatItHas() {
    vault.must("c tape load barcode=VT0001L8 drive=nst0; echo new >$N; c tape unload drive=nst0");
    vault.must(
        """
        cp $M/VT0001L8 second; exec 3<$M/VT0001L8
        c tape restore barcode=VT0001L8 force=yes id=under; well under
        cmp before $M/VT0001L8; cmp second <(cat <&3)
        # what a drive writes now is on the files that are there
        c tape load barcode=VT0001L8 drive=nst0; echo later >$N; c tape unload drive=nst0
        exec 3<&-
        objects VT0001L8 | grep -qx '6 FM'
        """);
    BAY.remount();
    vault.must("objects VT0001L8 | grep -qx '6 FM'");
  }
}
