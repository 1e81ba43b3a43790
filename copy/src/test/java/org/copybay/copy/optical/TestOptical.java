package org.copybay.copy.optical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.copy.TestJobs.READER;
import static org.copybay.copy.TestJobs.WRITER;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.copybay.copy.TestJobs;
import org.copybay.copy.duplicate.Duplicates;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.volumes.Finding;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.BitmapRecord;
import org.copybay.volumes.bay.OpenFile;
import org.copybay.volumes.bay.VolumeRecord.Owner;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.format.MediumFormat;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.media.MediaFormat;
import org.copybay.volumes.media.MediaType;
import org.jspecify.annotations.Nullable;

/** A bay with its optical storage in a directory of a test. */
final class TestOptical implements AutoCloseable {
  static final Owner OWNER = new Owner(1, 2, 0640);
  static final int S = 2048;
  static final int MIB = 1 << 20;

  final Path path;
  final Bay bay;
  final Jobs jobs;
  final Optical optical;

  private boolean closed;

  private TestOptical(Path path, RecoverMode mode) throws StorageException {
    this.path = path;
    this.bay = BayOpener.open(path, false, mode, 1 << 20, Clock.systemUTC());
    this.jobs = new Jobs(bay);
    this.optical = new Optical(bay, jobs);
    optical.duplicating().setCheckpoints(Duration.ofMillis(1));
    optical.load();
    jobs.load();
    new Duplicates(bay, jobs).discardAbandoned(); // as a mount does, of points too
    jobs.start();
  }

  static TestOptical create(Path path) throws StorageException {
    BayOpener.init(path, Clock.systemUTC());
    return open(path, RecoverMode.AUTO);
  }

  static TestOptical open(Path path, RecoverMode mode) throws StorageException {
    return new TestOptical(path, mode);
  }

  /** Ends it in an orderly way and opens it again. */
  TestOptical reopen() throws StorageException {
    close();
    return open(path, RecoverMode.AUTO);
  }

  /** The state of the directory, as process death would leave it now. */
  Path copyTo(Path to) {
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(path.relativize(each).toString()));
      }
      return to;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- devices and cartridges

  OpticalDevice library(String name, int drives) throws StorageException {
    return device(name, DeviceType.LIBRARY, drives);
  }

  OpticalDevice device(String name, DeviceType type, int drives) throws StorageException {
    return optical
        .setup()
        .create(new DeviceRecord(name, type, drives, 50, MediaType.DVD_RAM), NOTHING);
  }

  static Cartridges.NewCartridge wanted(
      String name, @Nullable String device, MediaType type, int sector, long capacity, int sides) {
    return new Cartridges.NewCartridge(name, device, 0, type, sector, capacity, sides, OWNER);
  }

  /** Makes a cartridge; its first side. */
  OpticalVolume add(Cartridges.NewCartridge wanted) throws StorageException {
    optical.cartridges().add(wanted, NOTHING);
    return side(wanted.name() + ".A");
  }

  /** Of so many sectors of 2 KiB, with one side. */
  OpticalVolume add(String name, String device, MediaType type, int sectors)
      throws StorageException {
    return add(wanted(name, device, type, S, (long) sectors * S, 1));
  }

  OpticalVolume side(String key) {
    return Objects.requireNonNull(optical.byKey(key), key);
  }

  OpticalVolume init(OpticalVolume volume, String id) throws StorageException {
    optical.initializing().initialize(volume, initializing(id, null), NOTHING);
    return volume;
  }

  static Initializing.Spec initializing(String id, @Nullable MediaFormat format) {
    return new Initializing.Spec(id, 100, false, "", VolumeType.PRIMARY, format);
  }

  // ---- bytes

  void write(OpticalVolume volume, long offset, byte[] bytes) throws StorageException {
    try (OpenFile open = volume.open(WRITER, false)) {
      ByteBuffer buffer = direct(bytes);
      for (long at = offset; buffer.hasRemaining(); ) {
        at += open.write(at, buffer);
      }
    }
  }

  /** Lets a writer be one that has asked for an empty file. */
  void truncate(OpticalVolume volume) throws StorageException {
    volume.open(WRITER, true).close();
  }

  static byte[] read(OpticalVolume volume) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) volume.size());
    try (OpenFile open = volume.open(READER, false)) {
      open.read(0, buffer);
    }
    return bytes(buffer);
  }

  /** All that the medium holds, whatever it is. */
  static byte[] raw(OpticalVolume volume) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) volume.medium().volume().size());
    volume.medium().volume().read(0, buffer);
    return bytes(buffer);
  }

  static BitSet written(OpticalVolume volume) throws StorageException {
    BitSet set = new BitSet();
    var map = volume.medium().written();
    for (long at = map.nextRegion(0); at >= 0; at = map.nextRegion(at + 1)) {
      set.set((int) at);
    }
    return set;
  }

  private static byte[] bytes(ByteBuffer filled) {
    byte[] bytes = new byte[filled.flip().remaining()];
    filled.get(bytes);
    return bytes;
  }

  static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** The label that readers of its bytes would find. */
  static MediumFormat format(OpticalVolume volume) throws StorageException {
    return MediumFormat.read(volume.medium().image(), volume.medium().volume().size());
  }

  /** A medium of ISO 9660 with random bytes behind its descriptors. */
  static byte[] iso(String identifier, int sectors) {
    byte[] image = TestJobs.random(sectors, sectors * S);
    Arrays.fill(image, 0, 18 * S, (byte) 0);
    image[16 * S] = 1;
    put(image, 16 * S + 1, "CD001\1");
    put(image, 16 * S + 40, identifier + " ".repeat(32 - identifier.length()));
    put(image, 16 * S + 813, "2019050607080910\4");
    image[17 * S] = (byte) 255;
    put(image, 17 * S + 1, "CD001\1");
    return image;
  }

  static void put(byte[] image, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, image, at, bytes.length);
  }

  // ---- duplicates

  Job start(Ask ask) throws StorageException {
    return optical.duplicating().start(ask.spec());
  }

  /** Duplicates, which must go well. */
  Job duplicate(Ask ask) throws StorageException {
    Job job = start(ask);
    TestJobs.awaitEnd(job);
    assertThat(job.state()).as("%s %s", job.error(), job.log()).isEqualTo(JobState.DONE);
    return job;
  }

  /** Duplicates, which must fail. */
  Job fail(Ask ask) throws StorageException {
    Job job = start(ask);
    TestJobs.awaitEnd(job);
    assertThat(job.state()).as("%s", job.log()).isEqualTo(JobState.FAILED);
    return job;
  }

  static long copied(Job job) {
    String result = String.valueOf(job.row().result());
    return Long.parseLong(result.replaceAll(".*copied=([0-9]+).*", "$1"));
  }

  /** Drives and volumes are free, and no point or bitmap of an ended job is left. */
  void assertNothingHeld() {
    for (OpticalDevice device : optical.devices()) {
      assertThat(optical.drives().look(device)).as(device.name()).allMatch(d -> d.job() == null);
    }
    assertThat(optical.volumes()).allMatch(volume -> volume.job() == null);
    assertThat(bay.points().ofJobs()).isEmpty();
    for (OpticalVolume volume : optical.volumes()) {
      for (BitmapRecord bitmap : volume.medium().volume().bitmaps()) {
        String name = bitmap.name();
        assertThat(!Bases.owns(name) || named(volume, name)).as(volume.key() + name).isTrue();
      }
    }
  }

  private boolean named(OpticalVolume volume, String bitmap) {
    Base own = volume.row().base();
    return (own != null && bitmap.equals(own.targetBitmap()))
        || optical.volumes().stream()
            .map(each -> each.row().base())
            .anyMatch(
                base ->
                    base != null
                        && base.source().equals(volume.row().bytes())
                        && base.sourceBitmap().equals(bitmap));
  }

  /** What a check finds wrong with the bay, which nobody has open. */
  static List<String> damages(Path bay) {
    return BayCheck.run(bay, new CheckOptions(RecoverMode.AUTO, true)).all().stream()
        .filter(finding -> finding.severity() == Finding.Severity.DAMAGE)
        .map(String::valueOf)
        .toList();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      jobs.close();
      bay.close();
    }
  }
}
