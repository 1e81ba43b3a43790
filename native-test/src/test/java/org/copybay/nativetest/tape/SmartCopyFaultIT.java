package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P6, P9: a smart copy whose disk is full, whose target is ejected, or whose disk goes away. It
 * fails with a sentence, the target is blank, the source as it was, and the next copy succeeds.
 */
class SmartCopyFaultIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vault vault = new Vault(BAY);

  @BeforeEach
  void aSource() {
    vault.anew("mkdir $VAULT; mount -t tmpfs -o size=10m copybay-test $VAULT");
    vault.must("head -c 16M /dev/urandom >data; put VT0001L8 data; cp $M/VT0001L8 before");
  }

  @Test
  void aFullDiskFailsTheCopyAndLeavesNothingThere() {
    vault.must("c tape copy from=VT0001L8 library=VAULT id=full");

    assertThat(vault.refused("cat $C/jobs/full/wait")).contains("No space left on device");
    assertThat(vault.job("full", "errno")).isEqualTo("ENOSPC");
    assertThat(vault.job("full", "error")).contains("space").contains("PH0001L8");
    vault.must(
        """
        blank PH0001L8; test -z "$(ls $VAULT)"; test $(df --output=used $VAULT | tail -n 1) -le 4
        test "$(of VT0001L8 appendable) $(of VT0001L8 job)" = 'yes -'; cmp before $M/VT0001L8
        """);

    // the queue tries again until there is room
    vault.must(
        """
        c tape policy name=P source=VTL1 destination=VAULT retry=1s attempts=100
        c tape policy name=P action=run
        tried() { test $(request 5) -ge 2; }; await tried
        waits() { requests | grep -q ' queued .*space'; }; await waits; cmp before $M/VT0001L8
        mount -o remount,size=64m $VAULT
        queued complete; same VT0001L8 PH0001L8; cmp before $M/PH0001L8
        """);
  }

  @Test
  void anEjectedTargetInterruptsItsCopy() {
    vault.must(
        """
        mount -o remount,size=64m $VAULT
        c tape copy from=VT0001L8 to=PH0002L8 rate=300K id=ej; copying ej
        cat $C/events | tail -n 1 | cut -d' ' -f1 >seen
        """);
    assertThat(vault.refused("c tape eject barcode=PH0002L8")).contains("resource busy");
    assertThat(vault.must("cat $C/last_error"))
        .contains("cartridge PH0002L8 is in use by job ej")
        .contains("tape eject barcode=PH0002L8 force=yes");
    vault.must(
        "c 'tape eject barcode=PH0002L8 location=\"in a bag\" force=yes'; test $(of PH0002L8 library) = -");

    assertThat(vault.refused("cat $C/jobs/ej/wait")).contains("No medium found");
    assertThat(vault.job("ej", "state")).isEqualTo("failed");
    assertThat(vault.job("ej", "error"))
        .isEqualTo("cartridge PH0002L8 was ejected by command while it was in use");
    assertThat(vault.must("cat $C/events"))
        .contains("job_failed ej")
        .contains("tape_ejected PH0002L8");
    vault.must(
        """
        blank PH0002L8; test "$(of PH0002L8 location)" = 'in a bag'; test -z "$(ls $VAULT)"
        cmp before $M/VT0001L8; test "$(of VT0001L8 appendable)" = yes
        """);
    assertThat(vault.refused("c tape eject barcode=PH0002L8 force=yes")).contains("already");

    // it comes back, after an unmount too, and is a target again
    BAY.remount();
    vault.must(
        """
        blank PH0002L8; c tape insert library=VAULT barcode=PH0002L8
        c tape copy from=VT0001L8 to=PH0002L8 id=ej2; well ej2; same VT0001L8 PH0002L8
        """);
  }

  @Test
  void aPolicyTakesAnotherTargetWhenOneIsEjected() {
    vault.must(
        """
        mount -o remount,size=64m $VAULT
        c tape policy name=P source=VTL1 destination=VAULT retry=1s
        c tape policy name=P action=run; slow
        c tape eject barcode=PH0001L8 force=yes
        queued complete; blank PH0001L8; same VT0001L8 PH0002L8
        """);
  }

  @Test
  void aSourceIsEjectedByForceToo() {
    vault.must(
        """
        mount -o remount,size=64m $VAULT
        c tape copy from=VT0001L8 to=PH0001L8 rate=300K id=src; copying src
        c tape eject barcode=VT0001L8 force=yes; ended src
        job src error | grep -q 'VT0001L8 was ejected by command'
        blank PH0001L8; cmp before $M/VT0001L8; test $(of VT0001L8 library) = -
        """);
  }

  @Test
  void aDiskThatIsUnmountedUnderACopyFailsIt() {
    vault.must(
        """
        umount $VAULT; truncate -s 64M disk.img; mkfs.ext4 -q -F disk.img; mount -o loop disk.img $VAULT
        c tape library name=VAULT path=$VAULT # a new disk
        c tape copy from=VT0001L8 to=PH0003L8 id=first; well first
        c tape copy from=VT0001L8 to=PH0001L8 rate=300K id=gone; copying gone
        umount -l $VAULT
        """);
    assertThat(vault.refused("c rate job=gone limit=0; cat $C/jobs/gone/wait"))
        .containsAnyOf("No such file or directory", "Input/output error");
    assertThat(vault.job("gone", "error")).contains("vault/PH0001L8");
    vault.must(
        """
        test "$(of PH0001L8 blocks) $(of PH0001L8 copy_of) $(of PH0001L8 job)" = '0 - -'
        cmp before $M/VT0001L8; test -z "$(ls -A $VAULT)"
        # nor is anything made in its empty mount point
        if c tape copy from=VT0001L8 to=PH0001L8; then exit 1; fi; grep -q 'which is not there' $C/last_error
        if c tape copy from=VT0001L8 library=VAULT; then exit 1; fi; test -z "$(ls -A $VAULT)"
        mount -o loop disk.img $VAULT
        same VT0001L8 PH0003L8
        c tape copy from=VT0001L8 to=PH0001L8 id=again; well again; same VT0001L8 PH0001L8
        """);
    BAY.remount();
    vault.must("same VT0001L8 PH0001L8; same VT0001L8 PH0003L8; umount $VAULT");
  }

  @Test
  void aDirectoryThatIsMovedAwayUnderACopyFailsIt() {
    vault.must(
        """
        umount $VAULT; c tape library name=VAULT path=$VAULT
        c tape copy from=VT0001L8 to=PH0001L8 rate=300K id=moved; copying moved
        mv $VAULT elsewhere; c rate job=moved limit=0; ended moved
        job moved state | grep -qx failed; job moved error | grep -q vault/PH0001L8
        test "$(of PH0001L8 blocks) $(of PH0001L8 copy_of) $(of PH0001L8 job)" = '0 - -'
        cmp before $M/VT0001L8
        """);
    // while it is away nothing is made there
    assertThat(vault.refused("c tape copy from=VT0001L8 to=PH0001L8 id=m2; cat $C/jobs/m2/wait"))
        .isNotEmpty();
    vault.must(
        """
        test ! -e $VAULT || { rmdir $VAULT; }
        mv elsewhere $VAULT
        c tape copy from=VT0001L8 to=PH0001L8 id=m3; well m3; same VT0001L8 PH0001L8
        """);
    BAY.remount(); // what was left behind is not taken for what lies there now
    vault.must("same VT0001L8 PH0001L8");
  }
}
