package org.copybay.copy.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.copybay.copy.quickopc.StartSpec.Mode;
import org.copybay.volumes.Finding;
import org.copybay.volumes.bay.Rebuild;
import org.copybay.volumes.check.BayCheck;
import org.copybay.volumes.check.CheckOptions;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check and a rebuild of the catalogue say of a bay in which a copy was under way. */
class RebuiltBayTest {
  private static final String INVALID = "it is INVALID: 131072 bytes were not copied to it";

  @TempDir Path directory;
  private Path path;

  @BeforeEach
  void leaveACopyUnderWay() throws Exception {
    path = directory.resolve("bay");
    try (TestOpc test = TestOpc.create(path)) {
      test.create("a", 3, 'a');
      test.create("b", 3, 'b');
      PairRecord pair = test.pair("a", "b");
      test.start(pair, Mode.FULL);
      test.fill("b", 0, 1);
    }
  }

  @Test
  void theNextMountGoesOnSoTheCheckHasNothingToSay() {
    assertThat(BayCheck.run(path, new CheckOptions(RecoverMode.PROCESS, false)).all())
        .extracting(Finding::line)
        .isEmpty();
  }

  @Test
  void aRebuildWithoutACatalogueSaysWhatIsGivenUp() throws Exception {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.filter(each -> each.toString().contains("catalogue.db")).toList()) {
        Files.delete(file);
      }
    }

    Rebuild.Result result = Rebuild.run(path, Clock.systemUTC());

    assertThat(result.whole()).isFalse();
    assertThat(result.lines())
        .anyMatch(line -> line.startsWith("volume b: ready, ") && line.contains(INVALID))
        .anyMatch(line -> line.startsWith("no catalogue ") && line.contains(" of QuickOPC, with "));
    assertThat(result.lines()).filteredOn(line -> line.contains("INVALID")).hasSize(1);
    try (TestOpc test = TestOpc.open(path)) {
      assertThat(test.invalid("b")).contains("131072 bytes");
      assertThat(test.opc.groups().all()).isEmpty();
    }
  }

  @Test
  void aRebuildOfAnOldCatalogueNamesTheGroupsThatAreGivenUp() throws Exception {
    List<Path> old = List.of(path.resolve("catalogue.db"), directory.resolve("old"));
    Files.copy(old.get(0), old.get(1));
    try (TestOpc test = TestOpc.open(path)) {
      test.create("c", 1, 'c');
    }
    Files.copy(old.get(1), old.get(0), StandardCopyOption.REPLACE_EXISTING);

    assertThat(Rebuild.run(path, Clock.systemUTC()).lines())
        .contains(
            "of QuickOPC the copy groups g-a-b, with their pairs and sessions, inhibitions and"
                + " max_sessions are given up")
        .anyMatch(line -> line.contains(INVALID));
  }
}
