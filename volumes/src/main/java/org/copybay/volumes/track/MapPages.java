package org.copybay.volumes.track;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicLong;
import org.copybay.volumes.StorageException;

/**
 * The pages of maps that were read lately, of all volumes of a bay. Any thread may call. Pages
 * never change, so two threads that load the same one do no harm.
 */
public final class MapPages {
  private static final AtomicLong FILES = new AtomicLong();

  private final Cache<Key, long[]> pages;

  /** A page of a file that was given that number. */
  private record Key(long file, int page) {}

  /** A cache of at most that many bytes. */
  public MapPages(long maxBytes) {
    pages =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<Key, long[]>weigher((key, page) -> page.length * Long.BYTES + 64)
            .executor(Runnable::run)
            .build();
  }

  /** A number that no other file has. */
  static long newFile() {
    return FILES.incrementAndGet();
  }

  /** Reads a page that is not in memory. */
  @FunctionalInterface
  interface Load {
    long[] page(int index) throws StorageException;
  }

  long[] get(long file, int index, Load load) throws StorageException {
    Key key = new Key(file, index);
    long[] page = pages.getIfPresent(key);
    if (page == null) {
      page = load.page(index);
      pages.put(key, page);
    }
    return page;
  }
}
