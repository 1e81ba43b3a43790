package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Fault;
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
    StoreFile file = store.create(name);
    boolean whole = false;
    try {
      file.setSize(IntentLayout.FILE_BYTES);
      file.reserve(0, IntentLayout.FILE_BYTES);
      IntentFile made = new IntentFile(file);
      made.writeHeader(header);
      store.syncNames();
      whole = true;
      return made;
    } finally {
      if (!whole) {
        file.close();
        store.delete(name);
      }
    }
  }

  /** Opens one. NOT_FOUND, CORRUPT. */
  static IntentFile open(TrackStore store, String name) throws StorageException {
    StoreFile file = store.open(name);
    boolean whole = false;
    try {
      if (file.size() < IntentLayout.FILE_BYTES) {
        throw new StorageException(
            Fault.CORRUPT,
            "intent log "
                + name
                + " is too short: want "
                + IntentLayout.FILE_BYTES
                + " bytes, got "
                + file.size());
      }
      whole = true;
      return new IntentFile(file);
    } finally {
      if (!whole) {
        file.close();
      }
    }
  }

  /** CORRUPT. */
  IntentLayout.Header readHeader(String name) throws StorageException {
    return IntentLayout.Header.decode(Direct.read(file, 0, Sealed.SECTOR_BYTES), name);
  }

  /** The zones of each generation. CORRUPT. */
  List<ZoneSet> readGenerations(String name, int maxZones) throws StorageException {
    List<ZoneSet> found = new ArrayList<>();
    for (int slot = 0; slot < IntentLayout.SLOTS; slot++) {
      ByteBuffer read = Direct.read(file, IntentLayout.slotOffset(slot), Sealed.SECTOR_BYTES);
      String what = "intent log " + name + " generation " + slot;
      found.add(IntentLayout.decode(read, what, maxZones));
    }
    return List.copyOf(found);
  }

  /** Writes and syncs it. */
  void writeHeader(IntentLayout.Header header) throws StorageException {
    Direct.write(file, 0, header.encode());
    file.flush();
  }

  /** Writes the sector of a generation, without a sync. */
  void write(int slot, long zoneBytes, long[] zones) throws StorageException {
    IntentLayout.encode(sector, zoneBytes, zones);
    Direct.write(file, IntentLayout.slotOffset(slot), sector);
  }

  /** Makes the sector one of no generation, without a sync. */
  void clear(int slot) throws StorageException {
    Direct.write(file, IntentLayout.slotOffset(slot), Direct.allocate(Sealed.SECTOR_BYTES));
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
