package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;

/** An intent log on disk; {@link IntentLayout} says where. Used by one thread at a time. */
final class IntentFile implements AutoCloseable {
  private final StoreFile file;
  private final ByteBuffer sector = Direct.allocate(Sealed.SECTOR_BYTES);

  private IntentFile(StoreFile file) {
    this.file = file;
  }

  /** Makes one with that header, which survives power loss. */
  static IntentFile create(TrackStore store, String name, IntentLayout.Header header)
      throws StorageException {
    return new IntentFile(Direct.create(store, name, IntentLayout.FILE_BYTES, header.encode()));
  }

  /** Opens one. NOT_FOUND. */
  static IntentFile open(TrackStore store, String name) throws StorageException {
    return new IntentFile(store.open(name));
  }

  /** All of it. CORRUPT, UNSUPPORTED. */
  IntentLayout.Found read(String name, int maxZones) throws StorageException {
    return IntentLayout.read(file, name, maxZones);
  }

  /** Writes and syncs it. */
  void writeHeader(IntentLayout.Header header) throws StorageException {
    file.writeAll(0, header.encode());
    file.flush();
  }

  /** Writes the sector of a generation, without a sync. */
  void write(int slot, long zoneBytes, long[] zones) throws StorageException {
    IntentLayout.encode(sector, zoneBytes, zones);
    file.writeAll(IntentLayout.slotOffset(slot), sector);
  }

  /** Makes the sector one of no generation, without a sync. */
  void clear(int slot) throws StorageException {
    file.writeAll(IntentLayout.slotOffset(slot), Direct.allocate(Sealed.SECTOR_BYTES));
  }

  /** Makes what was written survive power loss. */
  void flush() throws StorageException {
    file.flush();
  }

  /** Lets {@link #flush} be tried again after it failed. */
  void forgive() {
    file.forgive();
  }

  @Override
  public void close() {
    file.close();
  }
}
