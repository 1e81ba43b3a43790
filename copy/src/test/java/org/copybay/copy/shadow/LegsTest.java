package org.copybay.copy.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each leg of a request is done, or counts as failed, whatever begins to hang beside it. */
class LegsTest {
  private static final long LONG_MILLIS = 600_000;

  @TempDir private Path path;
  @TempDir private Path disk;

  private static void hang(Member member) {
    member.underWay().incrementAndGet();
    member.setHung();
  }

  private static CompletableFuture<List<Legs.Failure>> begin(
      List<Member> members, Queue<Member> done) {
    return CompletableFuture.supplyAsync(
        () ->
            Legs.run(
                members, ByteBuffer.allocate(0), LONG_MILLIS, (member, none) -> done.add(member)));
  }

  @Test
  void aMemberThatBeginsToHangWhileAnotherOneIsWaitedForIsNotLeftOut() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      Member here = new Member(test.volume("a"));
      Member aside = new Member(test.volume("b", TestSets.SIZE, disk));
      hang(aside);
      Queue<Member> done = new ConcurrentLinkedQueue<>();
      CompletableFuture<List<Legs.Failure>> run = begin(List.of(here, aside), done);
      TestJobs.await("it waits", () -> TestJobs.isIn(Legs.class, "awaitQuiet"));
      hang(here);
      aside.underWay().decrementAndGet();
      assertThat(run.join()).isEmpty();
      assertThat(done).containsExactlyInAnyOrder(here, aside);
    }
  }

  @Test
  void whoIsGivenUpIsNotWaitedFor() throws Exception {
    try (TestSets test = TestSets.create(path)) {
      Member aside = new Member(test.volume("b", TestSets.SIZE, disk));
      hang(aside);
      CompletableFuture<List<Legs.Failure>> run =
          begin(List.of(aside), new ConcurrentLinkedQueue<>());
      aside.kill("the test");
      TestJobs.await("it is done", run::isDone);
      assertThat(run.join())
          .extracting(Legs.Failure::error)
          .extracting(StorageException::fault)
          .containsExactly(Fault.AGAIN);
    }
  }
}
