package org.copybay.nativetest.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A bay that is served through libfuse 2: what works as with dev, and what is documented not to.
 */
class JnrIT {
  @RegisterExtension
  static final TestBay BAY = TestBay.onDisk().withOptions("transport=jnr,allow_other");

  private static final String KNOWN_MOUNT_OPTIONS = "rw,nosuid,nodev,relatime";

  @BeforeAll
  static void needLibfuse() {
    Needs.libfuse2();
  }

  @Test
  void itIsAMountLikeAnyOther() {
    assertThat(BAY.must("findmnt -no FSTYPE,SOURCE $MNT"))
        .startsWith("fuse.copybay")
        .endsWith("copybay#" + BAY.bay());
    assertThat(BAY.must("findmnt -no OPTIONS $MNT"))
        .startsWith(KNOWN_MOUNT_OPTIONS)
        .contains("default_permissions", "allow_other");
    assertThat(BAY.must("sed -n 's/^transport: //p' $C/status")).isEqualTo("jnr");
    BAY.must("grep -F libfuse=2 $BAY/log/copybay.log");
  }

  @Test
  void bytesAreWrittenReadAndSynced() {
    BAY.must(
        """
        head -c 3000001 /dev/urandom >data
        dd if=data of=$V/dd bs=77777 conv=fsync status=none
        cmp data $V/dd
        dd if=$V/dd bs=1M iflag=direct status=none | cmp - data
        dd if=/dev/zero of=$V/dd bs=4096 count=10 seek=5 oflag=direct,dsync conv=notrunc status=none
        dd if=/dev/zero of=data bs=4096 count=10 seek=5 conv=notrunc status=none
        cmp data $V/dd
        fallocate -p -n -o 100000 -l 1000000 $V/dd
        fallocate -p -n -o 100000 -l 1000000 data
        cmp data $V/dd
        test "$(stat -c %i $C/status)" = "$(stat -c %i $C/status)"
        rm $V/dd
        """);
  }

  @Test
  void aFileSystemLivesOnALoopDevice() {
    Needs.loopDevice();
    Needs.program("mkfs.ext4", "e2fsck");
    BAY.command("create volume disk size=64M");
    BAY.must(
        """
        mkfs.ext4 -q $V/disk
        mkdir -p inside
        mount -o loop $V/disk inside
        head -c 20M /dev/urandom >inside/file
        sync inside/file
        sum=$(md5sum <inside/file)
        umount inside
        e2fsck -fn $V/disk >/dev/null
        mount -o loop,ro,noload $V/disk inside
        test "$(md5sum <inside/file)" = "$sum"
        umount inside
        """);
    BAY.command("delete volume=disk");
  }

  @Test
  void pointsDuplicatesAndWaitsWork() {
    BAY.must("head -c 3000001 /dev/urandom >data; cp data $V/v");
    BAY.command("freeze volumes=v name=p");
    BAY.must("head -c 100000 /dev/zero | dd of=$V/v conv=notrunc status=none");
    BAY.must("cmp data $MNT/points/p/v; if cmp -s data $V/v; then exit 1; fi");
    // the same name for another point: nothing of the first one shows
    BAY.must("cp $V/v changed");
    BAY.command("drop point=p");
    BAY.command("freeze volumes=v name=p");
    BAY.must("cmp changed $MNT/points/p/v");
    BAY.command("drop point=p");

    // slow enough that a read of wait finds nothing to tell, which is EINTR and read again
    BAY.command("duplicate from=v to=w id=slow rate=1M");
    assertThat(BAY.must("cat $C/jobs/slow/wait")).contains("done");
    BAY.must("cmp $V/v $V/w; rm $V/v $V/w");
  }

  @Test
  void whoWaitsKeepsNobodyFromBeingServed() throws Exception {
    BAY.must("head -c 20M /dev/urandom >$V/v");
    BAY.command("duplicate from=v to=w id=held rate=64K");
    Process waiting =
        BAY.start("for i in {1..30}; do cat $C/jobs/held/wait >/dev/null & done; wait");
    try {
      BAY.must("dd if=$V/v of=/dev/null bs=1M status=none; ls -l $V; cat $C/status");
      BAY.command("cancel job=held");
      assertThat(waiting.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      waiting.destroyForcibly().waitFor();
    }
    BAY.must("rm $V/v");
  }

  @Test
  void linesAreAnsweredInTheirWrite() {
    assertThat(BAY.refused("echo 'create volume' >$C/ctl")).contains("Invalid argument");
    assertThat(BAY.refused("echo 'delete volume=nobody' >$C/ctl")).contains("No such file");
    assertThat(BAY.refused("printf 'create volume b1 size=1M\\nbogus\\n' >$C/ctl"))
        .contains("Invalid argument");
    BAY.must(
        "ls $V/b1; exec 3<>$C/ctl; echo 'resize b1 2M' >&3; read -r ok rest <&3; test $ok = ok");
    BAY.must("rm $V/b1");
  }

  @Test
  void theCallerIsKnown() {
    BAY.must(
        """
        chmod 755 $T
        echo 'create volume mine size=1M' >$C/ctl
        chmod 666 $V/mine
        as='setpriv --reuid=65534 --regid=65534 --clear-groups'
        $as sh -c "echo x | dd of=$V/mine conv=notrunc status=none"
        if $as sh -c "echo 'delete volume=mine' >$C/ctl"; then exit 1; fi
        if $as rm -f $V/mine; then exit 1; fi
        rm $V/mine
        """);
  }

  @Test
  void locksExcludeEachOther() {
    BAY.must(
        """
        truncate -s 1M $V/locked
        exec 3<$V/locked
        flock -n 3
        status=0; flock -n -E 77 $V/locked true || status=$?
        test $status = 77
        exec 3<&-
        rm $V/locked
        """);
  }

  @Test
  void aDeletedFileStaysReadableWhileItIsOpen() {
    BAY.must(
        """
        head -c 100000 /dev/urandom >data
        cp data $V/open
        exec 3<$V/open
        rm $V/open
        test -z "$(ls -A $V)"
        dd bs=200000 status=none <&3 | cmp data -
        if stat -L /proc/self/fd/3; then exit 1; fi
        """);
  }

  @Test
  void aSharedMappingIsRefused() {
    BAY.must("truncate -s 1M $V/mapped");
    int fd = SystemCalls.LIBC.open(SystemCalls.c(BAY.volume("mapped").toString()), 2, 0);
    try {
      for (int shared : new int[] {1, 2}) {
        long address = SystemCalls.map(fd, 4096, shared);
        assertThat(address == -1 ? "errno " + SystemCalls.errno() : "mapped")
            .isEqualTo(shared == 1 ? "errno 19" : "mapped");
      }
    } finally {
      SystemCalls.LIBC.close(fd);
    }
    BAY.must("rm $V/mapped");
  }

  @Test
  void aNameWithTheMarkOfBrokenTextIsRefused() {
    String mark = String.valueOf((char) 0xfffd);

    assertThat(BAY.refused("truncate -s 1M $V/a" + mark)).contains("Invalid or incomplete");
  }

  @Test
  void allOfAFileIsData() {
    BAY.must("truncate -s 1M $V/sparse");
    int fd = SystemCalls.LIBC.open(SystemCalls.c(BAY.volume("sparse").toString()), 0, 0);
    try {
      assertThat(SystemCalls.LIBC.lseek(fd, 0, 3)).isZero();
      assertThat(SystemCalls.LIBC.lseek(fd, 0, 4)).isEqualTo(1 << 20);
    } finally {
      SystemCalls.LIBC.close(fd);
    }
    BAY.must("rm $V/sparse");
  }

  @Test
  void aRenameWithFlagsIsRefused() {
    BAY.must("truncate -s 1M $V/one $V/two");

    byte[] one = SystemCalls.c(BAY.volume("one").toString());
    byte[] three = SystemCalls.c(BAY.volume("three").toString());
    int result = SystemCalls.LIBC.renameat2(-100, one, -100, three, 1);

    assertThat(SystemCalls.said(result)).isEqualTo("errno 22");
    BAY.must("mv -n $V/one $V/three; ls $V/two; rm $V/two $V/three");
  }

  @Test
  void aChangeOfOwnerThatClearsSetUserIdIsTwoChanges() {
    BAY.command("create volume suid size=1M");
    BAY.must("chmod 4755 $V/suid");
    long before = Long.parseLong(BAY.status("suid", "generation"));

    BAY.must("chown :7 $V/suid; test $(stat -c %a:%g $V/suid) = 755:7");

    assertThat(BAY.status("suid", "generation")).isEqualTo(Long.toString(before + 2));
    BAY.must("rm $V/suid");
  }

  @Test
  void anUnsyncedWriteSurvivesTheDeathOfTheDaemonAndTheNextMountCleans() throws IOException {
    BAY.must("head -c 1000003 /dev/urandom >data; cp data $V/k");

    BAY.kill9();
    assertThat(BAY.refused("ls $V")).contains("not connected");
    BAY.mount();

    BAY.must("cmp data $V/k; rm $V/k");
    assertThat(Files.readString(BAY.bay().resolve("log/copybay.log")))
        .contains("cleaned the mount of a dead daemon away");
  }

  @Test
  void aSignalEndsItInOrderWhileFilesAreOpen() throws Exception {
    BAY.must("head -c 1000003 /dev/urandom >data; cp data $V/t");
    ProcessHandle daemon = BAY.daemon().orElseThrow();
    Process holder = BAY.start("exec 3<>$V/t; printf unsynced >&3; echo open; exec sleep 300 <&3");
    try {
      await().until(() -> Files.readString(BAY.scratch().resolve("out")).equals("open\n"));

      daemon.destroy();

      TestBay.awaitEnd(daemon);
      assertThat(TestBay.mountsBelow(BAY.scratch())).isEmpty();
      assertThat(Files.readString(BAY.bay().resolve("log/copybay.log")).strip())
          .endsWith("INFO ended")
          .contains("ending reason=signal");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    BAY.mount();
    BAY.must("printf unsynced | dd of=data conv=notrunc status=none; cmp data $V/t; rm $V/t");
  }

  @Test
  void unmountingWaitsForTheDaemonAndIsRefusedWhileInUse() {
    BAY.must("cd $V; if $COPYBAY umount $MNT 2>/dev/null; then exit 1; fi");
    BAY.remount();
    assertThat(BAY.must("sed -n 's/^transport: //p' $C/status")).isEqualTo("jnr");
  }

  @Test
  void aConnectionThatIsCutEndsTheDaemon() throws Exception {
    ProcessHandle daemon = BAY.daemon().orElseThrow();

    BAY.must("umount -f $MNT || true; while mountpoint -q $MNT; do umount -l $MNT; done");

    daemon.onExit().get(30, TimeUnit.SECONDS);
    BAY.mount();
  }
}
