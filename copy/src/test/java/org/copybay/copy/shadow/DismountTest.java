package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import org.copybay.volumes.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a set ends whose members or labels fail at that moment. */
class DismountTest {
  @TempDir private Path path;

  private static TestSets make(Path bay) throws Exception {
    TestSets test = TestSets.create(bay);
    test.set("a", "b");
    test.write(0, random(1, 100_000));
    return test;
  }

  private static void lose(TestSets test, String volume) throws Exception {
    test.bay.relations().lost(test.bay.find(volume), "its disk is away");
  }

  private static void dismount(TestSets test) throws Exception {
    test.commands().dismount(Split.Policy.NONE, NOTHING);
    assertThat(test.sets.mounted()).isEmpty();
  }

  private static long mergeRegions(TestSets test) throws Exception {
    return test.unit().set().mounted().bitmaps().merge().regionsSet();
  }

  @Test
  void aSetOfWhichNoMemberCanBeSyncedEndsUncleanAndIsMerged() throws Exception {
    try (TestSets test = make(path)) {
      test.commands().set(TestSets.NO_JOBS, NOTHING);
      lose(test, "a");
      lose(test, "b");
      dismount(test);
      test.mount("a", "b");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.unit().set().mounted().bitmaps().merge().touches(0, 100_000)).isTrue();
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.awaitSteady();
      assertThat(test.lastJob().row().verb()).isEqualTo(MergeWork.VERB);
      assertThat(mergeRegions(test)).isZero();
    }
  }

  @Test
  void aSetThatCannotBeSyncedSaysInNoLabelThatItEnded() throws Exception {
    try (TestSets test = make(path)) {
      TestSets.cut(test.bay.find("a"), 1000); // a label can be written there
      TestSets.cut(test.bay.find("b"), 1000);
      dismount(test);
      assertThat(test.label("a").use()).isEqualTo(MemberLabel.Use.WRITING);
      assertThat(test.label("b").use()).isEqualTo(MemberLabel.Use.WRITING);
    }
  }

  @Test
  void aMemberThatCannotBeSyncedIsExpelledAndTheOthersEndCleanly() throws Exception {
    try (TestSets test = make(path)) {
      lose(test, "b");
      dismount(test);
      assertThat(test.label("a").use()).isEqualTo(MemberLabel.Use.NONE);
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      test.mount("a");
      test.write(500_000, random(2, 1000));
      test.mount("b");
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void theOnlyCopyIsNotLetGoOf() throws Exception {
    try (TestSets test = make(path)) {
      byte[] now = test.read();
      test.split(Split.Policy.NONE, "b");
      Files.delete(test.bay.find("a").home());
      assertFault(Fault.BUSY, () -> dismount(test), "the only copy of DSA1 would be gone");
      test.volume("c");
      test.mount("c");
      test.awaitSteady();
      dismount(test);
      test.mount("c");
      assertThat(test.read()).isEqualTo(now);
    }
  }

  @Test
  void whoGivesASetUpGivesItsOnlyCopyUp() throws Exception {
    try (TestSets test = make(path)) {
      test.split(Split.Policy.NONE, "b");
      Files.delete(test.bay.find("a").home());
      test.commands().dissolve(NOTHING);
      assertThat(test.sets.all()).isEmpty();
    }
  }

  @Test
  void whereALabelCannotSayThatItEndedTheBitmapsDo() throws Exception {
    try (TestSets test = make(path)) {
      test.commands().set(TestSets.NO_JOBS, NOTHING);
      try (BlockedLabel blocked = new BlockedLabel(test.bay.find("b"))) {
        dismount(test);
      }
      test.mount();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(mergeRegions(test)).isZero();
    }
  }
}
