package org.copybay.nativetest.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same command with the same id runs once, whatever happens in between. */
class IdempotenceIT {
  private static final String CREATE = "create volume once size=1M id=create-once";

  @RegisterExtension final TestBay bay = TestBay.onDisk();

  private String reply(String line) {
    return bay.must("exec 3<>$C/ctl; echo '" + line + "' >&3; cat <&3");
  }

  @Test
  void runsOnceAndIsOkEachTime() {
    assertThat(reply(CREATE)).startsWith("ok create-once").doesNotContain("already");
    bay.command("resize volume=once size=2M");

    assertThat(reply(CREATE)).isEqualTo("ok create-once (already accepted)");
    assertThat(bay.must("stat -c %s $V/once")).isEqualTo("2097152");
  }

  @Test
  void sameWishInOtherWordsIsTheSameCommand() {
    reply(CREATE);

    assertThat(reply("CREATE   volume  name=once SIZE=1M id=create-once # again"))
        .contains("already accepted");
  }

  @Test
  void otherTextWithTheSameIdIsRefused() {
    reply(CREATE);

    Refusal refusal = Refusal.of(bay, "create volume twice size=1M id=create-once");

    assertThat(refusal.errno()).isEqualTo("EEXIST");
    assertThat(refusal.sentence()).contains("create-once").contains("another command");
    assertThat(refusal.blamed()).isEqualTo("create-once");
  }

  @Test
  void isKnownAfterARemount() {
    reply(CREATE);
    bay.command("delete volume=once id=delete-once");
    bay.remount();

    assertThat(reply(CREATE)).contains("already accepted");
    assertThat(reply("delete volume=once id=delete-once")).contains("already accepted");
    assertThat(Refusal.of(bay, "create volume x size=1M id=create-once").errno())
        .isEqualTo("EEXIST");
    assertThat(bay.must("ls $V")).isEmpty();
  }

  @Test
  void isKnownAfterKill9() {
    reply(CREATE);
    bay.command("rename volume=once to=renamed id=rename-once");
    bay.kill9();
    bay.mount();

    assertThat(reply("rename volume=once to=renamed id=rename-once")).contains("already accepted");
    assertThat(reply(CREATE)).contains("already accepted");
    assertThat(bay.must("ls $V")).isEqualTo("renamed");
  }

  @Test
  void jobOfThatIdIsStartedOnce() {
    reply(CREATE);
    String duplicate = "duplicate from=once to=copy id=nightly";

    assertThat(reply(duplicate)).startsWith("ok nightly");
    bay.must("cat $C/jobs/nightly/wait; rm $V/copy");
    assertThat(reply(duplicate)).contains("already accepted");
    bay.remount();
    assertThat(reply(duplicate)).contains("already accepted");

    assertThat(bay.must("ls $V")).isEqualTo("once");
    assertThat(bay.must("grep -c nightly $C/jobs/done")).isEqualTo("1");
  }

  @Test
  void refusedCommandLeavesItsIdFree() {
    Refusal.of(bay, "create volume x size=wrong id=mine");
    Refusal.of(bay, "delete volume=none id=mine");

    assertThat(reply("create volume x size=1M id=mine")).startsWith("ok mine gen=");
  }

  @Test
  void dryRunLeavesItsIdFree() {
    assertThat(reply(CREATE + " dry-run=yes")).startsWith("ok dry-run: would make volume once");

    assertThat(reply(CREATE)).doesNotContain("already");
    assertThat(bay.must("ls $V")).isEqualTo("once");
  }
}
