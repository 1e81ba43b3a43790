package org.copybay.volumes.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/** What the journal of a volume says of the volume, for whoever has no catalogue. */
public final class JournalHead {
  private JournalHead() {}

  /** As the newest segment says it; null when there is none that checks. */
  public static @Nullable VolumeIdentity newest(TrackStore store) throws StorageException {
    SegmentHeader newest = null;
    for (long segment = 0; segment < 2; segment++) {
      SegmentHeader found = read(store, Journal.fileName(segment));
      if (found != null && (newest == null || found.segment() > newest.segment())) {
        newest = found;
      }
    }
    return newest == null ? null : newest.volume();
  }

  private static @Nullable SegmentHeader read(TrackStore store, String name)
      throws StorageException {
    if (!store.exists(name)) {
      return null;
    }
    try (StoreFile file = store.open(name)) {
      if (file.size() < SegmentHeader.LENGTH) {
        return null;
      }
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(SegmentHeader.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
      file.read(0, bytes);
      return SegmentHeader.decode(bytes.clear());
    }
  }
}
