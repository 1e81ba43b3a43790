package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

/** The options of a mount. */
class MountOptionsIT {
  private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

  @Test
  void byDefaultOnlyTheMountingUserEntersAndNothingIsTrusted() {
    try (TestBay bay = TestBay.onTmpfs("64m").open()) {
      bay.must("chmod 755 $T; truncate -s 1M $V/v");

      assertThat(bay.refused(NOBODY + "ls $MNT")).contains("Permission denied");
      assertThat(bay.must("findmnt -no FSTYPE,SOURCE $MNT"))
          .startsWith("fuse.copybay")
          .contains("copybay#" + bay.bay());
      assertThat("," + bay.must("findmnt -no OPTIONS $MNT") + ",")
          .contains(",nosuid,", ",nodev,", ",default_permissions,")
          .doesNotContain("allow_other");
    }
  }

  @Test
  void readOnlyMeansThatNothingChanges() {
    try (TestBay bay = TestBay.onDisk().open()) {
      bay.must("head -c 1000003 /dev/urandom >data; cp data $V/v");
      bay.umount();

      bay.withOptions("ro").mount();

      bay.must("cmp data $V/v; cat $C/volumes/v/status; ls -l $V");
      for (String change :
          new String[] {
            "echo x >$V/v",
            "echo x >$V/new",
            "rm $V/v",
            "mv $V/v $V/w",
            "chmod 600 $V/v",
            "touch $V/v",
            "truncate -s 5 $V/v",
            "echo 'create volume n size=1M' >$C/ctl"
          }) {
        assertThat(bay.refused(change)).as(change).contains("Read-only file system");
      }
      bay.withOptions("");
      bay.remount();
      bay.must("cmp data $V/v");
      assertThat(bay.must("ls $V")).isEqualTo("v");
    }
  }

  @Test
  void otherUsersEnterAndModesHoldForThem() {
    try (TestBay bay = TestBay.onTmpfs("64m").withOptions("allow_other").open()) {
      bay.must(
          """
          chmod 755 $T
          echo public >$V/public; chmod 644 $V/public
          echo private >$V/private; chmod 600 $V/private
          echo theirs >$V/theirs; chown 65534:65534 $V/theirs; chmod 600 $V/theirs
          """);

      assertThat(bay.must(NOBODY + "cat $V/public $V/theirs")).isEqualTo("public\ntheirs");
      assertThat(bay.refused(NOBODY + "cat $V/private")).contains("Permission denied");
      assertThat(bay.refused(NOBODY + "sh -c \"echo x >$V/public\"")).contains("Permission denied");
      assertThat(bay.refused(NOBODY + "sh -c \"echo x >$V/new\"")).contains("Permission denied");
      assertThat(bay.refused(NOBODY + "rm -f $V/public")).contains("Permission denied");
      assertThat(bay.refused(NOBODY + "chmod 666 $V/public")).contains("not permitted");
      assertThat(bay.refused(NOBODY + "sh -c \"echo create volume n size=1M >$C/ctl\""))
          .contains("Permission denied");
      bay.must(NOBODY + "sh -c \"echo THEIR | dd of=$V/theirs conv=notrunc\"");
    }
  }

  @Test
  void uidAndGidOwnEverything() {
    try (TestBay bay =
        TestBay.onTmpfs("64m").withOptions("allow_other,uid=65534,gid=65533").open()) {
      bay.must("chmod 755 $T; truncate -s 1M $V/v");

      assertThat(bay.must("stat -c %u:%g $MNT $V $V/v $C $C/ctl").lines().distinct())
          .containsExactly("65534:65533");
      bay.must(
          NOBODY
              + "sh -c \"truncate -s 1M $V/w; echo x >$V/v; echo 'create volume n size=1M' >$C/ctl\"");
      assertThat(bay.must("stat -c %u:%g $V/w")).isEqualTo("65534:65533");
      bay.must(
          NOBODY
              + "sh -c \"echo delete volume=n >$C/ctl; echo safeguarded create session=S >$C/ctl\"");
      assertThat(
              bay.refused(NOBODY + "sh -c \"echo create volume p size=1M path=$T | tee $C/ctl\""))
          .contains("Permission denied");
    }
  }

  @Test
  void fsnameIsWhatDfShows() {
    try (TestBay bay = TestBay.onTmpfs("64m").withOptions("fsname=my-bay").open()) {
      assertThat(bay.must("df --output=source $MNT | tail -n 1")).isEqualTo("my-bay");
      assertThat(bay.must("findmnt -no SOURCE $MNT")).isEqualTo("my-bay");
    }
  }

  @Test
  void anUnknownOptionIsRefusedByName() {
    try (TestBay bay = TestBay.onTmpfs("64m").make().withOptions("ro,frobnicate=3")) {
      assertThat(bay.tryMount().refused()).contains("frobnicate=3");
      await().until(() -> bay.daemon().isEmpty());
    }
  }

  @Test
  void pathsThroughLinksAndRelativeOnesAreFine() {
    try (TestBay bay = TestBay.onDisk().make()) {
      bay.must(
          """
          ln -s mnt link; ln -s $BAY bay-link; mkdir dir; ln -s $T dir/up
          $COPYBAY mount bay-link link
          echo data >mnt/volumes/v
          $COPYBAY umount link
          $COPYBAY mount ./dir/../bay-link dir/up/mnt/
          cd mnt; grep -x data volumes/v; cd ..
          $COPYBAY umount dir/up/mnt/
          """);

      assertThat(TestBay.mountsBelow(bay.scratch())).isEmpty();
    }
  }

  @Test
  void pathsWithBlanksAndOtherLettersAreFine() {
    try (TestBay bay = TestBay.onDisk().make()) {
      bay.must(
          """
          mkdir "a mount für all"; $COPYBAY init "the bay,\\\\ 1"
          $COPYBAY mount "the bay,\\\\ 1" "a mount für all"
          trap '$COPYBAY umount "a mount für all"' EXIT
          echo data >"a mount für all/volumes/v"
          cat "a mount für all/volumes/v"
          """);
      assertThat(TestBay.mountsBelow(bay.scratch())).isEmpty();
    }
  }
}
