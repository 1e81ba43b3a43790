package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.shadow.MountSpec.Policy;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members leave at one instant, and nothing is written to the others only without a bit. */
class SplitTest {
  @TempDir private Path path;

  @Test
  void memberAndBitmapTogetherAreTheSourceWhateverIsInFlight() throws Exception {
    int rounds = Integer.getInteger("copybay.shadow.splits", 20);
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      for (int round = 0; round < rounds; round++) {
        try (Writers writers = new Writers(test, 3)) {
          writers.awaitWrites(20);
          test.split(Split.Policy.MINICOPY, "b");
          writers.awaitWrites(20);
        }
        assertThat(withChanges(test)).isEqualTo(test.read("a"));
        test.mount(Policy.MINICOPY, "b");
        test.awaitSteady();
        assertThat(test.read("b")).isEqualTo(test.read("a"));
      }
    }
  }

  /** What b holds, with what the bitmap says that it lacks from a. */
  private static byte[] withChanges(TestSets test) throws Exception {
    byte[] all = test.read("b");
    byte[] a = test.read("a");
    var bitmap = test.unit().set().mounted().bitmaps().copy(test.bay.find("b").id());
    assertThat(bitmap).isNotNull();
    int grain = (int) bitmap.grain().regionBytes();
    for (long r = bitmap.nextRegion(0); r >= 0; r = bitmap.nextRegion(r + 1)) {
      int from = (int) r * grain;
      System.arraycopy(a, from, all, from, Math.min(grain, all.length - from));
    }
    return all;
  }

  /** A second set, of c and d. */
  private static VirtualUnit second(TestSets test) throws Exception {
    test.volume("c");
    test.volume("d");
    test.mount(TestSets.spec("DSA2", Policy.USUAL, "c", "d"));
    test.awaitSteady();
    return test.sets.find("dsa2:");
  }

  /** Writes rising numbers to two sets, each to the first one first, until it is closed. */
  private static final class Counter implements AutoCloseable {
    private final VirtualUnit first;
    private final VirtualUnit second;
    private final CompletableFuture<Void> counting;
    private volatile boolean ending;
    private volatile long last;

    Counter(VirtualUnit first, VirtualUnit second) {
      this.first = first;
      this.second = second;
      this.counting = TestSets.begin(this::count);
    }

    private void count() throws StorageException {
      try (OpenFile one = first.open(WRITER, false);
          OpenFile other = second.open(WRITER, false)) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(8);
        for (long n = 1; !ending; n++) {
          one.write(0, bytes.clear().putLong(n).flip());
          other.write(0, bytes.clear().putLong(n).flip());
          last = n;
        }
      }
    }

    void awaitMore() {
      long before = last;
      TestJobs.await("it counts", () -> last > before || counting.isDone());
    }

    @Override
    public void close() {
      ending = true;
      counting.join();
    }
  }

  private static long number(TestSets test, String member) throws Exception {
    return ByteBuffer.wrap(test.read(member)).getLong();
  }

  @Test
  void membersOfTwoSetsLeaveAtOneInstant() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      VirtualUnit one = test.set("a", "b");
      VirtualUnit two = second(test);
      for (int round = 0; round < 10; round++) {
        try (Counter counter = new Counter(one, two)) {
          counter.awaitMore();
          test.split(Split.Policy.MINICOPY, "b", "d");
        }
        assertThat(number(test, "b") - number(test, "d")).isBetween(0L, 1L);
        test.mount("b");
        test.mount(TestSets.spec("DSA2", Policy.USUAL, "d"));
        test.awaitSteady();
      }
    }
  }

  @Test
  void membersOfTwoStalledSetsAreOfOneInstantThoughTheyLeaveOneAfterTheOther() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      List<VirtualUnit> both = List.of(test.set("a", "b"), second(test));
      try (Counter counter = new Counter(both.get(0), both.get(1))) {
        counter.awaitMore();
        Stalls.begin(both, 60);
        test.split(Split.Policy.MINICOPY, "b");
        test.split(Split.Policy.MINICOPY, "d");
        assertThat(Stalls.end(both)).isEqualTo(both);
        counter.awaitMore();
      }
      assertThat(number(test, "b")).isPositive();
      assertThat(number(test, "b") - number(test, "d")).isBetween(0L, 1L);
      assertThat(number(test, "a")).isGreaterThan(number(test, "b"));
    }
  }

  @Test
  void theOnlySourceStays() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      assertFault(Fault.FORBIDDEN, () -> test.split(Split.Policy.NONE, "a", "b"), "DISM-F-SRCMEM");
      test.split(Split.Policy.NONE, "b");
      assertFault(Fault.FORBIDDEN, () -> test.split(Split.Policy.NONE, "a"), "DISM-F-SRCMEM");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a");
    }
  }

  @Test
  void strictStaysWhereNoBitmapCanBeMadeAndOptionalGoesOn() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      Path directory = test.bay.shadowDirectory(test.unit().set().record().id());
      Path blocked = directory.resolve(SetBitmaps.copyName(test.bay.find("b").id()));
      Files.createDirectories(blocked.resolve("x")); // nothing can take its place
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> test.split(Split.Policy.MINICOPY, "b")))
          .hasMessageContaining("DISM-F-NOBITMAP")
          .hasMessageContaining("b stays a member");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b", "c");
      test.write(0, random(1, 1000));
      assertThat(test.read("b")).isEqualTo(test.read("a"));
      assertThat(test.split(Split.Policy.OPTIONAL, "b").toString())
          .contains("without a write bitmap");
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "c");
      Files.delete(blocked.resolve("x"));
      Files.delete(blocked);
    }
  }

  @Test
  void noBitmapIsMadeBeforeMembersAreEqual() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.commands().set(TestSets.NO_JOBS, NOTHING);
      assertThat(test.commands().demandMerge()).isNotNull();
      assertFault(Fault.BUSY, () -> test.split(Split.Policy.MINICOPY, "b"), "is marked for merge");
      assertFault(
          Fault.BUSY,
          () -> test.commands().dismount(Split.Policy.MINICOPY, NOTHING),
          "is marked for merge");
      assertThat(test.split(Split.Policy.OPTIONAL, "b").get(0)).contains("without a write bitmap");
    }
  }

  @Test
  void aSplitThatDiedIsNone() throws Exception {
    TestSets died = TestSets.create(path);
    died.set("a", "b");
    died.write(0, random(1, (int) TestSets.SIZE));
    ShadowSet set = died.unit().set();
    set.labels() // the labels of those that stay were written, and no more
        .write(
            set.record(),
            set.record().lineage().next(),
            died.bay.find("a"),
            MemberRole.FULL,
            false);
    died.bay.find("a").memberBytes().write(0, ByteBuffer.allocateDirect(100));
    set.mounted().bitmaps().aboutToChange(0, 100);
    died.die();
    try (TestSets test = TestSets.open(path, RecoverMode.PROCESS)) {
      test.awaitSteady();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  @Test
  void writesAreHeldBackUntilTheThaw() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      Stall stall = test.set("a", "b").set().stall();
      stall.begin(60);
      CompletableFuture<Void> write = TestSets.begin(() -> test.write(0, random(3, 1000)));
      TestJobs.await("it is held back", SplitTest::isHeldBack);
      test.split(Split.Policy.MINICOPY, "b"); // needs no write
      assertThat(test.read()).hasSize((int) TestSets.SIZE);
      assertThat(write).isNotDone();
      assertThat(stall.end()).isTrue();
      write.join();
      assertThat(test.read("b")).isNotEqualTo(test.read("a"));
    }
  }

  @Test
  void aStallEndsByItself() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      Stall stall = test.set("a", "b").set().stall();
      stall.begin(300);
      CompletableFuture<Void> write = TestSets.begin(() -> test.write(0, random(3, 1000)));
      TestJobs.await("it is held back", SplitTest::isHeldBack);
      stall.begin(1); // sooner over than the one before
      TestJobs.await("it went on", write::isDone);
      write.join();
      assertThat(stall.end()).isFalse();
    }
  }

  private static boolean isHeldBack() {
    return TestJobs.isIn(Stall.class, "awaitEnd");
  }

  @Test
  void aMemberThatLeftGetsNoRepair() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      Member b = test.member("b");
      test.split(Split.Policy.MINICOPY, "b");
      byte[] then = test.read("b");
      test.write(0, random(1, 1000));
      test.unit().set().device().repair(b, new Extent(0, 1000));
      assertThat(test.read("b")).isEqualTo(then);
    }
  }

  @Test
  void aCopyThatIsWholeBeforeItEndsLeavesAFullMember() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      assertThat(test.sets.work().endCopy(test.unit().set(), test.bay.find("b"))).isFalse();
      assertThat(test.names(MemberRole.FULL)).containsExactly("a", "b");
      assertThat(test.unit().set().device().members().full()).hasSize(2);
    }
  }

  @Test
  void aTargetThatBecomesFullWhileItIsRemovedLeavesWhole() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b");
      test.write(0, random(1, 1000));
      assertThat(second(test).name()).isEqualTo("DSA2");
      test.split(Split.Policy.MINICOPY, "b");
      test.write(0, random(2, 1000));
      KeptRange kept = new KeptRange(test.unit().set().device());
      test.mount("b");
      kept.awaitWaiter();
      String said = // d leaves first, and b is full before that is recorded
          test.split(connection -> awaitFull(test, kept), Split.Policy.MINICOPY, "b", "d")
              .toString();
      assertThat(said).contains("_b: removed from DSA1, with a write bitmap");
      assertThat(test.read("b")).isEqualTo(test.read());
      test.bay.find("b").open(TestJobs.READER, false).close(); // it is no mixture
      assertThat(test.lastJob().state()).isEqualTo(JobState.DONE);
    }
  }

  private static void awaitFull(TestSets test, KeptRange kept) {
    kept.close();
    TestJobs.await("b is full", () -> test.names(MemberRole.FULL).contains("b"));
  }
}
