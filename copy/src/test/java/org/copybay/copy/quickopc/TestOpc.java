package org.copybay.copy.quickopc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;

/**
 * A bay with its sessions in a directory of a test. Copies are paused until a test resumes them.
 */
final class TestOpc implements AutoCloseable {
  static final int REGION = Sets.REGION_BYTES;

  final HookedClock clock = new HookedClock();
  final Path path;
  final Bay bay;
  final Jobs jobs;
  final QuickOpc opc;
  final SessionCommands commands;

  private TestOpc(Path path, RecoverMode mode) throws StorageException {
    this.path = path;
    bay = BayOpener.open(path, false, mode, 1 << 20, clock);
    jobs = new Jobs(bay);
    opc = new QuickOpc(bay, jobs);
    commands = new SessionCommands(opc);
    opc.load();
    jobs.load();
    opc.startMissing();
    jobs.start();
  }

  static TestOpc create(Path path) throws StorageException {
    BayOpener.init(path, Clock.systemUTC());
    return open(path);
  }

  static TestOpc open(Path path) throws StorageException {
    return new TestOpc(path, RecoverMode.AUTO);
  }

  static TestOpc open(Path path, RecoverMode mode) throws StorageException {
    return new TestOpc(path, mode);
  }

  Volume create(String name, long size) throws StorageException {
    return bay.create(
        new NewVolume(name, size, null, CacheMode.PAGE, new VolumeRecord.Owner(1, 2, 0640)),
        NOTHING);
  }

  /** A volume whose regions hold a letter and their number each. */
  Volume create(String name, int regions, char letter) throws StorageException {
    Volume volume = create(name, (long) regions * REGION);
    for (int r = 0; r < regions; r++) {
      write(name, r, letter + "" + r);
    }
    return volume;
  }

  /** Fills a region with some text. */
  void write(String volume, int region, String text) throws StorageException {
    TestJobs.write(bay.find(volume), (long) region * REGION, bytes(text));
  }

  static byte[] bytes(String text) {
    return (text + "\n")
        .repeat(REGION / (text.length() + 1) + 1)
        .substring(0, REGION)
        .getBytes(UTF_8);
  }

  /** What each region of a volume holds: the text that it was filled with. */
  String read(String volume) throws StorageException {
    return text(TestJobs.read(bay.find(volume)));
  }

  /** The same, of a point. */
  static String text(PointVolume of) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) of.size());
    of.read(0, bytes);
    byte[] all = new byte[bytes.flip().remaining()];
    bytes.get(all);
    return text(all);
  }

  private static String text(byte[] all) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < all.length; at += REGION) {
      String region = new String(all, at, REGION, UTF_8);
      int end = region.indexOf('\n');
      String word = end < 0 ? "0" : region.substring(0, end);
      boolean whole = end < 0 || region.equals(new String(bytes(word), UTF_8));
      text.append(text.length() == 0 ? "" : " ").append(whole ? word : "mixed");
    }
    return text.toString();
  }

  PairRecord pair(String group, GroupType type, String source, String target)
      throws StorageException {
    if (!opc.groups().all().containsKey(group)) {
      opc.groups().createGroup(group, type, NOTHING);
    }
    return opc.groups().addPair(group, null, bay.find(source), bay.find(target), NOTHING);
  }

  PairRecord pair(String source, String target) throws StorageException {
    return pair("g-" + source + "-" + target, GroupType.QUICKOPC, source, target);
  }

  static StartSpec spec(Mode mode) {
    return new StartSpec(mode, false, false, null, true, null, "start", 7, NOTHING);
  }

  Session start(PairRecord pair, Mode mode) throws StorageException {
    return commands.start(List.of(pair), spec(mode)).get(0);
  }

  /** Starts a pair and copies all of it: it is in phase Tracking then. */
  void track(PairRecord pair) throws StorageException {
    start(pair, Mode.FULL);
    copy(pair);
  }

  /** Lets the copy of a pair run to its end. */
  void copy(PairRecord pair) throws StorageException {
    Job job = commands.job(pair);
    assertThat(job.resume()).isNotNull();
    TestJobs.awaitEnd(job);
    assertThat(job.error()).isNull();
  }

  /** Copies so many regions of a volume from that one on, as the copier does. */
  void fill(String target, int region, int count) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(count * REGION);
    assertThat(bay.find(target).origin().fillNext(region, buffer)).isNotNull();
  }

  Session session(PairRecord pair) {
    Session found = opc.find(pair, Direction.FORWARD);
    if (found == null) {
      throw new AssertionError("no session");
    }
    return found;
  }

  /** U, TS and TD. */
  String sets(PairRecord pair) throws StorageException {
    Sets sets = Sets.of(session(pair));
    return sets.bits(Sets.Which.U)
        + " "
        + sets.bits(Sets.Which.TS)
        + " "
        + sets.bits(Sets.Which.TD);
  }

  void cancel(PairRecord pair) throws StorageException {
    assertThat(commands.cancel(pair, false, false, NOTHING).session()).isNotNull();
  }

  /** The directory as the death of the process would leave it, once nothing is at work in it. */
  void copyTo(Path to) {
    TestJobs.await(
        "copy of a bay that stands still",
        () -> {
          Map<Path, String> before = files();
          boolean still = copied(to);
          return still && files().equals(before);
        });
  }

  private Map<Path, String> files() throws IOException {
    Map<Path, String> found = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        found.put(each, Files.getLastModifiedTime(each) + " " + Files.size(each));
      }
      return found;
    } catch (NoSuchFileException | UncheckedIOException e) {
      return Map.of(); // one went meanwhile
    }
  }

  private boolean copied(Path to) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> tree = Files.walk(to)) {
        for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(path.relativize(each).toString()));
      }
      return true;
    } catch (NoSuchFileException | UncheckedIOException e) {
      return false;
    }
  }

  @Nullable String invalid(String volume) throws StorageException {
    return bay.find(volume).invalidity();
  }

  @Override
  public void close() {
    jobs.close();
    bay.close();
  }
}
