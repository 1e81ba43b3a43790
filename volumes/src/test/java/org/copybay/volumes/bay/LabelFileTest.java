package org.copybay.volumes.bay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a label's file remembers of its syncs. */
final class LabelFileTest {
  @TempDir Path directory;
  private Path path;
  private LabelFile file;

  @BeforeEach
  void make() throws StorageException {
    path = directory.resolve("label");
    file = new LabelFile(path);
    file.write(List.of("one\n"));
  }

  @Test
  void aLineIsToBeSyncedUntilItWas() throws StorageException {
    assertThat(file.unsynced()).isTrue();

    file.sync();
    assertThat(file.unsynced()).isFalse();
    file.add(List.of("two\n"));

    assertThat(file.unsynced()).isTrue();
    assertThat(path).hasContent("one\ntwo\n");
  }

  @Test
  void aSyncThatFailedIsNotForgottenByALineThatIsAdded() throws Exception {
    Path kept = directory.resolve("kept");
    Files.move(path, kept);
    Files.createSymbolicLink(path, Path.of("/dev/null")); // which cannot be synced
    TestBay.assertFault(Fault.STORE_FAILED, file::sync);
    file.failed("its disk");
    Files.move(kept, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    file.add(List.of("two\n"));

    assertThat(file.stale()).isTrue();
    assertThat(file.failure()).isEqualTo("its disk");
    assertThat(file.unsynced()).isTrue();
    file.write(List.of("one\n", "two\n"));
    file.sync();
    assertThat(file.stale()).isFalse();
    assertThat(file.failure()).isNull();
    assertThat(file.unsynced()).isFalse();
  }
}
