package org.copybay.copy.safeguarded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.copybay.copy.TestJobs;
import org.copybay.copy.engine.Job;
import org.copybay.copy.engine.JobRecord;
import org.copybay.copy.engine.JobState;
import org.copybay.copy.engine.Jobs;
import org.copybay.copy.engine.Lane;
import org.copybay.copy.schedule.Scheduler;
import org.copybay.volumes.Finding;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.CacheMode;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.NewVolume;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.copybay.volumes.bay.VolumeRecord;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.jspecify.annotations.Nullable;

/**
 * A bay with its safeguarded sessions in a directory of a test. Background copies wait until a test
 * lets them run.
 */
final class TestSafeguarded implements AutoCloseable {
  static final int TRACK = 1 << 16;

  final SettableClock clock;
  final Path path;
  final Bay bay;
  final Jobs jobs;
  final Safeguarded safeguarded;

  private volatile int places; // volatile: set by a test, seen by the threads of jobs

  private TestSafeguarded(Path path, SettableClock clock) throws StorageException {
    this.path = path;
    this.clock = clock;
    bay = BayOpener.open(path, false, RecoverMode.PROCESS, 1 << 20, clock, clock.uptime());
    jobs = new Jobs(bay);
    safeguarded = new Safeguarded(bay, jobs, new Scheduler(bay, clock));
    Lane lane =
        new Lane() {
          @Override
          public int places() {
            return places;
          }

          @Override
          public int priority(JobRecord job) {
            return 1;
          }
        };
    jobs.register(RecoverWork.VERB, lane, row -> new RecoverWork(safeguarded, row));
    safeguarded.load();
    jobs.load();
    safeguarded.startMissing();
    jobs.start();
  }

  static TestSafeguarded create(Path path) throws StorageException {
    SettableClock clock = new SettableClock();
    BayOpener.init(path, clock);
    return new TestSafeguarded(path, clock);
  }

  static TestSafeguarded open(Path path, SettableClock clock) throws StorageException {
    return new TestSafeguarded(path, clock);
  }

  TestSafeguarded reopened() throws StorageException {
    close();
    return open(path, clock);
  }

  /** The bay as the death of the process leaves it, opened; this one is closed. */
  TestSafeguarded killed(Path to) throws StorageException {
    copyTo(to);
    close();
    return open(to, clock);
  }

  // ---- volumes

  Volume create(String name, long size) throws StorageException {
    return bay.create(
        new NewVolume(name, size, null, CacheMode.PAGE, new VolumeRecord.Owner(1, 2, 0640)),
        NOTHING);
  }

  /** A volume whose tracks hold a letter and their number each. */
  Volume create(String name, int tracks, String letter) throws StorageException {
    Volume volume = create(name, (long) tracks * TRACK);
    for (int t = 0; t < tracks; t++) {
      write(name, t, letter + t);
    }
    return volume;
  }

  Volume find(String name) throws StorageException {
    return bay.find(name);
  }

  /** Fills a track with some text. */
  void write(String volume, int track, String text) throws StorageException {
    TestJobs.write(bay.find(volume), (long) track * TRACK, bytes(text));
  }

  private static byte[] bytes(String text) {
    return (text + "\n")
        .repeat(TRACK / (text.length() + 1) + 1)
        .substring(0, TRACK)
        .getBytes(UTF_8);
  }

  /** What each track of a volume holds: the text that it was filled with. */
  String read(String volume) throws StorageException {
    return text(TestJobs.read(bay.find(volume)));
  }

  /** The same, of a backup of a volume. */
  String image(long id, String volume) throws StorageException {
    PointInTime point = Objects.requireNonNull(bay.backupPoints().findOrNull(id));
    PointVolume of = Objects.requireNonNull(point.findOrNull(volume));
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) of.size());
    of.read(0, bytes);
    byte[] all = new byte[bytes.flip().remaining()];
    bytes.get(all);
    return text(all);
  }

  private static String text(byte[] all) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < all.length; at += TRACK) {
      String track = new String(all, at, TRACK, UTF_8);
      int end = track.indexOf('\n');
      String word = end < 0 ? "0" : track.substring(0, end);
      boolean whole = end < 0 || track.equals(new String(bytes(word), UTF_8));
      text.append(text.length() == 0 ? "" : " ").append(whole ? word : "mixed");
    }
    return text.toString();
  }

  @Nullable String invalid(String volume) throws StorageException {
    return bay.find(volume).invalidity();
  }

  // ---- sessions

  void session(String name, String... sets) throws StorageException {
    safeguarded.setup().create(name, NOTHING);
    for (String set : sets) {
      String[] names = set.split(":", -1);
      add(name, names[0], names.length > 1 ? names[1] : null);
    }
  }

  void add(String name, String source, @Nullable String recovery) throws StorageException {
    Volume target = recovery == null ? null : bay.find(recovery);
    safeguarded.setup().add(name, bay.find(source), target, NOTHING);
  }

  void remove(String name, String source) throws StorageException {
    safeguarded.setup().remove(name, List.of(bay.find(source)), NOTHING);
  }

  SafeguardedSession session(String name) throws StorageException {
    return safeguarded.find(name);
  }

  SessionState state(String name) throws StorageException {
    return session(name).state();
  }

  List<Long> ids(String name) throws StorageException {
    return List.copyOf(state(name).backups().keySet());
  }

  static BackupSpec backupSpec() {
    return new BackupSpec("", null, null, 7, NOTHING);
  }

  long backup(String name) throws StorageException {
    return safeguarded.backups().make(name, backupSpec()).id();
  }

  long backup(String name, long lockUntilMillis) throws StorageException {
    BackupSpec spec = new BackupSpec("", null, lockUntilMillis, 7, NOTHING);
    return safeguarded.backups().make(name, spec).id();
  }

  Expiring expiring() {
    return new Expiring(safeguarded);
  }

  Expiring.Plan expire(String name, long id, boolean only) throws StorageException {
    long count = expiring().plan(session(name), id, only).all().size();
    return expiring().expire(name, id, only, count, NOTHING);
  }

  Expiring.Plan terminate(String name, boolean force) throws StorageException {
    long count = expiring().planTerminate(session(name), force).all().size();
    return expiring().terminate(name, force, count, NOTHING);
  }

  static RecoverSpec spec(String set, boolean background) {
    return spec(set, Map.of(), background, false, NOTHING);
  }

  static RecoverSpec spec(
      String set,
      Map<UUID, Volume> targets,
      boolean background,
      boolean replace,
      Catalogue.Change also) {
    return new RecoverSpec(set, targets, background, false, replace, 0, null, "recover", 7, also);
  }

  RecoverPlan recover(String name, long id, boolean background) throws StorageException {
    return safeguarded.recoveries().recover(name, id, spec(Recovery.R1, background));
  }

  /** Lets another volume show what a backup has of one. */
  RecoverPlan recoverTo(String name, long id, String set, String source, String target)
      throws StorageException {
    Map<UUID, Volume> targets = Map.of(bay.find(source).id(), bay.find(target));
    return safeguarded.recoveries().recover(name, id, spec(set, targets, false, false, NOTHING));
  }

  RecoverPlan restore(String name, long id) throws StorageException {
    return safeguarded.recoveries().restore(name, id, backupSpec(), spec(Recovery.RESTORE, true));
  }

  List<Job> initiate(String name, String set) throws StorageException {
    return safeguarded.recoveries().initiate(name, set, spec(set, true));
  }

  List<String> terminateRecovery(String name, String set, boolean force) throws StorageException {
    return safeguarded.recoveries().terminate(name, set, force, NOTHING);
  }

  // ---- copies

  /** Lets all background copies run to their end. */
  void copy() throws StorageException {
    places = 4;
    for (Job job : jobs.all()) {
      if (!job.state().ended()) {
        assertThat(job.setRate(0)).isNotNull(); // it looks again whether there is a place
        TestJobs.await(
            "end of job " + job.id(),
            () -> job.state().ended() || job.state() == JobState.INTERRUPTED);
      }
    }
    places = 0;
  }

  /** Copies so many tracks of a volume from that one on, as the copier does. */
  void fill(String target, int track, int count) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(count * TRACK);
    assertThat(bay.find(target).origin().fillNext(track, buffer)).isNotNull();
  }

  // ---- crashes and checks

  /** The directory as the death of the process would leave it, once nothing is at work in it. */
  void copyTo(Path to) {
    TestJobs.await(
        "copy of a bay that stands still",
        () -> {
          Map<Path, String> before = files();
          boolean still = copyNow(to);
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

  /** The directory as it is, whatever is at work in it. False when a file went meanwhile. */
  boolean copyNow(Path to) throws IOException {
    removeTree(to);
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : (Iterable<Path>) tree::iterator) {
        Files.copy(each, to.resolve(path.relativize(each).toString()));
      }
      return true;
    } catch (NoSuchFileException | UncheckedIOException e) {
      return false;
    }
  }

  private static void removeTree(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> tree = Files.walk(root)) {
        for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  /** Every backup has its point, and every point of a backup a session that knows it. */
  void assertNothingLeftBehind() {
    List<Long> known =
        safeguarded.sessions().stream()
            .flatMap(session -> session.state().backups().keySet().stream())
            .distinct()
            .sorted()
            .toList();
    assertThat(bay.backupPoints().all()).extracting(PointInTime::backup).isEqualTo(known);
    assertThat(bay.reservedVolumes()).isEmpty();
    assertThat(bay.volumes()).allMatch(volume -> volume.hold() == null && !volume.damaged());
  }

  /** The check of a bay that is closed has nothing to say. */
  static void assertClean(Path path) {
    assertThat(BayCheck.run(path, new CheckOptions(RecoverMode.PROCESS, false)).all())
        .extracting(Finding::line)
        .isEmpty();
  }

  @Override
  public void close() {
    jobs.close();
    bay.close();
  }
}
