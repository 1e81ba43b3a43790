package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code copybay doctor}: each condition is made for real, in a mount namespace of its own. */
class DoctorIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final String PRIVATE = "unshare -m --propagation slave bash -euc '\n";

  /** Runs a script whose last command is the doctor; it must end with that status. */
  private static String says(int status, String script) {
    return says(BAY, status, script);
  }

  private static String says(TestBay bay, int status, String script) {
    Shell.Result result = bay.run(script);
    assertThat(result.status()).as("%s", result).isEqualTo(status);
    assertThat(result.err()).isEmpty();
    return result.out();
  }

  @Test
  void aMachineThatMountsIsInOrderAndABayIsLeftAsItIs() throws IOException {
    BAY.must(
        """
        head -c 100000 /dev/urandom >$V/v
        until [ $(cat $C/volumes/v/state) = ready ]; do sleep 0.1; done
        sync $V/v
        ls -lR $BAY >before
        """);

    String said = says(0, "$COPYBAY doctor $BAY $MNT");

    assertThat(said)
        .contains("ok       fuse device: /dev/fuse opens\n")
        .contains("ok       bay: " + BAY.bay() + " can be written by uid 0\n")
        .contains("pid " + BAY.daemon().orElseThrow().pid() + " serves it at " + BAY.mountPoint())
        .contains("ok       holes: punched and found again\n")
        .contains("ok       mount point: " + BAY.mountPoint() + " has this bay mounted\n")
        .contains("ok       mount " + BAY.mountPoint() + ": health: ok\n")
        .doesNotContain("problem  ");
    try (Stream<Path> entries = Files.list(BAY.bay())) {
      assertThat(entries.filter(path -> path.getFileName().toString().startsWith("doctor")))
          .isEmpty();
    }
    BAY.must("ls -lR $BAY | diff - before");
  }

  @Test
  void aMountPointStandsForItsBay() {
    assertThat(says(0, "$COPYBAY doctor $MNT")).contains("bay: " + BAY.bay() + " can be written");
  }

  @Test
  void jsonIsOneObject() {
    BAY.must(
        """
        $COPYBAY doctor --json $BAY | jq -e '.problems == 0 and (.findings | length) == .ok + .warnings
            and all(.findings[]; .severity == "ok" or (.wanted != null))'
        """);
  }

  @Test
  void anotherDeviceThanThatOfFuseIsFound() {
    String said = says(3, PRIVATE + "mount --bind /dev/null /dev/fuse; $COPYBAY doctor'");

    assertThat(said).contains("problem  fuse device: /dev/fuse is something else\n");
    assertThat(said).contains("mknod -m 666 /dev/fuse c 10 229");
  }

  @Test
  void noDeviceAtAllIsFound() {
    String said = says(3, DEV + "rm dev/fuse; mount --bind dev /dev; $COPYBAY doctor'");

    assertThat(said).contains("problem  fuse device: there is no /dev/fuse\n");
  }

  /** A /dev in which nothing shows that the kernel makes, as in a container. */
  private static final String DEV =
      PRIVATE
          + """
          mkdir -p dev; mount -t tmpfs none dev
          mknod -m 666 dev/null c 1 3; mknod -m 666 dev/zero c 1 5
          mknod -m 666 dev/random c 1 8; mknod -m 666 dev/urandom c 1 9; mknod dev/fuse c 10 229
          """;

  @Test
  void takenLoopDevicesAreFound() {
    Needs.loopDevice();
    String said =
        says(
            0,
            """
            truncate -s 1M taken
            loop=$(losetup -f --show taken)
            trap 'losetup -d $loop' EXIT
            export number=${loop#/dev/loop}
            """
                + DEV
                + """
                mknod dev/loop$number b 7 $number; mknod dev/loop-control c 10 237
                mount --bind dev /dev
                $COPYBAY doctor $BAY'
                """);

    assertThat(said)
        .contains("warning  loop devices: 1 in /dev, 0 free\n")
        .contains("mknod -m 660");
  }

  /** SQLite would unpack its library there, and no catalogue could be opened. */
  @Test
  void aNoexecTemporaryDirectoryMattersWhereLibrariesAreUnpacked() {
    String tmpfs = PRIVATE + "mkdir -p tmp; mount -t tmpfs -o noexec none tmp\n";
    String opts = "export COPYBAY_JAVA_OPTS=\"-ea -Djava.io.tmpdir=$T/tmp";

    assertThat(says(0, tmpfs + opts + "\"; $COPYBAY doctor $BAY'"))
        .contains("ok       native libraries: in the build; noexec of");
    String unpacked =
        says(
            3,
            tmpfs
                + opts
                + " -Djffi.boot.library.path= -Dorg.sqlite.lib.path=\"; $COPYBAY doctor $BAY'");
    assertThat(unpacked)
        .contains("problem  native libraries: unpacked into")
        .contains("type: export COPYBAY_JAVA_OPTS=-Djava.io.tmpdir=/var/tmp");
  }

  @Test
  void ext4WithWritebackIsFound() {
    Needs.loopDevice();
    String said =
        says(
            3,
            """
            truncate -s 64M disk; mkfs.ext4 -q disk
            """
                + PRIVATE
                + """
                mkdir -p wb; mount -o loop,data=writeback disk wb; trap "umount wb" EXIT
                $COPYBAY init wb/bay >/dev/null
                $COPYBAY doctor wb/bay'
                """);

    assertThat(said).contains("problem  disk of the bay: ext4").contains("with data=writeback");
    assertThat(said).contains("warning  space: ").contains("tune2fs -o ^journal_data_writeback");
  }

  /** The one file system of this kernel that punches no holes. */
  @Test
  void aDiskWithoutHolesIsFound() {
    String said =
        says(
            3,
            PRIVATE
                + """
                mkdir -p ram; mount -t ramfs none ram
                $COPYBAY init ram/bay >/dev/null 2>&1
                $COPYBAY doctor ram/bay'
                """);

    assertThat(said).contains("problem  disk of the bay: ramfs");
    assertThat(said).contains("problem  holes: the disk punches no holes");
  }

  @Test
  void aBayOnAMountedBayIsFound() {
    assertThat(says(3, "$COPYBAY doctor $V"))
        .contains("problem  bay: ", "copybay init")
        .contains("problem  disk of the bay: fuse.copybay at " + BAY.mountPoint());
  }

  @Test
  void limitsAreFound() {
    String files = says(0, "ulimit -f 1000; $COPYBAY doctor $BAY");
    assertThat(files).contains("warning  file size limit: 1024000 bytes");

    assertThat(says(3, "ulimit -n 60; $COPYBAY doctor"))
        .contains("problem  open file limit: at most 60");
  }

  @Test
  void aSizeLimitCutsTheLargestFile() {
    assertThat(says(0, "ulimit -f 100000; $COPYBAY doctor $BAY"))
        .contains("warning  largest file: 102400000 bytes");
  }

  @Test
  void aReadOnlyDiskIsFound() {
    String said =
        says(
            3,
            PRIVATE
                + "mount --bind $BAY $BAY; mount -o remount,bind,ro $BAY; $COPYBAY doctor $BAY'");

    assertThat(said).contains("problem  bay: ").contains(" MNT -o ro\n");
  }

  @Test
  void aDaemonThatCannotBeSeenIsFoundByItsLock() {
    String said = says(3, "unshare -pf --mount-proc --propagation slave $COPYBAY doctor $BAY");

    assertThat(said).contains("problem  daemon: a process that cannot be seen from here");
  }

  /** As a daemon in another mount namespace looks from here. */
  @Test
  void aProcessThatNamesTheBayAndHasNoLockServesAnother() {
    String said =
        says(
            0,
            """
            mkdir -p other
            $COPYBAY init other/bay >/dev/null
            bash -c "sleep 60; :" Main serve $T/other/bay $T/other &
            trap 'kill $!' EXIT
            $COPYBAY doctor other/bay
            """);

    assertThat(said).contains("ok       daemon: none serves it now\n");
  }

  @Test
  void aDeadMountIsFoundWithItsFix() {
    BAY.kill9();
    String said = says(0, "$COPYBAY doctor $BAY $MNT");

    assertThat(said)
        .contains("warning  mount " + BAY.mountPoint() + ": its daemon has died")
        .contains("type: umount -l " + BAY.mountPoint() + "\n")
        .contains("has a dead mount, which a new one takes away");
    assertThat(says(0, "$COPYBAY doctor $BAY")).contains("its daemon has died");
    BAY.must("umount -l $MNT; $COPYBAY doctor $BAY $MNT | grep \"ok *mount point.*is empty\"");
  }

  @Test
  void anOrdinaryUserIsToldWhatIsMissing() {
    Needs.program("setpriv", "fusermount3");
    BAY.must(
        "chmod 755 $T $BELOW $BAY; $COPYBAY init its; chown -R 65534 its; mknod -m 600 closed c 10 229");
    String asNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    String open = PRIVATE + "mount --bind closed /dev/fuse; chmod 666 /dev/fuse\n";

    assertThat(says(3, PRIVATE + "mount --bind closed /dev/fuse\n" + asNobody + "$COPYBAY doctor'"))
        .contains("problem  fuse device: open /dev/fuse: Permission denied")
        .contains("type: chmod 666 /dev/fuse (as root)");
    assertThat(says(0, open + asNobody + "$COPYBAY doctor its'"))
        .contains("ok       bay: " + BAY.scratch() + "/its can be written by uid 65534")
        .contains("ok       right to mount: uid 65534 through /usr/bin/fusermount3");
    assertThat(says(3, open + asNobody + "--no-new-privs $COPYBAY doctor'"))
        .contains("problem  right to mount: no_new_privs");
    assertThat(says(3, open + asNobody + "--bounding-set -sys_admin $COPYBAY doctor'"))
        .contains("problem  right to mount: no CAP_SYS_ADMIN here");
    assertThat(
            says(
                3,
                open
                    + "cp /usr/bin/fusermount3 $T/plain; mount --bind $T/plain /usr/bin/fusermount3\n"
                    + asNobody
                    + "$COPYBAY doctor'"))
        .contains("problem  right to mount: /usr/bin/fusermount3 is not set-uid root");
    assertThat(says(3, open + asNobody + "$COPYBAY doctor $BAY $MNT'"))
        .contains("problem  bay: ", "type: chown -R 65534 " + BAY.bay())
        .contains("lets only the one in who mounted it");
  }

  @Test
  void theLineOfFuseConfIsLookedAt() {
    Needs.program("setpriv");
    String asNobody = "setpriv --reuid=65534 --regid=65534 --clear-groups $COPYBAY doctor || true'";
    String conf = PRIVATE + "echo %s >conf; mount --bind conf /etc/fuse.conf; ";
    BAY.must("chmod 755 $T");

    assertThat(BAY.must(conf.formatted("\"#user_allow_other\"") + asNobody))
        .contains("warning  allow_other: ")
        .contains("echo user_allow_other >>/etc/fuse.conf");
    assertThat(BAY.must(conf.formatted("user_allow_other") + asNobody))
        .contains("ok       allow_other: /etc/fuse.conf permits it");
  }

  @Test
  void withoutJavaTheSentenceOfTheLauncherComes() {
    String error = BAY.refused("JAVA_HOME=$T/none $COPYBAY doctor");

    assertThat(error).contains("no Java: wanted 17 or later", "install default-jdk-headless");
    BAY.must(
        "mkdir -p old/bin; cp /bin/true old/bin/java; echo 'JAVA_VERSION=\"11.0.2\"' >old/release");
    assertThat(BAY.refused("JAVA_HOME=$T/old COPYBAY_BUILD=yes $COPYBAY doctor"))
        .startsWith("copybay: Java is too old: wanted 17 or later, got 11");
  }

  @Test
  void aTooOldJavaOnPathIsTold() {
    BAY.must(
        "mkdir -p old/bin; cp /bin/true old/bin/java; echo 'JAVA_VERSION=\"11.0.2\"' >old/release");
    String said =
        says(
            0,
            """
            export JAVA_HOME=$(dirname $(dirname $(readlink -f $(command -v java))))
            PATH=$T/old/bin:$PATH $COPYBAY doctor $BAY
            """);

    assertThat(said)
        .contains("warning  java from fstab: " + BAY.scratch() + "/old/bin/java is Java 11");
  }

  @Test
  void aReportThatCannotBeWrittenIsAFailure() {
    assertThat(BAY.refused("$COPYBAY doctor >/dev/full")).contains("No space left on device");
    assertThat(BAY.refused("$COPYBAY doctor --json >/dev/full")).contains("No space left");
  }
}
