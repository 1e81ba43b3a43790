package org.copybay.volumes.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.copybay.volumes.format.UdfTreeMedium.address;
import static org.copybay.volumes.format.UdfTreeMedium.extendedAddress;
import static org.copybay.volumes.format.UdfTreeMedium.joined;
import static org.copybay.volumes.format.UdfTreeMedium.shortAddress;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UdfFilesTest {
  private static final int B = 512;
  private static final long NOT_RECORDED = 1L << 30;
  private static final long NOT_ALLOCATED = 2L << 30;
  private static final long CONTINUATION = 3L << 30;

  @ParameterizedTest
  @ValueSource(ints = {UdfTreeMedium.SHORT, UdfTreeMedium.LONG, UdfTreeMedium.EXTENDED})
  void dataIsWhereTheExtentsOfAFileSay(int kind) throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.identifier("", 10, 10), tree.file("FILE", 14));
    byte[] descriptors =
        joined(
            any(kind, 2 * B, 20),
            any(kind, NOT_ALLOCATED + 8 * B, 0),
            any(kind, NOT_RECORDED + B, 24),
            any(kind, CONTINUATION + B, 30));
    tree.entry(14, UdfTreeMedium.FILE, kind, 13 * B - 100, descriptors);
    tree.more(30, joined(any(kind, 2 * B - 100, 50), any(kind, 0, 0), any(kind, B, 60)));

    MediumFiles files = tree.files();

    assertThat(files.all()).containsExactly(new MediumFile("/FILE", 13 * B - 100));
    for (int block : List.of(20, 21, 50, 51)) {
      assertThat(tree.at(files, block)).as("%d", block).containsExactly("/FILE");
    }
    for (int block : List.of(3, 10, 11, 14, 15, 30)) {
      assertThat(tree.at(files, block)).as("%d", block).isEmpty();
    }
    for (int block : List.of(0, 19, 22, 24, 49, 52, 60)) {
      assertThat(tree.at(files, block)).as("%d", block).containsExactly(MediumFiles.UNALLOCATED);
    }
  }

  private static byte[] any(int kind, long lengthAndType, int block) {
    return switch (kind) {
      case UdfTreeMedium.SHORT -> shortAddress(lengthAndType, block);
      case UdfTreeMedium.LONG -> address(lengthAndType, block, 0);
      default -> extendedAddress(lengthAndType, block, 0);
    };
  }

  @Test
  void aRangeNamesAllFilesInIt() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.file("B", 14), tree.file("A", 16), tree.file("LINK", 16));
    tree.entry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 21));
    tree.entry(16, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, 2 * B, shortAddress(2 * B, 22));

    MediumFiles files = tree.files();

    long at = tree.medium.at(UdfMedium.PARTITION + 21);
    assertThat(files.filesAt(new Extent(at, 2 * B))).containsExactly("/B", "/A", "/LINK");
    assertThat(files.filesAt(new Extent(at - 1, 3 * B + 2)))
        .containsExactly("/B", "/A", "/LINK", MediumFiles.UNALLOCATED);
    assertThat(files.filesAt(new Extent(at, 0))).isEmpty();
    assertThat(files.structureAt(new Extent(at, 3 * B))).isFalse();
    assertThat(files.structureAt(new Extent(tree.medium.at(UdfMedium.PARTITION + 17), 5 * B)))
        .isTrue();
    assertThatThrownBy(() -> files.filesAt(new Extent(0, tree.image.bytes.length + 1L)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void dataInTheEntryIsStructure() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    byte[] text = "embedded".getBytes(StandardCharsets.US_ASCII);
    byte[] inner = tree.file("\u0416/\u00e4", 16);
    tree.directory(10, 11, tree.subdirectory("DIR", 14), tree.file("LINK", 18));
    tree.extendedEntry(14, UdfTreeMedium.DIRECTORY, UdfTreeMedium.EMBEDDED, inner.length, 0, inner);
    tree.entry(16, UdfTreeMedium.FILE, UdfTreeMedium.EMBEDDED, text.length, text);
    tree.entry(18, UdfTreeMedium.LINK, UdfTreeMedium.SHORT, 8, shortAddress(8, 40));

    MediumFiles files = tree.files();

    assertThat(files.all()).containsExactly(new MediumFile("/DIR/\u0416_\u00e4", 8));
    assertThat(tree.at(files, 16)).isEmpty();
    assertThat(tree.at(files, 40)).isEmpty();
  }

  @Test
  void deletedFilesAreNone() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.identifier("GONE", 4, 14), tree.identifier("HIDDEN", 1, 16));
    tree.entry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 20));
    tree.entry(16, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 21));

    MediumFiles files = tree.files();

    assertThat(files.all()).containsExactly(new MediumFile("/HIDDEN", B));
    assertThat(tree.at(files, 20)).containsExactly(MediumFiles.UNALLOCATED);
    assertThat(tree.at(files, 21)).containsExactly("/HIDDEN");
  }

  @Test
  void theLastEntryOfAChainPrevails() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.file("FILE", 14));
    tree.entry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 30));
    tree.superseded(14);
    tree.indirect(15, 20);
    tree.entry(20, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, 2 * B, shortAddress(2 * B, 32));
    tree.superseded(20);

    MediumFiles files = tree.files();

    assertThat(files.all()).containsExactly(new MediumFile("/FILE", 2 * B));
    assertThat(tree.at(files, 30)).containsExactly(MediumFiles.UNALLOCATED);
    assertThat(tree.at(files, 33)).containsExactly("/FILE");
    for (int block : List.of(14, 15, 20, 21)) {
      assertThat(tree.at(files, block)).isEmpty();
    }
    tree.indirect(21, 14);
    requireCorrupt(tree, "have no end");
  }

  @Test
  void streamsOfAFileAreItsData() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.file("FILE", 14), tree.subdirectory("DIR", 16));
    tree.extendedEntry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, 18, shortAddress(B, 30));
    byte[] stream = tree.file("STREAM", 20);
    tree.entry(18, UdfTreeMedium.STREAMS, UdfTreeMedium.EMBEDDED, stream.length, stream);
    tree.entry(20, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 31));
    byte[] none = tree.identifier("", 10, 10);
    tree.extendedEntry(16, UdfTreeMedium.DIRECTORY, UdfTreeMedium.EMBEDDED, none.length, 22, none);
    byte[] other = tree.file("STREAM", 24);
    tree.entry(22, UdfTreeMedium.STREAMS, UdfTreeMedium.EMBEDDED, other.length, other);
    tree.entry(24, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 32));

    MediumFiles files = tree.files();

    assertThat(files.all()).containsExactly(new MediumFile("/FILE", B));
    assertThat(tree.at(files, 30)).containsExactly("/FILE");
    assertThat(tree.at(files, 31)).containsExactly("/FILE");
    for (int block : List.of(18, 20, 22, 24, 32)) {
      assertThat(tree.at(files, block)).as("%d", block).isEmpty();
    }
  }

  @Test
  void directoriesInAMetadataFileAreFound() throws Exception {
    UdfMedium medium = UdfMedium.metadata(512, "OLD", true);
    for (int sequence : List.of(UdfMedium.MAIN, UdfMedium.RESERVE)) {
      int block = sequence + UdfMedium.LOGICAL;
      medium.image.put(medium.at(block) + 440 + 6 + 48, new byte[] {-1, -1, -1, -1});
      medium.seal(block, block);
    }
    UdfTreeMedium tree = new UdfTreeMedium(medium, 1);
    tree.root(UdfMedium.PARTITION + 41, 6, 2);
    tree.directory(2, 4, tree.file("FILE", 3));
    tree.entry(3, UdfTreeMedium.FILE, UdfTreeMedium.LONG, B, address(B, 100, 0));

    MediumFiles files = tree.files();

    assertThat(files.all()).containsExactly(new MediumFile("/FILE", B));
    assertThat(tree.at(files, 100)).containsExactly("/FILE");
    for (int block : List.of(10, 11, 20, 24, 40, 44, 60, 69)) {
      assertThat(tree.at(files, block)).as("%d", block).isEmpty();
    }
    assertThat(tree.at(files, 25)).containsExactly(MediumFiles.UNALLOCATED);
  }

  @Test
  void dataInASparePacketIsThere() throws Exception {
    UdfMedium medium = UdfMedium.sparable("OLD", 48);
    medium.image.put(medium.at(UdfMedium.SPARING_TABLE) + 56 + 90 * 8, shortAddress(48, 230));
    UdfTreeMedium tree = new UdfTreeMedium(medium, 0);
    tree.root(UdfMedium.PARTITION + 35, 35, 10);
    tree.directory(10, 11, tree.file("FILE", 14));
    tree.entry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, 30 * B, shortAddress(30 * B, 40));

    MediumFiles files = tree.files();

    for (int block :
        List.of(40, 47, 64, 69, 230 - UdfMedium.PARTITION, 245 - UdfMedium.PARTITION)) {
      assertThat(tree.at(files, block)).as("%d", block).containsExactly("/FILE");
    }
    for (int block : List.of(39, 48, 63, 70, 229 - 260, 246 - 260)) {
      assertThat(tree.at(files, block)).containsExactly(MediumFiles.UNALLOCATED);
    }
    assertThat(files.filesAt(new Extent(medium.at(UdfMedium.SPARING_TABLE), 4096))).isEmpty();
  }

  @Test
  void aVirtualAllocationTableIsRefused() {
    MemoryImage image = UdfMedium.virtual("OLD").image;

    assertThatThrownBy(() -> MediumFiles.read(image, image.bytes.length))
        .hasMessageContaining("directories of UDF with a virtual allocation table are not read")
        .extracting(e -> ((StorageException) e).fault())
        .isEqualTo(Fault.UNSUPPORTED);
  }

  @Test
  void aDirectoryInItselfIsReadOnce() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.subdirectory("DIR", 14));
    tree.directory(14, 16, tree.subdirectory("UP", 10), tree.file("FILE", 18));
    tree.entry(18, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 20));

    assertThat(tree.files().all()).containsExactly(new MediumFile("/DIR/FILE", B));
  }

  @Test
  void damageOfWhatLeadsToFilesIsCorrupt() throws Exception {
    for (int block : List.of(3, 10, 11, 14, 30)) {
      UdfTreeMedium tree = UdfTreeMedium.plain();
      tree.directory(10, 11, tree.file("FILE", 14));
      byte[] descriptors = joined(shortAddress(B, 20), shortAddress(CONTINUATION + B, 30));
      tree.entry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, 2 * B, descriptors);
      tree.more(30, shortAddress(B, 21));
      tree.files();

      tree.image.flip(tree.medium.at(UdfMedium.PARTITION + block) + 20);

      requireCorrupt(tree, "cannot read the directories");
    }
  }

  @Test
  void aDirectoryWithAHoleOrWithoutAnEndIsCorrupt() throws Exception {
    UdfTreeMedium hole = UdfTreeMedium.plain();
    hole.entry(10, 4, UdfTreeMedium.SHORT, B, shortAddress(NOT_ALLOCATED + B, 0));
    UdfTreeMedium tooLong = UdfTreeMedium.plain();
    tooLong.directory(10, 11, tooLong.file("FILE", 14));
    tooLong.image.put(tooLong.medium.at(UdfMedium.PARTITION + 10) + 60, (byte) 1);
    tooLong.seal(10);
    UdfTreeMedium outside = UdfTreeMedium.plain();
    outside.entry(10, 4, UdfTreeMedium.SHORT, B, shortAddress(B, 1 << 20));

    requireCorrupt(hole, "not complete");
    requireCorrupt(tooLong, "not complete");
    requireCorrupt(outside, "outside of the medium");
  }

  @Test
  void damageWhereAnAnchorMightBeIsThatOfAFile() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.file("FILE", 14));
    tree.entry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, 2 * B, shortAddress(2 * B, 83));
    long damaged = tree.medium.at(UdfMedium.BLOCKS - 1 - 256);

    tree.image.fails = new Extent(damaged, B);

    assertThat(tree.files().filesAt(tree.image.fails)).containsExactly("/FILE");
    tree.image.fails = new Extent(tree.medium.at(256), B);
    assertThatThrownBy(tree::files)
        .extracting(e -> ((StorageException) e).fault())
        .isEqualTo(Fault.STORE_FAILED);
  }

  @Test
  void aFileBehindTheEndOfTheMediumIsCut() throws Exception {
    UdfTreeMedium tree = UdfTreeMedium.plain();
    tree.directory(10, 11, tree.file("FILE", 14));
    tree.entry(14, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, 1 << 29, shortAddress(1 << 29, 330));

    MediumFiles files = tree.files();

    assertThat(files.all()).containsExactly(new MediumFile("/FILE", 1 << 29));
    assertThat(tree.at(files, 338)).containsExactly("/FILE");
  }

  private static void requireCorrupt(UdfTreeMedium tree, String message) {
    assertThatThrownBy(tree::files)
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
      UdfTreeMedium tree = UdfTreeMedium.plain();
      tree.directory(10, 11, tree.subdirectory("DIR", 14), tree.file("FILE", 18));
      tree.directory(14, 16, tree.subdirectory("UP", 10), tree.file("FILE", 18));
      byte[] descriptors = joined(shortAddress(B, 40), shortAddress(CONTINUATION + B, 30));
      tree.extendedEntry(18, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, 2 * B, 20, descriptors);
      tree.more(30, shortAddress(B, 41));
      byte[] stream = tree.file("STREAM", 22);
      tree.entry(20, UdfTreeMedium.STREAMS, UdfTreeMedium.EMBEDDED, stream.length, stream);
      tree.entry(22, UdfTreeMedium.FILE, UdfTreeMedium.SHORT, B, shortAddress(B, 42));
      int[] blocks = {10, 14, 18, 20, 22, 30};
      for (int i = random.nextInt(3); i >= 0; i--) {
        int block = blocks[random.nextInt(blocks.length)];
        int at = (16 + random.nextInt(300)) / 4 * 4;
        int length = 1 + random.nextInt(4);
        for (int j = 0; j < length; j++) {
          byte value = (byte) (random.nextBoolean() ? random.nextInt(64) : random.nextInt());
          tree.image.put(tree.medium.at(UdfMedium.PARTITION + block) + at + j, value);
        }
        tree.seal(block);
      }

      try {
        MediumFiles files = tree.files();
        files.filesAt(new Extent(0, tree.image.bytes.length));
        read++;
      } catch (StorageException e) {
        assertThat(e.fault()).isEqualTo(Fault.CORRUPT);
      }
    }
    assertThat(read).isBetween(20, 290);
  }
}
