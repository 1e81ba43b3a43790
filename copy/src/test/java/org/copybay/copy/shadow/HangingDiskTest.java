package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Buffers;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.copybay.volumes.track.Passages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of a member does not answer: nobody waits for it longer than is said. */
class HangingDiskTest {
  @TempDir private Path path;
  @TempDir private Path disk;

  /** A set of a and b, which lie on disks of their own. */
  private TestSets make() throws Exception {
    TestSets test = TestSets.create(path);
    test.volume("a", TestSets.SIZE, disk);
    test.volume("b", TestSets.SIZE, disk);
    test.set("a", "b");
    test.write(0, random(1, (int) TestSets.SIZE));
    return test;
  }

  /** Such a set with a target that no copy is made of, and that is not waited for for long. */
  private TestSets makeWithTarget() throws Exception {
    TestSets test = make();
    test.split(Split.Policy.MINICOPY, "b");
    test.commands().set(new SetRecord.Settings(5000, 1, 0), NOTHING);
    test.sets.setMaxCopy(0);
    test.mount("b");
    return test;
  }

  @Test
  void aWriteIsAnsweredWithoutATargetThatHangsAndItsBitsAreSet() throws Exception {
    try (TestSets test = makeWithTarget();
        HookedDisk b = test.disk("b")) {
      Members.Target target = test.unit().set().device().members().targets().get(0);
      b.hang(Request.WRITE);
      CompletableFuture<Void> write = TestSets.begin(() -> test.write(1_000_000, random(2, 100)));
      TestJobs.await("it is answered", write::isDone);
      write.join();
      assertThat(b.hanging()).isEqualTo(1);
      assertThat(target.missing().touches(1_000_000, 100)).isTrue();
      test.write(2_000_000, random(3, 100)); // which does not wait any more
      assertThat(b.hanging()).isEqualTo(1);
      assertThat(target.missing().touches(2_000_000, 100)).isTrue();
      test.sets.setMaxCopy(4);
      b.well();
      test.commands().set(SetRecord.Settings.USUAL, NOTHING);
      test.awaitSteady();
      assertThat(test.lastJob().state()).isNotEqualTo(JobState.DONE);
      assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void aCopyToADiskThatHangsEnds() throws Exception {
    try (TestSets test = make()) {
      test.split(Split.Policy.MINICOPY, "b");
      test.write(1_000_000, random(2, 100));
      test.commands().set(new SetRecord.Settings(5000, 1, 0), NOTHING);
      try (HookedDisk b = test.disk("b")) {
        b.hang(Request.WRITE);
        test.mount("b");
        test.awaitSteady();
        assertThat(b.hanging()).isEqualTo(1);
        assertThat(test.lastJob().state()).isEqualTo(JobState.FAILED);
        assertThat(test.names(MemberRole.FORMER)).containsExactly("b");
      }
      test.mount(MountSpec.Policy.MINICOPY, "b");
      test.awaitSteady();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void nobodyElseGetsTheBytesThatAWriteWhichHangsStillReads() throws Exception {
    try (TestSets test = makeWithTarget();
        HookedDisk b = test.disk("b")) {
      byte[] bytes = random(2, 4096);
      Member member = test.member("b"); // which the upkeep removes once it is given up
      b.hang(Request.WRITE);
      test.write(0, bytes);
      takeMany().forEach(HangingDiskTest::fill);
      b.well();
      TestJobs.await("it is written", () -> member.underWay().get() == 0);
      TestJobs.await("its disk answers", () -> !test.bay.find("b").damaged());
      assertThat(test.read("b")).startsWith(bytes);
    }
  }

  /** More buffers than any test leaves behind, which nobody gets again. */
  private static List<ByteBuffer> takeMany() {
    return Stream.generate(() -> Buffers.take(4096)).limit(200).toList();
  }

  private static void fill(ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      buffer.put((byte) 7);
    }
    buffer.flip();
  }

  @Test
  void nobodyElseGetsTheBufferThatAReadWhichHangsStillFills() throws Exception {
    try (TestSets test = make();
        HookedDisk a = test.disk("a")) {
      a.hang(Request.READ);
      Member member = test.member("a");
      try (var open = test.unit().open(TestJobs.READER, false)) {
        open.read(0, ByteBuffer.allocateDirect(4096));
      }
      var others = takeMany();
      others.forEach(HangingDiskTest::fill);
      a.well();
      TestJobs.await("it is read", () -> member.underWay().get() == 0);
      assertThat(others).allMatch(other -> other.get(0) == 7);
    }
  }

  @Test
  void aReadIsServedFromAnotherMemberLongBeforeTheFirstIsGivenUp() throws Exception {
    try (TestSets test = make();
        HookedDisk a = test.disk("a")) {
      byte[] all = test.read("b");
      a.hang(Request.READ);
      CompletableFuture<Void> read = TestSets.begin(() -> assertThat(test.read()).isEqualTo(all));
      TestJobs.await("it is served", read::isDone); // a may hang for two minutes
      read.join();
      assertThat(a.hanging()).isPositive();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
    }
  }

  @Test
  void whoWaitsForAMemberThatIsGivenUpByForceWaitsNoLonger() throws Exception {
    try (TestSets test = make();
        HookedDisk b = test.disk("b")) {
      ShadowSet set = test.unit().set();
      b.hang(Request.WRITE);
      CompletableFuture<Void> write = TestSets.begin(() -> test.write(0, random(2, 100)));
      TestJobs.await("the write hangs", () -> b.hanging() > 0);
      CompletableFuture<Void> rotation =
          TestSets.begin(
              () -> {
                try (var held = set.enter()) { // and so the lock is not to be had
                  assertThat(set.mounted().bitmaps().beginRotation()).isTrue();
                }
              });
      TestJobs.await("it waits for the write", () -> TestJobs.isIn(Passages.class, "close"));
      CompletableFuture<Void> expelled =
          TestSets.begin(() -> test.commands().expel(test.bay.find("b")));
      TestJobs.await("b is given up", expelled::isDone);
      CompletableFuture.allOf(write, rotation, expelled).join();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
      assertThat(test.read("a")).startsWith(random(2, 100));
    }
  }
}
