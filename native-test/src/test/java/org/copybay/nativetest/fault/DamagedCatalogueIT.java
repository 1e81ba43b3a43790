package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A catalogue that is not whole refuses the mount and says so; the volumes are not touched. */
class DamagedCatalogueIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @BeforeAll
  static void makeVolumes() {
    Needs.program("sqlite3");
    BAY.must(
        """
        for i in 1 2 3; do
            echo "create volume v$i size=1M" >$C/ctl
            head -c 1M /dev/urandom | dd of=$V/v$i bs=64K iflag=fullblock conv=notrunc status=none
        done
        cat $V/v? | sha256sum >sum
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncate -s $(($(stat -c %s $BAY/catalogue.db) / 2)) $BAY/catalogue.db",
        "truncate -s -1 $BAY/catalogue.db",
        "truncate -s 100 $BAY/catalogue.db",
        "truncate -s 0 $BAY/catalogue.db",
        "rm $BAY/catalogue.db",
        "rm $BAY/catalogue.db; mkdir $BAY/catalogue.db",
        "head -c 40000 /dev/urandom >$BAY/catalogue.db",
        "dd if=/dev/urandom of=$BAY/catalogue.db bs=1K seek=5 count=8 conv=notrunc status=none",
        "dd if=/dev/zero of=$BAY/catalogue.db bs=4K seek=1 count=1 conv=notrunc status=none",
        "rm -rf other; $COPYBAY init other; cp other/catalogue.db $BAY/catalogue.db",
        "rm $BAY/catalogue.db; sqlite3 $BAY/catalogue.db 'create table t (x)'",
      })
  void mountIsRefusedAndNothingIsTouched(String damage) {
    BAY.umount();
    BAY.must("rm -rf before; cp -a $BAY/catalogue.db saved; cp -a $BAY/volumes before");
    BAY.must(damage);

    Shell.Result mount = BAY.tryMount();
    Shell.Result look =
        BAY.run(
            """
            if mountpoint -q $MNT; then exit 1; fi
            diff -r before $BAY/volumes
            orphans=$(ls $BAY/orphans)
            test -z "$orphans"
            """);
    // Put back before anything is asserted: the next test needs a whole bay.
    BAY.must(
        """
        if mountpoint -q $MNT; then $COPYBAY umount $MNT; fi
        rm -rf $BAY/catalogue.db*
        cp -a saved $BAY/catalogue.db
        $COPYBAY mount $BAY $MNT
        """);

    assertThat(mount.refused()).contains("catalogue.db").contains("damaged");
    assertThat(mount.err()).contains("; try: copybay check --rebuild " + BAY.bay());
    assertThat(mount.err().lines()).as("no stack trace").hasSizeLessThan(6);
    look.ok();
    BAY.must("cat $V/v? | sha256sum | cmp sum");
    assertThat(BAY.must("cat $C/health")).isEqualTo("ok");
  }
}
