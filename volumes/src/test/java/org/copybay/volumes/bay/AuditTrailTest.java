package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.copybay.volumes.Finding;
import org.copybay.volumes.Findings;
import org.copybay.volumes.audit.AuditEntry;
import org.copybay.volumes.audit.AuditTrail;
import org.copybay.volumes.check.AuditHeadCheck;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The audit log of a bay over mounts, floods, and programs from before its chain. */
class AuditTrailTest {
  @TempDir Path directory;
  private TestBay test;

  @BeforeEach
  void open() throws Exception {
    test = TestBay.create(directory.resolve("bay"));
  }

  @AfterEach
  void close() {
    test.close();
  }

  private AuditTrail trail() {
    return test.bay.audit();
  }

  private long begin(String command) throws Exception {
    return trail().begin(7, 70, "volumes/a", "unlink", command);
  }

  private List<String> shown() {
    return trail().commands().stream()
        .map(e -> e.number() + " " + e.uid() + " " + e.result() + " " + e.command())
        .toList();
  }

  private void sql(String... statements) throws Exception {
    test.bay.close();
    new DamagedBay(test.path, test.path, test.path).sql(String.join("; ", statements));
    test.bay = TestBay.open(test.path).bay;
  }

  private void assertChecks() throws Exception {
    test.bay.close();
    assertThat(checked()).isEmpty();
    test.bay = TestBay.open(test.path).bay;
  }

  private List<String> checked() {
    return BayCheck.run(test.path, new CheckOptions(RecoverMode.AUTO, false)).all().stream()
        .map(Finding::line)
        .toList();
  }

  // ---- a crash

  @Test
  void whatACrashCutOffIsBegunAndTheChainChecks() throws Exception {
    trail().end(begin("unlink a"), "ok");
    begin("unlink b");
    Path crashed = TestBay.copy(test.path, directory.resolve("crashed"));

    try (TestBay after = TestBay.open(crashed)) {
      assertThat(after.bay.audit().trouble()).isNull();
      assertThat(after.bay.audit().commands())
          .extracting(AuditEntry::result)
          .containsExactly("ok", "begun");
      after.bay.audit().note("clock", "jump", "on it goes");
      assertThat(after.bay.audit().hashes()).hasSize(4);
    }
    assertThat(BayCheck.run(crashed, new CheckOptions(RecoverMode.AUTO, false)).all()).isEmpty();
  }

  @Test
  void aNoteIsMadeWithTheChangeThatItIsAboutOrNotAtAll() throws Exception {
    AuditTrail.Note lost = trail().noting("safeguarded/s", "roll_off", "backup 1");
    assertThatThrownBy(
        () ->
            test.bay
                .catalogue()
                .change(
                    connection -> {
                      lost.run(connection);
                      throw new SQLException("it ends here");
                    }));
    AuditTrail.Note made = trail().noting("safeguarded/s", "roll_off", "backup 2");
    test.bay.catalogue().change(made);
    made.made();

    assertThat(trail().commands())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.command()).isEqualTo("backup 2");
              assertThat(entry.result()).isEqualTo("noted");
              assertThat(entry.pid()).isZero();
            });
    List<AuditEntry> before = trail().commands();
    test.reopen();
    assertThat(trail().commands()).isEqualTo(before);
    assertChecks();
  }

  @Test
  void notesCrowdOutNoCommand() throws Exception {
    trail().end(begin("unlink a"), "EPERM");
    for (int i = 0; i < AuditTrail.SHOWN + 5; i++) {
      trail().note("safeguarded/s", "expire", "note " + i);
    }
    for (boolean reopened : new boolean[] {false, true}) {
      if (reopened) {
        test.reopen();
      }
      assertThat(shown()).hasSize(AuditTrail.SHOWN + 1).contains("1 7 EPERM unlink a");
      assertThat(shown().get(1)).endsWith(" note 5");
    }
  }

  @Test
  void manyAtOnceMakeOneChain() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Callable<Object>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String command = "unlink v" + i;
      all.add(
          () -> {
            trail().end(begin(command), "ok");
            return command;
          });
    }
    for (Future<Object> each : threads.invokeAll(all)) {
      each.get();
    }
    threads.shutdown();

    assertThat(trail().commands()).hasSize(40).extracting(AuditEntry::result).containsOnly("ok");
    assertThat(trail().hashes()).hasSize(80);
    assertThat(trail().hashes().lastKey()).isEqualTo(80);
    assertChecks();
  }

  // ---- a flood

  @Test
  void aFloodOfTheSameRefusedCommandIsCountedAndWhatWorksIsListed() throws Exception {
    for (int i = 0; i < 1200; i++) {
      trail().end(begin("unlink a"), "EBUSY");
    }
    int entries = trail().hashes().lastKey().intValue();
    assertThat(entries).isBetween(2000, 2010);

    trail().end(begin("unlink a"), "ok");
    trail().end(begin("unlink b"), "EBUSY"); // its words were not seen before

    assertThat(trail().hashes().lastKey().intValue() - entries).isEqualTo(4);
    assertThat(trail().commands()).extracting(AuditEntry::verb).contains("count");
    List<String> shown = shown();
    assertThat(shown).element(shown.size() - 2).asString().endsWith(" 7 ok unlink a");
    assertThat(shown).last().asString().endsWith(" 7 EBUSY unlink b");
    test.reopen();
    assertThat(shown()).isEqualTo(shown);
    assertChecks();
  }

  @Test
  void aFloodOfRefusedCommandsInOtherWordsIsCountedToo() throws Exception {
    for (int i = 0; i < 1200; i++) {
      trail().refused(7, 70, "ctl", "delete", "delete volume=v" + i, "EACCES");
    }

    assertThat(trail().hashes().lastKey().intValue()).isEqualTo(1003);
    assertThat(trail().commands())
        .last()
        .extracting(AuditEntry::command)
        .asString()
        .startsWith("100 refused commands of uid 7 since ")
        .endsWith("; the newest: EACCES ctl delete volume=v1099");
    trail().end(begin("unlink a"), "ok");
    assertThat(shown()).last().isEqualTo("1004 7 ok unlink a");
  }

  /** Its effect is not known, so it counts as one. */
  @Test
  void anInternalErrorInAFloodIsListed() throws Exception {
    for (int i = 0; i < 1100; i++) {
      trail().end(begin("unlink a"), "EBUSY");
    }

    trail().end(begin("unlink a"), "EIO");

    assertThat(shown()).last().asString().endsWith(" 7 EIO unlink a");
  }

  // ---- programs from before the chain

  private static final String BEFORE =
      "create table audit (number integer primary key, time text not null, uid integer not null,"
          + " pid integer not null, place text not null, verb text not null, result text not null,"
          + " command text not null)";

  private static String row(int number, String command) {
    return "insert into audit values (%d,'2024-01-01T00:00:00Z',7,70,'ctl','delete','ok','%s')"
        .formatted(number, command);
  }

  @Test
  void rowsOfAnEarlierProgramAreTakenIn() throws Exception {
    sql(
        "drop table audit_entry",
        "alter table bay drop column audit_head",
        "alter table bay drop column audit_head_hash",
        "alter table bay drop column audit_number",
        "alter table bay drop column audit_anchor",
        "alter table bay drop column audit_anchor_hash",
        BEFORE,
        row(41, "delete volume=a"),
        row(43, "delete volume=b"));

    assertThat(trail().trouble()).isNull();
    assertThat(shown().subList(0, 2))
        .containsExactly("41 7 ok delete volume=a", "43 7 ok delete volume=b");
    assertThat(shown()).last().asString().startsWith("44 ").contains("noted 2 entries of an earl");
    assertThat(trail().hashes()).containsOnlyKeys(1L, 2L, 3L);
    assertChecks();
    assertThat(shown()).hasSize(3);
  }

  @Test
  void whatAnEarlierProgramAddedBetweenIsTakenInUnderNewNumbers() throws Exception {
    trail().end(begin("unlink a"), "ok");
    trail().end(begin("unlink b"), "ok");

    sql(BEFORE, row(1, "delete volume=c"), row(3, "delete volume=d"));

    assertThat(shown().subList(0, 4))
        .containsExactly(
            "1 7 ok unlink a",
            "2 7 ok unlink b",
            "3 7 ok delete volume=c",
            "4 7 ok delete volume=d");
    assertChecks();
  }

  @Test
  void theCheckSaysThatRowsOfAnEarlierProgramWait() throws Exception {
    test.bay.close();
    new DamagedBay(test.path, test.path, test.path).sql(BEFORE + "; " + row(1, "x"));

    assertThat(checked()).singleElement().asString().startsWith("note audit: ");
    test.bay = TestBay.open(test.path).bay;
  }

  // ---- what does not fit

  @Test
  void aMountSaysThatTheNewestDoNotFitAndGoesOn() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      trail().end(begin("unlink " + name), "ok");
    }

    sql("delete from audit_entry where entry=6");

    assertThat(trail().trouble()).startsWith("entry 6: wanted").contains("copybay check");
    trail().end(begin("unlink d"), "ok");
    assertThat(shown()).last().isEqualTo("4 7 ok unlink d");
    test.bay.close();
    assertThat(checked()).singleElement().asString().contains("damage audit: ", "entry 6: wanted");
    test.bay = TestBay.open(test.path).bay;
    assertThat(trail().trouble()).startsWith("entry 6: wanted");
  }

  @Test
  void aHeadThatWasKeptElsewhereTellsALogThatWasMadeAnewOrPutBack() throws Exception {
    trail().end(begin("unlink a"), "ok");
    var kept = trail().hashes().lastEntry();
    trail().end(begin("unlink b"), "ok");
    String line = kept.getKey() + ":" + kept.getValue();
    assertThat(compared(line)).isEmpty();
    assertThat(compared(line.replace(':', ' '))).isEmpty();

    assertThat(compared("9" + line.substring(1)))
        .singleElement()
        .asString()
        .contains("entry 9: wanted hash", "got no such entry");
    new DamagedBay(test.path, test.path, test.path)
        .sql("update audit_entry set hash=replace(hash, substr(hash,1,1), 'x') where entry=2");
    assertThat(compared(line)).singleElement().asString().contains("entry 2: wanted hash");
    new DamagedBay(test.path, test.path, test.path).sql("drop table audit_entry");
    assertThat(compared(line)).singleElement().asString().contains("got no such entry");
    assertThatThrownBy(() -> AuditHeadCheck.parse("2")).hasMessageContaining("no head of");
  }

  private List<String> compared(String kept) throws Exception {
    test.bay.close();
    Findings findings = new Findings();
    AuditHeadCheck.parse(kept).run(test.path, findings);
    return findings.all().stream().map(Finding::line).toList();
  }

  // ---- a rebuild

  private void rebuild(String... damage) throws Exception {
    test.create("v", 100);
    test.create("w", 100);
    test.bay.close();
    List<String> statements = new ArrayList<>(List.of(damage));
    statements.add("update bay set change=1"); // so that labels are newer
    new DamagedBay(test.path, test.path, test.path).sql(String.join("; ", statements));
    rebuilt = Rebuild.run(test.path, Clock.systemUTC()).lines();
    test.bay = TestBay.open(test.path).bay;
  }

  private List<String> rebuilt = Collections.emptyList();

  @Test
  void aRebuildTakesAChainOverAsItIs() throws Exception {
    trail().end(begin("unlink a"), "ok");
    begin("unlink b");
    List<String> shown = shown();
    var hashes = List.copyOf(trail().hashes().entrySet());

    rebuild();

    assertThat(rebuilt).last().asString().contains("was made anew");
    assertThat(rebuilt).noneMatch(line -> line.contains("audit"));
    assertThat(shown()).isEqualTo(shown);
    assertThat(List.copyOf(trail().hashes().entrySet())).isEqualTo(hashes);
    assertChecks();
  }

  @Test
  void aRebuildBeginsAChainThatSaysSoWhereTheOldOneDoesNotCheck() throws Exception {
    trail().end(begin("unlink a"), "ok");
    trail().end(begin("unlink b"), "ok");

    rebuild("update audit_entry set uid=0 where entry=1");

    assertThat(rebuilt).anyMatch(line -> line.startsWith("the audit log begins a new chain: "));
    assertThat(shown()).hasSize(3).startsWith("1 0 ok unlink a", "2 7 ok unlink b");
    assertThat(shown())
        .last()
        .asString()
        .contains("noted a new chain; the one before did not check: entry 1: wanted hash");
    assertChecks();
  }

  @Test
  void aRebuildWithoutACatalogueBeginsAChainThatSaysSo() throws Exception {
    trail().end(begin("unlink a"), "ok");
    test.bay.close();
    Files.delete(test.path.resolve("catalogue.db"));

    Rebuild.run(test.path, Clock.systemUTC());
    test.bay = TestBay.open(test.path).bay;

    assertThat(shown())
        .singleElement()
        .asString()
        .endsWith("no audit log from before could be read");
    test.bay.close();
    assertThat(checked()).noneMatch(line -> line.contains(" audit"));
  }

  @Test
  void aReadOnlyMountShowsItAndWritesNothing() throws Exception {
    trail().end(begin("unlink a"), "ok");
    test.bay.catalogue().change(NOTHING);
    sql("drop table if exists audit", BEFORE, row(1, "delete volume=c"));
    test.bay.close();
    var state = TestBay.state(test.path);

    try (TestBay reader = TestBay.openReadOnly(test.path)) {
      assertThat(reader.bay.audit().commands()).hasSize(3);
    }

    assertThat(TestBay.state(test.path)).isEqualTo(state);
    test.bay = TestBay.open(test.path).bay;
  }

  @Test
  void theTableOfAnEarlierProgramIsEmptyButThere() throws Exception {
    sql(BEFORE, row(1, "delete volume=c"));

    int rows =
        test.bay
            .catalogue()
            .read(
                (Connection connection) -> {
                  try (Statement statement = connection.createStatement()) {
                    return statement.executeQuery("select count(*) from audit").getInt(1);
                  }
                });

    assertThat(rows).isZero();
  }
}
