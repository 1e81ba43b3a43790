package org.copybay.volumes.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.format.IsoTreeMedium.DIRECTORY;
import static org.copybay.volumes.format.IsoTreeMedium.ROOT;
import static org.copybay.volumes.format.IsoTreeMedium.SECTOR;
import static org.copybay.volumes.format.IsoTreeMedium.entry;
import static org.copybay.volumes.format.IsoTreeMedium.name;
import static org.copybay.volumes.format.IsoTreeMedium.record;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IsoFilesTest {
  private static final byte[] SHARING = entry("SP", (byte) 0xbe, (byte) 0xef, (byte) 0);

  @Test
  void aMediumWithoutAFormatIsOneFile() throws Exception {
    MediumFiles files = MediumFiles.read(new MemoryImage(100_000), 100_000);

    assertThat(files.all()).containsExactly(new MediumFile("/", 100_000));
    assertThat(files.filesAt(new Extent(99_999, 1))).containsExactly("/");
    assertThat(files.structureAt(new Extent(0, 100_000))).isFalse();
    assertThat(MediumFiles.read(new MemoryImage(0), 0).all()).hasSize(1);
  }

  @Test
  void allSectorsOfAFileNameIt() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    medium.directory(
        ROOT,
        record("LONG.BIN;1", IsoTreeMedium.ASSOCIATED, 60, SECTOR),
        record("LONG.BIN;1", IsoTreeMedium.NOT_LAST, 40, 2 * SECTOR),
        record("LONG.BIN;1", IsoTreeMedium.NOT_LAST, 50, SECTOR),
        record("LONG.BIN;1", 0, 55, 1),
        record("NODOT.;12", 0, 56, SECTOR + 1),
        record("SUB", DIRECTORY, 31, SECTOR));
    medium.directory(31, record("END.;1", 0, 127, 10 * SECTOR));

    MediumFiles files = medium.files();

    assertThat(files.all())
        .containsExactly(
            new MediumFile("/LONG.BIN", 3 * SECTOR + 1),
            new MediumFile("/NODOT", SECTOR + 1),
            new MediumFile("/SUB/END", 10 * SECTOR));
    for (int sector : List.of(40, 41, 50, 55, 60)) {
      assertThat(medium.at(files, sector)).as("%d", sector).containsExactly("/LONG.BIN");
    }
    assertThat(medium.at(files, 57)).containsExactly("/NODOT");
    assertThat(medium.at(files, 127)).containsExactly("/SUB/END");
    for (int sector : List.of(16, 17, 20, 22, 30, 31)) {
      assertThat(medium.at(files, sector)).as("%d", sector).isEmpty();
    }
    for (int sector : List.of(0, 15, 18, 21, 42, 51, 58, 61)) {
      assertThat(medium.at(files, sector)).as("%d", sector).containsExactly("(no file)");
    }
  }

  @Test
  void attributesAreStructureAndInterleavedFilesHaveTheirGaps() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    byte[] attributes = record("A.;1", 0, 40, SECTOR);
    attributes[1] = 2;
    byte[] interleaved = record("B.;1", 0, 50, 3 * SECTOR);
    interleaved[26] = 1;
    interleaved[27] = 2;
    medium.directory(ROOT, attributes, interleaved);

    MediumFiles files = medium.files();

    assertThat(medium.at(files, 41)).isEmpty();
    assertThat(medium.at(files, 42)).containsExactly("/A");
    for (int sector : List.of(50, 53, 56)) {
      assertThat(medium.at(files, sector)).containsExactly("/B");
    }
    assertThat(medium.at(files, 57)).containsExactly("(no file)");
  }

  @Test
  void namesOfRockRidgeMayContinueElsewhere() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    byte[] more = UdfTreeMedium.joined(name(1, "c\u00e4"), IsoTreeMedium.continued(71, 0, 50));
    medium.image.put(70 * SECTOR + 100, more);
    medium.image.put(71 * SECTOR, name(0, " end"));
    medium.directoryWithSelf(
        ROOT,
        record("\0", DIRECTORY, ROOT, SECTOR, SHARING),
        record("A.;1", 0, 40, 1, name(1, "ab"), IsoTreeMedium.continued(70, 100, more.length)),
        record("LINK.;1", 0, 0, 0, IsoTreeMedium.number("PX", 0xa1ff)),
        record("B.;1", 0, 41, 1, entry("ST"), name(0, "not read")));

    MediumFiles files = medium.files();

    assertThat(files.all()).extracting(MediumFile::path).containsExactly("/abc\u00e4 end", "/B");
    assertThat(medium.at(files, 70)).isEmpty();
    assertThat(medium.at(files, 71)).isEmpty();
    medium.image.put(71 * SECTOR, IsoTreeMedium.continued(71, 0, 50));
    requireCorrupt(medium, "have no end");
    medium.image.put(71 * SECTOR, IsoTreeMedium.continued(1000, 0, 50));
    requireCorrupt(medium, "outside of the medium");
  }

  @Test
  void aDirectoryThatWasMovedHasThePathItWasMovedFrom() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    medium.directoryWithSelf(
        ROOT,
        record("\0", DIRECTORY, ROOT, SECTOR, SHARING),
        record("MOVED", DIRECTORY, 31, SECTOR),
        record("DEEP", DIRECTORY, 34, SECTOR));
    medium.directory(
        34, record("HERE.;1", 0, 32, 0, name(0, "here"), IsoTreeMedium.number("CL", 32)));
    medium.directory(
        31,
        record("HERE", DIRECTORY, 32, SECTOR, name(0, "there"), entry("RE")),
        record("LOST", DIRECTORY, 33, SECTOR, entry("RE")));
    medium.directory(32, record("A.;1", 0, 40, 1));
    medium.directory(33, record("B.;1", 0, 41, 1));

    MediumFiles files = medium.files();

    assertThat(files.all())
        .extracting(MediumFile::path)
        .containsExactly("/DEEP/here/A", "/MOVED/LOST/B");
    assertThat(medium.at(files, 32)).isEmpty();
    assertThat(medium.at(files, 33)).isEmpty();
  }

  @Test
  void theTreeOfJolietNamesFilesAndIsStructure() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    byte[] identifier = new byte[32];
    IsoMedium.descriptor(medium.image, 1, 2, 1, identifier);
    medium.image.put(IsoMedium.at(1) + 88, "%/E");
    medium.describe(1, 35, 24, 26);
    IsoMedium.descriptor(medium.image, 2, 0, 1, identifier);
    medium.image.put(IsoMedium.at(2) + 7, "EL TORITO SPECIFICATION");
    medium.image.put(IsoMedium.at(2) + 71, (byte) 28, (byte) 0, (byte) 0, (byte) 0);
    IsoMedium.terminator(medium.image, 3);
    medium.directory(
        ROOT,
        record("A.;1", 0, 40, SECTOR),
        record("B.;1", 0, 41, SECTOR),
        record("EMPTY.;1", 0, 0, 0),
        record("WRONG.;1", 0, 35, SECTOR));
    medium.directory(35, record("\0a\0;\0001", 0, 40, SECTOR));

    MediumFiles files = medium.files();

    assertThat(files.all()).extracting(MediumFile::path).containsExactly("/a", "/B", "/WRONG");
    assertThat(medium.at(files, 40)).containsExactly("/a");
    assertThat(medium.at(files, 41)).containsExactly("/B");
    for (int sector : List.of(17, 18, 19, 24, 26, 28, 30, 35)) {
      assertThat(medium.at(files, sector)).as("%d", sector).isEmpty();
    }
  }

  @Test
  void aPartitionTableMakesTheFirstSectorsStructure() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    medium.directory(ROOT);
    assertThat(medium.at(medium.files(), 0)).containsExactly("(no file)");

    medium.image.put(510, (byte) 0x55, (byte) 0xaa);

    assertThat(medium.at(medium.files(), 15)).isEmpty();
  }

  @Test
  void directoriesInThemselvesAreReadOnce() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    medium.directory(ROOT, record("SUB", DIRECTORY, 31, SECTOR));
    medium.directory(31, record("UP", DIRECTORY, ROOT, SECTOR), record("A.;1", 0, 40, 1));

    assertThat(medium.files().all()).containsExactly(new MediumFile("/SUB/A", 1));
  }

  @Test
  void nonsenseIsCorrupt() {
    IsoTreeMedium empty = new IsoTreeMedium();
    requireCorrupt(empty, "there is no directory");
    IsoTreeMedium outside = new IsoTreeMedium();
    outside.directory(ROOT, record("SUB", DIRECTORY, 127, 2 * SECTOR));
    outside.directory(127);
    requireCorrupt(outside, "outside of the medium");
    IsoTreeMedium data = new IsoTreeMedium();
    data.directory(ROOT, record("SUB", DIRECTORY, 40, SECTOR));
    byte[] bytes = new byte[SECTOR];
    Arrays.fill(bytes, (byte) 7);
    data.image.put(40 * SECTOR, bytes);
    requireCorrupt(data, "is damaged");
    IsoTreeMedium blocks = new IsoTreeMedium();
    blocks.image.put(IsoMedium.at(0) + 128, (byte) 1);
    requireCorrupt(blocks, "have 2049 bytes");
    IsoTreeMedium noPrimary = new IsoTreeMedium();
    noPrimary.image.put(IsoMedium.at(0), (byte) 3);
    requireCorrupt(noPrimary, "primary volume descriptor");
  }

  @Test
  void directoriesThatOverlapHaveALimit() throws Exception {
    FoundFiles found = new FoundFiles(1 << 20);
    found.directory(FoundFiles.MAX_DIRECTORY_BYTES);

    assertThatThrownBy(() -> found.directory(1)).hasMessageContaining("bytes");
    found.endTree();
    found.directory(1);
  }

  @Test
  void pathsOfDirectoriesCountToo() throws Exception {
    FoundFiles found = new FoundFiles(1 << 20);
    String parent = "x".repeat(4000);
    long count = 0;
    while ((count + 1) * 4002 <= FoundFiles.MAX_CHARACTERS) {
      assertThat(found.directory(parent, "y")).hasSize(4002);
      count++;
    }

    assertThatThrownBy(() -> found.directory(parent, "y")).hasMessageContaining("characters");
  }

  @Test
  void aDirectoryThatManyNamesLeadToIsReadOnce() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    byte[][] records = new byte[40][];
    for (int i = 0; i < records.length; i++) {
      records[i] = record("D" + (10 + i), DIRECTORY, 31, SECTOR);
    }
    medium.directory(ROOT, records);
    medium.directory(31, record("FILE", 0, 40, SECTOR), record("UP", DIRECTORY, ROOT, SECTOR));

    assertThat(medium.files().all()).extracting(MediumFile::path).containsExactly("/D10/FILE");
  }

  @Test
  void pathsHaveALimit() throws Exception {
    String long200 = "N".repeat(200);
    IsoTreeMedium medium = new IsoTreeMedium();
    medium.directory(ROOT, record(long200, DIRECTORY, 31, SECTOR));
    for (int i = 31; i < 60; i++) {
      medium.directory(i, record(long200, DIRECTORY, i + 1, SECTOR));
    }
    medium.directory(60);

    requireCorrupt(medium, "a path has more than 4096 characters");
  }

  @Test
  void errorsOfTheImageArePassedOnAndDataIsNotRead() throws Exception {
    IsoTreeMedium medium = new IsoTreeMedium();
    medium.directory(ROOT, record("A.;1", 0, 60, 10 * SECTOR));

    medium.image.failsFrom = 31 * SECTOR;

    assertThat(medium.files().all()).hasSize(1);
    medium.image.failsFrom = 30 * SECTOR;
    assertThatThrownBy(medium::files)
        .extracting(e -> ((StorageException) e).fault())
        .isEqualTo(Fault.STORE_FAILED);
  }

  private static void requireCorrupt(IsoTreeMedium medium, String message) {
    assertThatThrownBy(medium::files)
        .hasMessageContaining(message)
        .extracting(e -> ((StorageException) e).fault())
        .isEqualTo(Fault.CORRUPT);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void readingEndsWhateverTheMediumSays(long seed) throws Exception {
    Random random = new Random(seed);
    int read = 0;
    for (int round = 0; round < 300; round++) {
      IsoTreeMedium medium = new IsoTreeMedium();
      medium.directoryWithSelf(
          ROOT,
          record("\0", DIRECTORY, ROOT, SECTOR, SHARING),
          record("A.;1", 0, 40, 1, name(1, "ab"), IsoTreeMedium.continued(70, 100, 40)),
          record("HERE.;1", 0, 31, 0, name(0, "here"), IsoTreeMedium.number("CL", 31)),
          record("SUB", DIRECTORY, 31, 2 * SECTOR, entry("RE")));
      medium.directory(31, record("UP", DIRECTORY, ROOT, SECTOR), record("A.;1", 128, 41, 1));
      medium.image.put(70 * SECTOR + 100, name(0, "continued"));
      for (int i = random.nextInt(4); i >= 0; i--) {
        long at = (ROOT + random.nextInt(2)) * (long) SECTOR + random.nextInt(300);
        medium.image.put(at, (byte) (random.nextBoolean() ? random.nextInt(64) : random.nextInt()));
      }

      try {
        medium.files().filesAt(new Extent(0, medium.image.bytes.length));
        read++;
      } catch (StorageException e) {
        assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
      }
    }
    assertThat(read).isBetween(20, 290);
  }
}
