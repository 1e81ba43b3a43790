package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Path;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A set whose members cannot be told of a change is what it was, also after a crash. */
class UnwrittenLabelTest {
  @TempDir private Path path;

  /** Something that changes who is a member. */
  @FunctionalInterface
  private interface Change {
    void of(TestSets test) throws Exception;
  }

  /** Does it while the label of a cannot be written, and dies. */
  private static void die(TestSets test, Change change) throws Exception {
    try (BlockedLabel blocked = new BlockedLabel(test.bay.find("a"))) {
      change.of(test);
    }
    test.commands().set(SetRecord.Settings.USUAL, NOTHING); // which is recorded
    test.write(0, random(1, 1000));
    test.die();
  }

  private void assertIsMountedAgain(String... full) throws Exception {
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      assertThat(test.unit().set().trouble()).isNull();
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly(full);
    }
  }

  @Test
  void whereNobodyCanBeToldWhoLeavesNobodyDoes() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    die(
        test,
        now -> {
          assertFault(Fault.STORE_FAILED, () -> now.split(Split.Policy.MINICOPY, "b"), "shadow");
          assertThat(now.names(MemberRole.FULL)).containsExactly("a", "b");
        });
    assertIsMountedAgain("a", "b");
  }

  @Test
  void whereNobodyCanBeToldWhoIsExpelledNobodyIs() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    die(
        test,
        now -> {
          assertFault(
              Fault.FORBIDDEN, () -> now.commands().expel(now.bay.find("b")), "DISM-F-SRCMEM");
          assertThat(now.names(MemberRole.FULL)).containsExactly("a", "b");
        });
    assertIsMountedAgain("a", "b");
  }

  @Test
  void whereTheSourceCannotBeToldATargetIsNoMember() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    test.split(Split.Policy.MINICOPY, "b");
    test.sets.setMaxCopy(0);
    test.mount("b");
    die(
        test,
        now -> {
          now.beginJobs();
          now.awaitSteady();
          assertThat(now.lastJob().state()).isEqualTo(JobState.FAILED);
          assertThat(now.names(MemberRole.FULL)).containsExactly("a");
        });
    assertIsMountedAgain("a");
  }

  @Test
  void aMemberThatLeavesAtTheSecondTryComesBackByMinicopy() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      Volume b = test.bay.find("b");
      try (BlockedLabel blocked = new BlockedLabel(test.bay.find("a"))) {
        assertFault(Fault.FORBIDDEN, () -> test.commands().expel(b), "DISM-F-SRCMEM");
      }
      test.commands().expel(b);
      test.write(0, random(1, 1000));
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void noOtherChangeGetsTheNumberOfOneThatSomeWereTold() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      try (BlockedLabel blocked = new BlockedLabel(test.bay.find("b"))) {
        assertFault(Fault.STORE_FAILED, () -> test.split(Split.Policy.MINICOPY, "c"), "shadow");
      }
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      MemberLabel told = test.label("a");
      assertThat(told.generation()).isGreaterThan(test.label("b").generation());
      test.split(Split.Policy.MINICOPY, "c");
      assertThat(test.label("a").generation()).isGreaterThan(told.generation());
      assertThat(test.label("a").descendsFrom(told)).isTrue();
    }
  }
}
