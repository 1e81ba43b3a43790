package org.copybay.volumes.check;

import java.nio.ByteBuffer;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.DirectoryStore;
import org.copybay.volumes.store.StoreFile;

/** Reads all data of home and spill from their disk: bytes without checksum can still be read. */
final class DataCheck implements VolumeCheck {
  private static final int PIECE_BYTES = 1 << 20;
  private static final String SPILL = "spill";

  @Override
  public void check(CheckedVolume volume, Findings findings) throws StorageException {
    DirectoryStore store = volume.store();
    if (store == null || !volume.options().readData()) {
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE_BYTES);
    read("home", store.home(), buffer, findings);
    if (store.exists(SPILL)) {
      try (StoreFile spill = store.open(SPILL)) {
        read(SPILL, spill, buffer, findings);
      }
    }
  }

  private static void read(String name, StoreFile file, ByteBuffer buffer, Findings findings)
      throws StorageException {
    file.dropCached(0, file.size());
    for (long at = file.nextData(0); at >= 0; at = file.nextData(at)) {
      long hole = file.nextHole(at);
      long end = hole < 0 ? file.size() : hole;
      while (at < end) {
        int length = (int) Math.min(PIECE_BYTES, end - at);
        try {
          file.read(at, buffer.clear().limit(length));
        } catch (StorageException e) {
          findings.unreadable("data", name + " at byte " + at, e);
        }
        at += length;
      }
    }
  }
}
