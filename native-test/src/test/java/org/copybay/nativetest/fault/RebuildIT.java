package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A catalogue that is lost, old or damaged is refused, and made anew from the labels. */
class RebuildIT {
  @RegisterExtension final TestBay bay = TestBay.onDisk();

  @BeforeEach
  void fillBay() {
    bay.must(
        """
        mkdir disk
        for v in a b 'c d'; do head -c 3M /dev/urandom >"$V/$v"; done
        chmod 640 $V/a; chown 1:2 $V/b
        echo "create volume far size=1M path=$T/disk" >$C/ctl
        head -c 1M /dev/urandom | dd of=$V/far conv=notrunc status=none
        sync $V/*
        """);
    bay.command("freeze volumes=a,b,far name=P");
    bay.must("head -c 1M /dev/urandom | dd of=$V/a bs=1M seek=1 conv=notrunc status=none");
    bay.command("freeze volumes=a name=Q");
    bay.command("bitmap start volume=a bitmap=m");
    bay.must("head -c 1M /dev/urandom | dd of=$V/a bs=1M seek=2 conv=notrunc status=none");
  }

  /** All that the mount shows of volumes, points and bitmaps. */
  private String seen() {
    return bay.must(
        """
        cd $MNT
        find volumes points -exec stat -c '%n %i %s %a %u %g' {} + | sort
        find volumes points -type f -exec sha256sum {} + | sort
        tail -n +1 .control/volumes/a/bitmaps/*/ranges
        """);
  }

  /** One that is damaged, or of another bay, is the same: RebuildTest. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm $BAY/catalogue.db*",
        "cp old.db $BAY/catalogue.db",
      })
  void theMountIsRefusedAndARebuildBringsAllBack(String loss) {
    bay.umount();
    bay.must("cp $BAY/catalogue.db old.db");
    bay.mount();
    bay.command("rename volume=b to=e");
    bay.command("freeze volumes=e name=R");
    bay.command("create volume new size=5000");
    bay.command("drop point=Q");
    String before = seen();
    bay.umount();
    bay.must(loss);

    Shell.Result mount = bay.tryMount();
    assertThat(mount.refused()).contains("; try: copybay check --rebuild " + bay.bay());
    assertThat(bay.must("ls $BAY/orphans")).isEmpty();
    String said = bay.must("$COPYBAY check --rebuild $BAY");

    assertThat(said.lines()).filteredOn(line -> line.startsWith("volume ")).hasSize(5);
    assertThat(said).contains("volume \"c d\": ready, 3145728 bytes, points 0, write bitmaps 0");
    assertThat(said).contains("was made anew: volumes 5, points 2, write bitmaps 1");
    bay.mount();
    assertThat(seen()).isEqualTo(before);
    assertThat(bay.must("cat $C/health; ls $BAY/orphans")).isEqualTo("ok");
    bay.remount();
    assertThat(seen()).isEqualTo(before);
    bay.must("echo 'drop point=P' >$C/ctl; rm $V/far; test -z \"$(ls disk)\"");
  }

  /** A full temporary directory is no damage of the catalogue: nothing is given up for it. */
  @Test
  void aCatalogueThatCannotBeCopiedIsNotReplaced() {
    bay.umount();
    bay.must(
        "mkdir tiny; mount -t tmpfs -o size=16k tiny tiny; sha256sum $BAY/catalogue.db* >sums");

    String refused =
        bay.refused(
            "COPYBAY_JAVA_OPTS=\"-ea -Djava.io.tmpdir=$T/tiny\" $COPYBAY check --rebuild $BAY");

    bay.must("umount tiny; sha256sum --quiet -c sums");
    assertThat(refused)
        .contains("No space left on device", " to " + bay.scratch().resolve("tiny"))
        .contains("try: room there, or another place: COPYBAY_JAVA_OPTS=");
    bay.mount();
    assertThat(bay.must("cat $C/health")).isEqualTo("ok");
  }

  @Test
  void itIsRefusedWhileTheBayIsMountedAndNamesTheMount() {
    Shell.Result refused = bay.run("$COPYBAY check --rebuild $BAY");

    assertThat(refused.refused()).contains("mounted at " + bay.mountPoint());
    assertThat(refused.status()).isEqualTo(1);

    bay.must("rm $BAY/lock"); // which does not end the daemon that has it
    assertThat(bay.refused("$COPYBAY check --rebuild $BAY"))
        .contains("mounted at " + bay.mountPoint());
    bay.must("test ! -e $BAY/lock");
  }

  @Test
  void whatNobodyKnowsIsKeptAsideAndTheExitStatusSaysSo() {
    bay.umount();
    bay.must(
        """
        id=$(sqlite3 $BAY/catalogue.db "select id from volume where name='c d'")
        cp $BAY/volumes/$id/home kept
        rm $BAY/volumes/$id/label $BAY/catalogue.db*
        """);

    Shell.Result rebuilt = bay.run("$COPYBAY check --rebuild $BAY");

    assertThat(rebuilt.status()).isEqualTo(3);
    assertThat(rebuilt.out()).contains("no label says what it is").contains("not all was");
    bay.mount();
    bay.must("cmp kept $BAY/orphans/*/home; ls $V | cmp - <(printf 'a\\nb\\nfar\\n')");
  }

  @Test
  void aBayIsInOrderAfterARebuildThatLeftACopyAside() throws Exception {
    bay.must(
        """
        head -c 20M /dev/urandom >$V/source
        echo 'duplicate from=source to=target rate=1M id=slow' >$C/ctl
        until grep -q 'phase: *copying' $C/jobs/slow/status; do sleep 0.05; done
        """);
    bay.kill9();
    bay.must(
        """
        rm $BAY/catalogue.db*
        $COPYBAY check --rebuild $BAY || [ $? = 3 ]
        $COPYBAY check $BAY >said || { cat said >&2; exit 1; }
        grep 'a copy that is not whole' said
        """);
    bay.mount();
    assertThat(bay.must("ls $V")).contains("source").doesNotContain("target");
    bay.umount();
    for (String options : List.of("", "--json", "--rebuild")) {
      assertThat(bay.refused("$COPYBAY check " + options + " $BAY >/dev/full"))
          .contains("No space left on device");
    }
  }

  /** The state of a daemon that was killed is that of its last commit; a mount mends the labels. */
  @Test
  void afterKillNineInTheMiddleOfCommandsTheLabelsSayWhatTheBayShows() throws Exception {
    Process writer =
        bay.start(
            """
            for i in $(seq 500); do
                echo "freeze volumes=a,b name=k$i" >$C/ctl
                echo "rename volume='c d' to=x$i" >$C/ctl || true
                echo "create volume n$i size=1000" >$C/ctl
            done
            """);
    bay.must("until test -e $V/n3; do sleep 0.05; done");
    bay.kill9();
    writer.waitFor();
    bay.mount();
    String before = seen();
    bay.umount();
    bay.must("rm $BAY/catalogue.db*; $COPYBAY check --rebuild $BAY; $COPYBAY mount $BAY $MNT");
    assertThat(seen()).isEqualTo(before);
    bay.umount();
    bay.must("rm $BAY/volumes/*/label; $COPYBAY mount $BAY $MNT; $COPYBAY umount $MNT");
    bay.must("rm $BAY/catalogue.db*; $COPYBAY check --rebuild $BAY; $COPYBAY mount $BAY $MNT");
    assertThat(seen()).isEqualTo(before);
  }
}
