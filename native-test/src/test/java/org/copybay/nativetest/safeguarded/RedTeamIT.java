package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What root tries through the mount: a locked backup stays as it is, and each try is noted. */
class RedTeamIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();
  private static final SafeguardedShell SHELL = new SafeguardedShell(BAY);

  /** The backups are as they were, and the volume and its session are there. */
  private static final String SAME =
      """
      ids | cmp - ids
      cmp a.1 $B/PAY/$(head -n 1 ids)/a
      cmp a.2 $B/PAY/$(tail -n 1 ids)/a
      ls $V | cmp - <(printf 'a\\nb\\nra\\n')
      cmp a.now $V/a
      [ -d $C/safeguard/PAY ]
      """;

  @BeforeAll
  static void backUp() {
    SHELL.must(
        """
        volume a 4M; volume b 4M; pay a
        for i in 1 2; do cp $V/a a.$i; s backup session=PAY lock=7d; scribble a; done
        ids >ids; cp $V/a a.now
        """);
  }

  /** What the audit log has more after the script. */
  private static List<String> noted(String script) {
    int before = SHELL.audit().size();
    Shell.Result result = SHELL.run("id=$(head -n 1 ids); I=$B/PAY/$id\n" + script);
    assertThat(result.status()).as("%s", result).isNotZero();
    SHELL.must(SAME);
    List<String> audit = SHELL.audit();
    return audit.subList(before, audit.size());
  }

  private static void assertNoted(List<String> entries) {
    assertThat(entries)
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.split(" ", -1)[2]).isEqualTo("0"))
        .allSatisfy(line -> assertThat(line).contains(" EPERM "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm -rf $B",
        "rm -f $I/a",
        "rmdir $I",
        "rmdir $B/PAY",
        "rmdir $B",
        "mv $I $B/PAY/1",
        "mv $I/a $I/x",
        "mv $B/PAY $B/OTHER",
        "mv $B $MNT/gone",
        "mv -f $V/b $I/a",
        "mv $I/a $V/x",
        "ln $I/a $V/x",
        "ln -s /etc/passwd $I/x",
        "mkdir $B/NEW",
        "mkdir $I/x",
        "touch $I/x",
        "touch -d 2001-01-01 $I/a",
        "dd if=/dev/zero of=$I/a bs=64K count=1 conv=notrunc",
        "dd if=/dev/zero of=$I/a bs=64K count=1",
        "printf x >>$I/a",
        ": >$I/a",
        "truncate -s 0 $I/a",
        "chmod 666 $I/a",
        "chmod 777 $I",
        "chown 5:5 $I/a",
        "chown 5 $B",
      })
  void noGestureChangesABackup(String gesture) {
    assertNoted(noted(gesture));
    assertThat(BAY.lastError()).contains("a safeguarded backup cannot be changed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm $V/a",
        "mv -f $V/b $V/a",
        "echo 'delete volume=a' >$C/ctl",
        "echo 'resize volume=a size=1M shrink=yes' >$C/ctl",
        "s expire session=PAY backup=$id",
        "s expire session=PAY backup=latest confirm=2",
        "s expire session=PAY backup=$id only=yes",
        "s terminate session=PAY confirm=2",
        "s terminate session=PAY force=yes confirm=2",
        "s remove session=PAY volume=a",
        "s delete session=PAY",
        "s lock session=PAY backup=$id for=1s",
        "s lock session=PAY backup=$id until=$(date -u -d tomorrow +%FT%TZ)",
      })
  void noCommandTakesABackup(String command) {
    assertNoted(noted(command));
  }

  @Test
  void nothingBelowControlIsRemoved() {
    noted("rm -rf $C/safeguard");
    noted("rmdir $C/safeguard/PAY");
    noted("mv $C/safeguard/PAY $C/safeguard/X");
    assertThat(BAY.refused("rmdir $C/safeguard/PAY")).contains("Operation not permitted");
  }

  @Test
  void attributesThatAreNoneCannotBeSet() {
    assertThat(noted("setfattr -n user.x -v y $I/a")).isEmpty();
    assertThat(noted("chattr +i $I/a")).isEmpty();
  }

  @Test
  void nothingIsLostByAKillInTheMiddle() {
    for (String gesture : List.of("rm -rf $B", "s expire session=PAY backup=latest confirm=2")) {
      noted(gesture);
      BAY.kill9();
      BAY.mount();
      SHELL.must(SAME);
    }
  }
}
