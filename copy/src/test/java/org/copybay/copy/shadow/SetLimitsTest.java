package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Checks;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many there may be of what, and what copies do when a source or a bitmap fails them. */
class SetLimitsTest {
  @TempDir private Path path;

  @Test
  void aSetHasSixMembersAndSixBitmapsOfFormerOnes() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c", "d", "e", "f");
      test.volume("g");
      test.volume("h");
      assertFault(Fault.BAD_REQUEST, () -> test.mount("g"), "at most 6 members");
      test.split(Split.Policy.MINICOPY, "b", "c", "d", "e", "f");
      test.mount("g", "h");
      test.awaitSteady();
      test.split(Split.Policy.MINICOPY, "g");
      assertFault(Fault.NO_SPACE, () -> test.split(Split.Policy.MINICOPY, "h"), "DISM-F-NOBITMAP");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "h");
      test.commands().deleteBitmap(test.bay.find("b"), NOTHING);
      test.split(Split.Policy.MINICOPY, "h");
      test.write(0, random(1, 1000));
      assertThat(test.mount("h").said().toString()).contains("with a minicopy operation");
      assertThat(test.mount("b").said().toString()).contains("its write bitmap was deleted");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read("h"));
    }
  }

  @Test
  void aRateIsThatOfTheJobsUnderWayToo() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.sets.setMaxCopy(0);
      test.commands().demandMerge();
      test.commands().set(new SetRecord.Settings(5000, 120, 12_345), NOTHING);
      assertThat(test.lastJob().rateLimit()).isEqualTo(12_345);
    }
  }

  @Test
  void noCopyBeginsWithoutAPlace() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.sets.setMaxCopy(0);
      String job = test.mount("b").job();
      Checks checks = new Checks(test.bay, test.jobs); // others begin and end meanwhile
      runCheck(test, checks);
      assertThat(test.jobs.find(job).state()).isEqualTo(JobState.QUEUED);
      test.commands().set(new SetRecord.Settings(0, 120, 0), NOTHING); // and none of priority 0
      test.sets.setMaxCopy(4);
      runCheck(test, checks);
      assertThat(test.jobs.find(job).state()).isEqualTo(JobState.QUEUED);
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertFault(Fault.BAD_REQUEST, () -> test.sets.setMaxCopy(201), "0 to 200");
    }
  }

  private static void runCheck(TestSets test, Checks checks) throws Exception {
    if (test.bay.findOrNull("other") == null) {
      test.volume("other");
    }
    Job check = checks.start("other", null, "line", 0);
    TestJobs.await("the check ends", () -> check.state().ended());
  }

  @Test
  void aBitmapThatDirectsACopyStays() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.sets.setMaxCopy(0);
      test.mount("b");
      assertFault(
          Fault.BUSY,
          () -> test.commands().deleteBitmap(test.bay.find("b"), NOTHING),
          "directs the copy");
    }
  }

  @Test
  void aTargetIsNeverNewerThanEverySource() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.sets.setMaxCopy(0);
      test.mount("b");
      byte[] before = test.read("b");
      try (var home = Files.newByteChannel(test.bay.find("a").home(), StandardOpenOption.WRITE)) {
        home.truncate(1000);
      }
      assertFault(Fault.CORRUPT, () -> test.unit().flush(), "too short"); // it takes no writes then
      assertFault(
          Fault.STORE_FAILED, () -> test.write(0, random(1, 1000)), "volume a takes no writes");
      assertThat(test.read("b")).isEqualTo(before);
    }
  }

  @Test
  void aCopyGoesOnWithAnotherSource() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      byte[] all = random(1, (int) TestSets.SIZE);
      test.write(0, all);
      try (var home = Files.newByteChannel(test.bay.find("a").home(), StandardOpenOption.WRITE)) {
        home.truncate(1000); // its end looks like a hole
      }
      test.volume("c");
      test.mount("c");
      test.awaitSteady();
      TestJobs.await("a is expelled", () -> test.names(MemberRole.FORMER).contains("a"));
      assertThat(test.read("c")).isEqualTo(all);
      assertThat(test.names(MemberRole.FULL)).containsExactly("b", "c");
    }
  }

  @Test
  void copyAndMergeBothGoOnAfterACrash() throws Exception {
    TestSets died = TestSets.create(path);
    died.set("a", "b", "c");
    died.write(0, random(1, (int) TestSets.SIZE));
    died.split(Split.Policy.MINICOPY, "c");
    died.write(0, random(2, 100_000));
    died.sets.setMaxCopy(0);
    died.mount("c");
    SetBitmaps bitmaps = died.unit().set().mounted().bitmaps();
    bitmaps.prepare(2_000_000, 500);
    bitmaps.aboutToChange(2_000_000, 500);
    ByteBuffer bytes = ByteBuffer.allocateDirect(500).put(random(7, 500)).flip();
    died.bay.find("b").memberBytes().write(2_000_000, bytes);
    died.die();
    try (TestSets test = TestSets.open(path)) {
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read("c"));
      assertThat(Arrays.equals(test.read(), test.read("a"))).isTrue();
    }
  }

  @Test
  void otherServicesTakeNoVirtualUnit() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      assertFault(Fault.BUSY, () -> test.bay.find("DSA1"), "the virtual unit of a shadow set");
      assertFault(Fault.BUSY, () -> test.bay.requireName("DSA1"), "not a volume");
    }
  }
}
