package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that was removed with a bitmap comes back by a copy of what it lacks. */
class MinicopyTest {
  @TempDir private Path path;

  @Test
  void whatWasWrittenToTheUnitIsOnAllMembers() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      test.write(5000, random(1, 100_000));
      assertThat(test.read()).isEqualTo(test.read("a"));
      assertThat(test.read("b")).isEqualTo(test.read("a"));
      assertThat(test.read("c")).isEqualTo(test.read("a"));
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void aRemovedMemberKeepsWhatTheSetHeldAndComesBackByWhatItLacks() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.write(0, random(2, 3 << 20));
      byte[] then = test.read();
      test.split(Split.Policy.MINICOPY, "b");
      test.write(65_024, random(3, 4096));
      test.write(1_000_000, random(4, 100));
      assertThat(test.read("b")).isEqualTo(then);
      test.mount("b");
      test.awaitSteady();
      assertThat(test.lastJob().state()).isEqualTo(JobState.DONE);
      assertThat(test.lastJob().row().result()).isEqualTo("copied=8704");
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read());
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
    }
  }

  @Test
  void aMountThatIsOnlyPlannedTellsItsBytes() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(8192, random(3, 4096));
      assertThat(plannedBytes(test)).isEqualTo(4096);
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      assertThat(plannedBytes(test)).isEqualTo(4096);
    }
  }

  private static long plannedBytes(TestSets test) throws Exception {
    Mounting mounting = new Mounting(test.sets, TestSets.spec(MountSpec.Policy.USUAL, "a", "b"));
    mounting.prepare();
    assertThat(mounting.copies()).hasSize(1);
    assertThat(mounting.copies().get(0).full()).isNull();
    return mounting.copies().get(0).bytes();
  }

  @Test
  void aBitmapOutlivesACleanEndOfTheBay() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(3, 4096));
    }
    try (TestSets test = TestSets.open(path)) {
      test.write(100_000, random(4, 4096));
      test.mount("b");
      test.awaitSteady();
      assertThat(test.lastJob().row().result()).isEqualTo("copied=12288");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aBitmapOutlivesKillNineAndPowerLoss() throws Exception {
    for (RecoverMode mode : new RecoverMode[] {RecoverMode.PROCESS, RecoverMode.POWER}) {
      Path bay = path.resolve(mode.name());
      TestSets died = TestSets.create(bay);
      died.set("a", "b");
      died.split(Split.Policy.MINICOPY, "b");
      died.write(0, random(3, 4096));
      died.die();
      try (TestSets test = TestSets.open(bay, mode)) {
        test.mount("b");
        test.awaitSteady();
        assertThat(test.lastJob().row().line()).isEqualTo("line");
        assertThat(test.read("b")).isEqualTo(test.read("a"));
        assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      }
    }
  }

  @Test
  void everyEdgeOfARegionIsCopied() throws Exception {
    long size = 127 * 512 * 7 + 300; // the last region is short
    try (TestSets test = TestSets.create(path)) {
      test.volume("a", size, null);
      test.volume("b", size + 5000, null); // larger than the set
      test.set("a", "b");
      test.write(0, random(1, (int) size));
      long[][] changes = {
        {65_023, 1},
        {65_024, 1},
        {65_023, 2},
        {130_047, 65_026},
        {size - 1, 1},
        {size - 300, 300},
        {0, 1}
      };
      for (long[] change : changes) {
        test.split(Split.Policy.MINICOPY, "b");
        test.write(change[0], random(change[0], (int) change[1]));
        test.mount(MountSpec.Policy.MINICOPY, "b");
        test.awaitSteady();
        assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
        assertThat(Arrays.copyOf(test.read("b"), (int) size)).isEqualTo(test.read("a"));
      }
    }
  }

  @Test
  void aMapIsUsedOnce() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      test.split(Split.Policy.MINICOPY, "b");
      test.split(Split.Policy.NONE, "c");
      test.write(0, random(3, 4096));
      assertThat(test.mount("c").said().toString()).contains("with a copy operation");
      test.awaitSteady();
      assertThat(test.mount("b").said().toString()).contains("with a minicopy operation");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read("c"));
      assertThat(test.unit().set().mounted().bitmaps().copy(test.bay.find("b").id())).isNull();
    }
  }

  @Test
  void strictMinicopyWithoutABitmapIsRefusedAndTouchesNothing() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.write(0, random(1, 100_000));
      test.split(Split.Policy.NONE, "b");
      byte[] before = test.read("b");
      test.write(0, random(2, 100_000));
      assertFault(
          Fault.NOT_FOUND,
          () -> test.mount(MountSpec.Policy.MINICOPY, "b"),
          "a minicopy cannot be done: there is no write bitmap");
      assertThat(test.read("b")).isEqualTo(before);
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      test.mount(MountSpec.Policy.OPTIONAL, "b");
      test.awaitSteady();
      assertThat(test.lastJob().row().result()).isEqualTo("copied=" + TestSets.SIZE);
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aBitmapIsIgnoredWhereThatIsAsked() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.mount(MountSpec.Policy.NOMINICOPY, "b");
      test.awaitSteady();
      assertThat(test.lastJob().row().result()).isEqualTo("copied=" + TestSets.SIZE);
    }
  }

  @Test
  void whatTheSetGrewByIsCopiedToo() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.commands().resize(TestSets.SIZE + 200_000, NOTHING);
      test.volume("small");
      assertFault(Fault.BAD_REQUEST, () -> test.mount("small"), "INCSHAMEM");
      test.write(TestSets.SIZE + 100_000, random(3, 1000));
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
      assertThat(test.lastJob().progress().bytesCopied()).isBetween(200_000L, 320_000L);
    }
  }

  @Test
  void aFormerMemberThatSomebodyWroteToIsCopiedWhole() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.split(Split.Policy.MINICOPY, "b");
    Path home = before.bay.find("b").home();
    before.close();
    Instant left = Files.getLastModifiedTime(home).toInstant();
    Files.write(home, new byte[] {1}, StandardOpenOption.WRITE);
    Files.setLastModifiedTime(home, FileTime.from(left.plusMillis(1))); // however coarse its clock
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.mount("b").said().toString()).contains("somebody wrote to its home");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aFormerMemberIsReadOnlyUntilItIsGivenUp() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      Volume b = test.bay.find("b");
      assertFault(Fault.BUSY, () -> b.open(WRITER, false), "a former member of shadow set DSA1");
      assertFault(Fault.BUSY, () -> test.bay.remove("b"), "delete it");
      test.commands().release(b, NOTHING);
      TestJobs.write(b, 0, random(9, 1000));
      assertThat(test.mount("b").said().toString()).contains("it is new in the set");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void writersAtFullSpeedLetItEnd() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.write(0, random(1, (int) TestSets.SIZE));
      for (int round = 0; round < 3; round++) {
        try (Writers writers = new Writers(test, 4)) {
          test.split(Split.Policy.MINICOPY, "b");
          writers.awaitWrites(200);
          test.mount(MountSpec.Policy.MINICOPY, "b");
          test.awaitSteady();
          writers.awaitWrites(200);
        }
        assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
        assertThat(test.read("b")).isEqualTo(test.read("a"));
      }
    }
  }

  @Test
  void aWriteThatDiedBetweenItsLegsIsCopiedAgain() throws Exception {
    for (RecoverMode mode : new RecoverMode[] {RecoverMode.PROCESS, RecoverMode.POWER}) {
      Path bay = path.resolve(mode.name());
      TestSets died = TestSets.create(bay);
      died.set("a", "b");
      died.write(0, random(1, (int) TestSets.SIZE));
      died.split(Split.Policy.MINICOPY, "b");
      died.write(500_000, random(2, 10_000));
      died.commands().set(TestSets.NO_JOBS, NOTHING); // no copy begins
      died.mount("b");
      ShadowSet.Mounted now = died.unit().set().mounted();
      now.bitmaps().prepare(2_000_000, 5000);
      now.bitmaps().aboutToChange(2_000_000, 5000);
      ByteBuffer bytes = ByteBuffer.allocateDirect(5000).put(random(7, 5000)).flip();
      died.bay.find("a").memberBytes().write(2_000_000, bytes);
      died.die();
      try (TestSets test = TestSets.open(bay, mode)) {
        test.commands().set(SetRecord.Settings.USUAL, NOTHING);
        test.awaitSteady();
        assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
        assertThat(test.read("b")).isEqualTo(test.read("a"));
      }
    }
  }

  @Test
  void aCopyThatIsCancelledLeavesAFormerMemberWithItsBitmap() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 1 << 20));
      test.commands().set(new SetRecord.Settings(5000, 120, 1), NOTHING);
      String job = test.mount("b").job();
      test.write(2 << 20, random(2, 4096)); // the target has it, and its bitmap need not
      test.jobs.find(job).cancel();
      test.awaitSteady();
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      var copy = test.unit().set().mounted().bitmaps().copy(test.bay.find("b").id());
      assertThat(copy).isNotNull();
      assertThat(copy.touches(2 << 20, 4096)).isTrue(); // which nobody synced there
      test.write(1 << 20, random(3, 4096));
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aCopyGoesOnAfterTheBayWasClosed() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 1 << 20));
      test.commands().set(new SetRecord.Settings(5000, 120, 1), NOTHING);
      test.mount("b");
      test.write(2 << 20, random(2, 4096));
    }
    try (TestSets test = TestSets.open(path)) {
      test.jobs.all().get(test.jobs.all().size() - 1).setRate(0);
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
      assertThat(test.lastJob().progress().bytesCopied()).isLessThan(2 << 20);
    }
  }

  @Test
  void aCopierWaitsForWhoChangesTheRange() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 4096));
      try (KeptRange kept = new KeptRange(test.unit().set().device())) {
        test.mount("b");
        kept.awaitWaiter();
        assertThat(test.lastJob().state().ended()).isFalse();
        assertThat(test.read("b")).isNotEqualTo(test.read("a"));
      }
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }
}
