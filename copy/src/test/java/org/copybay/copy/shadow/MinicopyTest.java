package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;

import java.nio.file.Path;
import org.copybay.copy.engine.JobState;
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
}
