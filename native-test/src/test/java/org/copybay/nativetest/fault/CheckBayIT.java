package org.copybay.nativetest.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * {@code copybay check} of an unmounted bay, as a person types it: a sound one passes without a
 * byte changed, and what dd, truncate, mv and cp have spoiled is named.
 */
class CheckBayIT {
  @RegisterExtension final TestBay bay = TestBay.onExt4("300M");

  /** Prints what every file below a directory holds, and when it was changed. */
  private static final String STATE =
      "state() { (cd $1; find . -printf '%p %s %T@ %C@\\n' | sort; "
          + "find . -type f -exec sha256sum {} + | sort); }\n";

  /** Volumes a, with two points and a write bitmap, and b; then an unmount. */
  private void fill() {
    bay.command("create volume a size=8M");
    bay.command("create volume b size=1000000");
    bay.must(
        """
        dd if=/dev/urandom of=$V/a bs=1M count=8 status=none
        echo bitmap start a w grain=track >$C/ctl
        echo freeze a monday >$C/ctl
        dd if=/dev/urandom of=$V/a bs=64k count=10 conv=notrunc status=none
        $COPYBAY umount $MNT
        cp -a $BAY $T/then
        $COPYBAY mount $BAY $MNT
        dd if=/dev/urandom of=$V/a bs=64k count=10 seek=50 conv=notrunc status=none
        echo freeze volumes=a,b name=tuesday >$C/ctl
        dd if=/dev/urandom of=$V/a bs=4k count=100 seek=3 conv=notrunc status=none
        sync $V/a
        """);
  }

  @Test
  void aMountedBayIsRefusedAndSaysWhatToDo() {
    String refused = bay.refused("$COPYBAY check $BAY");

    assertThat(refused)
        .contains("is in use: pid " + bay.daemon().orElseThrow().pid())
        .contains("mounted at " + bay.mountPoint())
        .contains("check volume=NAME");
    assertThat(bay.run("$COPYBAY check $BAY").status()).isEqualTo(1);
    assertThat(bay.run("$COPYBAY check $T").status()).isEqualTo(1);
  }

  @Test
  void aSoundBayPassesAlsoOnADiskThatTakesNoWrites() {
    fill();
    bay.umount();
    bay.must(
        STATE
            + """
              state $BAY >before
              $COPYBAY check $BAY | tee text
              $COPYBAY check --read --power-loss $BAY
              $COPYBAY check --json $BAY >json
              state $BAY >after
              cmp before after
              grep -qx "checked $BAY: in order" text
              python3 -c 'import json; r = json.load(open("json")); assert r["in_order"] and r["findings"] == [], r'
              mount -o remount,ro $BELOW
              $COPYBAY check $BAY
              mount -o remount,rw $BELOW
              """);
  }

  @Test
  void whatKillNineLeavesPassesAndPowerLossSaysWhatIsLost() {
    fill();
    bay.must("dd if=/dev/urandom of=$V/a bs=4k count=50 seek=300 conv=notrunc status=none");
    bay.kill9();
    bay.must(
        """
        $COPYBAY check $BAY | tee text
        grep -qx "checked $BAY: in order" text
        $COPYBAY check --power-loss $BAY | tee text
        grep "^note journal: .*no barrier covers" text
        grep "^note write bitmap: .* regions more" text
        """);
    bay.must("umount -l $MNT");
    bay.mount();
  }

  @Test
  void damageIsNamed() {
    fill();
    bay.umount();
    bay.must(
        """
        # damaged COMMAND WORDS: a copy of the bay, the damage, and what the check says of it.
        damaged() {
            rm -rf $T/b && cp -a --sparse=always $BAY $T/b
            B=$T/b A=$(dirname $T/b/volumes/*/intent) status=0
            for each in $B/volumes/*; do [ $each = $A ] || O=$each; done
            eval "$1"
            $COPYBAY check $B >out || status=$?
            [ $status = 3 ] && grep -E "$2" out || { echo "got $status: $1"; cat out; exit 1; }
            grep "^checked $B: damages=" out
        }
        flip() { printf 'x' | dd of="$1" bs=1 seek=$2 conv=notrunc status=none; }

        damaged 'flip $B/copybay.bay 2' 'damage bay file: '
        damaged 'flip $B/catalogue.db 4097' 'damage catalogue: '
        damaged 'mv $B/catalogue.db $T/x' 'is missing'
        damaged 'cp $T/then/catalogue.db $B/' 'damage point: .*number 2'
        damaged 'mv $A/home $T/x' 'damage home: '
        damaged 'rm $A/home; mkfifo $A/home' 'damage home: .*not a plain file'
        damaged 'rm $A/engine; mkfifo $A/engine' 'damage '
        damaged 'truncate -s 1M $A/home' 'wanted at least 8388608 bytes, got 1048576'
        damaged 'flip $A/engine 30' 'damage superblock: .*engine at byte 0: wanted checksum'
        damaged 'flip $A/map.1 4200' 'damage map: .*map.1 page 1 at byte 4096: wanted checksum'
        damaged 'mv $A/map.1 $T/x' 'damage map: .*no file'
        damaged 'truncate -s 600 $A/journal.0' 'damage journal: '
        damaged 'flip $A/journal.0 550' 'record .* at 544: checksum'
        damaged 'cp $O/journal.0 $A/journal.0' 'damage journal: '
        damaged 'truncate -s 4096 $A/spill' 'damage spill: .*wanted at least'
        [ $(grep -c ^damage out) = 1 ]
        damaged 'mv $A/engine $T/x' 'damage superblock: .*got no file'
        if grep -E 'drop point|note label' out; then exit 1; fi
        damaged 'mv $A/spill $T/x' 'damage spill: '
        damaged 'truncate -s 4096 $A/bitmap-*[0-9a-f]' 'damage write bitmap: .*wanted at least'
        damaged 'flip $(echo $A/*.blocks) 512' 'damage saved blocks: .*checksum of masks'
        damaged 'flip $A/intent 16' 'damage intent log: '
        damaged 'rm -r $O' 'damage volume: b: wanted directory'
        if grep 'note label' out; then exit 1; fi
        damaged 'mv $B/copybay.bay $T/x' 'damage bay file: .*missing, of a bay that has volumes'
        cp $B/catalogue.db $T/x
        $COPYBAY mount $B $MNT 2>said || true
        eval "$(sed -n "s/.*, or: printf/printf/p" said)"
        cmp <(head -n 2 $B/copybay.bay) <(head -n 2 $BAY/copybay.bay)
        $COPYBAY check $B
        damaged 'sed -i s/^uuid=./uuid=g/ $B/copybay.bay' 'damage bay file: .*want lines'
        damaged 'sed -i s/^uuid=.*/uuid=00000000-0000-0000-0000-000000000000/ $B/copybay.bay' 'damage bay file: .*all labels of volumes say'
        if grep 'note label' out; then exit 1; fi
        damaged 'mkdir $B/volumes/x' 'damage stray: .*/volumes/x'
        """);
  }
}
