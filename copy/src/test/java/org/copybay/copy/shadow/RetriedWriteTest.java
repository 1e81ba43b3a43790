package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.copy.TestJobs.random;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.copybay.volumes.bitmap.WriteBitmap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that have not the same yet: nothing forgets, syncs or reads past that. */
class RetriedWriteTest {
  private static final Extent WRITTEN = new Extent(1_000_000, 5000);

  @TempDir private Path path;

  /** A write that a has and b refuses, and that is tried again and again. */
  private static CompletableFuture<Void> beginWrite(TestSets test, HookedDisk b) throws Exception {
    b.fail(Request.WRITE, Fault.STORE_FAILED);
    CompletableFuture<Void> write =
        TestSets.begin(() -> test.write(WRITTEN.offset(), random(2, (int) WRITTEN.length())));
    UnitDevice device = test.unit().set().device();
    TestJobs.await("it is tried again", () -> device.retrying() > 0);
    return write;
  }

  @Test
  void noRotationEndsWhileAWriteIsTriedAgain() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      try (HookedDisk b = test.disk("b")) {
        CompletableFuture<Void> write = beginWrite(test, b);
        WriteBitmap older = set.mounted().bitmaps().rolling();
        SetUpkeep.rotate(set);
        assertThat(older.touches(WRITTEN.offset(), WRITTEN.length())).isTrue();
        b.well();
        write.join();
        SetUpkeep.rotate(set);
        assertThat(older.regionsSet()).isZero();
      }
    }
  }

  @Test
  void noRotationEndsWhileACopyIsEnding() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      test.split(Split.Policy.MINICOPY, "b");
      test.sets.setMaxCopy(0);
      test.mount("b");
      test.write(WRITTEN.offset(), random(2, (int) WRITTEN.length()));
      WriteBitmap older = set.mounted().bitmaps().rolling();
      try (var held = set.enter()) { // else the upkeep may remove it first
        test.member("b").kill("the test");
        TestJobs.assertFault(Fault.AGAIN, () -> SetUpkeep.rotate(set), "the copy to b is ending");
      }
      assertThat(older.touches(WRITTEN.offset(), WRITTEN.length())).isTrue();
    }
  }

  @Test
  void noRotationEndsForAMemberThatCameAfterItsSync() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      test.split(Split.Policy.MINICOPY, "b");
      test.sets.setMaxCopy(0);
      test.write(WRITTEN.offset(), random(2, (int) WRITTEN.length()));
      WriteBitmap older = set.mounted().bitmaps().rolling();
      AtomicBoolean came = new AtomicBoolean();
      try (HookedDisk a = test.disk("a")) {
        a.hook(
            request -> {
              if (request == Request.SYNC && came.compareAndSet(false, true)) {
                test.mount("b");
              }
            });
        SetUpkeep.rotate(set);
      }
      assertThat(came).isTrue();
      assertThat(older.touches(WRITTEN.offset(), WRITTEN.length())).isTrue();
    }
  }

  @Test
  void aWriteThatSomeMembersHaveAndThatFailedIsMerged() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      try (HookedDisk a = test.disk("a");
          HookedDisk b = test.disk("b")) {
        CompletableFuture<Void> write = beginWrite(test, b);
        assertThat(set.device().mayDiffer(WRITTEN)).isFalse();
        a.fail(Request.WRITE, Fault.STORE_FAILED);
        assertThatThrownBy(write::join).hasMessageContaining("the test lets it fail");
        assertThat(set.device().mayDiffer(WRITTEN)).isTrue();
        assertThat(test.read("b")).isNotEqualTo(test.read("a"));
      }
      test.write(0, random(3, 100)); // they are well again
      TestJobs.await("it is merged", () -> !set.device().mayDiffer(WRITTEN));
      test.awaitSteady();
      assertThat(test.lastJob().row().verb()).isEqualTo(MergeWork.VERB);
      assertThat(test.read("b")).isEqualTo(test.read("a")).isEqualTo(test.read());
    }
  }

  @Test
  void aWriteThatFailedAtOnceOnAllMembersIsMergedToo() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      try (HookedDisk a = test.disk("a");
          HookedDisk b = test.disk("b")) {
        a.fail(Request.WRITE, Fault.STORE_FAILED);
        b.fail(Request.WRITE, Fault.STORE_FAILED);
        TestJobs.assertFault(
            Fault.STORE_FAILED,
            () -> test.write(WRITTEN.offset(), random(2, 100)),
            "the test lets it fail");
        assertThat(set.device().mayDiffer(WRITTEN)).isTrue(); // any of its bytes may be anywhere
      }
    }
  }

  @Test
  void aSyncDoesNotPassAMemberThatIsBeingGivenUp() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      UnitDevice device = test.set("a", "b").set().device();
      Member b = test.member("b");
      b.kill("the test"); // and it is still a member
      assertThat(device.sync(device.members())).extracting(Legs.Failure::member).containsExactly(b);
      test.unit().flush();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
    }
  }

  @Test
  void aSyncPassesATargetThatWasGivenUp() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      ShadowSet set = test.set("a", "b").set();
      UnitDevice device = set.device();
      test.split(Split.Policy.MINICOPY, "b");
      test.sets.setMaxCopy(0);
      test.mount("b");
      try (var held = set.enter()) { // else the upkeep may remove it first
        test.member("b").kill("the test");
        assertThat(device.sync(device.members())).isEmpty();
        test.unit().flush();
        assertThat(test.names(MemberRole.TARGET)).containsExactly("b");
      }
    }
  }
}
