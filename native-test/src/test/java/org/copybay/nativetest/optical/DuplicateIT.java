package org.copybay.nativetest.optical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** DUPOPT by a person at a shell, in both dialects. */
class DuplicateIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Jukebox jukebox = new Jukebox(BAY);

  @BeforeEach
  void aSourceAndTargets() {
    jukebox.anew().library("LIB", 4);
    jukebox.must(
        """
        blank LIB S *ERASE 32M
        for t in A B C; do blank LIB $t *ERASE 32M; done
        c optical initialize volume=S.A newvol=SRC text=ledger
        head -c 20M /dev/urandom | dd of=$O/SRC bs=1M status=none iflag=fullblock
        """);
  }

  @Test
  void bothDialectsDoTheSame() {
    jukebox.must(
        """
        d one from=SRC to=A.A newvol=COPY1
        c 'DUPOPT FROMVOL(SRC) TOVOL(B.A) NEWVOL(COPY2)'
        cat $C/jobs/latest/wait >/dev/null
        cmp $O/SRC $O/COPY1; cmp $O/SRC $O/COPY2
        test "$(st COPY2 text)" = ledger
        test "$(st COPY2 duplicate_of)" = SRC
        test "$(st COPY2 sha256)" = "$(sha256sum <$O/COPY2 | cut -d' ' -f1)"
        """);
    assertThat(jukebox.refused("c 'dupopt fromvol(SRC) tovol(COPY1)'")).contains("ODUP-NOTCLEAR");
    jukebox.must("c 'DUPOPT SRC COPY1 CLEAR(*YES)'; cat $C/jobs/latest/wait >/dev/null");
    assertThat(BAY.must("cat $C/audit")).contains("optical-duplicate");
  }

  @Test
  void aSourceInUseIsDuplicatedAsItWas() throws Exception {
    jukebox.must("cp $O/SRC before");
    Process writer =
        jukebox.start(
            "exec 3<>$O/SRC; while ! test -e stop; do head -c 64K /dev/urandom | dd of=$O/SRC bs=2048"
                + " seek=$((RANDOM % 8000)) conv=notrunc status=none; done");
    try {
      jukebox.must("d used from=SRC to=A.A,B.A newvol=U1,U2 rate=20M/s; cmp $O/U1 $O/U2");
    } finally {
      BAY.must("touch stop");
      writer.waitFor(20, TimeUnit.SECONDS);
    }
    jukebox.must(
        """
        cmp -s $O/SRC $O/U1 && exit 1
        d again from=SRC to=U1 incr=yes
        cmp $O/SRC $O/U1
        """);
    long copied = Long.parseLong(jukebox.job("again").get("bytes_copied"));
    assertThat(copied).isLessThanOrEqualTo(20L << 20);
    assertThat(jukebox.job("again").get("result")).contains("incremental=yes");
  }

  @Test
  void onlyWhatChangedIsCopiedAgain() {
    jukebox.must(
        """
        d full from=SRC to=A.A newvol=BK
        printf changed | dd of=$O/SRC bs=2048 seek=77 conv=notrunc status=none
        printf harm | dd of=$O/BK bs=2048 seek=999 conv=notrunc status=none
        d less from=SRC to=BK incr=yes clear=yes verify=yes
        cmp $O/SRC $O/BK
        """);
    assertThat(Long.parseLong(jukebox.job("less").get("bytes_copied"))).isLessThan(1 << 16);
    assertThat(jukebox.job("less").get("result")).contains("incremental=yes", "verified=yes");
  }

  @Test
  void itIsNotInterrupted() {
    jukebox.must("c optical duplicate from=SRC to=A.A rate=2M/s id=slow");
    assertThat(jukebox.refused("c cancel job=slow")).contains("is not interrupted");
    assertThat(jukebox.refused("c pause job=slow")).contains("is not interrupted");
    assertThat(jukebox.refused("cat $O/$(st A.A id)")).contains("busy");
    assertThat(jukebox.refused("d other from=SRC to=B.A")).contains("ODUP-INUSE");
    jukebox.must("c rate job=slow limit=0; cat $C/jobs/slow/wait >/dev/null");
    jukebox.must(
        """
        c optical duplicate from=SRC to=B.A rate=2M/s interruptible=yes id=other
        c cancel job=other
        """);
    assertThat(jukebox.run("cat $C/jobs/other/wait").status()).isNotZero();
    assertThat(jukebox.status("B.A", "state")).isEqualTo("incomplete");
    assertThat(jukebox.refused("cat $O/$(st B.A id)")).contains("Input/output error");
    jukebox.must("d resumed from=SRC to=B.A resume=yes newvol=WHOLE; cmp $O/SRC $O/WHOLE");
  }

  @Test
  void aCleanUnmountLetsItGoOn() {
    jukebox.must(
        """
        blank LIB S1 *WORM 32M; blank LIB W *WORM 32M
        c optical initialize volume=S1.A newvol=WSRC
        cat $O/SRC >$O/WSRC
        c optical duplicate from=WSRC to=W.A newvol=ONCE rate=4M/s id=long
        sleep 1
        """);
    BAY.umount();
    BAY.mount();
    jukebox.must("c rate job=long limit=0; cat $C/jobs/long/wait >/dev/null; cmp $O/WSRC $O/ONCE");
    assertThat(jukebox.status("ONCE", "state")).isEqualTo("initialized");
  }

  @Test
  void aDriveForEachAndNothingElse() {
    jukebox.library("TWO", 2);
    jukebox.must(
        """
        blank TWO X *ERASE 16M 2; blank TWO Y *ERASE 16M; blank TWO Z *ERASE 16M
        c optical initialize volume=X.A newvol=XA; c optical initialize volume=X.B newvol=XB
        c optical initialize volume=Z.A newvol=ZA
        echo side a >$O/XA; echo other >$O/XB; head -c 8M /dev/zero >$O/ZA
        exec 3<$O/XA
        """);
    assertThat(jukebox.refused("exec 3<$O/XA; cat $O/XB")).contains("busy");
    assertThat(BAY.lastError()).contains("the other side of cartridge X is in use: drive 1 has XA");
    jukebox.must("c optical duplicate from=ZA to=Y.A rate=1M/s id=both");
    assertThat(jukebox.refused("cat $O/XA")).contains("busy");
    assertThat(BAY.lastError()).contains("held by job both");
    jukebox.must("c rate job=both limit=0; cat $C/jobs/both/wait >/dev/null; cat $O/XA $O/XB");
    jukebox.library("ONE", 1);
    jukebox.must(
        "blank ONE P *ERASE 16M; blank ONE Q *ERASE 16M; c optical initialize volume=P.A newvol=PA");
    assertThat(jukebox.refused("d no from=PA to=Q.A")).contains("ODUP-NODRIVE");
  }

  @Test
  void aStandAloneDeviceIsFedByHand() {
    jukebox.must(
        """
        c optical device name=DRV1 type=standalone
        c optical device name=DRV2 type=standalone
        blank DRV1 M *ERASE 16M 2
        c 'INZOPT VOL(*MOUNTED) NEWVOL(SIDEA) DEV(DRV1)'
        echo first >$O/SIDEA
        c optical flip device=DRV1
        test ! -e $O/SIDEA
        c 'INZOPT VOL(*MOUNTED) NEWVOL(SIDEB) DEV(DRV1)'
        echo second >$O/SIDEB
        c optical flip device=DRV1
        """);
    assertThat(
            jukebox.refused(
                "c 'DUPOPT FROMVOL(*MOUNTED) TOVOL(*MOUNTED) FROMDEV(DRV1) TODEV(DRV2)'"))
        .contains("ODUP-EMPTY");
    jukebox.must(
        """
        blank DRV2 N *ERASE 16M
        c 'DUPOPT FROMVOL(*MOUNTED) TOVOL(*MOUNTED) NEWVOL(COPYA) FROMDEV(DRV1) TODEV(DRV2) TOENDOPT(*UNLOAD)'
        cat $C/jobs/latest/wait >/dev/null
        for i in $(seq 100); do test -e $O/COPYA || break; sleep 0.1; done
        test ! -e $O/COPYA
        c optical add device=DRV2 cartridge=N
        cmp $O/SIDEA $O/COPYA
        """);
  }

  @Test
  void aRotationKnowsItsCopies() {
    jukebox.must(
        """
        c optical rotation name=R source=SRC targets=A.A,B.A
        for i in 1 2 3; do
          c optical rotate rotation=R id=r$i; cat $C/jobs/r$i/wait >/dev/null
          printf $i | dd of=$O/SRC bs=2048 seek=$i conv=notrunc status=none
        done
        """);
    assertThat(BAY.must("cat $C/optical/rotations/R/status"))
        .contains("newest: " + jukebox.status("A.A", "id"), "full: no");
    jukebox.must(
        """
        blank LIB F *ERASE 32M
        c optical rotate rotation=R final=F.A id=fin; cat $C/jobs/fin/wait >/dev/null
        cmp $O/SRC $O/$(st F.A id)
        for i in $(seq 50); do c optical rotation name=R2 source=SRC targets=A.A && exit; sleep 0.1; done
        exit 1
        """);
  }
}
