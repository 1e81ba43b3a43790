package org.copybay.copy.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.bay.Catalogue;
import org.copybay.volumes.bay.Opener;
import org.copybay.volumes.interchange.TapeWriter;
import org.copybay.volumes.journal.RecoverMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cartridge becomes of a whole image and of nothing else, whoever dies in between (P6, P7). */
class TapeImportTest {
  private static final Opener MAKER = new Opener((int) ProcessHandle.current().pid(), true);
  private static final int END_BYTES = 4;

  @TempDir Path directory;
  private Bay bay;
  private Tapes tapes;

  @BeforeEach
  void openBay() throws Exception {
    BayOpener.init(directory.resolve("bay"), Clock.systemUTC());
    open(directory.resolve("bay"));
  }

  private void open(Path path) throws StorageException {
    bay = BayOpener.open(path, false, RecoverMode.AUTO, 1 << 20, Clock.systemUTC());
    tapes = new Tapes(bay);
    tapes.load();
  }

  @AfterEach
  void closeBay() {
    tapes.stop();
    bay.close();
  }

  private static byte[] image() throws StorageException {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    TapeWriter writer = TapeWriter.simh(image);
    for (String text : List.of("HELLO", "ABCD", "", "X", "", "", "last")) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      if (bytes.hasRemaining()) {
        writer.record(bytes, text.equals("X"));
      } else {
        writer.mark();
      }
    }
    writer.finish();
    return image.toByteArray();
  }

  private static byte[] withoutEnd() throws StorageException {
    byte[] image = image();
    return Arrays.copyOf(image, image.length - END_BYTES);
  }

  private static void write(TapeImport made, byte[] image, int pieceBytes) throws StorageException {
    for (int at = 0; at < image.length; at += pieceBytes) {
      ByteBuffer piece = ByteBuffer.wrap(image, at, Math.min(pieceBytes, image.length - at));
      assertThat(made.write(at, piece)).isEqualTo(Math.min(pieceBytes, image.length - at));
    }
  }

  private byte[] all(ShownTape shown) throws StorageException {
    try (shown) {
      ByteBuffer buffer = ByteBuffer.allocateDirect((int) shown.size() + 1);
      assertThat(shown.read(0, buffer)).isEqualTo((int) shown.size());
      byte[] bytes = new byte[buffer.flip().remaining()];
      buffer.get(bytes);
      return bytes;
    }
  }

  private String file(String barcode, int number) throws StorageException {
    return new String(
        all(tapes.shownFiles().show(tapes.cartridge(barcode), number)), StandardCharsets.US_ASCII);
  }

  private void assertNothingIsLeft() throws IOException {
    assertThat(tapes.cartridges()).isEmpty();
    if (Files.exists(bay.tapes())) {
      try (Stream<Path> left = Files.list(bay.tapes())) {
        assertThat(left).isEmpty();
      }
    }
  }

  private String newestEvent() {
    var events = bay.events().all();
    return events.get(events.size() - 1).toString();
  }

  @Test
  void aWholeImageIsACartridgeAfterItsCloseAndTheNextMount() throws Exception {
    TapeImport made = tapes.imports().create("BC", MAKER);
    write(made, withoutEnd(), 3);
    assertThat(made.received()).isEqualTo(withoutEnd().length);
    assertThat(tapes.cartridges()).isEmpty();
    made.close();

    TapeCartridge cartridge = tapes.cartridge("BC");
    assertThat(all(tapes.show(cartridge))).isEqualTo(withoutEnd());
    assertThat(cartridge.opened()).isNull();
    assertThat(cartridge.row().media()).isEqualTo(TapeMedia.LTO8);
    assertThat(cartridge.row().place().library()).isNull();
    assertThat(newestEvent()).contains("tape_imported");

    closeBay();
    open(directory.resolve("bay"));
    assertThat(all(tapes.show(tapes.cartridge("BC")))).isEqualTo(withoutEnd());
  }

  @Test
  void filesAreWhatLiesBetweenFilemarks() throws Exception {
    TapeImport made = tapes.imports().create("BC", MAKER);
    write(made, image(), 1000);
    made.close();

    assertThat(tapes.shownFiles().count(tapes.cartridge("BC"))).isEqualTo(4);
    assertThat(file("BC", 0)).isEqualTo("HELLOABCD");
    assertThat(file("BC", 1)).isEqualTo("X");
    assertThat(file("BC", 2)).isEmpty();
    assertThat(file("BC", 3)).isEqualTo("last");
    assertThatThrownBy(() -> tapes.shownFiles().show(tapes.cartridge("BC"), 4))
        .hasMessageContaining("cartridge BC has no tape file 5");
    assertThat(tapes.cartridge("BC").opened()).isNull();
  }

  @Test
  void aBlankCartridgeHasNoFilesAndIsNotOpened() throws Exception {
    TapeLibrary library =
        tapes
            .setup()
            .create(
                new LibrarySetup.Wanted("L", LibraryType.VIRTUAL, 1, 2, 0, TapeMedia.LTO8, null),
                Catalogue.Change.NOTHING);
    TapeCartridge cartridge = add(library, "BLANK");

    assertThat(tapes.shownFiles().count(cartridge)).isZero();
    assertThatThrownBy(() -> tapes.shownFiles().show(cartridge, 0))
        .hasMessageContaining("cartridge BLANK has no tape file 1");
    assertThat(bay.tapes().resolve("BLANK")).doesNotExist();
  }

  private TapeCartridge add(TapeLibrary library, String barcode) throws StorageException {
    tapes
        .making()
        .add(
            new CartridgeMaking.NewCartridges(
                List.of(barcode), library, 0, MediumKind.DATA, TapeMedia.LTO8, 1 << 20, false),
            Catalogue.Change.NOTHING);
    return tapes.cartridge(barcode);
  }

  @Test
  void theWordForTheEndMakesItKnownAtTheFirstClose() throws Exception {
    TapeImport made = tapes.imports().create("BC", MAKER);
    made.descriptorClosed(); // as a shell does before its program writes
    write(made, image(), 7);
    made.descriptorClosed();

    assertThat(tapes.cartridges()).hasSize(1);
    assertThat(made.write(image().length, ByteBuffer.wrap(new byte[] {1, 2}))).isEqualTo(2);
    made.close();
    assertThat(all(tapes.show(tapes.cartridge("BC")))).isEqualTo(withoutEnd());
  }

  @Test
  void whoAsksForOneThatIsClosedWaitsForItsEnd() throws Exception {
    TapeImport made = tapes.imports().create("BC", MAKER);
    write(made, withoutEnd(), 100);
    assertThat(tapes.cartridgeOrNull("BC")).isNull(); // does not wait
    made.descriptorClosed();
    assertThat(tapes.cartridges()).isEmpty();
    CompletableFuture<TapeCartridge> found = new CompletableFuture<>();
    Thread asking = new Thread(() -> found.complete(tapes.cartridgeOrNull("BC")));
    asking.start();
    await().until(() -> asking.getState() == Thread.State.TIMED_WAITING || found.isDone());
    made.close();

    assertThat(found.get()).isSameAs(made.cartridge());
  }

  @Test
  void nobodyElseHasItMeanwhile() throws Exception {
    TapeImport made = tapes.imports().create("BC", MAKER);

    assertThatThrownBy(() -> tapes.imports().create("BC", MAKER))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BUSY))
        .hasMessageContaining("cartridge BC is being imported by pid " + MAKER.pid());
    TapeLibrary library =
        tapes
            .setup()
            .create(
                new LibrarySetup.Wanted("L", LibraryType.VIRTUAL, 1, 2, 0, TapeMedia.LTO8, null),
                Catalogue.Change.NOTHING);
    assertThatThrownBy(() -> add(library, "BC")).hasMessageContaining("being imported");
    made.connectionCut();
    assertNothingIsLeft();
    assertThat(newestEvent()).contains("tape_import_failed").contains("the mount ended");
  }

  @Test
  void whatDoesNotComeInOrderIsRefusedAndNothingIsLeft() throws Exception {
    TapeImport made = tapes.imports().create("BC", MAKER);
    write(made, withoutEnd(), 100);

    for (int offset : new int[] {0, withoutEnd().length}) {
      assertThatThrownBy(() -> made.write(offset, ByteBuffer.wrap(new byte[4])))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST))
          .hasMessageContaining("no cartridge BC is made: a tape image is written from its")
          .hasMessageContaining("got 4 at 0");
    }
    made.close();
    assertNothingIsLeft();
  }

  @Test
  void aBrokenImageFailsAtTheByteWhereItBreaks() throws Exception {
    byte[] image = image();
    image[10] = 6; // the length behind HELLO
    TapeImport made = tapes.imports().create("BC", MAKER);
    write(made, Arrays.copyOf(image, 13), 13);

    assertThatThrownBy(() -> made.write(13, ByteBuffer.wrap(image, 13, 1)))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("at byte 10: wanted the length 00000005 of the record at byte 0");
    made.close();
    assertNothingIsLeft();
    assertThat(newestEvent()).contains("damaged at byte 10");
  }

  @Test
  void aCutImageFailsAtItsClose() throws Exception {
    for (int length = 0; length < 14; length++) {
      TapeImport made = tapes.imports().create("BC", MAKER);
      write(made, Arrays.copyOf(image(), length), 5);
      if (length > 0) {
        assertThatThrownBy(made::descriptorClosed).hasMessageContaining("at byte " + length);
      }
      assertThatThrownBy(made::close)
          .hasMessageContaining(length == 0 ? "the tape image is empty" : "at byte " + length);
      made.close();
      assertNothingIsLeft();
    }
  }

  @Test
  void afterACrashNothingIsLeft() throws Exception {
    TapeImport made = tapes.imports().create("BC", MAKER);
    write(made, withoutEnd(), 100);
    made.descriptorClosed();
    Path crashed = Files.createDirectory(directory.resolve("crashed"));
    try (Stream<Path> tree = Files.walk(directory.resolve("bay"))) {
      for (Path each : (Iterable<Path>) tree.skip(1)::iterator) {
        Files.copy(each, crashed.resolve(directory.resolve("bay").relativize(each).toString()));
      }
    }
    made.close();
    closeBay();
    assertThat(crashed.resolve(directory.resolve("bay").relativize(bay.tapes())).resolve("BC"))
        .isDirectory();
    open(crashed);

    assertNothingIsLeft();
    tapes.imports().create("BC", MAKER).connectionCut();
  }

  @Test
  void theMediaTypeIsLargeEnough() {
    assertThat(TapeImports.media(0)).isEqualTo(TapeMedia.LTO8);
    assertThat(TapeImports.media(12_000_000_000_000L)).isEqualTo(TapeMedia.LTO8);
    assertThat(TapeImports.media(12_000_000_000_001L)).isEqualTo(TapeMedia.LTO9);
    assertThat(TapeImports.media(Long.MAX_VALUE)).isEqualTo(TapeMedia.LTO9);
  }

  @Test
  void aNameThatIsNoBarcodeIsRefused() throws Exception {
    assertThatThrownBy(() -> tapes.imports().create(".x", MAKER))
        .hasMessageContaining("a tape library or barcode is");
    assertNothingIsLeft();
  }
}
