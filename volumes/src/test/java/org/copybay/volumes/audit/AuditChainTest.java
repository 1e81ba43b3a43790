package org.copybay.volumes.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain in a database: what is added, what is dropped, and that no change of it passes. */
class AuditChainTest {
  private static final Keeping FEW = new Keeping(10, Duration.ofDays(366), 4);
  private static final Instant DAY = Instant.parse("2025-11-21T09:31:07Z");

  private Connection connection;
  private AuditChain chain;

  @BeforeEach
  void makeChain() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    sql("create table bay (uuid text not null)");
    sql("insert into bay values ('x')");
    chain = new AuditChain(connection, FEW);
    chain.create();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
  }

  private void sql(String statements) throws Exception {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements.split("; ", -1)) {
        statement.execute(each);
      }
    }
  }

  private String query(String sql) throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getString(1);
    }
  }

  private static AuditEntry draft(Instant time, String result, String command) {
    return AuditEntry.draft(time.toString(), 1000, 5120, "ctl", "delete", result, command);
  }

  private void add(int count, Instant time) throws Exception {
    for (int i = 0; i < count; i++) {
      chain.append(draft(time, "ok", "delete volume=v" + i));
    }
  }

  private List<String> problems() throws Exception {
    List<String> found = new ArrayList<>();
    AuditInspection.run(connection, FEW, problem -> found.add(problem.line()));
    return found;
  }

  /** The hashes were computed by another program, from what FORMAT.md says. */
  @Test
  void aHashIsThatOfTheFormat() throws Exception {
    chain.append(draft(DAY, "begun", "delete volume=a\u202e\u00e4"));
    chain.append(draft(DAY.plusSeconds(1), "ok", "").withNumber(1));

    assertThat(query("select hash from audit_entry where entry=1"))
        .isEqualTo("a36c97d29155d9e4747923f3571a8d089210929750adf39b29b2f19ca0b84a4f");
    assertThat(query("select hash from audit_entry where entry=2"))
        .isEqualTo("e50322abd7ed841507269b78860e56a47916bc5fa2125eeec0389aa738d14e55");
    assertThat(query("select audit_head || audit_head_hash || audit_number from bay"))
        .isEqualTo("2e50322abd7ed841507269b78860e56a47916bc5fa2125eeec0389aa738d14e551");
    assertThat(problems()).isEmpty();
  }

  @Test
  void noTwoEntriesAreTheSameBytes() {
    AuditEntry one = AuditEntry.draft("t", 1, 2, "ctla", "b", "ok", "c");
    AuditEntry two = AuditEntry.draft("t", 1, 2, "ctl", "ab", "ok", "c");
    AuditEntry three = AuditEntry.draft("t", 1, 2, "ctl", "a", "bok", "c");

    assertThat(List.of(one.proof(""), two.proof(""), three.proof(""))).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update audit_entry set command='x' where entry=3                | entry 3: wanted hash",
        "update audit_entry set uid=0 where entry=3                      | entry 3: wanted hash",
        "update audit_entry set uid=uid+4294967296 where entry=3         | entry 3: wanted hash",
        "update audit_entry set pid=1 where entry=3                      | entry 3: wanted hash",
        "update audit_entry set time='2020-01-01T00:00:00Z' where entry=3| entry 3: wanted hash",
        "update audit_entry set place='x' where entry=3                  | entry 3: wanted hash",
        "update audit_entry set verb='x' where entry=3                   | entry 3: wanted hash",
        "update audit_entry set result='EBUSY' where entry=3             | entry 3: wanted hash",
        "update audit_entry set number=9 where entry=3                   | entry 3: wanted hash",
        "update audit_entry set hash='x' where entry=3                   | entry 3: wanted hash",
        "update audit_entry set hash='x' where entry=6                   | entry 6: wanted hash",
        "delete from audit_entry where entry=3                           | entry 3: wanted the",
        "delete from audit_entry where entry in (2,3)                    | entries 2 to 3: wanted",
        "delete from audit_entry where entry=1                           | entry 1: wanted the",
        "delete from audit_entry where entry=6                           | entry 6: wanted the",
        "delete from audit_entry where entry>2                           | entries 3 to 6: wanted",
        "delete from audit_entry                                         | entries 1 to 6: wanted",
        "drop table audit_entry                                          | entries 1 to 6: wanted",
        "update bay set audit_head=null                                  | head: wanted the number",
        "update bay set audit_head=5                                     | head: wanted entry 6",
        "update bay set audit_head_hash='x'                              | head: wanted hash",
        "update bay set audit_number=1                                   | head: wanted command 6",
        "update bay set audit_anchor=2                                   | entry 1: wanted none",
        "update bay set audit_anchor_hash='x'                            | entry 1: wanted hash",
        "update audit_entry set entry=-1 where entry=1                   | entry -1: wanted none"
      })
  void aChangeIsFoundWhereItWasMade(String tampering, String says) throws Exception {
    add(6, DAY);
    assertThat(problems()).isEmpty();

    sql(tampering);

    assertThat(problems()).first().asString().startsWith(says);
  }

  /** Who knows how it is made can make the rest anew, but not the hash that lies elsewhere. */
  @Test
  void anEntryThatWasChangedWithItsHashIsFoundAtTheNextOne() throws Exception {
    add(6, DAY);
    AuditEntry forged =
        AuditEntry.draft(DAY.toString(), 7, 7, "ctl", "delete", "ok", "x")
            .withNumber(3)
            .behind(2, chain.find(2).hash());
    sql("delete from audit_entry where entry=3");
    chain.insert(forged);

    assertThat(problems()).singleElement().asString().startsWith("entry 4: wanted hash");
  }

  @Test
  void aPrefixThatWasCutWithItsAnchorIsFound() throws Exception {
    add(6, DAY);
    String hash = chain.find(3).hash();
    sql("delete from audit_entry where entry<=3");
    sql("update bay set audit_anchor=3, audit_anchor_hash='" + hash + "'");

    assertThat(problems()).first().asString().startsWith("anchor: wanted an entry that says");
  }

  // ---- what is dropped

  @Test
  void whatIsYoungStaysHoweverMuchItIs() throws Exception {
    add(50, DAY);
    add(50, DAY.plus(Duration.ofDays(366)));

    assertThat(query("select count(*) from audit_entry")).isEqualTo("100");
  }

  @Test
  void theNewestStayHoweverOldTheyAre() throws Exception {
    add(13, DAY);

    chain.append(draft(DAY.plus(Duration.ofDays(4000)), "ok", "x"));

    assertThat(query("select min(entry) || ' ' || max(entry) from audit_entry"))
        .isEqualTo("5 15"); // with the entry that tells of it
    chain.append(draft(DAY.plus(Duration.ofDays(4000)), "ok", "x"));
    assertThat(query("select min(entry) || ' ' || max(entry) from audit_entry")).isEqualTo("5 16");
    assertThat(problems()).isEmpty();
  }

  @Test
  void anEntryWithoutATimeDropsNothing() throws Exception {
    add(20, DAY);

    chain.append(AuditEntry.draft("no time", 1, 1, "ctl", "delete", "ok", "x"));

    assertThat(query("select count(*) from audit_entry")).isEqualTo("21");
  }

  @Test
  void droppingLeavesAnAnchorThatAnEntryTellsOf() throws Exception {
    add(13, DAY);
    String hash = chain.find(4).hash();

    List<AuditEntry> added = chain.append(draft(DAY.plus(Duration.ofDays(367)), "ok", "x"));

    assertThat(added)
        .hasSize(2)
        .last()
        .extracting(AuditEntry::command)
        .isEqualTo("entries up to 4 were dropped; the last of them has the hash " + hash);
    assertThat(query("select audit_anchor || audit_anchor_hash from bay")).isEqualTo(4 + hash);
    assertThat(problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delete from audit_entry where entry<=6                         | entries 5 to 6: wanted",
        "update audit_entry set command='x' where entry=5               | entry 5: wanted hash",
        "update bay set audit_anchor_hash='x'                           | entry 5: wanted hash",
        "update bay set audit_anchor=0                                  | entries 1 to 4: wanted"
      })
  void noOtherBeginningIsTaken(String tampering, String says) throws Exception {
    add(13, DAY);
    chain.append(draft(DAY.plus(Duration.ofDays(367)), "ok", "x"));

    sql(tampering);

    assertThat(problems()).first().asString().startsWith(says);
  }

  /** A forger can add the entry that tells of it, but fewer than are kept are left. */
  @Test
  void moreThanAMountDropsIsFound() throws Exception {
    add(8, DAY);
    AuditEntry last = chain.find(5);
    sql("delete from audit_entry where entry<=5");
    sql("update bay set audit_anchor=5, audit_anchor_hash='" + last.hash() + "'");
    chain.append(
        AuditEntry.draft(
            DAY.toString(), 0, 0, "audit", "trim", "noted", AuditChain.dropping(5, last.hash())));

    assertThat(problems()).singleElement().asString().startsWith("anchor: wanted the newest 10");
  }

  // ---- what does not fit at a mount (INV-4)

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "update bay set audit_head=null                                  | entry 7: wanted the",
        "delete from audit_entry where entry=6                           | entry 6: wanted the",
        "delete from audit_entry; update bay set audit_head=null          | entry 1: wanted the",
        "update bay set audit_head=5                                     | entry 7: wanted the",
        "update bay set audit_head_hash='x'                              | entry 7: wanted hash",
        "drop table audit_entry                                          | entries 1 to 6: wanted"
      })
  void whatIsAddedLaterCoversNothingUp(String tampering, String says) throws Exception {
    add(6, DAY);
    sql(tampering);

    chain.create();
    chain.mend(DAY.toString());
    add(1, DAY);

    assertThat(problems()).singleElement().asString().startsWith(says);
  }

  @Test
  void aSoundChainNeedsNoMending() throws Exception {
    chain.mend(DAY.toString());
    assertThat(query("select count(*) from audit_entry")).isEqualTo("0");
    add(2, DAY);

    chain.create();
    chain.mend(DAY.toString());

    assertThat(query("select count(*) from audit_entry")).isEqualTo("2");
  }

  // ---- the newest

  @Test
  void theNewestAreLookedAtAlone() throws Exception {
    add(9, DAY);
    sql("update audit_entry set uid=0 where entry=4");
    List<String> found = new ArrayList<>();

    AuditInspection.newest(connection, 5, problem -> found.add(problem.line()));
    assertThat(found).isEmpty();
    AuditInspection.newest(connection, 6, problem -> found.add(problem.line()));

    assertThat(found).singleElement().asString().startsWith("entry 4: wanted hash");
  }

  // ---- another catalogue takes it over

  @Test
  void aChainOfWhichMoreWasDroppedThanIsAllowedIsNotTakenOverAsItIs() throws Exception {
    add(13, DAY);
    chain.append(draft(DAY.plus(Duration.ofDays(367)), "ok", "x")); // allowed where few are kept
    Connection old = connection;
    makeOther();

    assertThat(AuditTakeover.copy(old, connection, DAY)).startsWith("anchor: wanted the newest");

    old.close();
    assertThat(query("select count(*) from audit_entry")).isEqualTo("12");
    assertThat(query("select verb from audit_entry where entry=12")).isEqualTo("rebuild");
    assertThat(problems()).isEmpty();
  }

  private void makeOther() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    sql("create table bay (uuid text not null)");
    sql("insert into bay values ('x')");
    chain = new AuditChain(connection, FEW);
  }
}
