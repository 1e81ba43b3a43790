package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tells a dead process from lost power. */
final class OriginTest {
  @TempDir Path directory;

  @Test
  void theSameMountOfTheSameRunOutlivesAProcess() throws Exception {
    Origin first;
    try (DirectoryStore store = store("a")) {
      first = store.origin();
    }

    try (DirectoryStore store = store("b")) {
      assertThat(store.origin()).isEqualTo(first);
      assertThat(first.outlived(store.origin())).isTrue();
      assertThat(first.mount()).isNotZero();
    }
  }

  @Test
  void anotherRunAnotherMountOrAnUnknownOneDoesNot() {
    UUID boot = UUID.randomUUID();

    assertThat(new Origin(boot, 1).outlived(new Origin(UUID.randomUUID(), 1))).isFalse();
    assertThat(new Origin(boot, 1).outlived(new Origin(boot, 2))).isFalse();
    assertThat(Origin.UNKNOWN.outlived(Origin.UNKNOWN)).isFalse();
  }

  private DirectoryStore store(String name) throws Exception {
    return new DirectoryStore(HomeFile.create(directory.resolve(name)), false);
  }
}
