package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
    verbs = InterpreterFixture.moreVerbs(open);
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
        String word =
            switch (verb.name() + " " + key.name()) {
              case "create kind", "create name" -> "volume NAME";
              case "bitmap action" -> "start|reset|delete";
              default -> key.name() + "=";
            };
        assertThat(verb.grammar()).as(verb.name()).contains(word);
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
        Command command = parsed(example);
        assertThat(table.find(command, Scope.bay())).as(example).isSameAs(verb);
        assertThat(Arguments.bind(verb, Scope.bay(), command)).as(example).isNotNull();
      }
    }
  }

  private static Command parsed(String line) throws RefusedException {
    if (CsmParser.takes(line, false)) {
      return CsmParser.parse(line, false);
    }
    for (RoomParser room : List.of(RoomParser.OPTICAL, RoomParser.TAPE)) {
      if (room.takes(line, false)) {
        return room.parse(line);
      }
    }
    return LineParser.parse(line);
  }

  @Test
  void everyVerbHasAFileThatExplainsIt() {
    assertThat(table.files())
        .startsWith("ALL")
        .contains("create", "help")
        .hasSize(verbs.size() + 2);
    for (String file : table.files()) {
      assertThat(table.file(file)).as(file).endsWith("\n").isNotBlank();
    }
    assertThat(table.file("duplicate"))
        .contains("rate", "expect-gen", "EEXIST", "ENOENT", "audit log", "id=nightly");
    assertThat(table.file("nix")).isNull();
  }

  @Test
  void theUsageOfAnObjectLeavesItsNameOut() {
    assertThat(table.usage(Scope.bay())).contains("resize volume=NAME|set=DSAn size=SIZE");
    assertThat(table.usage(Scope.volume("a")))
        .contains("\nresize size=SIZE [shrink=yes]\n", "\nduplicate to=NEW ")
        .doesNotContain("cancel", "create");
    assertThat(table.usage(Scope.set("DSA1")))
        .contains(
            "\nresize size=SIZE [shrink=yes]\n",
            "\nbitmap start|reset|delete bitmap=ID [grain=track|127]\n",
            "\nmount [members=VOLUME[,VOLUME...]] [label=LABEL]",
            "\ndismount [members=VOLUME[,VOLUME...]] [policy",
            "\nstall [seconds=N]\n",
            "\ndissolve\n",
            "\nshow [what=full")
        .doesNotContain("set=", "split", "release", "create", "cancel");
    assertThat(table.usage(Scope.job("1")))
        .contains("\ncancel\n", "\nrate limit=SIZE\n")
        .doesNotContain("resize");
  }
}
