package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the catalogue cannot record who is a member, the set goes on and nobody wins wrongly. */
class UnrecordedTest {
  @TempDir private Path path;
  @TempDir private Path disk;

  /** How a member leaves. */
  @FunctionalInterface
  private interface Leave {
    void of(TestSets test) throws Exception;
  }

  private static void expel(TestSets test) throws Exception {
    test.commands().expel(test.bay.find("b"));
  }

  private static void split(TestSets test) throws Exception {
    test.split(Split.Policy.MINICOPY, "b");
  }

  private static void splitWithoutBitmap(TestSets test) throws Exception {
    test.split(Split.Policy.NONE, "b");
  }

  /** A set of two that are equal, and have nothing that was written lately. */
  private static TestSets make(Path bay) throws Exception {
    TestSets test = TestSets.create(bay);
    test.set("a", "b");
    test.write(0, random(1, (int) TestSets.SIZE));
    SetUpkeep.rotate(test.unit().set());
    assertThat(recent(test)).isZero();
    return test;
  }

  private static long recent(TestSets test) throws Exception {
    return test.unit().set().mounted().bitmaps().recentRegions();
  }

  private static void leaveUnrecorded(TestSets test, Leave leave) throws Exception {
    test.refuseRecords();
    leave.of(test);
    assertThat(test.names(MemberRole.FULL)).containsExactly("a");
    assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
    assertThat(test.unit().set().recorded()).isFalse();
    test.write(1_000_000, random(2, 50_000));
    SetUpkeep.rotate(test.unit().set());
    assertThat(recent(test)).isPositive();
  }

  private void assertComesBackEqual(Leave leave) throws Exception {
    for (boolean clean : new boolean[] {true, false}) {
      Path bay = path.resolve("clean" + clean);
      TestSets before = make(bay);
      leaveUnrecorded(before, leave);
      byte[] now = before.read();
      if (clean) {
        before.close();
      } else {
        before.die();
      }
      try (TestSets test = TestSets.open(bay, RecoverMode.PROCESS)) {
        test.awaitSteady();
        assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
        assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(now);
        assertThat(test.lastJob().progress().bytesCopied()).isLessThan(200_000);
      }
    }
  }

  @Test
  void anExpelledMemberComesBackByWhatWasWrittenSince() throws Exception {
    assertComesBackEqual(UnrecordedTest::expel);
  }

  @Test
  void aRemovedMemberComesBackByWhatWasWrittenSince() throws Exception {
    assertComesBackEqual(UnrecordedTest::split);
    path = path.resolve("nobitmap");
    assertComesBackEqual(UnrecordedTest::splitWithoutBitmap);
  }

  @Test
  void whoLeftIsNotCurrentWhereNobodyElseIsThere() throws Exception {
    TestSets before = TestSets.create(path);
    before.volume("a", TestSets.SIZE, disk);
    before.set("a", "b");
    leaveUnrecorded(before, UnrecordedTest::split);
    byte[] now = before.read();
    before.die();
    Path away = disk.resolveSibling(disk.getFileName() + ".away");
    Files.move(disk, away);
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      assertThat(test.unit().set().isMounted()).isFalse();
      assertThat(test.unit().set().trouble()).contains("is current");
    } finally {
      Files.move(away, disk);
    }
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(now);
    }
  }

  @Test
  void itIsRecordedOnceThatCanBeDone() throws Exception {
    try (TestSets test = make(path)) {
      leaveUnrecorded(test, UnrecordedTest::expel);
      test.letRecord();
      TestJobs.await("it is recorded", () -> test.unit().set().recorded());
      SetUpkeep.rotate(test.unit().set());
      assertThat(recent(test)).isZero();
    }
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aSplitWhoseCommandCannotBeRecordedHappenedAllTheSame() throws Exception {
    try (TestSets test = make(path)) {
      test.split(
          connection -> {
            throw new SQLException("no room for the command");
          },
          Split.Policy.MINICOPY,
          "b");
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      TestJobs.await("it is recorded", () -> test.unit().set().recorded());
    }
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
    }
  }

  @Test
  void aTargetThatIsWholeIsAndStaysAFullMember() throws Exception {
    TestSets before = make(path);
    before.split(Split.Policy.MINICOPY, "b");
    before.sets.setMaxCopy(0);
    before.mount("b");
    before.refuseRecords();
    before.beginJobs();
    before.awaitSteady();
    assertThat(before.lastJob().state()).isEqualTo(JobState.DONE);
    assertThat(before.names(MemberRole.FULL)).containsExactly("a", "b");
    assertThat(before.unit().set().recorded()).isFalse();
    before.write(1_000_000, random(2, 50_000));
    SetUpkeep.rotate(before.unit().set());
    assertThat(recent(before)).isPositive();
    before.die();
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aDismountIsRefusedAndCanBeTakenBack() throws Exception {
    try (TestSets test = make(path)) {
      byte[] all = test.read();
      test.refuseRecords();
      assertFault(
          Fault.STORE_FAILED,
          () -> test.commands().dismount(Split.Policy.NONE, NOTHING),
          "refused");
      test.letRecord();
      test.mount();
      assertThat(test.read()).isEqualTo(all);
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.unit().set().mounted().bitmaps().merge().regionsSet()).isZero();
    }
  }
}
