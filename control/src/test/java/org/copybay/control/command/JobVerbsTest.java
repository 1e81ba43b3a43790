package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.copybay.control.OpenBay;
import org.copybay.control.report.AuditLog;
import org.copybay.control.report.ErrorLog;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Work;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobVerbsTest {
  @TempDir Path directory;

  private OpenBay open;
  private Commands commands;

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    start();
  }

  private void start() throws Exception {
    commands =
        Commands.open(
            open.bay(),
            open.copy(),
            new ErrorLog(open.clock()),
            new AuditLog(open.bay().audit()),
            open.clock(),
            new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid()),
            Path.of("/mnt/bay"));
  }

  @AfterEach
  void closeBay() {
    open.close();
  }

  @Test
  void aDuplicateAnswersWithTheIdOfItsJob() throws Exception {
    open.volume("a", 1 << 20);

    assertThat(send(Scope.bay(), "duplicate from=a to=b")).isEqualTo("ok 1 gen=1\n");
    assertThat(send(Scope.bay(), "duplicate from=nix to=c")).startsWith("NOT_FOUND");
    awaitEnd("1");

    assertThat(open.jobs().find("1").state()).isEqualTo(JobState.DONE);
    assertThat(open.bay().find("b").size()).isEqualTo(1 << 20);
  }

  @Test
  void aDuplicateWithAnIdRunsOnceAlsoAfterARestart() throws Exception {
    open.volume("a", 1 << 20);
    assertThat(send(Scope.volume("a"), "duplicate to=b id=nightly"))
        .isEqualTo("ok nightly gen=1\n");
    awaitEnd("nightly");

    assertThat(open.jobs().find("nightly").row().line())
        .isEqualTo("duplicate from=a to=b id=nightly");
    open = open.reopen();
    start();

    assertThat(send(Scope.bay(), "duplicate from=a to=b id=nightly"))
        .isEqualTo("ok nightly (already accepted)\n");
    assertThat(send(Scope.bay(), "duplicate from=a to=c id=nightly")).startsWith("EXISTS");
  }

  @Test
  void aJobWhoseIdWasNotRecordedBeforeACrashIsFoundByItsLine() throws Exception {
    open.volume("a", 1 << 20);
    send(Scope.bay(), "duplicate from=a to=b verify=YES id=x");
    awaitEnd("x");
    forgetIds();

    assertThat(send(Scope.bay(), "duplicate  id=x verify=yes a b # again"))
        .contains("already accepted");
    assertThat(send(Scope.volume("a"), "duplicate to=b verify=Yes id=x"))
        .contains("already accepted");
    assertThat(send(Scope.bay(), "duplicate from=a to=c verify=yes id=x")).startsWith("EXISTS");
    assertThat(send(Scope.bay(), "delete volume=a id=x")).isEqualTo("EXISTS job x exists");
  }

  @Test
  void theIdOfAJobIsTakenWhileTheJobIsRememberedButAcceptedForSevenDaysOnly() throws Exception {
    open.volume("a", 1 << 20);
    String line = "duplicate from=a to=b id=x";
    send(Scope.bay(), line);
    awaitEnd("x");
    forgetIds();

    open.clock().pass(Duration.ofDays(7).minusSeconds(1));
    assertThat(send(Scope.bay(), line)).contains("already accepted");
    open.clock().pass(Duration.ofSeconds(1));

    assertThat(send(Scope.bay(), line)).isEqualTo("EXISTS job x exists");
    assertThat(send(Scope.bay(), "check volume=a id=x dry-run=yes"))
        .isEqualTo("EXISTS job x exists");
  }

  @Test
  void aSubjectThatIsWrittenInItsOwnCtlIsNotWrittenTwice() throws Exception {
    open.volume("a", 1 << 20);

    send(Scope.volume("a"), "duplicate from=a to=b");
    awaitEnd("1");

    String line = open.jobs().find("1").row().line();
    assertThat(line).isEqualTo("duplicate from=a to=b");
    assertThat(send(Scope.bay(), line)).isEqualTo("EXISTS volume b exists");
  }

  private void forgetIds() throws StorageException {
    open.bay()
        .catalogue()
        .change(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute("delete from accepted_command");
              }
            });
  }

  @Test
  void replacingAVolumeIsAudited() throws Exception {
    open.volume("a", 1 << 20);
    open.volume("b", 1 << 10);

    send(Scope.bay(), "duplicate from=a to=b replace=yes");
    awaitEnd("1");

    assertThat(new AuditLog(open.bay().audit()).text())
        .contains(" ctl duplicate ok duplicate from=a to=b replace=yes\n");
    assertThat(open.bay().find("b").size()).isEqualTo(1 << 20);
  }

  @Test
  void ordersReachARunningJobThroughItsOwnCtl() throws Exception {
    open.volume("a", 1 << 20);
    writeData("a");
    send(Scope.bay(), "duplicate from=a to=b rate=4K/s");
    Job job = open.jobs().find("1");

    assertThat(send(Scope.job("1"), "pause")).isEqualTo("ok paused\n");
    assertThat(job.state()).isEqualTo(JobState.PAUSED);
    assertThat(send(Scope.job("1"), "pause")).isEqualTo("ok already paused\n");
    assertThat(send(Scope.bay(), "delete volume=a")).startsWith("BUSY").contains("job 1");
    assertThat(send(Scope.job("1"), "resume if-state=running")).startsWith("AGAIN");
    assertThat(send(Scope.job("1"), "resume id=r1")).isEqualTo("ok r1 resumed\n");
    assertThat(send(Scope.job("1"), "rate 8K/s")).isEqualTo("ok limit=8192\n");
    assertThat(job.rateLimit()).isEqualTo(8192);
    assertThat(send(Scope.job("1"), "cancel id=c1")).isEqualTo("ok c1 cancelling\n");
    awaitEnd("1");

    assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    assertThat(send(Scope.job("1"), "cancel")).isEqualTo("ok already cancelled\n");
    assertThat(send(Scope.job("1"), "rate 9K/s")).isEqualTo("ok already cancelled\n");
    assertThat(send(Scope.bay(), "pause 1")).isEqualTo("ok already cancelled\n");
    assertThat(send(Scope.bay(), "resume job=1")).startsWith("ALREADY");
    assertThat(send(Scope.bay(), "resume job=1 dry-run=yes")).startsWith("ALREADY");
    assertThat(open.bay().findOrNull("b")).isNull();
  }

  @Test
  void anOrderToAJobThatIsEndingSaysThatItComesTooLate() throws Exception {
    CountDownLatch concluded = new CountDownLatch(1);
    CountDownLatch hang = new CountDownLatch(1);
    accept("x", concluded, hang);
    concluded.await();

    for (String order : List.of("cancel", "pause", "rate 8K/s")) {
      assertThat(send(Scope.job("x"), order)).isEqualTo("ok too late: the job is ending\n");
    }
    assertThat(send(Scope.job("x"), "resume")).startsWith("ALREADY");

    hang.countDown();
    awaitEnd("x");
    Job job = open.jobs().find("x");
    assertThat(job.state()).isEqualTo(JobState.DONE);
    assertThat(job.rateLimit()).isZero();
    assertThat(send(Scope.job("x"), "cancel")).isEqualTo("ok already done\n");
  }

  @Test
  void theLogOfAJobThatWasPausedNamesItsPhase() throws Exception {
    open.volume("a", 1 << 20);
    writeData("a");
    send(Scope.bay(), "duplicate from=a to=b rate=4K/s id=x");
    Job job = open.jobs().find("x");
    await().until(() -> job.phase().equals("verifying"));

    send(Scope.job("x"), "pause");
    send(Scope.job("x"), "resume");
    await().until(() -> job.state() == JobState.RUNNING);

    assertThat(job.log().get(0)).endsWith(" running from 0");
    assertThat(job.log().get(job.log().size() - 1)).endsWith(" running: verifying");
    send(Scope.job("x"), "cancel");
    awaitEnd("x");
  }

  /** A job that takes no order any more, and goes on when it is let. */
  private void accept(String id, CountDownLatch concluded, CountDownLatch hang) throws Exception {
    UUID none = new UUID(0, 0);
    open.jobs()
        .accept(
            JobRecord.accepted(
                id, "test", "test", "", "a", none, "", null, 1000, 0, open.jobs().now()),
            new Work() {
              @Override
              public void holdAgain(Job job) {}

              @Override
              public JobRecord run(Job job) throws StorageException {
                job.conclude();
                concluded.countDown();
                await().until(() -> hang.getCount() == 0);
                return job.row().done(job.now(), "");
              }

              @Override
              public boolean discard() {
                return true;
              }

              @Override
              public void release(Job job) {}
            });
  }

  @Test
  void aCheckIsAJob() throws Exception {
    open.volume("a", 1 << 20);

    assertThat(send(Scope.volume("a"), "check id=look")).isEqualTo("ok look gen=1\n");
    awaitEnd("look");

    assertThat(open.jobs().find("look").state()).isEqualTo(JobState.DONE);
  }

  private void writeData(String name) throws StorageException {
    ByteBuffer data = ByteBuffer.allocateDirect(1 << 20);
    while (data.hasRemaining()) {
      data.putLong(data.position() * 0x9e3779b97f4a7c15L);
    }
    try (var opened =
        open.bay().find(name).open(new org.copybay.volumes.bay.Opener(1, true), false)) {
      opened.write(0, data.flip());
    }
  }

  private void awaitEnd(String id) {
    await().until(() -> open.jobs().find(id).state().ended());
  }

  /** The reply, or the fault and the sentence. */
  private String send(Scope scope, String line) {
    try (CtlSession session = commands.open(scope, OpenBay.OWNER)) {
      byte[] octets = (line + "\n").getBytes(StandardCharsets.UTF_8);
      StorageException error =
          catchThrowableOfType(
              StorageException.class, () -> session.write(0, ByteBuffer.wrap(octets)));
      if (error != null) {
        Fault fault = error.fault();
        return fault + " " + error.getMessage();
      }
      ByteBuffer reply = ByteBuffer.allocate(1000);
      int count = session.read(octets.length, reply);
      return new String(reply.array(), 0, count, StandardCharsets.UTF_8);
    }
  }
}
