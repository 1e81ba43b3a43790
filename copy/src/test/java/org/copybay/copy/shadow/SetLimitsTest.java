package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Checks;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.shadow.MountSpec.Policy;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
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

  @Test
  void theSetOfTheHigherPriorityIsCopiedFirst() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a");
      test.volume("b");
      test.volume("c");
      test.volume("d");
      test.mount(TestSets.spec("DSA2", Policy.USUAL, "c"));
      VirtualUnit two = test.sets.find("DSA2");
      test.sets.setMaxCopy(0);
      test.commands().set(new SetRecord.Settings(100, 120, 0), NOTHING);
      test.sets.commands(two).set(new SetRecord.Settings(200, 120, 0), NOTHING);
      Set<String> begun = Collections.synchronizedSet(new LinkedHashSet<>());
      try (HookedDisk b = test.disk("b");
          HookedDisk d = test.disk("d")) {
        b.hook(request -> begun.add("b"));
        d.hook(request -> begun.add("d"));
        test.mount("b");
        test.mount(TestSets.spec("DSA2", Policy.USUAL, "d"));
        test.sets.setMaxCopy(1);
        test.awaitSteady();
      }
      assertThat(begun).containsExactly("d", "b");
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
  void aBitmapThatIsDeletedWhileWritersWriteIsNotMissed() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      try (Writers writers = new Writers(test, 3)) {
        test.split(Split.Policy.MINICOPY, "b");
        writers.awaitWrites(20);
        test.commands().deleteBitmap(test.bay.find("b"), NOTHING);
        writers.awaitWrites(20);
        assertThat(test.mount("b").said().toString()).contains("its write bitmap was deleted");
        test.awaitSteady();
      }
      assertThat(test.lastJob().row().result()).isEqualTo("copied=" + TestSets.SIZE);
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aTargetGetsAWriteAfterTheFullMembers() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.sets.setMaxCopy(0);
      test.mount("b");
      byte[] before = test.read("b");
      byte[] bytes = random(1, 1000);
      try (HookedDisk a = test.disk("a")) {
        a.hang(Request.WRITE);
        CompletableFuture<Void> write = TestSets.begin(() -> test.write(0, bytes));
        TestJobs.await("a has it not yet", () -> a.hanging() > 0);
        assertThat(test.read("b")).isEqualTo(before); // INV-3 of UnitDevice
        a.well();
        write.join();
      }
      assertThat(test.read("b")).startsWith(bytes);
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
      TestSets.cut(test.bay.find("a"), 1000);
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
      TestSets.cut(test.bay.find("a"), 1000); // its end looks like a hole
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
