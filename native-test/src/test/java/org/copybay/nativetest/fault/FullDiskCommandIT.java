package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands on a full disk: done and recorded, or refused with ENOSPC and nothing changed. */
class FullDiskCommandIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("32M");

  @BeforeEach
  void fillTheDisk() {
    bay.must(
        """
        head -c 64K /dev/urandom >data
        echo 'create volume a size=64K' >$C/ctl
        dd if=data of=$V/a bs=64K conv=notrunc,fsync status=none
        echo 'create volume big size=1G' >$C/ctl
        test -e $BAY/reserve
        """);
    fill();
  }

  /** Leaves no block free, written through the mount as a user would. */
  private void fill() {
    bay.run(
        """
        dd if=/dev/zero bs=64K of=$V/big conv=notrunc,fsync status=none
        dd if=/dev/zero bs=4K of=$BELOW/filler oflag=append conv=notrunc,fsync status=none
        dd if=/dev/zero bs=1K of=$BELOW/filler oflag=append conv=notrunc,fsync status=none
        sync -f $BELOW
        """);
  }

  @Test
  void stateIsRecordedFromTheReserve() {
    String outcome =
        bay.must(
            """
            from=a to=b
            for i in $(seq 400); do
                if echo "rename volume=$from to=$to" >$C/ctl 2>said; then
                    swap=$from from=$to to=$swap
                else
                    grep -q 'No space left' said
                    grep -q -i -e space -e full $C/last_error
                    break
                fi
                if [ ! -e $BAY/reserve ]; then break; fi
            done
            echo "$i $from"
            """);

    assertThat(outcome).as("round and name").isNotEqualTo("1 a");
    String name = outcome.replaceFirst(".* ", "");
    assertThat(bay.must("ls $V").lines()).containsExactly(name, "big");
    bay.must("cmp data $V/" + name);
    bay.kill9();
    bay.mount();
    assertThat(bay.must("ls $V").lines()).containsExactly(name, "big");
    bay.must("cmp data $V/" + name);
  }

  @Test
  void everyCommandRunsOrIsRefusedWithASentenceAndChangesNothing() {
    bay.must(
        """
        count=0
        for i in $(seq 60); do
            before=$(ls $V)
            if echo "create volume c$i size=1M" >$C/ctl 2>said; then
                test -e $V/c$i
            else
                grep -q 'No space left' said
                grep -q -i -e space -e full $C/last_error
                test "$before" = "$(ls $V)"
                count=$((count + 1))
            fi
        done
        cat $C/status >/dev/null
        cmp data $V/a
        """);
    String volumes = bay.must("ls $V");
    bay.must("test $(ls $BAY/volumes | wc -l) = $(ls $V | wc -l)");
    bay.kill9();
    bay.mount();
    assertThat(bay.must("ls $V")).isEqualTo(volumes);
  }

  @Test
  void volumeCanAlwaysBeDeletedToMakeSpace() {
    // Use up the reserve as well: the space that it gave back is filled again.
    for (int i = 0; i < 3; i++) {
      bay.run("for i in $(seq 30); do echo \"create volume c$i-" + i + " size=1M\" >$C/ctl; done");
      fill();
    }

    bay.must("rm $V/big");

    assertThat(bay.must("ls $V").lines()).doesNotContain("big");
    bay.must(
        "rm -f $BELOW/filler; sync -f $BELOW; test $(df --output=avail -k $BELOW | tail -n 1) -gt 10000");
    bay.must("echo 'create volume after size=1M' >$C/ctl");
    bay.must(
        "dd if=data of=$V/after bs=64K conv=notrunc,fsync status=none; cmp -n 65536 data $V/after");
    bay.remount();
    bay.must("cmp -n 65536 data $V/after; cmp data $V/a; test -e $BAY/reserve");
  }

  @Test
  void gestureOnAFullDiskIsRefusedWithAnErrno() {
    bay.run("for i in $(seq 40); do echo \"create volume c$i size=1M\" >$C/ctl; done");
    fill();

    for (String gesture :
        new String[] {
          "touch $V/new", "cp data $V/copy", "mv $V/a $V/z && mv $V/z $V/a", "chmod 640 $V/a"
        }) {
      var result = bay.run(gesture);
      if (result.status() != 0) {
        assertThat(result.err()).contains("No space left on device");
      }
    }
    bay.must("cmp data $V/a; cat $C/health | grep degraded");
  }

  @Test
  void mountsOnAFullDisk() {
    bay.remount();

    bay.must("cmp data $V/a; cat $C/status >/dev/null");
    assertThat(bay.must("cat $C/health")).startsWith("degraded: ");
    bay.kill9();
    bay.mount();
    bay.must("cmp data $V/a");
  }

  @Test
  void volumeTooLargeForTheFileSystemIsRefused() {
    bay.must("rm -f $BELOW/filler $V/big");
    bay.must("sync -f $BELOW; test $(df --output=avail -k $BELOW | tail -n 1) -gt 10000");

    assertThat(bay.refused("echo 'create volume huge size=17T' >$C/ctl"))
        .contains("File too large");
    assertThat(bay.lastError()).contains("16 TiB");
    assertThat(bay.must("ls $V").lines()).doesNotContain("huge");
  }
}
