package org.copybay.volumes.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.copybay.volumes.Bytes;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryStoreTest extends TrackStoreContract {
  @TempDir Path directory;

  @Override
  TrackStore create(long homeBytes) throws StorageException {
    HomeFile home = HomeFile.create(directory.resolve("home"));
    home.setSize(homeBytes);
    return new DirectoryStore(home, false);
  }

  private DirectoryStore readOnly() throws StorageException {
    return new DirectoryStore(HomeFile.openForReading(directory.resolve("home"), 0), true);
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> assertThat(e.fault()).as(e.getMessage()).isEqualTo(Fault.READ_ONLY));
  }

  @Test
  void aStoreThatMayNotChangeRefusesEveryChangeOfItsFiles() throws Exception {
    fill("file");
    try (DirectoryStore store = readOnly();
        StoreFile file = store.open("file")) {
      for (StoreFile each : List.of(file, store.home())) {
        assertRefused(() -> write(each, 0, (byte) 1));
        assertRefused(() -> each.zero(0, 512, false));
        assertRefused(() -> each.zero(0, 512, true));
        assertRefused(() -> each.reserve(0, 512));
        assertRefused(() -> each.setSize(1));
        assertRefused(() -> each.setSize(2000));
      }
      assertThat(read(file, 0, 1000)).isEqualTo(Bytes.random(1, 1000));
      assertThat(file.size()).isEqualTo(1000);
    }
  }

  @Test
  void aStoreThatMayNotChangeKeepsItsNames() throws Exception {
    fill("file");
    try (DirectoryStore store = readOnly()) {
      assertRefused(() -> store.create("other"));
      assertRefused(() -> store.create("file"));
      assertRefused(() -> store.delete("file"));

      assertThat(store.exists("other")).isFalse();
      try (StoreFile file = store.open("file")) {
        assertThat(read(file, 0, 1000)).isEqualTo(Bytes.random(1, 1000));
      }
    }
  }

  private void fill(String name) throws StorageException {
    try (HomeFile file = HomeFile.create(directory.resolve(name))) {
      write(file, 0, Bytes.random(1, 1000));
    }
  }

  @Test
  void theFilesAreThoseOfTheDirectoryOfTheHome() throws Exception {
    fill("file");
    try (DirectoryStore store = readOnly()) {
      assertThat(store.exists("file")).isTrue();
      assertThat(store.home().path()).isEqualTo(directory.resolve("home"));
    }
  }
}
