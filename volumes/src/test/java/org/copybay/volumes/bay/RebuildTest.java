package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;
import static org.copybay.volumes.bay.TestBay.wanted;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A catalogue that is lost, damaged or old, and what the labels make of it. */
final class RebuildTest extends LabelledBay {
  private Path kept() throws Exception {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> file.toString().contains("replaced-"))
          .filter(file -> !file.toString().endsWith("-wal"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** What happens to a catalogue. */
  private enum Loss {
    MISSING("the file is missing") {
      @Override
      void happen(RebuildTest of) throws Exception {
        of.closeBay();
        of.deleteCatalogue();
      }
    },
    OLD_COPY("is older than the volumes") {
      @Override
      void happen(RebuildTest of) throws Exception {
        Path copy = of.keepCatalogue();
        of.freeze("R", "b%b");
        of.test.bay.rename("far", "further", true);
        of.test.create("new", 100);
        of.before = of.seen();
        of.closeBay();
        of.putBack(copy);
      }
    },
    DAMAGED("is damaged") {
      @Override
      void happen(RebuildTest of) throws Exception {
        of.closeBay();
        Path file = of.path.resolve("catalogue.db");
        byte[] bytes = Files.readAllBytes(file);
        for (int page = 4096; page < bytes.length; page += 4096) {
          bytes[page] ^= 0x55; // what kind of page it is
        }
        Files.write(file, bytes);
      }
    },
    OF_ANOTHER_BAY("it belongs to bay ") {
      @Override
      void happen(RebuildTest of) throws Exception {
        of.closeBay();
        BayOpener.init(of.directory.resolve("other"), Clock.systemUTC());
        of.deleteCatalogue();
        Files.copy(
            of.directory.resolve("other/catalogue.db"),
            of.path.resolve("catalogue.db"),
            StandardCopyOption.REPLACE_EXISTING);
      }
    };

    private final String words;

    Loss(String words) {
      this.words = words;
    }

    abstract void happen(RebuildTest of) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void theMountIsRefusedAndARebuildBringsAllBack(Loss loss) throws Exception {
    loss.happen(this);
    assertRefused(loss.words);

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).as(result.lines().toString()).isTrue();
    open();
    assertThat(seen()).isEqualTo(before);
    test.assertNothingLeftBehind();
    test.reopen();
    assertThat(seen()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void aRebuildThatIsStoppedAfterAnyStepIsDoneAgain(Loss loss) throws Exception {
    loss.happen(this);
    Path lost = TestBay.copy(path, directory.resolve("lost"));
    int steps = 0;
    for (int stop = 1; stop <= Math.max(steps, 2); stop++) {
      path = TestBay.copy(lost, directory.resolve("stopped" + stop));
      AtomicInteger step = new AtomicInteger();
      int last = stop;
      try {
        Rebuild.run(
            path,
            Clock.systemUTC(),
            () -> {
              if (step.incrementAndGet() == last) {
                throw new IllegalStateException("stopped");
              }
            });
      } catch (IllegalStateException e) {
        steps = stop + 1;
      }
      boolean switched = !Files.exists(path.resolve("catalogue.db.new"));
      try {
        open();
      } catch (StorageException e) {
        assertThat(switched).as("the new catalogue was in place: " + e.getMessage()).isFalse();
        assertThat(e.remedy()).isEqualTo("copybay check --rebuild " + path);
        rebuild();
        open();
      }
      assertThat(seen()).as("stopped after step %d", stop).isEqualTo(before);
      closeBay();
    }
    assertThat(steps).isGreaterThanOrEqualTo(loss == Loss.MISSING ? 3 : 4);
  }

  @Test
  void aCatalogueThatIsInOrderIsLeftAlone() throws Exception {
    closeBay();
    var state = TestBay.state(path);

    assertThat(rebuild().lines().get(0)).contains("is in order");

    assertThat(TestBay.state(path)).isEqualTo(state);
  }

  @Test
  void whatIsLostIsKeptUnderAnotherName() throws Exception {
    closeBay();
    byte[] old = "no catalogue".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(path.resolve("catalogue.db"), old);

    rebuild();

    assertThat(kept()).hasBinaryContent(old);
  }

  @Test
  void aCopyThatIsNotWholeAndAVolumeThatWasDeletedAreKeptAside() throws Exception {
    Volume target = test.bay.reserve(wanted("target", 6000), false, new Hold("17", "being made"));
    target.fill().write(0, Bytes.direct(Bytes.random(4, 6000)));
    Volume deleted = test.createFilled("deleted", 5000, 1);
    OpenVolume open = deleted.open(TestBay.READER, false);
    test.bay.remove("deleted");
    assertThat(open.opener()).isEqualTo(TestBay.READER); // it is never closed
    closeBay();
    deleteCatalogue();

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isTrue();
    assertThat(result.lines())
        .anyMatch(line -> line.contains("a copy that is not whole, meant for target"))
        .anyMatch(line -> line.contains("volume deleted, which was deleted"));
    open();
    assertThat(seen()).isEqualTo(before);
    assertThat(path.resolve("orphans/" + target.id() + "/home"))
        .hasBinaryContent(Bytes.random(4, 6000));
    assertThat(path.resolve("orphans/" + deleted.id() + "/home")).exists();
  }

  @Test
  void pointsSurviveWithoutALabelAndWithoutACatalogue() throws Exception {
    UUID a = test.bay.find("a").id();
    UUID plain = test.createFilled("plain", 5000, 1).id();
    closeBay();
    deleteCatalogue();
    Files.delete(path.resolve("volumes/" + a + "/label"));
    Files.delete(path.resolve("volumes/" + plain + "/label"));

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    open();
    assertThat(test.names()).containsExactly("a", "b%b", "far", "making");
    assertThat(test.bay.points().all().stream().map(PointInTime::name))
        .containsExactlyInAnyOrder("P.partial", "recovered-a-1", "recovered-a-2");
    assertThat(before.get("volume a"))
        .endsWith(" " + java.util.Arrays.hashCode(TestBay.read(test.bay.find("a"))));
    assertThat(path.resolve("orphans/" + plain + "/home")).hasBinaryContent(Bytes.random(1, 5000));
  }

  @Test
  void aPointThatTheLabelDoesNotKnowSurvives() throws Exception {
    Volume a = test.bay.find("a");
    Path label = path.resolve("volumes/" + a.id() + "/label");
    byte[] older = Files.readAllBytes(label);
    freeze("R", "a");
    closeBay();
    deleteCatalogue();
    Files.write(label, older);

    assertThat(rebuild().whole()).isFalse();

    open();
    assertThat(test.bay.points().findOrNull("recovered-a-4")).isNotNull();
    assertThat(seen()).containsAllEntriesOf(before);
  }

  @Test
  void twoVolumesOfOneNameGetTwo() throws Exception {
    Volume a = test.bay.find("a");
    Path label = path.resolve("volumes/" + a.id() + "/label");
    byte[] older = Files.readAllBytes(label);
    test.bay.rename("a", "c", true);
    test.createFilled("a", 100, 1);
    closeBay();
    deleteCatalogue();
    Files.write(label, older);

    assertThat(rebuild().lines()).anyMatch(line -> line.contains("another volume is called a"));

    open();
    assertThat(test.names()).containsExactly("a", "a.1", "b%b", "far", "making");
  }

  @Test
  void aHomeThatIsTooShortOrGoneIsSaid() throws Exception {
    Path b = test.bay.find("b%b").home();
    Path far = test.bay.find("far").home();
    closeBay();
    deleteCatalogue();
    Files.write(b, new byte[5]);
    Files.delete(far);

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    assertThat(result.lines())
        .anyMatch(line -> line.contains("its home has 5 bytes, want " + SIZE))
        .anyMatch(line -> line.startsWith("volume far: ") && line.contains("is not there"));
  }

  @Test
  void aDamagedLabelMakesItsBitmapsUntrusted() throws Exception {
    UUID a = test.bay.find("a").id();
    closeBay();
    deleteCatalogue();
    Path label = path.resolve("volumes/" + a + "/label");
    List<String> lines = new ArrayList<>(Files.readAllLines(label));
    lines.add(lines.size() - 1, "00000000 9 bitmap damage=lost");
    Files.write(label, lines);

    assertThat(rebuild().whole()).isFalse();

    open();
    assertThat(test.bay.find("a").bitmaps()).allMatch(bitmap -> bitmap.damage() != null);
  }

  /** Of the damaged label an older name can be read; the old catalogue has the newer one. */
  @Test
  void aCatalogueThatKnowsAsMuchSaysTheRowOfADamagedLabel() throws Exception {
    UUID a = test.bay.find("a").id();
    test.bay.rename("a", "renamed", true);
    Path copy = keepCatalogue();
    test.create("later", 100);
    Path label = path.resolve("volumes/" + a + "/label");
    closeBay();
    putBack(copy);
    List<String> lines = new ArrayList<>(Files.readAllLines(label));
    int last = lastLine(lines, "name=renamed");
    lines.set(last, "00000000" + lines.get(last).substring(8));
    Files.write(label, lines);

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    open();
    assertThat(test.bay.find("renamed").id()).isEqualTo(a);
    assertThat(test.bay.find("renamed").bitmaps()).allMatch(bitmap -> bitmap.damage() != null);
  }

  @Test
  void aRowOfAnOlderCatalogueIsNamed() throws Exception {
    UUID a = test.bay.find("a").id();
    Path copy = keepCatalogue();
    test.create("later", 100);
    closeBay();
    putBack(copy);
    Files.delete(path.resolve("volumes/" + a + "/label"));

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    assertThat(result.lines()).anySatisfy(line -> assertThat(line).contains("older catalogue"));
  }

  /** Its label knows the drop, the catalogue of then does not. */
  @Test
  void aPointThatWasDroppedSinceComesBackInNoVolumeWhoseDiskIsAway() throws Exception {
    Path copy = keepCatalogue();
    test.bay.points().drop("P", NOTHING);
    closeBay();
    putBack(copy);
    Path away = directory.resolve("away");
    Files.move(directory.resolve("disk"), away);

    rebuild();
    Files.move(away, directory.resolve("disk"));

    open();
    assertThat(test.bay.points().findOrNull("P")).isNull();
    assertThat(test.bay.find("far").failure()).isNull();
  }

  @Test
  void anotherPointOfTheSameNumberDoesNotGetItsName() throws Exception {
    test.createFilled("n", 5000, 1);
    freeze("monday", "n");
    Path copy = keepCatalogue();
    Volume n = test.bay.find("n");
    test.bay.points().drop("monday", NOTHING);
    n.bytes().tracks().awaitUpkeep();
    assertThat(n.bytes().tracks().engaged()).isFalse();
    freeze("tuesday", "n");
    test.create("later", 100);
    closeBay();
    putBack(copy);
    Files.delete(path.resolve("volumes/" + n.id() + "/label"));

    assertThat(rebuild().lines()).anyMatch(line -> line.contains("nobody says what its point 1"));

    open();
    assertThat(test.bay.points().findOrNull("monday")).isNull();
    assertThat(test.bay.points().findOrNull("recovered-n-1")).isNotNull();
  }

  @Test
  void aVolumeWhoseDirectoryIsLostIsNamed() throws Exception {
    UUID b = test.bay.find("b%b").id();
    closeBay();
    setAside();
    try (Stream<Path> files = Files.list(path.resolve("volumes/" + b))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(path.resolve("volumes/" + b));

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    assertThat(result.lines())
        .anyMatch(line -> line.startsWith("volume b%b: ") && line.contains("its home is missing"));
  }

  @Test
  void aBitmapWhoseLineIsDamagedIsKeptAndNotTrusted() throws Exception {
    UUID a = test.bay.find("a").id();
    closeBay();
    setAside();
    Path label = path.resolve("volumes/" + a + "/label");
    List<String> lines = new ArrayList<>(Files.readAllLines(label));
    lines.replaceAll(line -> line.contains(" bitmap ") ? "00000000" + line.substring(8) : line);
    Files.write(label, lines);

    assertThat(rebuild().whole()).isFalse();

    open();
    assertThat(test.bay.find("a").bitmaps())
        .singleElement()
        .satisfies(bitmap -> assertThat(bitmap.damage()).isNotNull());
  }

  @Test
  void aLabelWhoseFirstLineIsDamagedSaysTheRestAllTheSame() throws Exception {
    Path label = path.resolve("volumes/" + test.bay.find("a").id() + "/label");
    closeBay();
    deleteCatalogue();
    List<String> lines = new ArrayList<>(Files.readAllLines(label));
    lines.set(0, "00000000" + lines.get(0).substring(8));
    Files.write(label, lines);

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    open();
    assertThat(test.bay.findOrNull("a")).isNotNull();
    assertThat(test.bay.points().findOrNull("Q")).isNotNull();
  }

  @Test
  void aLabelWhoseLastLineIsCutIsSaid() throws Exception {
    Path label = path.resolve("volumes/" + test.bay.find("a").id() + "/label");
    closeBay();
    deleteCatalogue();
    byte[] bytes = Files.readAllBytes(label);
    Files.write(label, java.util.Arrays.copyOf(bytes, bytes.length - 3));

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    assertThat(result.lines()).anyMatch(line -> line.contains("the last line of its label is cut"));
  }

  @Test
  void aLabelThatCannotBeReadEndsTheRebuild() throws Exception {
    Path label = path.resolve("volumes/" + test.bay.find("a").id() + "/label");
    closeBay();
    deleteCatalogue();
    Files.delete(label);
    Files.createDirectory(label);

    assertThatThrownBy(this::rebuild)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(label.toString());

    assertThat(path.resolve("catalogue.db")).doesNotExist();
  }

  @Test
  void aJobThatHadNotEndedIsNamed() throws Exception {
    closeBay();
    try (var connection = CatalogueFile.open(path.resolve("catalogue.db"), uuid());
        var statement = connection.createStatement()) {
      statement.execute("create table if not exists job (id text, ended text)");
      statement.execute("insert into job values ('slow', null), ('fast', '2026-01-01T00:00:00Z')");
      statement.execute("update bay set change = 1"); // an old one
    }

    Rebuild.Result result = rebuild();

    assertThat(result.whole()).isFalse();
    assertThat(result.lines())
        .anySatisfy(line -> assertThat(line).startsWith("job slow: it had not ended"))
        .noneSatisfy(line -> assertThat(line).contains("fast"));
  }

  /** As after a rebuild that was stopped before the new catalogue was in place. */
  private void setAside() throws Exception {
    String kept = Rebuild.REPLACED + "20260101T000000Z";
    Files.move(path.resolve("catalogue.db"), path.resolve(kept));
    if (Files.exists(path.resolve("catalogue.db-wal"))) {
      Files.move(path.resolve("catalogue.db-wal"), path.resolve(kept + "-wal"));
    }
  }

  private UUID uuid() throws StorageException {
    return BayFile.read(path.resolve("copybay.bay")).uuid();
  }

  private Path keepCatalogue() throws Exception {
    test.reopen();
    Path copy = Files.createDirectory(directory.resolve("then"));
    for (String name : List.of("catalogue.db", "catalogue.db-wal")) {
      Files.copy(path.resolve(name), copy.resolve(name));
    }
    return copy;
  }

  private void putBack(Path copy) throws Exception {
    deleteCatalogue();
    for (String name : List.of("catalogue.db", "catalogue.db-wal")) {
      Files.copy(copy.resolve(name), path.resolve(name));
    }
  }

  private static int lastLine(List<String> lines, String words) {
    int last = lines.size() - 1;
    while (!lines.get(last).contains(words)) {
      last--;
    }
    return last;
  }
}
