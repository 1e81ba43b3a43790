package org.copybay.copy.duplicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.READER;
import static org.copybay.copy.TestJobs.assertFault;
import static org.copybay.copy.TestJobs.awaitEnd;
import static org.copybay.copy.TestJobs.random;
import static org.copybay.copy.TestJobs.read;
import static org.copybay.copy.TestJobs.spec;
import static org.copybay.copy.TestJobs.write;

import java.io.RandomAccessFile;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.volumes.Fault;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.Test;

class DuplicatesTest extends DuplicateFixture {

  // ---- the copy

  @Test
  void theCopyIsEqualAndBelongsToWhoAskedForIt() throws Exception {
    Job job = test.duplicates.start(spec("a", "b", 0));
    awaitEnd(job);

    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    assertThat(job.row().result()).contains("copied=" + SIZE, "verified=yes");
    assertThat(job.percent()).isEqualTo(100);
    Volume copy = test.bay.find("b");
    assertThat(copy.row().owner().uid()).isEqualTo(7);
    assertThat(copy.row().owner().gid()).isEqualTo(8);
    assertThat(copy.row().owner().mode()).isEqualTo(0640);
    test.assertNothingLeftBehind();
    write(test.bay.find("a"), 0, new byte[10]);
    reopen();
    assertThat(read(test.bay.find("b"))).isEqualTo(bytes);
    assertThat(job(job.id()).state()).isEqualTo(JobState.DONE);
  }

  @Test
  void holesStayHoles() throws Exception {
    Volume sparse = test.create("sparse", 4L << 30);
    write(sparse, 1 << 30, random(2, 5000));
    write(sparse, (4L << 30) - 100, random(3, 100));

    Job job = test.duplicates.start(spec("sparse", "copy", 0));
    awaitEnd(job);

    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    Volume copy = test.bay.find("copy");
    assertThat(copy.size()).isEqualTo(4L << 30);
    assertThat(copy.status().blocks()).isEqualTo(sparse.status().blocks());
    assertThat(copy.status().blocks() * 512).isLessThan(64 * 1024);
  }

  @Test
  void aDiskWithoutReflinksMakesAnIndependentCopyAndSaysSo() throws Exception {
    Job job = test.duplicates.start(spec("a", "b", 0));
    awaitEnd(job);
    // Where /tmp can share extents this says yes, and that is right too.
    assertThat(job.row().result()).containsAnyOf("shared=no", "shared=yes");
    boolean shared = job.row().result().contains("shared=yes");
    assertThat(job.progress().bytesCopied()).isEqualTo(shared ? 0 : SIZE);
  }

  @Test
  void verifyFindsAByteThatTheDiskChanged() throws Exception {
    Job job = test.startStanding("a", "b", false);
    AtomicInteger changed = new AtomicInteger(4321);
    try (RandomAccessFile file =
        new RandomAccessFile(test.bay.reservedVolumes().get(0).home().toFile(), "rw")) {
      TestJobs.await( // two threads copy: the piece that is copied first may be the second one
          "a piece is copied",
          () -> {
            file.seek(changed.updateAndGet(at -> at == 4321 ? 4321 + MIB : 4321));
            return (byte) file.read() == bytes[changed.get()];
          });
      file.seek(changed.get());
      file.write(bytes[changed.get()] ^ 1);
    }

    job.setRate(0);
    awaitEnd(job);

    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.error().fault()).isEqualTo(Fault.CORRUPT);
    assertThat(job.error()).hasMessage("source and copy differ at byte " + changed);
    assertThat(test.names()).containsExactly("a");
    test.assertNothingLeftBehind();
  }

  @Test
  void verifyFindsDataWhereTheSourceHasAHole() throws Exception {
    test.create("sparse", 4 * MIB);
    write(test.bay.find("sparse"), 0, random(2, 2 * MIB));
    Job job = test.startStanding("sparse", "b", false);
    try (RandomAccessFile file =
        new RandomAccessFile(test.bay.reservedVolumes().get(0).home().toFile(), "rw")) {
      file.seek(3 * MIB + 5);
      file.write(1);
    }

    job.setRate(0);
    awaitEnd(job);

    assertThat(job.error()).hasMessage("source and copy differ at byte " + (3 * MIB + 5));
  }

  // ---- what is refused

  @Test
  void refusedCommandsLeaveNothing() throws Exception {
    test.create("b", 5);
    assertFault(Fault.EXISTS, () -> test.duplicates.start(spec("a", "b", 0)), "b exists");
    assertFault(Fault.NOT_FOUND, () -> test.duplicates.start(spec("x", "c", 0)), "no volume x");
    assertFault(Fault.BAD_REQUEST, () -> test.duplicates.start(spec("a", "a", 0)), "same volume");
    assertFault(Fault.BAD_REQUEST, () -> test.duplicates.start(spec("a", "c/d", 0)), "without /");
    Job job = test.duplicates.start(spec("a", "c", false, 0, "mine"));
    awaitEnd(job);
    assertFault(
        Fault.EXISTS,
        () -> test.duplicates.start(spec("a", "d", false, 0, "mine")),
        "job mine exists");
    assertThat(test.names()).containsExactly("a", "b", "c");
    test.assertNothingLeftBehind();
  }

  // ---- replace=yes

  @Test
  void replaceTakesThePlaceOfTheOldVolumeInOneStep() throws Exception {
    write(test.create("b", 100), 0, random(5, 100));
    Volume old = test.bay.find("b");
    OpenFile reader = old.open(READER, false);
    Job job = test.startStanding("a", "b", true);
    assertFault(Fault.BUSY, () -> test.bay.remove("b"), "being replaced by job " + job.id());
    assertThat(read(test.bay.find("b"))).isEqualTo(random(5, 100));

    job.setRate(0);
    awaitEnd(job);

    assertThat(job.state()).as("%s", job.error()).isEqualTo(JobState.DONE);
    assertThat(read(test.bay.find("b"))).isEqualTo(bytes);
    assertThat(old.home()).exists();
    reader.close();
    assertThat(old.home()).doesNotExist();
    test.assertNothingLeftBehind();
  }

  @Test
  void aCancelledReplaceLeavesTheOldVolumeFree() throws Exception {
    write(test.create("b", 100), 0, random(5, 100));
    Job job = test.startStanding("a", "b", true);

    job.cancel();
    awaitEnd(job);

    assertThat(read(test.bay.find("b"))).isEqualTo(random(5, 100));
    test.assertNothingLeftBehind();
    write(test.bay.find("b"), 0, new byte[1]);
  }

  // ---- orders

  @Test
  void cancelAtAnyMomentLeavesNothingOrTheWholeCopy() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      Job job = test.duplicates.start(spec("a", "b", 0));
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(40_000)));
      job.cancel();
      awaitEnd(job);

      if (job.state() == JobState.DONE) {
        assertThat(read(test.bay.find("b"))).as("-Dseed=%d", seed).isEqualTo(bytes);
        test.bay.remove("b");
      } else {
        assertThat(job.state()).as("-Dseed=%d", seed).isEqualTo(JobState.CANCELLED);
        assertThat(job.error().fault()).isEqualTo(Fault.CANCELLED);
      }
      assertThat(test.names()).containsExactly("a");
      test.assertNothingLeftBehind();
    }
  }

  @Test
  void pauseAndResumeAtAnyMomentNeverChangeTheEnd() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      Job job = test.duplicates.start(spec("a", "b", 0));
      while (!job.state().ended()) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3000)));
        job.pause();
        if (job.state() == JobState.PAUSED) {
          job.resume();
        }
      }
      assertThat(job.state()).as("-Dseed=%d %s", seed, job.error()).isEqualTo(JobState.DONE);
      reopen();
      assertThat(job(job.id()).state()).as("-Dseed=%d", seed).isEqualTo(JobState.DONE);
      assertThat(read(test.bay.find("b"))).isEqualTo(bytes);
      test.bay.remove("b");
    }
  }

  @Test
  void aPausedJobStandsStillOverARemountAndGoesOn() throws Exception {
    Job job = test.startStanding("a", "b", false);
    job.pause();
    job.setRate(2);
    job.setRate(TestJobs.STANDSTILL);
    reopen();
    Job found = job(job.id());
    assertThat(found.state()).isEqualTo(JobState.PAUSED);
    write(test.bay.find("a"), 0, random(9, SIZE));
    assertFault(Fault.BUSY, () -> test.bay.remove("a"), "by job " + job.id());
    assertFault(Fault.BUSY, () -> test.create("b", 1), "reserved by job " + job.id());
    assertThat(found.rateLimit()).as("the last limit").isEqualTo(TestJobs.STANDSTILL);

    found.setRate(0);
    found.resume();
    awaitEnd(found);

    assertThat(found.state()).as("%s", found.error()).isEqualTo(JobState.DONE);
    assertFault(Fault.ALREADY, found::resume, "is not paused");
    assertThat(read(test.bay.find("b"))).isEqualTo(bytes);
  }

  @Test
  void aNewLimitReachesThePiecesThatWait() throws Exception {
    Job job = test.startStanding("a", "b", false);
    assertThat(job.progress().bytesCopied())
        .isEqualTo(MIB); // one slot, the next one is 12 days away

    job.setRate(0);

    awaitEnd(job);
    assertThat(job.state()).isEqualTo(JobState.DONE);
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  @Test
  void pausedJobsKeepNoBuffers() throws Exception {
    long before = directMemory();
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Job job = test.startStanding("a", "b" + i, false);
      job.pause();
      jobs.add(job);
    }
    assertThat(directMemory() - before).as("4 MiB each were 160 MiB").isLessThan(40L * MIB);
    for (Job job : jobs) {
      job.cancel();
      awaitEnd(job);
    }
  }

  // ---- a full disk

  @Test
  void aDiskThatGetsFullFailsTheJobAndLeavesNoTarget() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    if (!ran("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk.toString())) {
      String why = "SKIPPED, needs root: mount -t tmpfs";
      System.err.println(why);
      org.junit.jupiter.api.Assumptions.abort(why);
    }
    try (TestJobs small = TestJobs.create(disk.resolve("bay"))) {
      write(small.create("a", 20 * MIB), 0, random(1, 20 * MIB));
      long free = disk.toFile().getUsableSpace();

      Job job = small.duplicates.start(spec("a", "b", 0));
      awaitEnd(job);

      assertThat(job.state()).isEqualTo(JobState.FAILED);
      assertThat(job.error().fault()).isEqualTo(Fault.NO_SPACE);
      assertThat(job.error()).hasMessageContaining("No space left");
      assertThat(small.names()).containsExactly("a");
      small.assertNothingLeftBehind();
      assertThat(disk.toFile().getUsableSpace()).isGreaterThan(free - MIB);
    } finally {
      assertThat(ran("umount", disk.toString())).isTrue();
    }
  }

  private static boolean ran(String... command) throws Exception {
    return new ProcessBuilder(command).start().waitFor() == 0;
  }

  @Test
  void theEstimateKeepsToTheLimit() throws Exception {
    write(test.create("three", 3 * MIB), 0, random(1, 3 * MIB));

    Job job = test.startStanding("three", "b", false);

    assertThat(job.etaSeconds()).isEqualTo(2 * MIB / TestJobs.STANDSTILL);
    job.cancel();
    awaitEnd(job);
  }
}
