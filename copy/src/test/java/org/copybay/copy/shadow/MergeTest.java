package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.track.Passages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that may differ after an unclean end are made equal, and read as equal before that. */
class MergeTest {
  @TempDir private Path path;

  /** A set that died with a write on one member only, and jobs that do not begin. */
  private TestSets died(String... members) throws Exception {
    TestSets died = TestSets.create(path);
    died.set(members);
    died.write(0, random(1, (int) TestSets.SIZE));
    died.commands().set(TestSets.NO_JOBS, NOTHING);
    halfWrite(died, members[0], 1_000_000, 5000);
    died.die();
    return TestSets.open(path, RecoverMode.PROCESS);
  }

  private static void halfWrite(TestSets test, String member, long offset, int length)
      throws Exception {
    ShadowSet.Mounted now = test.unit().set().mounted();
    now.bitmaps().prepare(offset, length);
    now.bitmaps().aboutToChange(offset, length);
    ByteBuffer bytes = ByteBuffer.allocateDirect(length).put(random(offset, length)).flip();
    test.bay.find(member).memberBytes().write(offset, bytes);
  }

  @Test
  void aReadBeforeTheMergeIsWhatEveryLaterReadIs() throws Exception {
    try (TestSets test = died("a", "b", "c")) {
      assertThat(test.read("b")).isNotEqualTo(test.read("a"));
      assertThat(test.unit().set().mounted().bitmaps().merge().regionsSet()).isPositive();
      byte[] early = test.read();
      assertThat(test.read("a")).isEqualTo(early);
      assertThat(test.read("b")).isEqualTo(early);
      assertThat(test.read("c")).isEqualTo(early);
      assertThat(test.unit().set().differingReads()).isPositive();
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.awaitSteady();
      assertThat(test.read()).isEqualTo(early);
      assertThat(test.unit().set().mounted().bitmaps().merge().regionsSet()).isZero();
    }
  }

  @Test
  void membersThatFailAreMadeEqualToo() throws Exception {
    try (TestSets test = died("a", "b", "c")) {
      for (Member.Trouble trouble : Member.Trouble.values()) {
        test.member("c").failing(trouble);
      }
      byte[] all = test.read();
      assertThat(test.read("c")).isEqualTo(all);
    }
  }

  @Test
  void aMemberThatCouldNotBeReadIsMadeEqualToTheOneThatWas() throws Exception {
    try (TestSets test = died("a", "b");
        HookedDisk disk = test.disk("a")) {
      byte[] b = test.read("b");
      disk.fail(Request.READ, Fault.STORE_FAILED);
      assertThat(test.read()).isEqualTo(b);
      disk.well();
      assertThat(test.read("a")).isEqualTo(b);
    }
  }

  @Test
  void aMinimergeComparesWhatWasWrittenLatelyOnly() throws Exception {
    TestSets died = TestSets.create(path);
    died.set("a", "b");
    died.write(0, random(1, (int) TestSets.SIZE));
    SetBitmaps bitmaps = died.unit().set().mounted().bitmaps();
    try (var held = died.unit().set().enter()) {
      assertThat(bitmaps.beginRotation()).isTrue();
    }
    bitmaps.advance();
    try (var held = died.unit().set().enter()) {
      bitmaps.endRotation(() -> true);
    }
    halfWrite(died, "b", 2_000_000, 1000);
    died.die();
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
      assertThat(test.lastJob().row().verb()).isEqualTo(MergeWork.VERB);
      assertThat(test.lastJob().progress().bytesCopied()).isLessThan(200_000);
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAfterAMerge() throws Exception {
    byte[] bytes = random(5, 300_000);
    TestSets died = TestSets.create(path);
    died.set("a", "b");
    died.write(123_456, bytes);
    died.die();
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(Arrays.copyOfRange(test.read(), 123_456, 423_456)).isEqualTo(bytes);
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aMergeThatDiedGoesOn() throws Exception {
    TestSets died = died("a", "b");
    died.die();
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      assertThat(test.unit().set().mounted().bitmaps().merge().regionsSet()).isPositive();
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aCopySetsAMergeAside() throws Exception {
    try (TestSets test = died("a", "b")) {
      test.volume("c");
      test.mount("c");
      TestJobs.await("both jobs", () -> test.jobs.all().size() >= 3);
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read("c"));
      List<JobRecord> last = // the merge is of one region, the copy of all of them
          test.jobs.all().stream().skip(test.jobs.all().size() - 2L).map(Job::row).toList();
      assertThat(last)
          .extracting(JobRecord::verb)
          .containsExactlyInAnyOrder(SetCopyWork.VERB, MergeWork.VERB);
      JobRecord copy = last.get(last.get(0).verb().equals(SetCopyWork.VERB) ? 0 : 1);
      JobRecord merge = last.get(last.indexOf(copy) == 0 ? 1 : 0);
      assertThat(merge.ended()).isAfterOrEqualTo(copy.ended());
    }
  }

  @Test
  void aMergeAtWorkGivesItsPlaceToACopy() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      long size = 70 << 20; // two batches
      for (String member : new String[] {"a", "b", "c"}) {
        test.volume(member, size, null);
      }
      test.set("a", "b");
      test.sets.setMaxCopy(1);
      try (HookedDisk disk = test.disk("b")) {
        disk.hang(Request.READ);
        Job merge = test.commands().demandMerge();
        TestJobs.await("it compares", () -> disk.hanging() > 0);
        String copy = test.mount("c").job();
        disk.well();
        test.awaitSteady();
        assertThat(merge.row().ended()).isAfterOrEqualTo(test.jobs.find(copy).row().ended());
      }
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void noBitIsClearedBeforeTheMembersAreSynced() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      try (HookedDisk b = test.disk("b")) {
        b.fail(Request.SYNC, Fault.STORE_FAILED);
        Job job = test.commands().demandMerge();
        TestJobs.awaitEnd(job);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        WriteBitmap merge = test.unit().set().mounted().bitmaps().merge();
        assertThat(merge.regionsSet()).isEqualTo(merge.regions());
      }
    }
  }

  @Test
  void aDemandedMergeFindsWhatSomebodyChangedOnOneMember() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.write(0, random(1, (int) TestSets.SIZE));
      test.bay.find("b").memberBytes().write(777, ByteBuffer.allocateDirect(10));
      assertThat(test.commands().demandMerge()).isNotNull();
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void writersMayGoOnWhileItIsMerged() throws Exception {
    try (TestSets test = died("a", "b");
        Writers writers = new Writers(test, 3)) {
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      writers.awaitWrites(300);
      test.awaitSteady();
      writers.close();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aRotationLosesNoBitOfAWriteThatIsUnderWay() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      ShadowSet set = test.unit().set();
      SetBitmaps bitmaps = set.mounted().bitmaps();
      int ticket = set.gate().enter();
      bitmaps.prepare(70_000, 100);
      bitmaps.aboutToChange(70_000, 100);
      Thread rotation =
          new Thread(
              () -> {
                try {
                  bitmaps.beginRotation();
                  bitmaps.advance();
                  bitmaps.endRotation(() -> true);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      rotation.start();
      TestJobs.await("it waits for the write", () -> TestJobs.isIn(Passages.class, "close"));
      assertThat(bitmaps.recentRegions()).isPositive();
      set.gate().leave(ticket);
      rotation.join();
      assertThat(bitmaps.recentRegions()).isZero();
    }
  }
}
