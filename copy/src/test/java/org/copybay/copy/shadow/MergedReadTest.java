package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.HookedDisk;
import org.copybay.volumes.bay.HookedDisk.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A read of what members may differ in makes those equal that the set has then, and waits. */
class MergedReadTest {
  private static final int LATER = 512 << 10;

  @TempDir private Path path;

  /** A set of which all is to be merged, by no job. */
  private TestSets make() throws Exception {
    TestSets test = TestSets.create(path);
    test.set("a", "b");
    test.write(0, random(1, 1 << 20));
    test.sets.setMaxCopy(0);
    test.commands().demandMerge();
    return test;
  }

  private static CompletableFuture<Void> read(TestSets test) throws Exception {
    UnitDevice device = test.unit().set().device();
    return TestSets.begin(() -> device.read(0, ByteBuffer.allocateDirect(1 << 20)));
  }

  @Test
  void whoLeftWhileItWaitedGivesNothingToTheOthers() throws Exception {
    try (TestSets test = make()) {
      CountDownLatch mayEnd = new CountDownLatch(1);
      CountDownLatch holds = new CountDownLatch(1);
      UnitDevice device = test.unit().set().device();
      CompletableFuture<Void> holder =
          TestSets.begin(
              () -> {
                try (var held = device.enterRange(new Extent(0, 4096))) {
                  holds.countDown();
                  TestJobs.await("it may end", () -> mayEnd.getCount() == 0);
                }
              });
      holds.await();
      CompletableFuture<Void> read = read(test);
      TestJobs.await("it waits", () -> TestJobs.isIn(UnitDevice.class, "readMerged"));
      test.split(Split.Policy.NONE, "a");
      byte[] written = random(2, 4096);
      test.write(LATER, written);
      mayEnd.countDown();
      holder.join();
      read.join();
      assertThat(Arrays.copyOfRange(test.read("b"), LATER, LATER + 4096)).isEqualTo(written);
    }
  }

  @Test
  void itIsAnsweredWhenAllHaveIt() throws Exception {
    try (TestSets test = make();
        HookedDisk b = test.disk("b")) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(4096).put(random(3, 4096)).flip();
      test.bay.find("a").memberBytes().write(0, bytes);
      b.fail(Request.WRITE, Fault.STORE_FAILED);
      CompletableFuture<Void> read = read(test);
      TestJobs.await("b fails", () -> failsToWrite(test));
      assertThat(read).isNotDone();
      b.well();
      read.join();
      assertThat(failsToWrite(test)).isFalse();
      assertThat(test.read("b")).isEqualTo(test.read("a"));
    }
  }

  private static boolean failsToWrite(TestSets test) {
    ShadowSet.Mounted now = test.sets.all().get(0).set().mountedOrNull();
    return now != null && now.device().members().full().get(1).since(Member.Trouble.WRITE) != 0;
  }

  @Test
  void itIsAnsweredByTheLastOneThatCanBeRead() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      test.set("a", "b", "c");
      test.sets.setMaxCopy(0);
      test.write(0, random(1, (int) TestSets.SIZE));
      test.commands().demandMerge();
      try (HookedDisk a = test.disk("a");
          HookedDisk b = test.disk("b")) {
        a.fail(Request.READ, Fault.STORE_FAILED);
        b.fail(Request.READ, Fault.STORE_FAILED);
        assertThat(test.read()).isEqualTo(random(1, (int) TestSets.SIZE));
      }
    }
  }

  @Test
  void whereNoMemberAnswersItFailsAsAnyReadDoes() throws Exception {
    try (TestSets test = make();
        HookedDisk a = test.disk("a");
        HookedDisk b = test.disk("b")) {
      a.fail(Request.READ, Fault.AGAIN);
      b.fail(Request.READ, Fault.AGAIN);
      TestJobs.assertFault(Fault.STORE_FAILED, test::read, "no member answers");
    }
  }

  @Test
  void itIsAsLongAsItWasAskedFor() throws Exception {
    try (TestSets test = make()) {
      ByteBuffer bytes = ByteBuffer.allocateDirect(5000);
      test.unit().set().device().read(TestSets.SIZE - 5000, bytes);
      assertThat(bytes.position()).isEqualTo(5000);
      assertThat(test.member("a").failing()).isFalse();
    }
  }

  @Test
  void whoBecameAMemberMeanwhileHasItToo() throws Exception {
    try (TestSets test = make()) {
      test.volume("c");
      test.mount("c");
      UnitDevice device = test.unit().set().device();
      Members.Target c = device.members().targets().get(0);
      AtomicBoolean once = new AtomicBoolean(true);
      try (HookedDisk b = test.disk("b")) {
        b.hook(
            request -> {
              if (request == Request.READ && once.getAndSet(false)) {
                device.setMembers(device.members().withFull(c));
              }
            });
        read(test).join();
      }
      assertThat(Arrays.copyOf(test.read("c"), 1 << 20))
          .isEqualTo(Arrays.copyOf(test.read("a"), 1 << 20));
    }
  }

  @Test
  void aMergeIsToldToTargets() throws Exception {
    try (TestSets test = make()) {
      test.volume("c");
      test.commands().set(TestSets.NO_JOBS, NOTHING);
      test.mount("c");
      Members.Target c = test.unit().set().device().members().targets().get(0);
      c.missing().reset(() -> {});
      ByteBuffer bytes = ByteBuffer.allocateDirect(4096).put(random(3, 4096)).flip();
      test.bay.find("a").memberBytes().write(0, bytes);
      read(test).join();
      assertThat(c.missing().touches(0, 4096)).isTrue();
    }
  }
}
