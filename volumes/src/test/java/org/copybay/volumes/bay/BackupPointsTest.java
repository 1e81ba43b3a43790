package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Points of safeguarded backups: numbers, locks and parts. */
final class BackupPointsTest {
  private static final int SIZE = 300_000;
  private static final Instant START = Instant.parse("2026-07-01T10:00:00.250Z");

  @TempDir Path directory;

  private final Time time = new Time();
  private TestBay test;
  private Volume a;
  private Volume b;

  /** A clock that stands until it is put forward. */
  private static final class Time extends Clock {
    private Instant now = START;

    void pass(Duration duration) {
      now = now.plus(duration);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @BeforeEach
  void make() throws Exception {
    test = TestBay.create(directory.resolve("bay"), time);
    a = test.createFilled("a", SIZE, 1);
    b = test.createFilled("b", SIZE, 2);
  }

  @AfterEach
  void close() throws Exception {
    test.close();
  }

  private void reopen() throws StorageException {
    test.reopen();
    a = test.bay.find("a");
    b = test.bay.find("b");
  }

  private PointInTime backup(long lockMillis) throws StorageException {
    return test.bay.backupPoints().freeze(List.of(a, b), 0, lockMillis, id -> NOTHING);
  }

  private static byte[] read(PointInTime point, String volume) throws StorageException {
    PointVolume of = Objects.requireNonNull(point.findOrNull(volume));
    ByteBuffer target = ByteBuffer.allocateDirect(SIZE);
    of.readUpTo(0, target);
    return Bytes.of(target);
  }

  private PointInTime find(long id) {
    return Objects.requireNonNull(test.bay.backupPoints().findOrNull(id));
  }

  private static void assertForbidden(ThrowingCallable call, String sentence) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.FORBIDDEN))
        .hasMessageContaining(sentence);
  }

  private static long after(Duration duration) {
    return START.plus(duration).toEpochMilli();
  }

  @Test
  void theNumberIsTheSecondAndIsNeverGivenTwice() throws Exception {
    long first = backup(0).backup();
    long second = backup(0).backup();
    test.bay.backupPoints().drop(List.of(second), List.of(a, b), NOTHING);
    PointInTime third = test.bay.backupPoints().freeze(List.of(a), second, 0, id -> NOTHING);

    assertThat(first).isEqualTo(START.getEpochSecond());
    assertThat(second).isEqualTo(first + 1);
    assertThat(third.backup()).isEqualTo(second + 1);
  }

  @Test
  void aBackupIsHiddenAndKeepsWhatItsVolumesHeld() throws Exception {
    long id = backup(0).backup();
    TestBay.write(a, 0, new byte[SIZE]);
    reopen();

    assertThat(test.bay.points().all()).isEmpty();
    assertThat(read(find(id), "a")).isEqualTo(Bytes.random(1, SIZE));
    assertThat(read(find(id), "b")).isEqualTo(Bytes.random(2, SIZE));
  }

  @Test
  void oneThatIsLockedKeepsNoOtherFromGoing() throws Exception {
    PointInTime locked = backup(after(Duration.ofDays(7)));
    PointInTime free = backup(0);
    test.bay.points().purge(Map.of(locked, locked.id(), free, free.id()));
    reopen();
    assertThat(a.bytes().tracks().points().has(1, locked.created().toEpochMilli())).isTrue();
    assertThat(a.bytes().tracks().points().has(2, free.created().toEpochMilli())).isFalse();
    assertThat(read(find(locked.backup()), "a")).isEqualTo(Bytes.random(1, SIZE));
    assertThat(test.bay.backupPoints().all()).hasSize(1);
  }

  @Test
  void nobodyDropsALockedBackupBeforeItsTime() throws Exception {
    long id = backup(after(Duration.ofDays(7))).backup();
    time.pass(Duration.ofDays(7).minusSeconds(1));
    BackupPoints points = test.bay.backupPoints();

    assertForbidden(() -> points.drop(List.of(id), List.of(a, b), NOTHING), "is locked until");
    assertForbidden(() -> points.drop(List.of(id), List.of(a), NOTHING), "2026-07-08T10:00");
    time.pass(Duration.ofSeconds(2));
    points.drop(List.of(id), List.of(a, b), NOTHING);

    assertThat(points.all()).isEmpty();
  }

  @Test
  void theEngineRefusesByTheRecordOfThePointItself() throws Exception {
    PointInTime point = backup(after(Duration.ofDays(7)));
    PointVolume of = point.volumes().get(0);
    a.bytes().flush();
    reopen();

    assertForbidden(
        () -> a.bytes().tracks().points().drop(of.number(), of.timeMillis()),
        "point 1 of volume a");
    assertThat(a.bytes().tracks().points().has(of.number(), of.timeMillis())).isTrue();
  }

  @Test
  void nothingIsDroppedWhereAnyOfManyIsLocked() throws Exception {
    long first = backup(0).backup();
    long second = backup(after(Duration.ofDays(1))).backup();
    BackupPoints points = test.bay.backupPoints();

    assertForbidden(
        () -> points.drop(List.of(first, second), List.of(a, b), NOTHING), "backup " + second);
    assertThat(points.all()).hasSize(2);
  }

  @Test
  void aLockOnlyGrows() throws Exception {
    long id = backup(after(Duration.ofDays(7))).backup();
    BackupPoints points = test.bay.backupPoints();

    points.lock(id, after(Duration.ofDays(1)), NOTHING);
    long nextSecond = after(Duration.ofDays(7)) + 750; // the record has whole seconds
    assertThat(find(id).lockedUntilMillis()).isEqualTo(nextSecond);
    points.lock(id, after(Duration.ofDays(9)), NOTHING);
    reopen();
    time.pass(Duration.ofDays(8));

    assertForbidden(() -> test.bay.backupPoints().drop(List.of(id), List.of(a), NOTHING), "locked");
  }

  @Test
  void aVolumeWithALockedBackupIsNeitherDeletedNorCutNorReplaced() throws Exception {
    backup(after(Duration.ofDays(7)));
    test.create("c", SIZE);
    Bay bay = test.bay;

    assertForbidden(() -> bay.remove("a"), "cannot delete it");
    assertForbidden(() -> bay.rename("c", "a", false), "volume a has the safeguarded backup");
    assertForbidden(() -> bay.resize(a, SIZE / 2, true, NOTHING), "locked until");
    assertThat(test.names()).containsExactly("a", "b", "c");
  }

  @Test
  void aVolumeWithABackupThatIsNotLockedIsBusy() throws Exception {
    backup(0);

    assertThatThrownBy(() -> test.bay.remove("a"))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BUSY))
        .hasMessageContaining("has the safeguarded backup");
  }

  @Test
  void aLockThatACrashKeptFromTheVolumesIsWrittenAtTheMount() throws Exception {
    PointInTime point = backup(0);
    PointVolume of = point.volumes().get(1);
    long until = after(Duration.ofDays(3));
    test.bay.catalogue().change(row -> PointTable.lock(row, point.id(), until));

    reopen();

    long found = b.bytes().tracks().points().lockedUntil(of.number(), of.timeMillis());
    assertThat(found).isEqualTo(until);
  }

  @Test
  void aRebuiltCatalogueKnowsBackupsAndTheirLocks() throws Exception {
    long until = after(Duration.ofDays(7));
    long id = backup(until).backup();
    backup(0);
    test.bay.backupPoints().drop(List.of(id + 1), List.of(a), NOTHING);
    test.bay.close();
    Files.delete(test.path.resolve("catalogue.db"));
    Rebuild.run(test.path, time);
    test.bay =
        BayOpener.open(test.path, false, RecoverMode.AUTO, 1 << 20, time, TestBay.uptime(time));
    a = test.bay.find("a");
    b = test.bay.find("b");

    assertThat(test.bay.backupPoints().all()).extracting(PointInTime::backup).contains(id, id + 1);
    assertThat(find(id).lockedUntilMillis()).isBetween(until, until + 999);
    assertThat(find(id + 1).volumes()).extracting(PointVolume::name).containsExactly("b");
    assertForbidden(() -> test.bay.remove("a"), "locked until");
  }

  @Test
  void theLabelOfAVolumeForgetsWhatWasGivenUpOfIt() throws Exception {
    long first = backup(0).backup();
    long second = backup(0).backup();
    test.bay.backupPoints().drop(List.of(first), List.of(a), NOTHING);
    test.bay.backupPoints().drop(List.of(second), List.of(a, b), NOTHING);

    assertThat(labelled(a)).isEmpty();
    assertThat(labelled(b)).containsExactly("backup/" + first);
  }

  private List<String> labelled(Volume volume) throws StorageException {
    Path file = test.bay.layout().label(volume.id());
    Label label = Objects.requireNonNull(Label.read(file, test.bay.uuid(), volume.id()));
    return label.points().values().stream().map(point -> point.row().name()).toList();
  }

  @Test
  void aPartThatIsGivenUpLeavesTheOtherVolumesTheirs() throws Exception {
    long id = backup(0).backup();
    TestBay.write(a, 0, new byte[SIZE]);
    TestBay.write(b, 0, new byte[SIZE]);
    test.bay.backupPoints().drop(List.of(id), List.of(a), NOTHING);
    reopen();

    assertThat(find(id).volumes()).extracting(PointVolume::name).containsExactly("b");
    assertThat(read(find(id), "b")).isEqualTo(Bytes.random(2, SIZE));
    test.bay.remove("a");
    test.bay.backupPoints().drop(List.of(id), List.of(b), NOTHING);
    test.reopen();

    assertThat(test.bay.backupPoints().all()).isEmpty();
  }
}
