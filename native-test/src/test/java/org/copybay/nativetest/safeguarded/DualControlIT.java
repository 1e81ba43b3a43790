package org.copybay.nativetest.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.Needs;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands that need two users, of whom one mounted, by real ones. */
class DualControlIT {
  /** They are in the group of the mount, and root mounted. */
  private static final String USERS =
      """
      OWNER=0; APPROVER=64124; OTHER=64125
      P=$C/safeguard/PAY
      as() { local uid=$1; shift; setpriv --reuid=$uid --regid=64200 --clear-groups "$@"; }
      by() { echo "$2" | as $1 tee $P/ctl >/dev/null; }
      refuses() {
        if by $1 "$2" 2>error; then echo "done: $2"; exit 1; fi
        grep -q "$3" error
      }
      tells() { as $1 cat $C/last_error | grep -q "$2"; }
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk().withOptions("allow_other,gid=64200");

  private final SafeguardedShell shell = new SafeguardedShell(bay);

  @BeforeEach
  void backUpTwice() {
    Needs.program("setpriv");
    shell.must(
        """
        chmod 755 $T; volume a 1M; pay a
        s backup session=PAY; s backup session=PAY; ids >ids
        """);
  }

  private void must(String script) {
    assertThat(shell.must(USERS + script)).isEmpty();
  }

  @Test
  void aRequestWaitsOverEveryMountForAnotherUser() {
    must(
        """
        refuses $OWNER 'set dual_control=sgc' 'Invalid argument'
        tells $OWNER 'the same with approvers=USER'
        refuses $OWNER 'set dual_control=sgc approvers='$APPROVER 'temporarily unavailable'
        tells $OWNER 'SGC1008I: request 1 waits for a second approver'
        tells $OWNER 'safeguarded approve request=1'
        grep -q 'dual_control: off' $P/properties
        refuses $OWNER 'approve request=1' 'not permitted'
        refuses $OTHER 'approve request=1' 'Permission denied'
        grep -q 'dual_control: off' $P/properties
        by $APPROVER 'approve request=1'
        grep -q 'dual_control: sgc' $P/properties
        refuses $OWNER "expire backup=$(head -n 1 ids)" 'temporarily unavailable'
        refuses $OWNER 'set dual_control=off' 'temporarily unavailable'
        refuses $OWNER "Expire Backup $(head -n 1 ids)" 'temporarily unavailable'
        if as $OWNER rmdir $P 2>error; then exit 1; fi
        cp $P/requests requests
        [ $(grep -c '^[0-9]' requests) = 2 ]
        """);
    String same =
        """
        cmp requests $P/requests; ids | cmp ids -
        refuses $OWNER 'approve request=2' 'not permitted'
        refuses $OTHER 'approve request=2' 'Permission denied'
        refuses $APPROVER "expire backup=$(head -n 1 ids)" 'Permission denied'
        cmp requests $P/requests; ids | cmp ids -
        """;
    must(same);
    bay.remount();
    must(same);
    bay.kill9();
    bay.mount();
    must(
        same
            + """
              by $APPROVER 'approve request=2'
              ids | cmp - <(tail -n 1 ids)
              refuses $APPROVER 'approve request=2' 'No such file'
              by $OWNER 'cancel request=3'
              ls $P/requests >/dev/null; [ $(grep -c '^[0-9]' $P/requests || true) = 0 ]
              grep -q 'dual_control: sgc' $P/properties
              """);

    assertThat(shell.audit())
        .anyMatch(line -> line.matches(".* 0 .* safeguarded-expire EAGAIN expire .*"))
        .anyMatch(line -> line.matches(".* 0 .* safeguarded-approve EPERM .*"))
        .anyMatch(line -> line.matches(".* 64125 .* safeguarded-approve EACCES .*"))
        .anyMatch(line -> line.matches(".* 64124 .* safeguarded-approve ok approve request=2"))
        .anyMatch(line -> line.matches(".* 0 0 safeguard/PAY/requests safeguarded-expire ok .*"))
        .anyMatch(line -> line.matches(".* 0 .* safeguarded-cancel ok .*"));
  }

  @Test
  void theEndOfARestoreNeedsTwoAsTheRestoreDid() {
    must(
        """
        volume big 8M; s create session=BIG; s add session=BIG volume=big
        s backup session=BIG; scribble big
        s restore session=BIG backup=latest confirm=yes rate=4096
        if s set session=BIG dual_control=sgc approvers=$APPROVER 2>error; then exit 1; fi
        as $APPROVER sh -c "echo 'safeguarded approve request=1' >$C/ctl"
        if s terminate-h1r1 session=BIG set=restore force=yes 2>error; then exit 1; fi
        grep -q SGC1008I error
        grep -q restore $C/safeguard/BIG/recoveries
        """);
  }
}
