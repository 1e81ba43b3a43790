package org.copybay.volumes.evidence;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * What was read lately of the evidence of all volumes of a bay, and tracks that were verified, so
 * that small reads do not hash a whole track each. Any thread may call. Neither ever changes, so
 * two threads that load the same one do no harm.
 */
public final class EvidenceCache {
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final int ENTRY_BYTES = 96;

  private final Cache<PageKey, ByteBuffer> pages;
  private final Cache<TrackKey, byte[]> tracks;

  /** A page of a sheet that was given that number. */
  private record PageKey(long sheet, int page) {}

  /** A track of a point, of the evidence that was given that number. */
  private record TrackKey(long evidence, int point, long timeMillis, long track) {}

  /** A cache of at most so many bytes of pages, and of verified tracks. */
  public EvidenceCache(long pageBytes, long trackBytes) {
    pages =
        Caffeine.newBuilder()
            .maximumWeight(pageBytes)
            .<PageKey, ByteBuffer>weigher((key, page) -> page.capacity() + ENTRY_BYTES)
            .executor(Runnable::run)
            .build();
    tracks =
        Caffeine.newBuilder()
            .maximumWeight(trackBytes)
            .<TrackKey, byte[]>weigher((key, track) -> track.length + ENTRY_BYTES)
            .executor(Runnable::run)
            .build();
  }

  /** A number that no other sheet, and no other evidence, has. */
  static long newNumber() {
    return NUMBERS.incrementAndGet();
  }

  /** Reads a page that is not in memory, with a checksum that is right. */
  @FunctionalInterface
  interface Load {
    ByteBuffer page(int index) throws StorageException;
  }

  ByteBuffer page(long sheet, int index, Load load) throws StorageException {
    PageKey key = new PageKey(sheet, index);
    ByteBuffer page = pages.getIfPresent(key);
    if (page == null) {
      page = load.page(index);
      pages.put(key, page);
    }
    return page;
  }

  /** The bytes of a track that were verified, or null. */
  byte @Nullable [] track(long evidence, SealedPoint sealed, long track) {
    return tracks.getIfPresent(key(evidence, sealed, track));
  }

  void putTrack(long evidence, SealedPoint sealed, long track, byte[] verified) {
    tracks.put(key(evidence, sealed, track), verified);
  }

  private static TrackKey key(long evidence, SealedPoint sealed, long track) {
    return new TrackKey(evidence, sealed.number(), sealed.point().timeMillis(), track);
  }
}
