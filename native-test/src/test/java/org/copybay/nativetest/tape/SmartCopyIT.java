package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Smart copies by a person at a shell, and by policies, of what programs write to tapes. */
class SmartCopyIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final String DENIED = "Permission denied";

  private final Vault vault = new Vault(BAY);

  @BeforeEach
  void libraries() {
    vault.anew();
    vault.must(
        """
        rm -rf tree; mkdir tree; for i in 1 2 3; do head -c 1M /dev/urandom >tree/f$i; done
        head -c 3000001 /dev/urandom >odd
        """);
  }

  @Test
  void aCopyByCommandHoldsTheSame() {
    vault.must(
        """
        c tape load barcode=VT0001L8 drive=nst0
        tar -b 20 -cf $N tree; tar -b 200 -cf $N tree; dd if=odd of=$N bs=999 status=none
        mt weof 2; c tape unload drive=nst0
        c tape copy from=VT0001L8 library=VAULT id=one; well one
        same VT0001L8 PH0001L8; cmp $VAULT/PH0001L8/tape.tap $M/VT0001L8
        test "$(python3 tape.py $VAULT/PH0001L8/tape.tap)" = "$(objects VT0001L8)"
        test "$(of PH0001L8 copy_of)" = VT0001L8; test "$(of VT0001L8 copies)" = 1
        test "$(of PH0001L8 medium_id)" != "$(of VT0001L8 medium_id)"
        test "$(of PH0001L8 sha256)" = "$(sha256sum <$M/VT0001L8 | cut -d' ' -f1)"
        """);
    // it is a tape like any other: a drive reads it, after an unmount too
    BAY.remount();
    vault.must(
        """
        same VT0001L8 PH0001L8
        c tape eject barcode=PH0001L8; c tape insert library=VTL1 barcode=PH0001L8
        c tape load barcode=PH0001L8 drive=nst0; tar -b 20 -df $N
        mt asf 2; dd if=$N bs=999 status=none | cmp - odd
        """);
  }

  @Test
  void nothingIsAppendedToEither() {
    vault.must(
        """
        put VT0001L8 odd; c tape copy from=VT0001L8 to=PH0001L8 id=app; well app
        test "$(of VT0001L8 appendable) $(of PH0001L8 appendable)" = 'no no'
        c tape eject barcode=PH0001L8; c tape insert library=VTL1 barcode=PH0001L8
        cp $M/VT0001L8 before
        """);
    for (String barcode : new String[] {"VT0001L8", "PH0001L8"}) {
      vault.must("c tape load barcode=" + barcode + " drive=nst0");
      for (String more : new String[] {"echo x >$N", "tar -cf $N tree", "mt weof"}) {
        assertThat(vault.refused("mt eod; " + more)).contains(DENIED);
        assertThat(vault.must("why")).contains("nothing is appended to it");
      }
      vault.must("c tape unload drive=nst0; cmp before $M/" + barcode);
    }
    // a protected one cannot be written anew either: it does not open for writing
    vault.must("c tape set barcode=VT0001L8 protect=1d; c tape load barcode=VT0001L8 drive=nst0");
    assertThat(vault.refused("echo x >$N")).contains("Read-only file system");
    vault.must("c tape unload drive=nst0; c tape set barcode=VT0001L8 protect=none");
    // the other one begins another life, and the copy is none of it any more
    vault.must(
        """
        c tape load barcode=VT0001L8 drive=nst0; echo anew >$N; echo and more >$N
        c tape unload drive=nst0
        test "$(of VT0001L8 appendable) $(of VT0001L8 copies)" = 'yes 0'
        test "$(of PH0001L8 copy_state)" = 'Out of Sync'; cmp before $M/PH0001L8
        """);
  }

  @Test
  void labelsAreTheCopysOwn() {
    vault.must(
        """
        c tape initialize barcode=VT0001L8 label=monday
        c tape load barcode=VT0001L8 drive=nst0; mt fsf 1; tar -b 20 -cf $N tree
        c tape unload drive=nst0
        c tape copy from=VT0001L8 library=VAULT id=lab; well lab
        objects VT0001L8 >one; objects PH0001L8 >two; cmp one two
        cmp -i 357 $M/VT0001L8 $M/PH0001L8
        head -c 14 $M/PH0001L8 | tail -c 10 | grep -qx VOL1PH0001
        head -c 14 $M/VT0001L8 | tail -c 10 | grep -qx VOL1VT0001
        cd $VAULT/PH0001L8; sha256sum --quiet -c checksums
        """);
    assertThat(vault.refused("cmp $M/VT0001L8 $M/PH0001L8 >&2")).contains("differ");
  }

  @Test
  void aPolicyCopiesWhatWasUnloaded() {
    vault.must(
        """
        c tape policy name=P source=VTL1 destination=VAULT on=unload protect=1d
        c tape load barcode=VT0002L8 drive=nst0; tar -b 20 -cf $N tree
        sleep 2; test -z "$(requests)"
        c tape unload drive=nst0
        queued complete; same VT0002L8 PH0001L8
        of PH0001L8 protection | grep -q '^20'
        grep -qx 'Up To Date: 2' $C/tape/summary
        """);
    // read again, nothing is copied again
    vault.must(
        """
        c tape load barcode=VT0002L8 drive=nst0; tar -b 20 -df $N; c tape unload drive=nst0
        sleep 2; test $(requests | wc -l) = 1
        """);
  }

  @Test
  void aPolicyCopiesAtTheEndOfASession() {
    vault.must(
        """
        c tape policy name=P source=VTL1 destination=VAULT on=session-end eject=yes
        c tape load barcode=VT0003L8 drive=nst0
        mt status >/dev/null; sleep 2; test -z "$(requests)"
        tar -b 20 -cf $N tree; closed; queued queued
        test "$(request 2) $(request 3)" = 'P VT0003L8'
        c tape unload drive=nst0; queued complete
        is_out() { test "$(of PH0001L8 library)" = -; }; await is_out
        same VT0003L8 PH0001L8
        """);
  }

  @Test
  void aScheduleCopiesAllThatHaveNoCopy() {
    vault.must(
        """
        put VT0001L8 odd; put VT0002L8 odd odd
        c tape policy name=P source=VTL1 destination=VAULT drives=2 'schedule="* * * * *"'
        both() { test "$(of VT0001L8 copies) $(of VT0002L8 copies)" = '1 1'; }
        for i in 1 2; do await both && break; done
        for b in PH0001L8 PH0002L8; do same $(of $b copy_of) $b; done
        test "$(of VT0001L8 copies) $(of VT0002L8 copies) $(of VT0003L8 copies)" = '1 1 0'
        """);
  }
}
