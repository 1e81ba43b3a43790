package org.copybay.volumes.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TarTest {
  private static final String FIRST = "t/000000000000.rec";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void allIsReadAsItWasWritten(long seed) throws Exception {
    Tape tape = Tape.random(seed, true, 1, 2, 511, 512, 513, 4095, 4096, 65535, 1_044_480, 3);
    byte[] image = tape.image(TapeFormat.TAR);
    assertThat(image.length % 10240).isZero();

    Tape told = new Tape();
    TapeTally tally = told.read(TapeFormat.TAR, image);

    assertThat(told.items).isEqualTo(tape.items);
    assertThat(told.manifest).isEqualTo(Tape.MANIFEST);
    assertThat(tally.leftOut()).isZero();
    assertThat(image).as("the same bytes each time").isEqualTo(tape.image(TapeFormat.TAR));
  }

  @Test
  void aByteOfARecordThatChangedIsFound() throws Exception {
    byte[] image = new Tape().text("HELLO", "ABCD").image(TapeFormat.TAR);
    image[new String(image, StandardCharsets.ISO_8859_1).indexOf("ABCD") + 2] ^= 1;
    Tape tape = new Tape();

    assertThatThrownBy(() -> tape.read(TapeFormat.TAR, image))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("of t/000000000001.rec, got");
    assertThat(tape.items).isEqualTo(new Tape().text("HELLO").items);
  }

  @Test
  void whereverAnImageIsCutItIsDamaged() throws Exception {
    byte[] image = Tape.example().image(TapeFormat.TAR);
    int last = new String(image, StandardCharsets.ISO_8859_1).indexOf("t/000000000006.eod") + 512;

    for (int length = 1; length < last; length += length % 512 == 511 ? 1 : 73) {
      Tape tape = new Tape();
      int cut = length;
      assertThatThrownBy(() -> tape.read(TapeFormat.TAR, Arrays.copyOf(image, cut)))
          .as("cut at %d", cut)
          .isInstanceOf(StorageException.class);
      assertThat(tape.items).isEqualTo(Tape.example().items.subList(0, tape.items.size()));
    }
    Tape tape = new Tape();
    tape.read(TapeFormat.TAR, Arrays.copyOf(image, last));
    assertThat(tape.items).isEqualTo(Tape.example().items);
  }

  @Test
  void everyCutBetweenTwoBlocksIsDamage() throws Exception {
    byte[] image = Tape.example().image(TapeFormat.TAR);
    int last = new String(image, StandardCharsets.ISO_8859_1).indexOf("t/000000000006.eod");

    for (int length = 512; length <= last; length += 512) {
      int cut = length;
      assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, Arrays.copyOf(image, cut)))
          .as("cut at %d", cut)
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT));
    }
  }

  @Test
  void filesOfOthersAreLeftOutAndTheRestIsRead() throws Exception {
    byte[] image =
        tar(
            List.of(
                "./cartridge.json",
                "./t/",
                "./t/000000000000.rec",
                "./mam/0806",
                "./t/000000000001.fm",
                "./t/000000000002.eod"));
    Tape tape = new Tape();

    TapeTally tally = tape.read(TapeFormat.TAR, image);

    assertThat(tally).isEqualTo(new TapeTally(1, 1, 0, 1));
    assertThat(tape.items).isEqualTo(new Tape().text("R").marks(1).items);
  }

  @Test
  void objectsStandInTheirOrder() throws Exception {
    for (List<String> names :
        List.of(
            List.of("cartridge.json", "t/000000000001.rec"),
            List.of("cartridge.json", FIRST, FIRST),
            List.of("cartridge.json", FIRST, "t/000000000002.fm"),
            List.of("cartridge.json", FIRST, "t/000000000000.eod"),
            List.of("cartridge.json", FIRST, "t/1.rec"))) {
      byte[] image = tar(names);
      assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image))
          .as("%s", names)
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
          .hasMessageContaining("wanted object ");
    }
  }

  @Test
  void aTarOfSomethingElseIsRefused() throws Exception {
    byte[] image = tar(List.of(FIRST));

    assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_REQUEST))
        .hasMessageContaining("wanted the file cartridge.json first, got \"" + FIRST + '"');
  }

  @Test
  void filesWithHolesAreRefusedForTheyCanBeAnyLengthOfZeros() throws Exception {
    String headers =
        """
        30 GNU.sparse.size=2000000000
        26 GNU.sparse.numblocks=1
        31 GNU.sparse.map=2000000000,0
        """;
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(image)) {
      put(tar, new TarArchiveEntry("cartridge.json"), "{}");
      put(tar, new TarArchiveEntry("x", TarConstants.LF_PAX_EXTENDED_HEADER_LC), headers);
      put(tar, new TarArchiveEntry("other"), "");
    }

    assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image.toByteArray()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("got \"other\", which is sparse");
  }

  @Test
  void aHeaderThatChangedIsFound() throws Exception {
    byte[] image = Tape.example().image(TapeFormat.TAR);
    int owner = new String(image, StandardCharsets.ISO_8859_1).indexOf("t/000000000002.fm") + 108;
    image[owner] ^= 1;

    assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image))
        .hasMessageContaining("wanted a header with its checksum");
  }

  @Test
  void onlyPlainFilesAreObjects() throws Exception {
    for (String name : List.of(FIRST, "t/000000000000.fm")) {
      ByteArrayOutputStream image = new ByteArrayOutputStream();
      try (TarArchiveOutputStream tar = new TarArchiveOutputStream(image)) {
        put(tar, new TarArchiveEntry("cartridge.json"), "{}");
        put(tar, new TarArchiveEntry(name, TarConstants.LF_FIFO), "");
      }
      assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image.toByteArray()))
          .hasMessageContaining("wanted " + name + " as a plain file");
    }
  }

  @Test
  void headersAreBounded() throws Exception {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(image)) {
      put(tar, new TarArchiveEntry("cartridge.json"), "{}");
      TarArchiveEntry entry = new TarArchiveEntry(FIRST);
      entry.addPaxHeader("comment", "long".repeat(1 << 15));
      put(tar, entry, "x");
    }

    assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image.toByteArray()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .hasMessageContaining("more than 65536 bytes of headers");
  }

  @Test
  void headersOfHeadersAreBounded() throws Exception {
    byte[] tar = tar(List.of("cartridge.json"));
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    image.write(tar, 0, 1024);
    TarArchiveEntry header = new TarArchiveEntry("x", (byte) 'x');
    byte[] block = new byte[512];
    header.writeEntryHeader(block);
    for (int i = 0; i < 100_000; i++) {
      image.write(block);
    }

    assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image.toByteArray()))
        .hasMessageContaining("more than 65536 bytes of headers");
  }

  @ParameterizedTest
  @ValueSource(strings = {TarLayout.CRC32C_KEY, "size"})
  void whatAnImageSaysIsOneShortLineOfAMessage(String key) throws Exception {
    String value = "1\n" + "x".repeat(9000);
    int length = key.length() + value.length() + 7;
    String header = length + " " + key + "=" + value + "\n";
    assertThat(header).hasSize(length);
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(image)) {
      put(tar, new TarArchiveEntry("cartridge.json"), "{}");
      put(tar, new TarArchiveEntry("x", TarConstants.LF_PAX_EXTENDED_HEADER_LC), header);
      put(tar, new TarArchiveEntry(FIRST), "R");
    }

    assertThatThrownBy(() -> Tape.items(TapeFormat.TAR, image.toByteArray()))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.CORRUPT))
        .message()
        .hasSizeLessThan(300)
        .doesNotContain("\n");
  }

  @Test
  void aManifestIsBounded() {
    assertThatThrownBy(
            () ->
                TapeWriter.tar(
                    OutputStream.nullOutputStream(), "x".repeat((1 << 20) + 1), Tape.NOW))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.fault()).isEqualTo(Fault.TOO_LONG));
  }

  private static byte[] tar(List<String> names) throws Exception {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(image)) {
      for (String name : names) {
        boolean empty = name.endsWith(".fm") || name.endsWith(".eod") || name.endsWith("/");
        put(tar, new TarArchiveEntry(name), empty ? "" : "R");
      }
    }
    return image.toByteArray();
  }

  private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, String text)
      throws Exception {
    entry.setSize(text.length());
    tar.putArchiveEntry(entry);
    tar.write(text.getBytes(StandardCharsets.US_ASCII));
    tar.closeArchiveEntry();
  }
}
