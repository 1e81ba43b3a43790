package org.copybay.copy.smartcopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Work;
import org.copybay.copy.library.TapeCartridge;
import org.copybay.copy.smartcopy.CopyPolicy.SlotRange;
import org.copybay.copy.smartcopy.CopyPolicy.Trigger;
import org.copybay.copy.smartcopy.CopyRequest.State;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What policies want copied, and when it is. The queue looks when a test says so. */
final class CopyQueueTest {
  private static final long MIB = 1 << 20;

  @TempDir Path directory;
  private TestTapes test;

  @BeforeEach
  void openBay() throws Exception {
    test = TestTapes.create(directory.resolve("home"));
    for (int i = 1; i <= 4; i++) {
      test.add("VTL", "VT000" + i, 20 * MIB);
      test.add("VAULT", "PH000" + i, 20 * MIB);
    }
  }

  @AfterEach
  void closeBay() {
    test.close();
  }

  private TapeCartridge tape(String barcode) throws StorageException {
    return test.tapes.cartridge(barcode);
  }

  /** A policy with that much that differs from the usual. */
  private static CopyPolicy policy(
      String name, int priority, Trigger trigger, @Nullable CopyWindow window, int drives) {
    return policy(name, priority, trigger, window, drives, 0);
  }

  private static CopyPolicy policy(
      String name,
      int priority,
      Trigger trigger,
      @Nullable CopyWindow window,
      int drives,
      int atWindowEnd) {
    return new CopyPolicy(
        name,
        true,
        "VTL",
        "",
        "VAULT",
        null,
        SlotRange.ALL,
        drives,
        priority,
        trigger,
        null,
        Duration.ZERO,
        window,
        atWindowEnd,
        3,
        Duration.ZERO,
        1,
        "same",
        true,
        false,
        Duration.ZERO);
  }

  private void set(CopyPolicy policy) throws StorageException {
    test.policies.set(policy, NOTHING);
  }

  private void awaitJobs() {
    test.jobs.all().forEach(TestJobs::awaitEnd);
  }

  private CopyRequest request(String barcode) {
    return test.policies.queue().all().stream()
        .filter(each -> each.barcode().equals(barcode))
        .reduce((before, after) -> after)
        .orElseThrow();
  }

  @Test
  void whatWasUnloadedIsCopiedOnce() throws Exception {
    set(policy("OFFSITE", 5, Trigger.UNLOAD, null, 2));
    test.write(tape("VT0001"), 1, 10);
    assertThat(request("VT0001").state()).isEqualTo(State.QUEUED);
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.COPYING);
    awaitJobs();
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.COMPLETE);
    assertThat(test.policies.status().validCopies(tape("VT0001"))).hasSize(1);

    test.tapes.changer().load(tape("VT0001"), test.drive(), NOTHING);
    test.tapes.changer().unload(test.drive(), 0, NOTHING);
    assertThat(request("VT0001").state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void whatIsCancelledAfterItsJobFailedIsNotTriedAgain() throws Exception {
    set(policy("OFFSITE", 5, Trigger.UNLOAD, null, 2));
    test.write(tape("VT0001"), 1, 10);
    TestTapes.damage(directory.resolve("home/bay/tapes/VT0001/tape.tap"));
    test.policies.queue().look();
    awaitJobs();
    assertThat(request("VT0001").state()).isEqualTo(State.COPYING); // nobody has looked
    test.policies.queue().cancel(request("VT0001").number());
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.CANCELLED);
  }

  @Test
  void aCopyThatIsThereCountsAlsoWithoutItsPolicy() throws Exception {
    CopyPolicy policy = policy("OFFSITE", 5, Trigger.UNLOAD, null, 2);
    set(policy);
    test.write(tape("VT0001"), 1, 10);
    test.policies.queue().look();
    awaitJobs();
    test.policies.delete(policy, NOTHING); // nobody has looked
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void aRunCopiesAllThatHasNotEnoughCopies() throws Exception {
    CopyPolicy policy = policy("NIGHTLY", 5, Trigger.MANUAL, null, 2);
    set(policy);
    test.write(tape("VT0001"), 1, 10);
    test.write(tape("VT0002"), 2, 10);
    assertThat(test.policies.run(policy)).isEqualTo(2);
    assertThat(test.policies.run(policy)).isEqualTo(0);
    test.policies.queue().look();
    awaitJobs();
    test.policies.queue().look();
    assertThat(test.policies.run(policy)).isEqualTo(0);
    assertThat(test.policies.status().validCopies(tape("VT0002"))).hasSize(1);
  }

  @Test
  void outsideOfItsWindowAndWithoutADriveItWaits() throws Exception {
    Instant now = test.tapes.now();
    String past = now.minus(Duration.ofHours(3)).toString().substring(11, 16);
    set(policy("CLOSED", 5, Trigger.UNLOAD, CopyWindow.parse("daily " + past + " 60m"), 1));
    test.write(tape("VT0001"), 1, 10);
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.WAITING_WINDOW);

    set(policy("CLOSED", 5, Trigger.UNLOAD, null, 1));
    test.write(tape("VT0002"), 2, 10);
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.COPYING);
    assertThat(request("VT0002").state()).isIn(State.WAITING_DRIVE, State.QUEUED);
    awaitJobs();
    test.policies.queue().look();
    awaitJobs();
    test.policies.queue().look();
    assertThat(request("VT0002").state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void aFailureIsTriedAgainAndThenGivenUp() throws Exception {
    set(policy("OFFSITE", 5, Trigger.UNLOAD, null, 2));
    test.write(tape("VT0001"), 1, 10);
    Files.delete(directory.resolve("home/bay/tapes/VT0001/index"));
    for (int i = 1; i <= 3; i++) {
      test.policies.queue().look();
      awaitJobs();
      assertThat(request("VT0001").attempts()).isEqualTo(i);
    }
    test.policies.queue().look();
    CopyRequest failed = request("VT0001");
    assertThat(failed.state()).isEqualTo(State.FAILED);
    assertThat(failed.reason()).contains("index");
    assertThat(tape("PH0001").contents().objects()).isEqualTo(0);
  }

  @Test
  void aLargerPriorityTakesTheDriveAndTheOtherIsNoFailure() throws Exception {
    set(policy("LOW", 1, Trigger.UNLOAD, null, 2));
    for (String each : new String[] {"VT0001", "VT0002"}) {
      test.write(tape(each), 1, 10);
    }
    // both drives of the library are taken by copies that stand still
    test.policies.queue().look();
    for (Job each : test.jobs.all()) {
      each.pause();
    }
    set(policy("HIGH", 9, Trigger.MANUAL, null, 1));
    test.write(tape("VT0003"), 3, 10);
    test.policies.queue().add(policy("HIGH", 9, Trigger.MANUAL, null, 1), tape("VT0003"));
    boolean paused = test.jobs.all().stream().allMatch(job -> job.state() == JobState.PAUSED);
    test.policies.queue().look();
    if (paused) { // else one was done before it could be held, and left its drive
      assertThat(
              test.policies.queue().all().stream()
                  .filter(each -> each.reason().startsWith("gives way to policy HIGH")))
          .isNotEmpty();
    }
    for (int i = 0; i < 6; i++) {
      awaitUnpaused();
      test.policies.queue().look();
    }
    assertThat(test.policies.queue().all())
        .allMatch(each -> each.state() == State.COMPLETE, "complete");
  }

  private void awaitUnpaused() throws StorageException {
    for (Job each : test.jobs.all()) {
      if (each.state() == JobState.PAUSED) {
        each.resume();
      }
    }
    awaitJobs();
  }

  @Test
  void whatIsCopiedAlreadyDoesNotGiveUpAtTheEndOfItsWindow() throws Exception {
    CopyWindow past =
        CopyWindow.parse(
            "daily "
                + test.tapes.now().minus(Duration.ofHours(3)).toString().substring(11, 16)
                + " 60m");
    set(ending(null, 0));
    for (String phase : new String[] {"syncing", "verifying", "copying"}) {
      test.write(tape("VT0001"), 1, 10);
      CountDownLatch end = new CountDownLatch(1);
      Job job = standing(request("VT0001").number(), phase, end);
      test.policies.queue().look();
      assertThat(request("VT0001").job()).isEqualTo(job.id());
      set(ending(past, 60));
      test.policies.queue().look();
      assertThat(job.cancelling()).as(phase).isEqualTo(phase.equals("copying"));
      set(ending(past, CopyPolicy.ALL_PERCENT));
      test.policies.queue().look();
      assertThat(job.cancelling()).as(phase).isTrue();
      end.countDown();
      awaitJobs();
      test.policies.queue().look();
      test.policies.queue().cancel(request("VT0001").number());
      set(ending(null, 0));
    }
  }

  private static CopyPolicy ending(@Nullable CopyWindow window, int atWindowEnd) {
    return policy("OFFSITE", 5, Trigger.UNLOAD, window, 2, atWindowEnd);
  }

  /** A job of a request that stands still in some phase, in which nothing was moved yet. */
  private Job standing(long request, String phase, CountDownLatch end) throws Exception {
    JobRecord row =
        JobRecord.accepted(
            "tape-request-" + request + "-1-x",
            SmartCopies.VERB,
            "line",
            "",
            "VT0001",
            tape("VT0001").row().id(),
            "PH0001",
            tape("PH0001").row().id(),
            0,
            0,
            test.jobs.now());
    CountDownLatch there = new CountDownLatch(1);
    Job job = test.jobs.accept(row, new Standing(phase, there, end));
    assertThat(there.await(30, TimeUnit.SECONDS)).isTrue();
    return job;
  }

  private record Standing(String phase, CountDownLatch there, CountDownLatch end) implements Work {
    @Override
    public void holdAgain(Job job) {}

    @Override
    public JobRecord run(Job job) throws StorageException {
      job.begin(phase, 1000);
      there.countDown();
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      job.proceed(1); // ends it where it is cancelled
      throw new StorageException(Fault.CANCELLED, "it was not cancelled");
    }

    @Override
    public boolean discard() {
      return true;
    }

    @Override
    public void release(Job job) {}
  }

  @Test
  void whatIsPutAsideOrCancelledIsNotCopied() throws Exception {
    set(policy("OFFSITE", 5, Trigger.UNLOAD, null, 2));
    test.write(tape("VT0001"), 1, 10);
    test.write(tape("VT0002"), 1, 10);
    test.policies.queue().pause(request("VT0001").number(), true);
    test.policies.queue().cancel(request("VT0002").number());
    test.policies.queue().look();
    awaitJobs();
    assertThat(test.jobs.all()).isEmpty();
    assertThat(request("VT0001").state()).isEqualTo(State.PAUSED);
    assertThat(request("VT0002").state()).isEqualTo(State.CANCELLED);
    test.policies.queue().pause(request("VT0001").number(), false);
    test.policies.queue().look();
    awaitJobs();
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void afterARestartTheQueueGoesOn() throws Exception {
    set(policy("OFFSITE", 5, Trigger.UNLOAD, null, 2));
    test.write(tape("VT0001"), 1, 10);
    test = test.reopen();
    assertThat(test.policies.all()).hasSize(1);
    test.policies.queue().look();
    awaitJobs();
    test = test.reopen();
    test.policies.queue().look();
    assertThat(request("VT0001").state()).isEqualTo(State.COMPLETE);
    assertThat(test.jobs.all()).hasSize(1);
  }
}
