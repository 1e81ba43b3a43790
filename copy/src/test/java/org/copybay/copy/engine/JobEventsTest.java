package org.copybay.copy.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.STANDSTILL;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.awaitEnd;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.copy.TestJobs.spec;

import java.util.List;
import java.util.stream.Collectors;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.event.Event;
import org.junit.jupiter.api.Test;

/** What is told of jobs. */
class JobEventsTest extends JobsFixture {
  private static final int SIZE = 3 << 20;

  private List<String> told() {
    return told(test);
  }

  /** Without results, which {@link #aJobThatIsDoneTellsItsResult} looks at. */
  private static List<String> told(TestJobs of) {
    return of.bay.events().all().stream()
        .map(
            event ->
                event.kind()
                    + " "
                    + event.subject()
                    + event.facts().stream()
                        .filter(fact -> List.of("source", "target", "errno").contains(fact.key()))
                        .map(fact -> " " + fact.key() + "=" + fact.value())
                        .collect(Collectors.joining()))
        .toList();
  }

  private void awaitTold(String kind) {
    TestJobs.await(kind, () -> test.bay.events().counts().containsKey(kind));
  }

  private void fill(String name) throws Exception {
    TestJobs.write(test.create(name, SIZE), 0, random(1, SIZE));
  }

  @Test
  void theLifeOfADuplicateIsToldInOrder() throws Exception {
    fill("a");
    Job job = test.startStanding("a", "b", false);
    job.pause();
    job.pause();
    job.resume();
    job.setRate(0);
    awaitTold("job_done");

    assertThat(told())
        .containsExactly(
            "volume_created a",
            "job_queued 1 source=a target=b",
            "job_started 1 source=a target=b",
            "job_paused 1 source=a target=b",
            "job_resumed 1 source=a target=b",
            "job_started 1 source=a target=b",
            "volume_created b",
            "job_done 1 source=a target=b");
    assertThat(test.jobs.bytesCopied()).isEqualTo(job.progress().bytesCopied()).isPositive();
  }

  @Test
  void aJobThatIsDoneTellsItsResult() throws Exception {
    fill("a");
    test.checks.start("a", "look", "check volume=a", 7);
    awaitTold("job_done");

    List<Event> all = test.bay.events().all();
    assertThat(all.get(all.size() - 1).facts())
        .contains(Event.fact("verb", "check"), Event.fact("result", "checked=" + SIZE));
  }

  @Test
  void aCancelledJobIsToldWithItsErrorWhenItHasEnded() throws Exception {
    fill("a");
    Job job = test.startStanding("a", "b", false);
    job.cancel();
    awaitTold("job_cancelled");

    assertThat(told()).last().isEqualTo("job_cancelled 1 source=a target=b errno=CANCELLED");
    assertThat(test.names()).containsExactly("a");
  }

  @Test
  void aRefusedJobIsNotTold() throws Exception {
    fill("a");
    assertFault(Fault.BAD_REQUEST, () -> test.duplicates.start(spec("a", "a", STANDSTILL)), "same");

    assertThat(told()).containsExactly("volume_created a");
  }

  @Test
  void aMountTellsTheJobsThatItFindsUnfinished() throws Exception {
    fill("a");
    Job ended = test.checks.start("a", "ended", "check volume=a", 7);
    awaitEnd(ended);
    test.startStanding("a", "b", false).pause();
    test.close();

    try (TestJobs again = TestJobs.openReadOnly(test.path)) {
      assertThat(told(again)).containsExactly("job_interrupted 1 source=a target=b");
    }
    try (TestJobs again = TestJobs.open(test.path)) {
      assertThat(told(again)).containsExactly("job_paused 1 source=a target=b");
    }
  }
}
