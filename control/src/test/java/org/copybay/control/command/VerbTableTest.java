package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.copybay.control.OpenBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts that are generated from the table must agree with what the parser takes. */
class VerbTableTest {
  @TempDir Path directory;

  private OpenBay open;
  private List<Verb> verbs;
  private VerbTable table;

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    verbs =
        new ArrayList<>(new VolumeVerbs(open.bay(), new Owner(1000), Path.of("/mnt/bay")).verbs());
    verbs.addAll(
        new JobVerbs(
                open.bay(),
                new Owner(OpenBay.OWNER.uid()),
                open.jobs(),
                open.duplicates(),
                open.checks())
            .verbs());
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
        boolean word = verb.name().equals("create") && List.of("kind", "name").contains(key.name());
        assertThat(verb.grammar())
            .as(verb.name())
            .contains(word ? "volume NAME" : key.name() + "=");
      }
    }
  }

  @Test
  void everyExampleIsACommandThatCanBeBound() throws Exception {
    for (Verb verb : verbs) {
      for (String example : verb.examples()) {
        if (example.startsWith("then: ")) {
          continue;
        }
        Command command = LineParser.parse(example);
        assertThat(table.find(command, Scope.bay())).as(example).isSameAs(verb);
        assertThat(Arguments.bind(verb, Scope.bay(), command)).as(example).isNotNull();
      }
    }
  }

  @Test
  void everyVerbHasAFileThatExplainsIt() {
    assertThat(table.files()).startsWith("ALL").contains("create", "help").hasSize(14);
    for (String file : table.files()) {
      assertThat(table.file(file)).as(file).endsWith("\n").isNotBlank();
    }
    assertThat(table.file("duplicate"))
        .contains("rate", "expect-gen", "EEXIST", "ENOENT", "audit log", "id=nightly");
    assertThat(table.file("nix")).isNull();
  }

  @Test
  void theUsageOfAnObjectLeavesItsNameOut() {
    assertThat(table.usage(Scope.bay())).contains("resize volume=NAME size=SIZE");
    assertThat(table.usage(Scope.volume("a")))
        .contains("\nresize size=SIZE [shrink=yes]\n", "\nduplicate to=NEW ")
        .doesNotContain("cancel", "create");
    assertThat(table.usage(Scope.job("1")))
        .contains("\ncancel\n", "\nrate limit=SIZE\n")
        .doesNotContain("resize");
  }
}
