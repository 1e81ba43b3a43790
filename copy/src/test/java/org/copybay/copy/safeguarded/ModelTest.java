package org.copybay.copy.safeguarded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.copybay.copy.TestJobs;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.PointInTime;
import org.copybay.volumes.bay.PointVolume;
import org.copybay.volumes.bay.Volume;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random commands and writes against plain arrays; each seed is a life of its own. */
final class ModelTest {
  private static final int SEEDS = Integer.getInteger("copybay.safeguarded.seeds", 20);
  private static final int STEPS = 40;
  private static final int SIZE = 3 * TestSafeguarded.TRACK + 5000;
  private static final List<String> SOURCES = List.of("a", "b");
  private static final List<String> SETS = List.of("R1", "R2");

  @TempDir Path directory;

  private Random random;
  private TestSafeguarded test;
  private int lives;
  private final List<String> done = new ArrayList<>();

  // the model
  private final Map<String, byte[]> volumes = new HashMap<>(); // what each holds; null for INVALID
  private final TreeMap<Long, Map<String, byte[]>> backups = new TreeMap<>();
  private final Map<String, Long> recoveries = new HashMap<>(); // backup that a set shows
  private final Set<String> whole = new TreeSet<>(); // sets
  private final Set<Long> expiring = new TreeSet<>();

  static List<Integer> seeds() {
    int first = Integer.getInteger("copybay.safeguarded.first", 0);
    List<Integer> seeds = new ArrayList<>();
    for (int i = 0; i < SEEDS; i++) {
      seeds.add(first + i);
    }
    return seeds;
  }

  private static String target(String source, String set) {
    return source + set;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void volumesAndBackupsHoldWhatTheModelSays(int seed) throws Exception {
    random = new Random(seed);
    test = TestSafeguarded.create(directory.resolve("bay0"));
    try {
      for (String source : SOURCES) {
        make(source);
        for (String set : SETS) {
          make(target(source, set));
        }
      }
      test.session("s", "a:aR1", "b:bR1");
      for (int step = 0; step < STEPS; step++) {
        act();
        check();
      }
    } catch (StorageException | RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + String.join(", ", done), e);
    } finally {
      test.close();
    }
    TestSafeguarded.assertClean(test.path);
  }

  private void make(String name) throws StorageException {
    test.create(name, SIZE);
    volumes.put(name, new byte[SIZE]);
    write(name);
  }

  private void act() throws Exception {
    test.clock.pass(Duration.ofSeconds(random.nextInt(3)));
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> write(SOURCES.get(random.nextInt(2)));
      case 3, 4 -> write(target(SOURCES.get(random.nextInt(2)), set()));
      case 5, 6 -> backup();
      case 7 -> expire(random.nextBoolean());
      case 8, 9 -> recover(set());
      case 10 -> initiate(set());
      case 11 -> terminateRecovery(set());
      case 12 -> restore();
      case 13 -> live(random.nextBoolean());
      case 14 -> fill(target(SOURCES.get(random.nextInt(2)), set()));
      default -> terminate();
    }
  }

  private String set() {
    return SETS.get(random.nextInt(SETS.size()));
  }

  private void note(String what) {
    done.add(what);
  }

  private long anyBackup() {
    List<Long> ids = backups.keySet().stream().filter(id -> !expiring.contains(id)).toList();
    return ids.isEmpty() ? 0 : ids.get(random.nextInt(ids.size()));
  }

  private void write(String name) throws StorageException {
    byte[] holds = volumes.get(name);
    if (holds == null) {
      return;
    }
    int length = 1 + random.nextInt(random.nextBoolean() ? 3000 : SIZE);
    int offset = random.nextInt(SIZE - Math.min(length, SIZE) + 1);
    byte[] bytes = new byte[Math.min(length, SIZE)];
    random.nextBytes(bytes);
    note("write " + name + " " + offset + "+" + bytes.length);
    TestJobs.write(test.find(name), offset, bytes);
    System.arraycopy(bytes, 0, holds, offset, bytes.length);
  }

  private Map<String, byte[]> now() {
    Map<String, byte[]> copy = new HashMap<>();
    SOURCES.forEach(source -> copy.put(source, volumes.get(source).clone()));
    return copy;
  }

  private void backup() throws StorageException {
    note("backup");
    backups.put(test.backup("s"), now());
  }

  private boolean needs(long id) {
    return recoveries.entrySet().stream()
        .anyMatch(entry -> entry.getValue() == id && !whole.contains(entry.getKey()));
  }

  private void expire(boolean only) throws StorageException {
    long id = anyBackup();
    if (id == 0) {
      return;
    }
    note("expire " + (only ? "only " : "") + id);
    test.expire("s", id, only);
    List<Long> going = only ? List.of(id) : List.copyOf(backups.headMap(id, true).keySet());
    expiring.addAll(going);
    settle();
  }

  /** What was expired and is needed no more is gone. */
  private void settle() {
    List<Long> gone = expiring.stream().filter(id -> !needs(id)).toList();
    expiring.removeAll(gone);
    backups.keySet().removeAll(gone);
  }

  private void recover(String set) throws StorageException {
    long id = anyBackup();
    if (id == 0 || (recoveries.containsKey(set) && !whole.contains(set))) {
      return;
    }
    note("recover " + id + " " + set);
    Map<UUID, Volume> targets = new HashMap<>();
    for (String source : SOURCES) {
      targets.put(test.find(source).id(), test.find(target(source, set)));
    }
    RecoverSpec spec = TestSafeguarded.spec(set, targets, random.nextBoolean(), true, NOTHING);
    assertThat(test.safeguarded.recoveries().recover("s", id, spec).skipped()).isEmpty();
    recoveries.put(set, id);
    whole.remove(set);
    for (String source : SOURCES) {
      volumes.put(target(source, set), backups.get(id).get(source).clone());
    }
  }

  private void initiate(String set) throws StorageException {
    if (!recoveries.containsKey(set)) {
      return;
    }
    note("initiate " + set);
    assertThat(test.initiate("s", set)).isNotNull();
    copy();
  }

  /** All that copies in the background does so to its end. */
  private void copy() throws StorageException {
    test.copy();
    Map<String, Recovery> now = test.state("s").recoveries();
    assertThat(now).doesNotContainKey(Recovery.RESTORE);
    recoveries.remove(Recovery.RESTORE);
    now.forEach(
        (set, recovery) -> {
          assertThat(recovery.whole()).isEqualTo(recovery.background());
          if (recovery.whole()) {
            whole.add(set);
          }
        });
    settle();
  }

  private void fill(String name) throws StorageException {
    if (volumes.get(name) != null && test.find(name).origin().any()) {
      note("fill " + name);
      test.fill(name, (int) test.find(name).origin().next(0), 1);
    }
  }

  private void ended(String set, List<String> invalid) {
    recoveries.remove(set);
    whole.remove(set);
    invalid.forEach(name -> volumes.put(name, null));
  }

  private void terminateRecovery(String set) throws StorageException {
    if (recoveries.containsKey(set)) {
      note("terminate-h1r1 " + set);
      boolean wasWhole = whole.contains(set);
      List<String> invalid = test.terminateRecovery("s", set, true);
      assertThat(invalid.isEmpty() || !wasWhole).isTrue();
      ended(set, invalid);
      settle();
    }
  }

  private void restore() throws StorageException {
    long id = anyBackup();
    if (id == 0 || recoveries.containsKey(Recovery.RESTORE)) {
      return;
    }
    note("restore " + id);
    Set<Long> before = Set.copyOf(test.ids("s"));
    test.restore("s", id);
    List<Long> safety = new ArrayList<>(test.ids("s"));
    safety.removeAll(before);
    assertThat(safety).hasSize(1);
    backups.put(safety.get(0), now());
    for (String source : SOURCES) {
      volumes.put(source, backups.get(id).get(source).clone());
    }
    recoveries.put(Recovery.RESTORE, id);
    if (random.nextBoolean()) {
      copy();
    }
  }

  private void live(boolean dies) throws StorageException {
    note(dies ? "kill" : "reopen");
    test = dies ? test.killed(directory.resolve("bay" + ++lives)) : test.reopened();
  }

  private void terminate() throws StorageException {
    boolean any = !backups.isEmpty() || !recoveries.isEmpty();
    if (!any || recoveries.containsKey(Recovery.RESTORE) || random.nextInt(3) != 0) {
      return;
    }
    note("terminate");
    test.terminate("s", true);
    backups.clear();
    expiring.clear();
    for (String set : List.copyOf(recoveries.keySet())) {
      List<String> invalid = new ArrayList<>();
      for (String source : SOURCES) {
        if (test.invalid(target(source, set)) != null) {
          assertThat(whole).doesNotContain(set);
          invalid.add(target(source, set));
        }
      }
      ended(set, invalid);
    }
  }

  // ---- compare

  private void check() throws StorageException {
    assertThat(test.ids("s")).containsExactlyElementsOf(backups.keySet());
    assertThat(test.state("s").recoveries().keySet()).isEqualTo(recoveries.keySet());
    for (Map.Entry<String, byte[]> volume : volumes.entrySet()) {
      String name = volume.getKey();
      assertThat(test.invalid(name) == null).as(name).isEqualTo(volume.getValue() != null);
      if (volume.getValue() != null) {
        assertSame(name, TestJobs.read(test.find(name)), volume.getValue());
      }
    }
    for (Map.Entry<Long, Map<String, byte[]>> backup : backups.entrySet()) {
      PointInTime point = test.bay.backupPoints().findOrNull(backup.getKey());
      assertThat(point).isNotNull();
      for (PointVolume of : point.volumes()) {
        assertSame(of.name() + " " + backup.getKey(), read(of), backup.getValue().get(of.name()));
      }
    }
    test.assertNothingLeftBehind();
  }

  private static byte[] read(PointVolume of) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) of.size());
    of.read(0, bytes);
    byte[] all = new byte[bytes.flip().remaining()];
    bytes.get(all);
    return all;
  }

  private static void assertSame(String what, byte[] is, byte[] wanted) {
    int at = Arrays.mismatch(is, wanted);
    assertThat(at).as("first byte in which " + what + " differs").isEqualTo(-1);
  }
}
