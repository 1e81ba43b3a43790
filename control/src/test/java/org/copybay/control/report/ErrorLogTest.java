package org.copybay.control.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.control.SettableClock;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

class ErrorLogTest {
  private static final Caller ANNA = new Caller(1000, 1000, 5120);
  private static final Caller BERT = new Caller(1001, 1001, 5121);

  private final SettableClock clock = new SettableClock();
  private final ErrorLog errors = new ErrorLog(clock);

  @Test
  void anEntryHasThePlaceTheSentenceTheCaretAndTheRemedy() {
    errors.report(ANNA, "volumes/payroll", new StorageException(Fault.FORBIDDEN, "fixed size"));
    clock.pass(Duration.ofSeconds(3));
    errors.report(
        ANNA,
        "ctl",
        new StorageException(Fault.NOT_FOUND, "no volume nix", "ls volumes/"),
        new Blame("delete volume=nix", 14),
        null);

    assertThat(errors.text())
        .isEqualTo(
            """
            [1] 2025-11-21T09:31:07Z uid=1000 pid=5120 ctl=volumes/payroll errno=EPERM
              error: fixed size
            [2] 2025-11-21T09:31:10Z uid=1000 pid=5120 ctl=ctl errno=ENOENT
              error: no volume nix
              Command: delete volume=nix
                                     ^
              try:     ls volumes/
            """);
  }

  @Test
  void theLastErrorIsTheReadersOwn() {
    report(ANNA, "first");
    report(BERT, "second");

    assertThat(errors.lastError(ANNA.uid())).isEqualTo("first\n");
    assertThat(errors.lastError(BERT.uid())).isEqualTo("second\n");
    assertThat(errors.lastError(0)).isEmpty();
  }

  @Test
  void theLastErrorOfAUserOutlivesTheErrorsOfOthers() {
    report(ANNA, "mine");
    for (int i = 0; i < 50; i++) {
      report(BERT, "e" + i);
    }

    assertThat(errors.lastError(ANNA.uid())).isEqualTo("mine\n");
    assertThat(errors.text().lines().filter(line -> line.startsWith("["))).hasSize(16);
    assertThat(errors.text()).contains("[51]").doesNotContain("mine", "e33\n").contains("e34\n");
  }

  @Test
  void aUserClearsOnlyTheirOwn() {
    report(ANNA, "mine");
    report(BERT, "theirs");

    errors.clear(ANNA.uid());

    assertThat(errors.text()).contains("theirs").doesNotContain("mine");
    assertThat(errors.lastError(ANNA.uid())).isEmpty();
    assertThat(errors.lastError(BERT.uid())).isEqualTo("theirs\n");
    report(ANNA, "again");
    assertThat(errors.text()).contains("[3]");
  }

  @Test
  void manyUsersDoNotFillTheMemory() {
    for (int uid = 0; uid < 1000; uid++) {
      report(new Caller(uid, 0, 0), "e" + uid);
    }

    assertThat(errors.lastError(999)).isNotEmpty();
    assertThat(errors.lastError(1000 - ErrorLog.USERS - 1)).isEmpty();
    assertThat(errors.lastError(1000 - ErrorLog.USERS)).isNotEmpty();
  }

  @Test
  void theCaretStandsBelowTheWordWhateverComesBefore() {
    String line = "\tx note=\"ß😀\u0007\" bad=1";

    List<String> shown = new Blame(line, line.indexOf("bad")).render("> ").lines().toList();

    assertThat(shown.get(0)).isEqualTo(">  x note=\"ß😀\\x07\" bad=1");
    int caret = shown.get(1).codePointCount(0, shown.get(1).indexOf('^'));
    assertThat(shown.get(0).substring(shown.get(0).offsetByCodePoints(0, caret)))
        .isEqualTo("bad=1");
  }

  @Test
  void aLongLineIsShownByAWindowAroundTheWord() {
    String line = "x".repeat(30_000) + " bad " + "y".repeat(30_000);

    List<String> shown = new Blame(line, 30_001).render("> ").lines().toList();

    assertThat(shown.get(0)).hasSizeLessThan(200).startsWith("> …x").endsWith("y…");
    assertThat(shown.get(0).substring(shown.get(1).indexOf('^'))).startsWith("bad ");
  }

  @Test
  void nothingInALineCanChangeTheTerminal() {
    assertThat(Blame.visible("a\u001b[2Jb\u202ec\u2028d\ufffde ß😀"))
        .isEqualTo("a\\x1b[2Jb\\xe2\\x80\\xaec\\xe2\\x80\\xa8d\ufffde ß😀");
  }

  @Test
  void aLongSentenceIsCut() {
    report(ANNA, "s".repeat(60_000));

    assertThat(errors.text()).hasSizeLessThan(1000);
  }

  @Test
  void outcomesForPeopleStandBelowTheLineInPlaceOfTheRemedy() {
    reportEach(new Outcomes(List.of("a", "try: \u202eb"), false));

    assertThat(errors.lastError(ANNA.uid()))
        .isEqualTo("sentence\n  start x\n        ^\na\ntry: \\xe2\\x80\\xaeb\n");
    assertThat(errors.text()).endsWith("  try:     remedy\n").doesNotContain("\na\n");
  }

  @Test
  void outcomesForProgramsAreAllThatThereIs() {
    reportEach(new Outcomes(List.of("<a>", "</a>"), true));

    assertThat(errors.lastError(ANNA.uid())).isEqualTo("<a>\n</a>\n");
    assertThat(errors.text()).contains("  error: sentence\n  Command: start x\n");
  }

  @Test
  void tooManyOutcomesAreNotKept() {
    reportEach(new Outcomes(Collections.nCopies(Incident.MOST_OUTCOMES, "x"), true));

    assertThat(errors.lastError(ANNA.uid())).startsWith("sentence\n").endsWith("try: remedy\n");
  }

  private void reportEach(Outcomes outcomes) {
    StorageException error = new StorageException(Fault.BUSY, "sentence", "remedy");
    errors.report(ANNA, "ctl", error, new Blame("start x", 6), outcomes);
  }

  @Test
  void everyFaultHasAName() {
    Set<Errno> used = new HashSet<>();
    for (Fault fault : Fault.values()) {
      used.add(Errno.of(fault));
    }

    assertThat(used).containsExactlyInAnyOrder(Errno.values());
  }

  private void report(Caller caller, String sentence) {
    errors.report(caller, "ctl", new StorageException(Fault.BUSY, sentence));
  }
}
