package org.copybay.volumes.track;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A set of tracks, which grows by single ones: a bit for each, in pages of 4 KiB that are made when
 * they are needed. Any thread may call.
 */
final class TrackSet {
  private static final int PAGE_BITS = 32768;
  private static final int NONE = -1;

  // volatile: replaced under this by a longer one that shares its pages
  private volatile AtomicReferenceArray<AtomicLongArray> pages = new AtomicReferenceArray<>(16);

  /** Puts a track in. */
  void add(long track) {
    AtomicLongArray page = page((int) (track / PAGE_BITS));
    int word = (int) (track % PAGE_BITS) / Long.SIZE;
    long bit = 1L << track;
    if ((page.get(word) & bit) == 0) {
      page.accumulateAndGet(word, bit, (a, b) -> a | b);
    }
  }

  private AtomicLongArray page(int index) {
    AtomicReferenceArray<AtomicLongArray> now = pages;
    AtomicLongArray page = index < now.length() ? now.get(index) : null;
    return page == null ? makePage(index) : page;
  }

  private synchronized AtomicLongArray makePage(int index) {
    if (index >= pages.length()) {
      var longer =
          new AtomicReferenceArray<AtomicLongArray>(Math.max(index + 1, pages.length() * 2));
      for (int i = 0; i < pages.length(); i++) {
        longer.set(i, pages.get(i));
      }
      pages = longer;
    }
    AtomicLongArray page = pages.get(index);
    if (page == null) {
      page = new AtomicLongArray(PAGE_BITS / Long.SIZE);
      pages.set(index, page);
    }
    return page;
  }

  /** Whether a track is in. */
  boolean has(long track) {
    AtomicReferenceArray<AtomicLongArray> now = pages;
    int index = (int) (track / PAGE_BITS);
    AtomicLongArray page = index < now.length() ? now.get(index) : null;
    return page != null && (page.get((int) (track % PAGE_BITS) / Long.SIZE) & 1L << track) != 0;
  }

  /** The first track that is in, at or after that one; -1 when there is none. */
  long next(long from) {
    AtomicReferenceArray<AtomicLongArray> now = pages;
    long track = from;
    while (track / PAGE_BITS < now.length()) {
      AtomicLongArray page = now.get((int) (track / PAGE_BITS));
      if (page == null) {
        track = (track / PAGE_BITS + 1) * PAGE_BITS;
        continue;
      }
      long word = page.get((int) (track % PAGE_BITS) / Long.SIZE) >>> track;
      if (word != 0) {
        return track + Long.numberOfTrailingZeros(word);
      }
      track = (track / Long.SIZE + 1) * Long.SIZE;
    }
    return NONE;
  }

  /** Bytes in memory. */
  long memoryBytes() {
    AtomicReferenceArray<AtomicLongArray> now = pages;
    long count = 0;
    for (int i = 0; i < now.length(); i++) {
      count += now.get(i) == null ? 0 : 1;
    }
    return count * PAGE_BITS / Byte.SIZE;
  }
}
