package org.copybay.copy.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.copybay.copy.library.TapeRecord.Contents;
import org.copybay.copy.library.TapeRecord.Place;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** The directory of a cartridge. */
final class TapeFilesTest {
  @TempDir Path tapes;

  @RepeatedTest(8) // a directory lists its entries in an order of its own
  void theLabelTellsWhatTheFilesAreUntilAllOthersAreRemoved() throws Exception {
    TapeRecord row =
        new TapeRecord(
            "VT1",
            UUID.randomUUID(),
            1,
            MediumKind.DATA,
            TapeMedia.LTO8,
            1 << 20,
            false,
            false,
            new TapeRecord.Files(null, 0, true),
            Place.shelf(""),
            0,
            Instant.EPOCH,
            MediumFacts.of(""),
            Contents.BLANK);
    TapeFiles files = TapeFiles.of(tapes, row);
    files.format(row, 0, "a-job");
    Path stuck = Files.createDirectory(files.directory().resolve(row.id().toString()));
    Path inside = Files.createFile(stuck.resolve("kept"));

    assertThatThrownBy(files::remove).isInstanceOf(StorageException.class);
    assertThat(TapeLabel.read(files.directory()).making()).isEqualTo("a-job");

    Files.delete(inside);
    files.remove();
    assertThat(tapes).isEmptyDirectory();
  }
}
