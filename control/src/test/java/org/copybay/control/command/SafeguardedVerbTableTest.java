package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.copybay.control.OpenBay;
import org.copybay.copy.safeguarded.SessionCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts about the verbs of safeguarded sessions must agree with what is taken. */
class SafeguardedVerbTableTest {
  @TempDir Path directory;

  private OpenBay open;
  private List<Verb> verbs;
  private VerbTable table;

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    verbs =
        new Safeguards(
                open.bay(),
                open.copy().safeguarded(),
                new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid()))
            .verbs();
    table = new VerbTable(verbs);
  }

  @AfterEach
  void closeBay() {
    open.close();
  }

  @Test
  void everyKeyStandsInTheGrammar() {
    for (Verb verb : verbs) {
      for (Key key : verb.keys()) {
        assertThat(verb.grammar()).as(verb.name()).contains(key.name() + "=");
      }
      assertThat(verb.grammar()).startsWith(verb.name().replaceFirst("-", " "));
    }
  }

  @Test
  void everyExampleIsACommandThatCanBeBound() throws Exception {
    for (Verb verb : verbs) {
      for (String example : verb.examples()) {
        Command command = CsmParser.parse(example, false);
        assertThat(table.find(command, Scope.bay())).as(example).isSameAs(verb);
        assertThat(Arguments.bind(verb, Scope.bay(), command)).as(example).isNotNull();
      }
    }
  }

  @Test
  void everyVerbIsAWordOfTheDialect() {
    assertThat(verbs.stream().map(verb -> verb.name().substring(Verb.SAFEGUARDED.length())))
        .containsExactlyInAnyOrderElementsOf(CsmForm.WORDS);
    for (SessionCommand command : SessionCommand.values()) {
      assertThat(CsmForm.WORDS).contains(command.word());
    }
  }

  @Test
  void theUsageOfASessionLeavesItsNameOut() {
    assertThat(table.usage(Scope.session("P")))
        .contains(
            "\nbackup [label=TEXT] [hold=NAME] [lock=TIME|until=TIME]\n",
            "\nexpire backup=ID [only=yes] [confirm=N]\n",
            "\ndelete\n",
            "\nterminate-h1r1 [set=R1] [force=yes]\n")
        .doesNotContain("session=", "safeguarded", "create", "quickopc");
    assertThat(table.usage(Scope.safeguard()))
        .contains("\ncreate session=NAME\n", "\nexpire session=NAME backup=ID", "\nlist [format=");
    assertThat(table.usage(Scope.bay())).contains("\nsafeguarded backup session=NAME ");
    assertThat(table.usage(Scope.volume("a"))).doesNotContain("safeguarded", "backup");
  }

  @Test
  void everyVerbHasAFileThatExplainsIt() {
    for (Verb verb : verbs) {
      assertThat(table.file(verb.name())).contains("keys:", "errors:", "safeguarded ");
    }
  }
}
