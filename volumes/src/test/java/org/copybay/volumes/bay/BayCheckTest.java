package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.Finding;
import org.copybay.volumes.Findings;
import org.copybay.volumes.bitmap.Grain;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P8: a bay with volumes, points and write bitmaps, damaged in every way that can be told, and what
 * the check says of it; a sound one, after an orderly end and after kill -9, passes.
 */
class BayCheckTest {
  private static final int SIZE = 40 * 65536;

  @TempDir static Path made;
  private static Path killed; // as the death of the process leaves it
  private static Path closed; // after an orderly end
  private static Path before; // the catalogue before the last volume and the last point

  @TempDir Path directory;

  /**
   * Volume a has two points and two write bitmaps, c has a point, b has nothing; both copies of the
   * superblock of a are written, and its journal has records.
   */
  @BeforeAll
  static void makeBays() throws Exception {
    killed = made.resolve("killed");
    closed = made.resolve("bay");
    before = made.resolve("before.db");
    try (TestBay test = TestBay.create(closed)) {
      Volume a = test.createFilled("a", SIZE, 1);
      test.createFilled("b", 70_000, 2);
      test.bay.bitmaps().start(a, "w127", Grain.SECTORS_127, NOTHING);
      test.bay.bitmaps().start(a, "wtrack", Grain.TRACK, NOTHING);
      test.bay.points().freeze(List.of(a), "monday", NOTHING);
      TestBay.write(a, 5000, Bytes.random(3, 200_000));
      test.reopen();
      a = test.bay.find("a");
      TestBay.write(a, 900_000, Bytes.random(4, 10_000));
      TestBay.copy(closed, made.resolve("then"));
      Volume c = test.createFilled("c", 70_000, 2);
      test.bay.points().freeze(List.of(a, c), "tuesday", NOTHING);
      TestBay.write(a, 0, Bytes.random(5, 300_000));
      TestBay.write(a, 2_000_000, Bytes.random(6, 100));
      test.bay.audit().end(test.bay.audit().begin(1, 2, "ctl", "delete", "delete volume=x"), "ok");
      TestBay.copy(closed, killed);
    }
    try (Connection old = CatalogueFile.copyToMemory(made.resolve("then/catalogue.db"));
        Statement statement = old.createStatement()) {
      statement.executeUpdate("backup to '" + before + "'");
    }
  }

  private static Findings check(Path bay, RecoverMode mode) {
    return BayCheck.run(bay, new CheckOptions(mode, true));
  }

  private static List<String> damages(Findings findings) {
    return findings.all().stream()
        .filter(finding -> finding.severity() == Finding.Severity.DAMAGE)
        .map(Finding::line)
        .toList();
  }

  // ---- sound ones

  @Test
  void aSoundBayPassesAndNoByteOfItChanges() throws Exception {
    for (Path sound : List.of(closed, killed)) {
      var state = TestBay.state(sound);
      for (RecoverMode mode : RecoverMode.values()) {
        assertThat(damages(check(sound, mode))).as(sound + " " + mode).isEmpty();
      }
      assertThat(TestBay.state(sound)).isEqualTo(state);
    }
  }

  @Test
  void anOrderlyEndLeavesNothingToSay() {
    assertThat(check(closed, RecoverMode.AUTO).all()).isEmpty();
  }

  @Test
  void powerLossSaysWhatIsGivenUp() {
    List<String> lines =
        check(killed, RecoverMode.POWER).all().stream().map(Finding::line).toList();
    assertThat(lines)
        .anySatisfy(l -> assertThat(l).startsWith("note journal: ").contains("no barrier covers"))
        .anySatisfy(l -> assertThat(l).startsWith("note write bitmap: ").contains("regions more"));
    assertThat(check(killed, RecoverMode.PROCESS).all()).isEmpty();
  }

  // ---- damage

  /** A change of a bay. */
  @FunctionalInterface
  private interface Step {
    void damage(DamagedBay in) throws Exception;
  }

  /** A kind of damage, and what a line about it begins with and contains. */
  private record Damage(String name, boolean cleanly, Step step, String begins, String words) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Damage killed(String name, Step step, String begins, String words) {
    return new Damage(name, false, step, begins, words);
  }

  private static Damage closed(String name, Step step, String begins, String words) {
    return new Damage(name, true, step, begins, words);
  }

  private static Damage sql(String statement, String begins, String words) {
    return new Damage("sql " + statement, true, in -> in.sql(statement), begins, words);
  }

  static Stream<Damage> damages() {
    return Stream.of(
            bayFiles(), catalogues(), rows(), references(), audits(), homes(), engines(), bitmaps())
        .flatMap(all -> all);
  }

  private static Stream<Damage> bayFiles() {
    return Stream.of(
        closed("bay file gone", in -> in.delete("copybay.bay"), "damage bay file", "format="),
        closed("bay file flipped", in -> in.flip("copybay.bay", 2), "damage bay file", "damaged"),
        closed("uuid flipped", in -> in.flip("copybay.bay", 18), "damage ", "bay"),
        closed("bay file cut", in -> in.cut("copybay.bay", 20), "damage bay file", "uuid="),
        closed("reserve gone", in -> in.delete("reserve"), "note reserve", "no file"),
        closed("reserve cut", in -> in.cut("reserve", 5000), "note reserve", "got 5000 bytes"),
        closed("lock gone", in -> in.delete("lock"), "note bay directory", "no file"),
        closed(
            "lock a directory",
            in -> {
              in.delete("lock");
              Files.createDirectory(in.path.resolve("lock"));
            },
            "damage bay directory",
            "a plain file"),
        closed("log gone", in -> in.delete("log"), "damage bay directory", "mkdir"),
        closed(
            "stray directory",
            in -> Files.createDirectory(in.path.resolve("volumes/old")),
            "damage stray",
            "volumes/old"),
        closed(
            "stray file",
            in -> Files.writeString(in.path.resolve("x"), "x"),
            "note stray",
            "bay/x"));
  }

  private static Stream<Damage> catalogues() {
    return Stream.of(
        closed("gone", in -> in.delete("catalogue.db"), "damage catalogue", "is missing"),
        closed("cut", in -> in.cut("catalogue.db", 5000), "damage catalogue", "whole number"),
        closed("head", in -> in.flip("catalogue.db", 69), "damage catalogue", "no catalogue"),
        closed("page", in -> in.flip("catalogue.db", 4096 + 1), "damage catalogue", "quick_check"),
        killed("old one", DamagedBay::putOldCatalogueBack, "damage stray", "does not know"),
        killed("old one: label", DamagedBay::putOldCatalogueBack, "damage catalogue", "--rebuild"),
        killed("old one: point", DamagedBay::putOldCatalogueBack, "damage point", "number 2"));
  }

  private static Stream<Damage> rows() {
    return Stream.of(
        sql("update bay set uuid='" + new UUID(1, 1) + "'", "damage catalogue", "wanted"),
        sql("update volume set state='gone'", "damage row of volume", "one of [making"),
        sql("update volume set size=-5", "damage row of volume", "got -5"),
        sql("update volume set id='x' where name='b'", "damage row of volume", "a uuid"),
        sql("update volume set name='a/b' where name='b'", "damage row of volume", "a file name"),
        sql("update volume set created='?'", "damage row of volume", "a time such as"),
        sql("update volume set directory='x/y'", "damage row of volume", "an absolute path"),
        sql("update volume set failure='sync' where name='b'", "damage volume", "check volume=b"),
        sql("update volume set state='dropping' where name='b'", "note volume", "b "),
        sql("update volume set state='copying' where name='b'", "note volume", "a job that makes"),
        sql("update volume set directory='/nowhere'", "damage volume", "may not be mounted"),
        sql(
            "update volume set inode=(select inode from point limit 1) where name='b'",
            "damage catalogue",
            "inode"),
        sql("drop index volume_visible; update volume set name='a'", "damage catalogue", "name a"),
        sql(
            "insert into volume select upper(id), 900, 'z', state, size, size_synced, directory,"
                + " cache, uid, gid, mode, created, generation, failure from volume where name='b'",
            "damage row of volume",
            "the uuid as"));
  }

  private static Stream<Damage> references() {
    return Stream.of(
        sql("delete from volume where name='a'", "damage catalogue", "its volume, got no row"),
        sql("delete from volume where name='a'", "damage catalogue", "bitmap w127"),
        sql("delete from point where name='monday'", "damage catalogue", "a row of table point"),
        sql("delete from point_volume where number=2", "damage point", "number 2"),
        sql("delete from point_volume", "damage catalogue", "a volume of it"),
        sql("update point_volume set number=1", "damage catalogue", "number 1 of volume"),
        sql("update point_volume set size=1 where number=1", "damage point", "of 1 bytes"),
        sql("update point_volume set number=7 where number=2", "damage point", "no point of that"),
        sql("update point set created='2026-01-01T00:00:00Z'", "damage point", "2026-01-01"),
        sql("update point set state='dropping'", "note point", "the next mount drops it"),
        sql("update point set name='job/9' where name='monday'", "note point", "no job"),
        sql("update bitmap set damage='x' where name='w127'", "damage write bitmap", "w127"),
        sql(
            "update bitmap set grain='5'",
            "damage row of bitmap",
            "one of 127, track and sector-BYTES"),
        sql("update bitmap set state='dropping'", "note write bitmap", "removes it"),
        sql(JOB + "'queued', 0, 0, '2026-01-01T00:00:00Z', null, null, null, '')", "note job", "8"),
        sql(
            JOB + "'lost', 0, 0, '2026-01-01T00:00:00Z', null, null, null, '')",
            "damage row of job",
            "one of [queued"));
  }

  private static final String JOB =
      "create table job (id, verb, line, options, source, source_id, target, target_id, uid, state,"
          + " rate, checkpoint, created, ended, fault, message, result); insert into job values"
          + " ('8', 'duplicate', '', '', 'a', '', 't', '00000000-0000-0000-0000-000000000001', 0, ";

  private static Stream<Damage> audits() {
    return Stream.of(
        sql("update audit_entry set uid=0 where entry=1", "damage audit", "entry 1: wanted hash"),
        sql("delete from audit_entry where entry=1", "damage audit", "entry 1: wanted the entries"),
        sql("delete from audit_entry where entry=2", "damage audit", "entry 2: wanted the entries"),
        sql("drop table audit_entry", "damage audit", "entries 1 to 2: wanted the entries"),
        sql("update bay set audit_head=null", "damage audit", "head: wanted the number"),
        sql(
            "create table if not exists audit (number integer primary key); insert into audit"
                + " values (1)",
            "note audit",
            "the next mount takes them into the chain"));
  }

  private static Stream<Damage> homes() {
    return Stream.of(
        closed("home gone", in -> in.delete(in.of("b", "home")), "damage home", "No such file"),
        closed("label gone", in -> in.delete(in.of("b", "label")), "note label", "got none"),
        closed(
            "label flipped, no catalogue",
            in -> {
              in.flip(in.of("a", "label"), 300);
              in.delete("catalogue.db");
            },
            "damage label",
            "line "),
        closed(
            "half a rebuild",
            in -> in.cut(Rebuild.MADE, 5),
            "note stray",
            "what a stopped rebuild left"),
        closed("label flipped", in -> in.flip(in.of("a", "label"), 300), "damage label", "line "),
        closed(
            "label of two lines", in -> in.flip(in.of("b", "label"), 200), "damage label", "none"),
        closed("label's head", in -> in.flip(in.of("b", "label"), 20), "damage label", "line 1 "),
        closed("home cut", in -> in.cut(in.of("b", "home"), 69_999), "damage home", "got 69999"),
        closed("home longer", in -> in.cut(in.of("b", "home"), 70_001), "note home", "got 70001"),
        closed(
            "home never synced",
            in -> {
              in.sql("update volume set size_synced=0");
              in.cut(in.of("b", "home"), 1);
            },
            "note home",
            "extends it"),
        closed(
            "home a directory",
            in -> {
              in.delete(in.of("b", "home"));
              Files.createDirectory(in.path.resolve(in.of("b", "home")));
            },
            "damage home",
            "a plain file"),
        closed(
            "directory gone",
            in -> {
              in.delete(in.of("b", "home"));
              in.delete(in.of("b", ""));
            },
            "damage volume",
            "got none"),
        closed(
            "another file",
            in -> Files.writeString(in.path.resolve(in.of("b", "notes")), "x"),
            "note stray",
            "notes"));
  }

  private static Stream<Damage> engines() {
    return Stream.of(
        killed(
            "engine gone", in -> in.delete(in.of("a", "engine")), "damage superblock", "no file"),
        killed(
            "engine cut",
            in -> in.cut(in.of("a", "engine"), 300),
            "damage superblock",
            "of 300 bytes"),
        killed(
            "first copy", in -> in.flip(in.of("a", "engine"), 40), "damage superblock", "byte 0"),
        killed(
            "second copy", in -> in.flip(in.of("a", "engine"), 4200), "damage superblock", "4096"),
        killed("map gone", in -> in.delete(in.map()), "damage map", "no file"),
        killed("map cut", in -> in.cut(in.map(), 4096), "damage map", "got 4096 bytes"),
        killed("map head", in -> in.flip(in.map(), 50), "damage map", "page 0: wanted checksum"),
        killed("map page", in -> in.flip(in.map(), 4200), "damage map", "page 1 at byte 4096"),
        killed("map points", in -> in.flip(in.map(), 8200), "damage map", "page 2 at byte 8192"),
        killed(
            "map of another volume",
            in -> in.replace(in.map(), in.of("c", "map.0")),
            "damage map",
            "of volume "),
        killed("journal gone", in -> in.delete(in.journal()), "damage journal", "is missing"),
        killed("journal head", in -> in.flip(in.journal(), 20), "damage journal", "head at 0"),
        killed("journal record", in -> in.flip(in.journal(), 550), "damage journal", "at 544"),
        killed("journal cut", in -> in.cut(in.journal(), 600), "damage journal", "got 600"),
        killed("half a journal", in -> in.zero(in.journal(), 512, 64), "damage journal", "at 512"),
        killed(
            "journal of another volume",
            in -> in.replace(in.journal(), in.of("c", "journal.0")),
            "damage journal",
            "of volume "),
        killed("spill gone", in -> in.delete(in.of("a", "spill")), "damage spill", "no file"),
        killed(
            "spill cut",
            in -> in.cut(in.of("a", "spill"), 8192),
            "damage spill",
            "wanted at least"));
  }

  private static Stream<Damage> bitmaps() {
    return Stream.of(
        closed("bits gone", in -> in.delete(in.bitmap("w127")), "damage write bitmap", "no file"),
        closed(
            "bits head", in -> in.flip(in.bitmap("w127"), 30), "damage write bitmap", "checksum"),
        closed("bits cut", in -> in.cut(in.bitmap("w127"), 4096), "damage write bitmap", "4104"),
        closed("a bit", in -> in.flip(in.bitmap("w127"), 4097), "damage write bitmap", "regions"),
        closed(
            "past the end",
            in -> in.flip(in.bitmap("w127"), 4200),
            "note write bitmap",
            "past the"),
        closed(
            "of the other grain",
            in -> in.replace(in.bitmap("w127"), in.bitmap("wtrack")),
            "damage write bitmap",
            "regionBytes=65024"),
        closed("blocks gone", in -> in.delete(in.blocks()), "note saved blocks", "no file"),
        closed("blocks head", in -> in.flip(in.blocks(), 25), "damage saved blocks", "checksum"),
        closed(
            "blocks masks", in -> in.flip(in.blocks(), 512), "damage saved blocks", "checksum of"),
        closed("blocks cut", in -> in.cut(in.blocks(), 515), "damage saved blocks", "got 515"),
        closed(
            "intent gone", in -> in.delete(in.of("a", "intent")), "damage intent log", "no file"),
        closed("intent cut", in -> in.cut(in.of("a", "intent"), 4096), "damage intent", "8704"),
        closed("intent head", in -> in.flip(in.of("a", "intent"), 17), "damage intent", "byte 0"),
        killed("zones", in -> in.flip(in.of("a", "intent"), 4100), "damage intent", "byte 4096"));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void damageIsFoundAndNamed(Damage damage) throws Exception {
    Path bay = TestBay.copy(damage.cleanly ? closed : killed, directory.resolve("bay"));
    damage.step.damage(new DamagedBay(bay, closed, before));

    Findings findings = check(bay, damage.cleanly ? RecoverMode.AUTO : RecoverMode.PROCESS);

    assertThat(findings.all().stream().map(Finding::line).toList())
        .anySatisfy(line -> assertThat(line).startsWith(damage.begins).contains(damage.words));
    if (damage.begins.startsWith("note")) {
      assertThat(damages(findings)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"smart-copy", "tape-restore"})
  void aJobThatMakesACartridgeNeedsNoVolume(String verb) throws Exception {
    Path bay = TestBay.copy(closed, directory.resolve("bay"));
    String job = JOB.replace("'duplicate'", "'" + verb + "'");
    new DamagedBay(bay, closed, before)
        .sql(job + "'queued', 0, 0, '2026-01-01T00:00:00Z', null, null, null, '')");
    assertThat(check(bay, RecoverMode.AUTO).all()).isEmpty();
  }

  @Test
  void aDirectoryThatIsNoBayIsNotLookedAt() {
    TestBay.assertFault(Fault.NOT_FOUND, () -> BayCheck.requireBay(directory));
  }
}
