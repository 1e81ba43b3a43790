package org.copybay.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.copybay.copy.duplicate.DuplicateSpec;
import org.copybay.copy.duplicate.Duplicates;
import org.copybay.copy.engine.Checks;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.journal.RecoverMode;

/** A bay with its jobs in a directory of a test. */
public final class TestJobs implements AutoCloseable {
  /** Slow enough that only the first piece moves. */
  public static final long STANDSTILL = 1;

  public static final int PID = (int) ProcessHandle.current().pid();
  public static final Opener READER = new Opener(PID, false);
  public static final Opener WRITER = new Opener(PID, true);

  public final Path path;
  public final Bay bay;
  public final Jobs jobs;
  public final Duplicates duplicates;
  public final Checks checks;

  private TestJobs(Path path, boolean readOnly) throws StorageException {
    this.path = path;
    this.bay = BayOpener.open(path, readOnly, RecoverMode.AUTO, 1 << 20, Clock.systemUTC());
    this.jobs = new Jobs(bay);
    this.duplicates = Duplicates.withCheckpoints(bay, jobs, Duration.ofMillis(1));
    this.checks = new Checks(bay, jobs);
    jobs.load();
    duplicates.discardAbandoned();
    jobs.start();
  }

  public static TestJobs create(Path path) throws StorageException {
    BayOpener.init(path, Clock.systemUTC());
    return open(path);
  }

  public static TestJobs open(Path path) throws StorageException {
    return new TestJobs(path, false);
  }

  public static TestJobs openReadOnly(Path path) throws StorageException {
    return new TestJobs(path, true);
  }

  public static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  public Volume create(String name, long size) throws StorageException {
    return bay.create(
        new NewVolume(name, size, null, CacheMode.PAGE, new VolumeRecord.Owner(1, 2, 0640)),
        NOTHING);
  }

  public static void write(Volume volume, long offset, byte[] bytes) throws StorageException {
    try (OpenFile open = volume.open(WRITER, false)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
      assertThat(open.write(offset, buffer)).isEqualTo(bytes.length);
    }
  }

  public static byte[] read(Volume volume) throws StorageException {
    byte[] bytes = new byte[(int) volume.size()];
    try (OpenFile open = volume.open(READER, false)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
      open.read(0, buffer);
      buffer.flip().get(bytes);
    }
    return bytes;
  }

  public static DuplicateSpec spec(String from, String to, long bytesPerSecond) {
    return spec(from, to, false, bytesPerSecond, null);
  }

  public static DuplicateSpec spec(
      String from, String to, boolean replace, long bytesPerSecond, String id) {
    return new DuplicateSpec(
        from, to, replace, true, true, bytesPerSecond, id, "duplicate the line", 7, 8);
  }

  /** Starts a duplicate that stands still after the first piece. */
  public Job startStanding(String from, String to, boolean replace) throws StorageException {
    Job job = duplicates.start(spec(from, to, replace, STANDSTILL, null));
    await("first piece", () -> job.progress().bytesCopied() >= 1 << 20);
    return job;
  }

  public static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(2))
        .until(condition);
  }

  /** Whether a thread is in the method of that name of that class. */
  public static boolean isIn(Class<?> type, String method) {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .anyMatch(
            frame ->
                frame.getClassName().equals(type.getName())
                    && frame.getMethodName().equals(method));
  }

  public static void awaitEnd(Job job) {
    await("end of job " + job.id(), () -> job.state().ended());
  }

  public static void assertFault(Fault fault, ThrowingCallable call, String words) {
    org.assertj.core.api.Assertions.assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault);
              assertThat(e).hasMessageContaining(words);
            });
  }

  /** Until the volume is what its home says, and nothing lies beside that. */
  public void awaitPlain(String volume) {
    await(
        volume + " is plain",
        () -> {
          try (Stream<Path> files = Files.list(bay.find(volume).home().getParent())) {
            return files.count() == 2; // home and label
          }
        });
  }

  public List<String> names() {
    return bay.volumes().stream().map(Volume::name).toList();
  }

  /** Nothing is hidden, held or lying about. */
  public void assertNothingLeftBehind() throws IOException {
    assertThat(bay.reservedVolumes()).isEmpty();
    assertThat(bay.points().ofJobs()).isEmpty();
    assertThat(bay.volumes()).allMatch(volume -> volume.hold() == null);
    try (Stream<Path> homes = Files.list(path.resolve("volumes"))) {
      assertThat(homes.count()).isEqualTo(bay.volumes().size());
    }
    assertThat(path.resolve("orphans")).isEmptyDirectory();
  }

  /** The state of the directory, as process death would leave it now. */
  public Path copyTo(Path to) {
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(path.relativize(each).toString()));
      }
      return to;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    jobs.close();
    bay.close();
  }
}
