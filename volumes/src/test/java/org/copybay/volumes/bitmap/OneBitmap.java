package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.copybay.volumes.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of one write bitmap of two pages, in regions of 127 sectors. */
abstract class OneBitmap {
  static final int REGION = 127 * 512;
  static final int REGIONS = 40_000; // two pages
  static final long SIZE = (REGIONS - 1L) * REGION + 100;

  @TempDir Path directory;

  HookedStore store;
  WriteBitmap bitmap;

  @BeforeEach
  void create() throws Exception {
    store = HookedStore.create(directory);
    bitmap = WriteBitmap.create(store, "b", Grain.SECTORS_127, SIZE);
    store.forget();
  }

  @AfterEach
  void close() {
    store.noHook();
    bitmap.close();
    store.close();
  }

  void reopen() throws StorageException {
    long size = bitmap.size();
    bitmap.close();
    bitmap = WriteBitmap.open(store, "b", size);
  }

  byte[] map() {
    ByteBuffer target = ByteBuffer.allocate((int) bitmap.mapBytes());
    bitmap.map(0, target);
    return target.array();
  }

  int fileByte(int at) throws StorageException {
    try (var file = store.open("b")) {
      return Direct.read(file, 4096 + at, 1).get() & 0xff;
    }
  }

  void announce(long offset, long length) {
    try {
      bitmap.aboutToChange(offset, length);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }
}
