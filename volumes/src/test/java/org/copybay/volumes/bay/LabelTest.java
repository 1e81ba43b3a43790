package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.copybay.volumes.bitmap.Grain;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of a label, against one that another program made from docs/FORMAT.md. */
final class LabelTest {
  private static final UUID BAY = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final UUID VOLUME = UUID.fromString("11111111-2222-3333-4444-555555555555");
  private static final UUID POINT = UUID.fromString("22222222-2222-3333-4444-555555555555");
  private static final UUID BITMAP = UUID.fromString("33333333-2222-3333-4444-555555555555");
  private static final UUID GONE = UUID.fromString("44444444-2222-3333-4444-555555555555");
  private static final VolumeRecord ROW =
      new VolumeRecord(
          VOLUME,
          3,
          "pay roll%\u00e9",
          VolumeState.READY,
          4096,
          true,
          "/mnt/disk 1",
          CacheMode.BLOCK,
          new VolumeRecord.Owner(1, 2, 0640),
          Instant.parse("2026-11-28T03:00:00Z"),
          5,
          "its disk\nfailed");
  private static final PointVolume.Facts FACTS =
      new PointVolume.Facts(
          10,
          "old",
          1,
          2048,
          new VolumeRecord.Owner(1, 2, 0640),
          Instant.parse("2026-11-28T03:01:02.003Z"));
  private static final BitmapRecord BITMAP_ROW =
      new BitmapRecord(
          BITMAP,
          VOLUME,
          "b",
          Grain.TRACK,
          Instant.parse("2026-11-28T03:02:00Z"),
          Instant.parse("2026-11-28T03:03:00Z"),
          null);

  @TempDir Path directory;
  private String golden = "";

  @BeforeEach
  void readGolden() throws IOException {
    try (InputStream in = LabelTest.class.getResourceAsStream("/golden/v1/label")) {
      golden = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Label decoded(String text) {
    return Objects.requireNonNull(Label.decode(text, BAY, VOLUME));
  }

  @Test
  void itIsWrittenAsItAlwaysWas() throws Exception {
    Instant since = BITMAP_ROW.created();
    BitmapRecord lost = new BitmapRecord(GONE, VOLUME, "lost", Grain.TRACK, since, since, "gone");
    try (TestBay test = TestBay.create(directory.resolve("bay"))) {
      PointVolume a = new PointVolume(test.create("a", 1), FACTS, false);
      PointVolume b = new PointVolume(test.create("b", 1), FACTS, false);
      PointInTime point = new PointInTime(POINT, 9, "monday", FACTS.created(), List.of(a, b), 0);
      PointInTime gone = new PointInTime(GONE, 9, "monday", FACTS.created(), List.of(), 0);

      assertThat(
              LabelRecord.line(7, LabelRecord.head(BAY, VOLUME))
                  + LabelRecord.line(7, LabelRecord.of(ROW))
                  + LabelRecord.line(8, LabelRecord.of(point, FACTS))
                  + LabelRecord.line(9, LabelRecord.of(BITMAP_ROW))
                  + LabelRecord.line(10, LabelRecord.of(lost))
                  + LabelRecord.line(11, LabelRecord.gone(lost))
                  + LabelRecord.line(12, LabelRecord.gone(gone.id())))
          .isEqualTo(golden);
    }
  }

  @Test
  void itIsReadAsItAlwaysWas() {
    Label label = decoded(golden);

    assertThat(label.number()).isEqualTo(12);
    assertThat(label.row()).isEqualTo(ROW);
    assertThat(label.points())
        .containsExactly(
            java.util.Map.entry(
                POINT,
                new Label.Point(
                    new PointTable.Row(POINT, 9, "monday", true, FACTS.created(), VOLUME, FACTS, 0),
                    2)));
    assertThat(label.bitmaps()).containsExactly(java.util.Map.entry(BITMAP, BITMAP_ROW));
    assertThat(label.damage()).isNull();
    assertThat(label.torn()).isFalse();
    assertThat(label.records()).isEqualTo(7);
  }

  @Test
  void theLabelOfAnotherVolumeOrBayIsNone() {
    assertThat(Label.decode(golden, VOLUME, VOLUME)).isNull();
    assertThat(Label.decode(golden, BAY, BAY)).isNull();
    assertThat(Label.decode("", BAY, VOLUME)).isNull();
  }

  /** A crash leaves a beginning of the file: what its whole lines say, and no damage. */
  @Test
  void aLineThatIsCutIsIgnored() throws Exception {
    Path file = directory.resolve("label");
    byte[] bytes = golden.getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      Files.write(file, cut);
      Label label = Label.read(file, BAY, VOLUME);
      long lines =
          new String(cut, StandardCharsets.ISO_8859_1).chars().filter(c -> c == 10).count();
      if (lines < 2) {
        assertThat(label).as("%d bytes", length).isNull();
      } else {
        Label found = Objects.requireNonNull(label);
        assertThat(found.number()).as("%d bytes", length).isEqualTo(Math.max(7, 5 + lines));
        assertThat(found.damage()).as("%d bytes", length).isNull();
        assertThat(found.torn()).isEqualTo(bytes[length - 1] != '\n');
        assertThat(Label.number(file, BAY, VOLUME)).isEqualTo(found.number());
      }
    }
  }

  /** A flipped bit of any byte is seen, and what other lines say still counts. */
  @Test
  void noFlippedByteIsTakenForWhatWasWritten() throws Exception {
    Path file = directory.resolve("label");
    byte[] good = golden.getBytes(StandardCharsets.UTF_8);
    Label whole = decoded(golden);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= (byte) (1 << (at % 8));
      Files.write(file, bad);
      Label found = Label.read(file, BAY, VOLUME);
      if (found != null) {
        assertThat(found.damage() != null || found.torn()).as("flipped at %d", at).isTrue();
        assertThat(found.says(whole)).as("flipped at %d", at).isFalse();
        assertThat(found.row()).isEqualTo(ROW);
      }
    }
  }

  @Test
  void linesAreAddedUntilItHasDoubledAndThenItIsWrittenAnew() throws Exception {
    Path path = directory.resolve("deep/label");
    LabelFile file = new LabelFile(path);
    assertThat(file.wantsWhole()).isTrue();
    file.write(List.of("one\n"));
    List<String> more = new ArrayList<>();
    while (!file.wantsWhole()) {
      file.add(List.of("more\n"));
      more.add("more");
    }
    assertThat(more).hasSize(63);
    assertThat(Files.readAllLines(path)).hasSize(64).startsWith("one", "more");
    Files.writeString(directory.resolve("deep/label.new"), "left by a crash");

    file.write(List.of("again\n"));

    assertThat(path).hasContent("again\n");
    assertThat(directory.resolve("deep").toFile().list()).containsExactly("label");
    assertThat(file.wantsWhole()).isFalse();
    assertThat(file.unsynced()).isTrue();
    file.sync();
    assertThat(file.unsynced()).isFalse();
  }
}
