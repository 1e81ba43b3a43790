package org.copybay.control.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import org.copybay.control.OpenBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The texts of the verbs of optical storage must agree with what the parser takes. */
class OpticalVerbTableTest {
  @TempDir Path directory;

  private OpenBay open;
  private List<Verb> verbs;
  private VerbTable table;

  @BeforeEach
  void openBay() throws Exception {
    open = OpenBay.create(directory.resolve("bay"));
    Owner owner = new Owner(OpenBay.OWNER.uid(), OpenBay.OWNER.uid());
    verbs = new Opticals(open.bay(), open.copy().optical(), owner).verbs();
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
        Command command = RoomParser.OPTICAL.parse(example);
        assertThat(table.find(command, Scope.bay())).as(example).isSameAs(verb);
        assertThat(Arguments.bind(verb, Scope.bay(), command)).as(example).isNotNull();
      }
    }
  }

  @Test
  void everyVerbIsAWordOfTheDialect() {
    assertThat(verbs.stream().map(verb -> verb.name().substring(Verb.OPTICAL.length())))
        .containsExactlyInAnyOrderElementsOf(RoomParser.OPTICAL.words());
  }

  @Test
  void theUsageOfAVolumeLeavesItsNameOut() {
    assertThat(table.usage(Scope.side("ARCH01")))
        .contains("\nload\n", "\nduplicate to=ID[,ID...]|to=*MOUNTED [newvol=", "\ncheck [device=")
        .doesNotContain("volume=", "optical ", "rotate", "destroy");
    assertThat(table.usage(Scope.optical()))
        .contains("\nflip device=NAME\n", "\nrotate rotation=NAME ", "\nload volume=ID\n")
        .doesNotContain("\noptical ");
    assertThat(table.usage(Scope.bay())).contains("\noptical flip device=NAME\n");
  }

  @Test
  void aWordThatIsNoneIsNamedWithItsNearest() {
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> RoomParser.OPTICAL.parse("optical initialise volume=A"));

    assertThat(refused.error()).hasMessageContaining("the nearest is initialize");
    assertThat(refused.error().remedy()).isEqualTo("optical initialize volume=A");
    assertThat(refused.column()).isEqualTo("optical ".length());
  }
}
