package org.copybay.copy.duplicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.awaitEnd;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.copy.TestJobs.read;
import static org.copybay.copy.TestJobs.spec;
import static org.copybay.copy.TestJobs.write;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;

/** What may be done with the source of a duplicate, and what may not. */
class DuplicateInUseTest extends DuplicateFixture {

  @Test
  void theCopyIsWhatTheSourceHeldWhenTheJobWasAccepted() throws Exception {
    write(test.bay.find("a"), 5 * MIB, new byte[MIB]);
    System.arraycopy(new byte[MIB], 0, bytes, 5 * MIB, MIB);
    try (OpenFile open = test.bay.find("a").open(WRITER, false)) {
      Job job = test.startStanding("a", "b", false);
      open.write(0, ByteBuffer.allocateDirect(SIZE).put(random(9, SIZE)).flip());
      open.zero(2 * MIB, MIB, false);
      test.bay.rename("a", "renamed", true);
      test.bay.resize(test.bay.find("renamed"), 2L * SIZE, false, Catalogue.Change.NOTHING);
      open.write(SIZE, ByteBuffer.allocateDirect(MIB).put(random(8, MIB)).flip());

      job.setRate(0);
      awaitEnd(job);

      assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    }
    assertThat(read(test.bay.find("b"))).isEqualTo(bytes);
    byte[] now = read(test.bay.find("renamed"));
    test.awaitPlain("renamed");
    assertThat(Files.readAllBytes(test.bay.find("renamed").home())).isEqualTo(now);
    test.assertNothingLeftBehind();
  }

  @Test
  void eachOfManyCopiesIsWhatItsOwnInstantHeld() throws Exception {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      write(test.bay.find("a"), i * (long) MIB, random(20 + i, 2 * MIB));
      System.arraycopy(random(20 + i, 2 * MIB), 0, bytes, i * MIB, 2 * MIB);
      jobs.add(test.duplicates.start(spec("a", "b" + i, TestJobs.STANDSTILL)));
      Files.write(directory.resolve("was" + i), bytes);
    }
    for (int i : new int[] {3, 0, 4, 1, 2}) {
      jobs.get(i).setRate(0);
    }
    for (int i = 0; i < 5; i++) {
      awaitEnd(jobs.get(i));
      assertThat(read(test.bay.find("b" + i)))
          .isEqualTo(Files.readAllBytes(directory.resolve("was" + i)));
    }
    test.awaitPlain("a");
    assertThat(Files.readAllBytes(test.bay.find("a").home())).isEqualTo(bytes);
  }

  /** The engine of one goes while that of the next one comes. */
  @Test
  void oneAfterTheOtherIsNeverRefused() throws Exception {
    test.create("small", 5000);
    for (int i = 0; i < 60; i++) {
      Job job = test.duplicates.start(spec("small", "b", true, 0, null));
      awaitEnd(job);
      assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    }
  }

  @Test
  void whileItIsCopiedASourceIsNotDeletedReplacedOrCut() throws Exception {
    test.create("other", 100);
    Job job = test.startStanding("a", "b", false);
    Volume source = test.bay.find("a");
    String why = "volume a is being copied by job " + job.id() + " as it was when that began";

    assertFault(Fault.BUSY, () -> test.bay.remove("a"), why + ": cannot delete it");
    assertFault(Fault.BUSY, () -> test.bay.rename("other", "a", false), why + ": cannot replace");
    assertFault(
        Fault.BUSY,
        () -> test.duplicates.start(spec("other", "a", true, 0, null)),
        why + ": cannot replace it");
    assertFault(
        Fault.BUSY,
        () -> test.bay.resize(source, 4096, true, Catalogue.Change.NOTHING),
        why + ": cannot make it smaller");
    assertFault(Fault.BUSY, () -> test.create("b", 1), "reserved by job " + job.id());
    assertThat(test.names()).as("the target appears at the end only").containsExactly("a", "other");

    job.cancel();
    awaitEnd(job);
    test.bay.resize(source, 4096, true, Catalogue.Change.NOTHING);
    test.bay.remove("a");
    test.assertNothingLeftBehind();
  }

  @Test
  void thePointOfAJobIsHiddenAndNobodyElseCanMakeOrDropIt() throws Exception {
    Job job = test.startStanding("a", "b", false);

    assertThat(test.bay.points().all()).isEmpty();
    assertThat(test.bay.points().findOrNull("job/" + job.id())).isNull();
    assertFault(
        Fault.NOT_FOUND,
        () -> test.bay.points().drop("job/" + job.id(), Catalogue.Change.NOTHING),
        "no point job/" + job.id());
    assertFault(
        Fault.BAD_REQUEST,
        () ->
            test.bay
                .points()
                .freeze(List.of(test.bay.find("a")), "job/x", Catalogue.Change.NOTHING),
        "without /");
    job.setRate(0);
    awaitEnd(job);
    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
  }
}
