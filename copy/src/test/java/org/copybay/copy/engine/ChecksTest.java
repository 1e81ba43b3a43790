package org.copybay.copy.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.awaitEnd;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bitmap.Grain;
import org.junit.jupiter.api.Test;

class ChecksTest extends JobsFixture {

  /** As after a failed sync: the volume takes no writes any more, which the catalogue knows. */
  private void failed(Volume volume) throws Exception {
    test.bay
        .catalogue()
        .change(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute(
                    "update volume set failure='lost' where id='" + volume.id() + "'");
              }
            });
    test.close();
    test = TestJobs.open(test.path);
  }

  @Test
  void checkEndsAFailureWhenEveryByteCanBeRead() throws Exception {
    Volume volume = test.create("a", 100_000);
    TestJobs.write(volume, 5000, TestJobs.random(1, 1000));
    failed(volume);
    Volume reopened = test.bay.find("a");
    assertFault(
        Fault.STORE_FAILED, () -> TestJobs.write(reopened, 0, new byte[1]), "takes no writes");

    Job job = test.checks.start("a", null, "check volume=a", 0);
    awaitEnd(job);

    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    TestJobs.write(reopened, 0, new byte[1]);
    assertThat(job.row().result()).isEqualTo("checked=100000");
    test.assertNothingLeftBehind();
  }

  @Test
  void checkOpensAHomeThatWasBroughtBackAndFailsWhileItIsAway() throws Exception {
    test.create("a", 100_000);
    Path home = test.bay.find("a").home();
    test.close();
    Files.move(home, directory.resolve("away"));
    test = TestJobs.open(test.path);

    Job away = test.checks.start("a", null, "check volume=a", 0);
    awaitEnd(away);
    assertThat(away.state()).isEqualTo(JobState.FAILED);
    assertThat(away.error().fault()).isEqualTo(Fault.CORRUPT);
    Files.move(directory.resolve("away"), home);
    Job back = test.checks.start("a", null, "check volume=a", 0);
    awaitEnd(back);

    assertThat(back.state()).as("%s", back.error()).isEqualTo(JobState.DONE);
    assertThat(TestJobs.read(test.bay.find("a"))).hasSize(100_000);
    test.assertNothingLeftBehind();
  }

  @Test
  void aHomeThatWasCutUnderTheBayTakesNoWritesFromItsCheckOn() throws Exception {
    Volume volume = test.create("a", 100_000);
    setLength(volume, 99_999);

    Job check = check();

    assertThat(check.state()).isEqualTo(JobState.FAILED);
    assertThat(check.error().fault()).isEqualTo(Fault.CORRUPT);
    assertThat(check.error()).hasMessageContaining("is too short: want 100000 bytes, got 99999");
    assertThatThrownBy(() -> TestJobs.write(volume, 99_999, new byte[1]))
        .hasMessageContaining("takes no writes");
    setLength(volume, 100_000);
    assertThat(check().state()).isEqualTo(JobState.DONE);
    TestJobs.write(volume, 99_999, new byte[1]);
    test.assertNothingLeftBehind();
  }

  @Test
  void aFenceAndACopyFindItToo() throws Exception {
    Volume volume = test.create("a", 100_000);
    setLength(volume, 99_999);

    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            volume::flush, () -> test.duplicates.start(TestJobs.spec("a", "b", 0)))) {
      assertThatThrownBy(call).hasMessageContaining("is too short");
    }
    assertThatThrownBy(() -> TestJobs.write(volume, 99_999, new byte[1]))
        .hasMessageContaining("takes no writes");
  }

  @Test
  void aHomeThatWasReplacedUnderTheBayTakesNoWritesFromItsCheckOn() throws Exception {
    Volume volume = test.create("a", 100_000);
    Path copy = Files.copy(volume.home(), directory.resolve("copy"));
    Files.move(copy, volume.home(), StandardCopyOption.REPLACE_EXISTING);

    assertThat(check().error()).hasMessageContaining("was removed or replaced under the mount");
    assertThatThrownBy(() -> TestJobs.write(volume, 0, new byte[1]))
        .hasMessageContaining("takes no writes");
    test.close();
    test = TestJobs.open(test.path);
    assertThat(check().state()).isEqualTo(JobState.DONE);
    TestJobs.write(test.bay.find("a"), 0, new byte[1]);
  }

  private static void setLength(Volume volume, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(volume.home().toFile(), "rw")) {
      file.setLength(length);
    }
  }

  /** One flipped byte in each kind of file beside a home, also while upkeep may be at work. */
  @Test
  void damageBesideTheHomeIsFoundAndSaidWhere() throws Exception {
    Volume volume = test.create("a", 1 << 20);
    TestJobs.write(volume, 0, TestJobs.random(1, 300_000));
    test.bay.points().freeze(List.of(volume), "P", NOTHING);
    TestJobs.write(volume, 5000, TestJobs.random(2, 300_000));
    test.bay.bitmaps().start(volume, "t", Grain.TRACK, NOTHING);
    TestJobs.write(volume, 5000, TestJobs.random(3, 1));
    test.close();
    test = TestJobs.open(test.path); // makes a checkpoint of what was written
    Volume again = test.bay.find("a");
    TestJobs.write(again, 500_000, TestJobs.random(3, 300_000));
    assertThat(check().state()).isEqualTo(JobState.DONE);
    int map = Files.exists(again.home().resolveSibling("map.1")) ? 1 : 0;

    assertFound(again, "engine", 4096 + 40, "copy at 4096: checksum: want=");
    assertFound(again, "map." + map, 4096 + 20, "checksum of page 1: want=");
    assertFound(again, "journal.0", 30, "head at 0: checksum: want=");
    assertFound(again, "journal.0", 512 + 16, " at 512: checksum: want=");
    String bitmap = "bitmap-" + again.bitmaps().get(0).id();
    assertFound(again, bitmap, 20, "write bitmap " + bitmap + " checksum: want=");
    assertFound(again, "intent", 4096 + 500, "intent log intent generation 0 checksum: want=");
    assertThat(TestJobs.read(again)).hasSize(1 << 20);
    assertThat(check().state()).isEqualTo(JobState.DONE);
  }

  private Job check() throws Exception {
    Job job = test.checks.start("a", null, "check volume=a", 0);
    awaitEnd(job);
    return job;
  }

  private void assertFound(Volume volume, String name, long offset, String words) throws Exception {
    flip(volume.home().resolveSibling(name), offset);
    Job job = check();
    flip(volume.home().resolveSibling(name), offset);

    assertThat(job.state()).as(name).isEqualTo(JobState.FAILED);
    assertThat(job.error().fault()).isEqualTo(Fault.CORRUPT);
    assertThat(job.error()).hasMessageContaining(name).hasMessageContaining(words);
  }

  private static void flip(Path path, long offset) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(offset);
      int was = file.read();
      file.seek(offset);
      file.write(was ^ 4);
    }
  }

  @Test
  void theEndOfTheFailureAndOfTheJobAreOneTransaction() throws Exception {
    failed(test.create("a", 100_000));
    test.bay
        .catalogue()
        .change(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute(
                    "create temp trigger no before update on job when new.state='done'"
                        + " begin select raise(abort, 'no'); end");
              }
            });

    Job job = test.checks.start("a", null, "check volume=a", 0);
    awaitEnd(job);

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertFault(
        Fault.STORE_FAILED,
        () -> TestJobs.write(test.bay.find("a"), 0, new byte[1]),
        "takes no writes");
  }

  @Test
  void anIdThatOnlyTheCatalogueRemembersIsGivenToAnotherJob() throws Exception {
    test.create("a", 100_000);
    test.create("b", 100_000);
    awaitEnd(test.checks.start("a", "x", "check volume=a", 0));
    JobRecord old = test.jobs.find("x").row();
    test.bay.catalogue().change(connection -> JobTable.put(connection, renamed(old, "y")));

    awaitEnd(test.checks.start("b", "y", "check volume=b", 0));

    test.close();
    test = TestJobs.open(test.path);
    assertThat(test.jobs.find("y").row().source()).isEqualTo("b");
    assertThat(test.jobs.find("y").row().line()).isEqualTo("check volume=b");
  }

  private static JobRecord renamed(JobRecord row, String id) {
    return JobRecord.accepted(
            id,
            row.verb(),
            row.line(),
            "",
            row.source(),
            row.sourceId(),
            "",
            null,
            0,
            0,
            row.created())
        .done(row.created(), "");
  }
}
