package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a backup holds, and what is recovered from it, by real programs. The consistent backups of
 * concurrent writers are more by -Dsafeguarded.backups=N.
 */
class SafeguardedIT {
  private static final int BACKUPS = Integer.getInteger("safeguarded.backups", 10);
  private static final int RECOVERIES = 5; // of these backups

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final SafeguardedShell shell = new SafeguardedShell(bay);

  // ---- backups

  @Test
  void aBackupHoldsWhatTheVolumesHeldAtItsTime() {
    shell.must(
        """
        volume a 8M; volume b 4M
        pay a b
        for i in 1 2 3; do
          cp $V/a a.$i; cp $V/b b.$i
          s backup session=PAY label=$i lock=7d
          scribble a
          dd if=/dev/urandom of=$V/b bs=4k seek=$((i * 70)) count=99 conv=notrunc status=none
        done
        [ $(ids | wc -l) = 3 ]
        i=0
        for id in $(ids); do
          i=$((i + 1))
          cmp a.$i $B/PAY/$id/a
          cmp b.$i $B/PAY/$id/b
          [ $(stat -c %s $B/PAY/$id/a) = 8388608 ]
          stat -c %A $B/PAY/$id/a | cmp - <(stat -c %A $V/a | tr w -)
          cp --sparse=always $B/PAY/$id/b copy; cmp copy b.$i
        done
        if cmp -s a.3 $V/a; then exit 1; fi
        [ $(find $B -type f | wc -l) = 6 ]
        [ $(find $B -printf '%i\\n' | sort | uniq -d | wc -l) = 0 ]
        tar -cf all.tar -C $B . && [ $(tar -tf all.tar | grep -c '[ab]$') = 6 ]
        du -a $B >/dev/null
        """);

    assertThat(shell.audit()).noneMatch(line -> line.contains(" backups/"));
  }

  @Test
  void theSameBackupsAreThereAfterEveryKindOfMount() {
    shell.must(
        """
        volume a 8M; pay a
        for i in 1 2; do cp $V/a a.$i; s backup session=PAY lock=7d; scribble a; done
        ids >ids
        """);
    String same =
        """
        ids | cmp - ids
        cmp a.1 $B/PAY/$(head -n 1 ids)/a
        cmp a.2 $B/PAY/$(tail -n 1 ids)/a
        """;
    shell.must(same);
    bay.remount();
    shell.must(same);
    bay.kill9();
    bay.mount();
    shell.must(same);
    bay.umount();
    bay.withOptions("ro").mount();
    shell.must(same + "if rm $B/PAY/$(latest)/a 2>/dev/null; then exit 1; fi\n" + same);
    bay.umount();
    bay.withOptions("").mount();
    shell.must(same);
  }

  @Test
  void aFileSystemInABackupIsMountedWhileItsVolumeGoesOn() {
    Needs.loopDevice();
    shell.must(
        """
        echo 'create volume a size=24M' >$C/ctl
        pay a
        mkdir -p live old; mkfs.ext4 -q $V/a; mount -o loop $V/a live
        cp -r /usr/share/common-licenses live/
        fsfreeze -f live; s backup session=PAY lock=7d; fsfreeze -u live
        mount -o loop,ro,noload $B/PAY/$(latest)/a old
        rm -r live/common-licenses
        for i in 1 2 3 4 5; do
          dd if=/dev/urandom of=live/noise bs=1M count=12 conv=fsync status=none
          diff -r /usr/share/common-licenses old/common-licenses
        done
        umount old; umount live
        while losetup -nO BACK-FILE | grep -q "^ *$MNT/"; do sleep 0.05; done
        """);
  }

  @Test
  void aFileSystemWithADirtyJournalIsRepairedOnItsRecoveryVolume() {
    Needs.loopDevice();
    shell.must(
        """
        echo 'create volume a size=24M' >$C/ctl
        pay a
        mkdir -p live old r; mkfs.ext4 -q $V/a; mount -o loop $V/a live
        cp -r /usr/share/common-licenses live/; sync -f live
        for i in $(seq 50); do echo $i >live/f$i; sync live/f$i; done
        s backup session=PAY lock=7d
        for i in $(seq 50); do echo new >live/f$i; done; rm -r live/common-licenses; sync -f live
        id=$(latest)
        dumpe2fs -h $B/PAY/$id/a 2>/dev/null | grep -q needs_recovery
        mount -o loop,ro,noload $B/PAY/$id/a old
        diff -r /usr/share/common-licenses old/common-licenses
        umount old
        s recover session=PAY backup=$id
        mount -o loop $V/ra r
        diff -r /usr/share/common-licenses r/common-licenses
        for i in $(seq 50); do [ $(cat r/f$i) = $i ]; done
        echo more >r/more; umount r
        e2fsck -fn $V/ra >/dev/null 2>&1
        [ $(cat live/f7) = new ]
        umount live
        while losetup -nO BACK-FILE | grep -q "^ *$MNT/"; do sleep 0.05; done
        """);
  }

  /** Each writer counts up in one volume after the other, and never writes ahead of the first. */
  @Test
  void everyBackupOfManyVolumesIsOneInstant() throws Exception {
    List<String> volumes = List.of("a", "b", "c", "d");
    SequenceWriters writers = new SequenceWriters(bay, volumes, 3, new Random());
    shell.must(
        """
        for v in a b c d; do echo "create volume $v size=%d" >$C/ctl; done
        pay a b c d
        """
            .formatted(writers.bytes()));
    writers.start();
    for (int i = 0; i < BACKUPS; i++) {
      bay.command("safeguarded backup session=PAY lock=1d");
      if (i % (BACKUPS / RECOVERIES) == 0) {
        bay.command("safeguarded recover session=PAY backup=latest copy=nocopy");
        writers.requireOneInstant(
            volumes.stream().map(volume -> bay.volume("r" + volume)).toList(), "recovery " + i);
        bay.command("safeguarded terminate-h1r1 session=PAY force=yes");
      }
    }
    writers.stop();

    List<String> ids = shell.must("ids").lines().toList();
    assertThat(ids).hasSize(BACKUPS);
    for (String id : ids) {
      writers.requireOneInstant(bay.mountPoint().resolve("backups/PAY/" + id), "backup");
    }
    writers.requireAcknowledged("in the end");
    assertThat(writers.number()).isGreaterThan(1);
  }

  // ---- recoveries

  /** A session of the volume a with a backup that a.old has, and other bytes now in a. */
  private void backedUp() {
    shell.must(
        """
        volume a 8M; pay a
        cp $V/a a.old; s backup session=PAY
        scribble a; cp $V/a a.now
        """);
  }

  @Test
  void aRecoveryCanBeWrittenAndBecomesAVolumeOfItsOwn() {
    backedUp();

    shell.must(
        """
        id=$(latest)
        s recover session=PAY backup=$id copy=nocopy
        cmp a.old $V/ra; cp a.old r.want
        printf written | tee >(dd of=r.want bs=1 seek=3000001 conv=notrunc status=none) |
          dd of=$V/ra bs=1 seek=3000001 conv=notrunc status=none
        wait; sync r.want
        cmp r.want $V/ra; cmp a.old $B/PAY/$id/a; cmp a.now $V/a
        s expire session=PAY backup=$id
        cmp r.want $V/ra
        s initiate-background-copy session=PAY
        jobs
        s terminate-h1r1 session=PAY
        cmp r.want $V/ra; cmp a.now $V/a
        until [ "$(ls $B/PAY | wc -l)" = 0 ]; do sleep 0.05; done
        scribble a; cmp r.want $V/ra
        """);
    bay.kill9();
    bay.mount();
    shell.must("cmp r.want $V/ra; ls $B/PAY | cmp - /dev/null");
  }

  @Test
  void aRecoveredVolumeOutlivesItsSession() {
    backedUp();

    shell.must(
        """
        s recover session=PAY backup=latest copy=background
        jobs
        s terminate-h1r1 session=PAY
        s terminate session=PAY confirm=1
        s delete session=PAY
        [ ! -e $C/safeguard/PAY ]
        cmp a.old $V/ra; cmp a.now $V/a
        printf more | dd of=$V/ra bs=1 seek=77 conv=notrunc,fsync status=none
        cp $V/ra r.want
        """);
    bay.kill9();
    bay.mount();
    shell.must("cmp r.want $V/ra; cmp a.now $V/a; scribble a; cmp r.want $V/ra; rm $V/a $V/ra");
  }

  @Test
  void aRecoveryThatIsNotWholeEndsOnlyByForceAndLeavesNothingToRead() {
    backedUp();
    shell.must("s recover session=PAY backup=latest copy=nocopy; cmp a.old $V/ra");

    assertThat(shell.refused("s terminate-h1r1 session=PAY")).contains("busy", "SGC1012E");
    shell.must(
        """
        cmp a.old $V/ra
        s terminate-h1r1 session=PAY force=yes
        if dd if=$V/ra of=/dev/null bs=64K count=1 2>error; then exit 1; fi
        grep -q 'Input/output error' error
        cmp a.old $B/PAY/$(latest)/a; cmp a.now $V/a
        """);
  }

  @Test
  void aRestoreGivesTheVolumesBackAndKeepsWhatTheyHeld() {
    backedUp();
    String id = shell.must("latest");

    assertThat(shell.refused("s restore session=PAY backup=" + id)).contains("not permitted");
    shell.must(
        """
        cmp a.now $V/a
        s restore session=PAY backup=%1$s confirm=yes
        cmp a.old $V/a
        jobs
        cmp a.old $V/a; cmp a.old $B/PAY/%1$s/a
        [ $(ids | wc -l) = 2 ]
        cmp a.now $B/PAY/$(latest)/a
        printf x | dd of=$V/a bs=1 seek=5000 conv=notrunc status=none
        cmp a.old $B/PAY/%1$s/a
        """
            .formatted(id));
  }
}
