package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.copybay.copy.TestJobs;
import org.copybay.copy.shadow.MemberLabel.Past;
import org.copybay.copy.shadow.MountSpec.Policy;
import org.copybay.copy.shadow.TestSets.Ask;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.MemberBytes;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is what when a set is mounted, and what mounts are refused. */
class SetMountTest {
  @TempDir private Path path;

  // ---- new sets

  @Test
  void theFirstOneNamedIsTheSource() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      TestJobs.write(test.volume("a"), 0, random(1, 1000));
      TestJobs.write(test.volume("b"), 0, random(2, 1000));
      byte[] b = test.read("b");
      Mounting.Result result = test.mount("b", "a");
      assertThat(result.said().toString())
          .contains("%MOUNT-I-MOUNTED, DSA1 mounted on _DSA1:")
          .contains("%MOUNT-I-SHDWMEMSUCC, _b: is now a valid member of the shadow set")
          .contains("%MOUNT-I-SHDWMEMCOPY, _a: added to the shadow set with a copy operation");
      test.awaitSteady();
      assertThat(test.read("a")).isEqualTo(b).isEqualTo(test.read());
    }
  }

  @Test
  void whatCannotBeAMemberIsNamed() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.volume("a");
      test.volume("b");
      try (var open = test.bay.find("b").open(TestJobs.READER, false)) {
        assertThat(open.opener()).isEqualTo(TestJobs.READER);
        assertFault(Fault.BUSY, () -> test.mount("a", "b"), "volume b is open by pid");
      }
      test.bay.points().freeze(List.of(test.bay.find("b")), "p", NOTHING);
      assertFault(Fault.BUSY, () -> test.mount("a", "b"), "the point in time p");
      test.bay.points().drop("p", NOTHING);
      test.bay.bitmaps().start(test.bay.find("b"), "w", SetBitmaps.GRAIN, NOTHING);
      assertFault(Fault.BUSY, () -> test.mount("a", "b"), "the write bitmap w");
      test.bay.bitmaps().delete(test.bay.find("b"), "w", NOTHING);
      assertFault(Fault.BAD_REQUEST, () -> test.mount("a", "a"), "named twice");
      assertFault(Fault.NOT_FOUND, () -> test.mount("a", "c"), "no volume c");
      assertFault(Fault.NOT_FOUND, test::mount, "no members to make it of");
      assertThat(test.sets.all()).isEmpty();
      assertThat(test.bay.find("a").relation()).isNull();
      test.set("a", "b");
      assertFault(
          Fault.BUSY,
          () -> test.mount(TestSets.spec("DSA2", Policy.USUAL, "a")),
          "a member of shadow set DSA1");
    }
  }

  @Test
  void aMemberOfAMountedSetHasNoOtherUse() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      Volume b = test.bay.find("b");
      assertFault(Fault.BUSY, () -> b.open(TestJobs.WRITER, false), "a member of shadow set DSA1");
      assertFault(
          Fault.BUSY,
          () -> test.bay.points().freeze(List.of(b), "p", NOTHING),
          "cannot take a point in time of it");
      assertFault(
          Fault.BUSY,
          () -> test.bay.bitmaps().start(b, "w", SetBitmaps.GRAIN, NOTHING),
          "record its changes");
      assertFault(Fault.BUSY, () -> test.bay.remove("b"), "delete it");
      assertFault(Fault.BUSY, () -> test.bay.rename("b", "c", false), "rename it");
      assertThat(TestJobs.read(b)).isEqualTo(test.read());
    }
  }

  // ---- sets that there were before

  @Test
  void aCleanDismountNeedsNoCopyAndNoMerge() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.write(0, random(1, 100_000));
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      assertThat(test.sets.mounted()).isEmpty();
      assertFault(
          Fault.BUSY,
          () -> test.bay.find("a").open(TestJobs.WRITER, false),
          "a member of the dismounted shadow set");
      int jobs = test.jobs.all().size();
      test.mount();
      assertThat(test.jobs.all()).hasSize(jobs);
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.unit().set().mounted().bitmaps().merge().regionsSet()).isZero();
    }
  }

  @Test
  void aTargetThatNoJobCopiesToIsAFormerMemberAfterADismount() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 100_000));
      String taken = test.lastJob().id();
      MountSpec spec = TestSets.named(taken, "b");
      assertFault(Fault.EXISTS, () -> test.mount(spec), taken);
      assertThat(test.names(MemberRole.TARGET)).containsExactly("b");
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      test.mount("a");
      assertThat(test.mount("b").said().toString()).contains("with a minicopy operation");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aSetIsMountedMinusAMemberWithABitmapWhereThatIsAsked() throws Exception {
    for (Policy policy : new Policy[] {Policy.MINICOPY, Policy.OPTIONAL, Policy.USUAL}) {
      try (TestSets test = TestSets.create(path.resolve(policy.name()))) {
        test.set("a", "b");
        test.write(0, random(1, 100_000));
        test.commands().dismount(Split.Policy.MINICOPY, NOTHING);
        test.mount(policy, "a");
        test.write(0, random(2, 1000));
        boolean mini = policy != Policy.USUAL;
        assertThat(test.mount("b").said().toString())
            .contains(mini ? "with a minicopy operation" : "with a copy operation");
        test.awaitSteady();
        assertThat(test.read("b")).isEqualTo(test.read("a"));
      }
    }
  }

  @Test
  void aStaleMemberNeverWins() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.write(0, random(1, 100_000));
      test.split(Split.Policy.NONE, "b");
      test.write(0, random(2, 100_000));
      byte[] now = test.read();
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      assertFault(Fault.STALE, () -> test.mount("b"), "want generation");
      assertThat(test.mount("b", "a").said().toString()).contains("SHDWMEMSUCC, _a");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(now).isEqualTo(test.read());
    }
  }

  @Test
  void twoFuturesOfOnePastAreRefused() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    before.split(Split.Policy.MINICOPY, "b");
    before.commands().dismount(Split.Policy.NONE, NOTHING);
    Path directory = before.bay.find("b").directory();
    before.close();
    MemberLabel label = LabelStore.read(directory);
    assertThat(label).isNotNull();
    SetRecord.Lineage alone = TestSets.otherFuture(label);
    LabelStore.write(directory, TestSets.changed(label, alone, MemberRole.FULL));
    try (TestSets test = TestSets.open(path)) {
      assertFault(
          Fault.FORBIDDEN, () -> test.mount("a", "b"), "a copy would overwrite what is only on b");
      test.mount("a");
      assertFault(
          Fault.FORBIDDEN, () -> test.mount("b"), "was changed apart from the others of DSA1");
      test.commands().release(test.bay.find("b"), NOTHING);
      test.mount("b");
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
    }
  }

  @Test
  void aMemberOfAnotherFutureThatIsNotNamedIsMissedAndHasNoBitmap() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    Path directory = before.bay.find("b").directory();
    MemberLabel label = before.label("b");
    before.close();
    SetRecord.Lineage apart =
        new SetRecord.Lineage(
            label.generation() + 1,
            UUID.randomUUID(),
            List.of(new Past(label.generation() - 1, UUID.randomUUID())));
    LabelStore.write(directory, TestSets.changed(label, apart, MemberRole.FULL));
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.unit().set().isMounted()).isFalse();
      test.mount("a");
      MemberRecord b = test.unit().set().record().of(MemberRole.FORMER).get(0);
      assertThat(b.missed()).isTrue();
      assertThat(b.bitmap()).isFalse();
      assertThat(b.why()).contains("changed apart");
    }
  }

  @Test
  void aFormerMemberIsNeverCurrentWhateverItsGeneration() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(1, 100_000));
      byte[] now = test.read();
      test.commands().dismount(Split.Policy.NONE, NOTHING);
      SetRecord.Lineage current = test.unit().set().record().lineage();
      Path directory = test.bay.find("b").directory();
      for (SetRecord.Lineage lineage : List.of(current.next(), current)) {
        LabelStore.write(directory, TestSets.changed(test.label("b"), lineage, MemberRole.FORMER));
        assertFault(Fault.STALE, () -> test.mount("b"), "is current");
      }
      test.mount("b", "a");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(now);
    }
  }

  @Test
  void anOverriddenMemberIsOverwrittenUnlessItIsAloneFirst() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.split(Split.Policy.MINICOPY, "b");
      Volume b = test.bay.find("b");
      test.commands().release(b, NOTHING);
      TestJobs.write(b, 0, random(5, 1000));
      byte[] edited = test.read("b");
      test.commands().dissolve(NOTHING);
      assertThat(test.sets.all()).isEmpty();
      test.mount("b");
      test.mount("a");
      test.awaitSteady();
      assertThat(test.read("a")).isEqualTo(edited);
    }
  }

  @Test
  void policiesRefuseCopies() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.volume("a");
      test.volume("b");
      MountSpec noCopy = TestSets.asking(Ask.NO_COPY, "a", "b");
      assertFault(Fault.FORBIDDEN, () -> test.mount(noCopy), "SHDWCOPYREQ");
      MountSpec confirm = TestSets.asking(Ask.CONFIRM, "a", "b");
      assertFault(Fault.FORBIDDEN, () -> test.mount(confirm), "Allow FULL shadow copy on b");
      assertThat(test.sets.all()).isEmpty();
      test.set("a", "b");
      MountSpec label = TestSets.labelled("OTHER", "a");
      assertFault(Fault.BAD_REQUEST, () -> test.mount(label), "VOLINV");
      assertFault(Fault.ALREADY, () -> test.mount("a"), "members of DSA1 already");
    }
  }

  @Test
  void bitmapsThatAreLostMakeAFullMergeAndFullCopies() throws Exception {
    TestSets died = TestSets.create(path);
    died.set("a", "b", "c");
    died.write(0, random(1, (int) TestSets.SIZE));
    died.split(Split.Policy.MINICOPY, "c");
    UUID id = died.unit().set().record().id();
    died.die();
    Files.delete(path.resolve("shadow").resolve(id.toString()).resolve("rolling-0"));
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(test.lastJob().row().verb()).isEqualTo(MergeWork.VERB);
      assertThat(test.lastJob().progress().bytesCopied()).isEqualTo(TestSets.SIZE);
      assertThat(test.mount("c").said().toString()).contains("no write bitmap");
      test.awaitSteady();
      assertThat(test.read("c")).isEqualTo(test.read("a")).isEqualTo(test.read("b"));
    }
  }

  @Test
  void aLabelThatIsGoneMakesAStranger() throws Exception {
    TestSets before = TestSets.create(path);
    before.set("a", "b");
    Path directory = before.bay.find("b").directory();
    before.close();
    Files.delete(directory.resolve(MemberBytes.LABEL));
    try (TestSets test = TestSets.open(path)) {
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      assertThat(test.mount("b").said().toString()).contains("it has no label of this set");
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
    }
  }
}
