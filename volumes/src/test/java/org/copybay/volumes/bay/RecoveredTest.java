package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.bay.Catalogue.Change.NOTHING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;

/** What a rebuild makes of labels, engines and catalogues that do not agree, or are not whole. */
final class RecoveredTest extends LabelledBay {
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

  /** Of a name that has all its 255 bytes the last letters make room for what is added to it. */
  @Test
  void longNamesMakeRoomForWhatIsAdded() throws Exception {
    String name = "x" + "\u00e9".repeat(127);
    Path label = path.resolve("volumes/" + test.createFilled(name, 100, 1).id() + "/label");
    byte[] older = Files.readAllBytes(label);
    test.bay.rename(name, "c", true);
    test.createFilled(name, 100, 2);
    freeze(name, "a", "b%b");
    UUID a = test.bay.find("a").id();
    closeBay();
    deleteCatalogue();
    Files.write(label, older);
    Files.delete(path.resolve("volumes/" + a + "/label"));

    rebuild();

    open();
    assertThat(test.names()).contains(name, "x" + "\u00e9".repeat(126) + ".1");
    assertThat(test.bay.points().all().stream().map(PointInTime::name))
        .contains("x" + "\u00e9".repeat(123) + ".partial");
  }

  /** Of a directory no byte can be read, as of a file on a disk that has lost them. */
  @Test
  void anOldCatalogueOfWhichNoByteCanBeReadIsDamaged() throws Exception {
    closeBay();
    deleteCatalogue();
    Files.createDirectory(path.resolve(Rebuild.REPLACED + "20260101T000000Z"));

    assertThat(rebuild().whole()).isTrue();

    open();
    assertThat(seen()).containsAllEntriesOf(before);
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
    spoil(label, "name=renamed");

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
    spoil(label, " bitmap ");

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
    spoil(label, " bay=");

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

  /** Gives each line that has those words another checksum. */
  private static void spoil(Path label, String words) throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(label));
    assertThat(lines).anyMatch(line -> line.contains(words));
    lines.replaceAll(line -> line.contains(words) ? "00000000" + line.substring(8) : line);
    Files.write(label, lines);
  }
}
