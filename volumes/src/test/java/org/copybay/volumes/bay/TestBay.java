package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.vault.Uptime;

/** A bay in a directory of a test, and what tests do with one. */
final class TestBay implements AutoCloseable {
  static final VolumeRecord.Owner OWNER = new VolumeRecord.Owner(1, 2, 0640);
  static final int PID = (int) ProcessHandle.current().pid();
  static final Opener READER = new Opener(PID, false);
  static final Opener WRITER = new Opener(PID, true);

  final Path path;
  Bay bay;

  private final Clock clock;

  private TestBay(Path path, Bay bay, Clock clock) {
    this.path = path;
    this.bay = bay;
    this.clock = clock;
  }

  /** A new one. */
  static TestBay create(Path path) throws StorageException {
    BayOpener.init(path, Clock.systemUTC());
    return open(path);
  }

  /** A new one, whose time is that of a clock. */
  static TestBay create(Path path, Clock clock) throws StorageException {
    BayOpener.init(path, clock);
    return new TestBay(path, open(path, false, clock), clock);
  }

  /** One that is there. */
  static TestBay open(Path path) throws StorageException {
    Clock clock = Clock.systemUTC();
    return new TestBay(path, open(path, false, clock), clock);
  }

  /** One that is there, which may not change. */
  static TestBay openReadOnly(Path path) throws StorageException {
    Clock clock = Clock.systemUTC();
    return new TestBay(path, open(path, true, clock), clock);
  }

  private static Bay open(Path path, boolean readOnly, Clock clock) throws StorageException {
    return BayOpener.open(path, readOnly, RecoverMode.AUTO, 1 << 20, clock, uptime(clock));
  }

  /** That of a machine which was started a day before 2026 and whose clock is right. */
  static Uptime uptime(Clock clock) {
    return new Uptime() {
      @Override
      public String bootId() {
        return "test";
      }

      @Override
      public long millis() {
        return clock.millis() - Instant.parse("2025-12-31T00:00:00Z").toEpochMilli();
      }
    };
  }

  /** Ends it in an orderly way and opens it again. */
  void reopen() throws StorageException {
    bay.close();
    bay = open(path, false, clock);
  }

  static NewVolume wanted(String name, long size) {
    return new NewVolume(name, size, null, CacheMode.PAGE, OWNER);
  }

  Volume create(String name, long size) throws StorageException {
    return bay.create(wanted(name, size), NOTHING);
  }

  /** A volume with random bytes of that seed. */
  Volume createFilled(String name, int size, long seed) throws StorageException {
    Volume volume = create(name, size);
    write(volume, 0, Bytes.random(seed, size));
    return volume;
  }

  OpenFile making(String name) throws StorageException {
    return bay.createMaking(wanted(name, 0), WRITER).open();
  }

  static void write(Volume volume, long offset, byte[] bytes) throws StorageException {
    try (OpenFile open = volume.open(WRITER, false)) {
      assertThat(open.write(offset, Bytes.direct(bytes))).isEqualTo(bytes.length);
    }
  }

  static byte[] read(Volume volume) throws StorageException {
    return read(volume, 0, (int) volume.size());
  }

  static byte[] read(Volume volume, long offset, int length) throws StorageException {
    ByteBuffer target = ByteBuffer.allocateDirect(length);
    try (OpenFile open = volume.open(READER, false)) {
      open.read(offset, target);
    }
    return Bytes.of(target);
  }

  List<String> names() {
    return bay.volumes().stream().map(Volume::name).toList();
  }

  /** The entries of volumes/ and of orphans/: a bay without rubbish has one per volume and none. */
  void assertNothingLeftBehind() throws IOException {
    long rows = Stream.concat(bay.volumes().stream(), bay.reservedVolumes().stream()).count();
    try (var homes = Files.list(path.resolve("volumes"));
        var orphans = Files.list(path.resolve("orphans"))) {
      assertThat(homes.count()).as("directories in volumes/").isEqualTo(rows);
      assertThat(orphans.count()).as("orphans").isZero();
    }
  }

  /** The state of the directory, as process death would leave it now. */
  static Path copy(Path from, Path to) {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
      return to;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every file below a directory with its bytes and its time. */
  static Map<String, String> state(Path root) throws IOException {
    Map<String, String> state = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(root)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        String bytes =
            Files.isDirectory(each)
                ? "directory"
                : java.util.Arrays.hashCode(Files.readAllBytes(each)) + "";
        state.put(root.relativize(each).toString(), bytes + " " + Files.getLastModifiedTime(each));
      }
    }
    return state;
  }

  static void assertFault(Fault fault, ThrowingCallable call) {
    assertFault(fault, call, e -> {});
  }

  static void assertFault(Fault fault, ThrowingCallable call, Consumer<StorageException> more) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.fault()).as(e.getMessage()).isEqualTo(fault);
              more.accept(e);
            });
  }

  @Override
  public void close() {
    bay.close();
  }
}
