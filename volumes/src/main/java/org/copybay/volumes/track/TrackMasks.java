package org.copybay.volumes.track;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Some blocks of each track: a mask for each, in pages that are there only where some mask is not
 * 0, and have space only where not all of them are whole. Any thread may look. A mask is changed by
 * who has its track to himself; masks of other tracks may be changed at the same time, but while
 * some are cleared none are added.
 */
final class TrackMasks {
  private static final int PAGE_TRACKS = 1 << 11;
  private static final VarHandle MASK = MethodHandles.arrayElementVarHandle(short[].class);

  // volatile: replaced under this by a longer one that shares its pages
  private volatile AtomicReferenceArray<@Nullable Page> pages = new AtomicReferenceArray<>(1);

  private final AtomicLong tracks = new AtomicLong();
  private final AtomicLong blocks = new AtomicLong();

  /** Masks of the tracks of one page; null stands for whole ones. */
  private static final class Page {
    private volatile short @Nullable [] masks; // volatile: made once, under this
    private final AtomicInteger used = new AtomicInteger(); // tracks that have a block
    private final AtomicInteger blocks = new AtomicInteger();

    static Page none() {
      Page page = new Page();
      page.masks = new short[PAGE_TRACKS];
      return page;
    }

    static Page whole() {
      Page page = new Page();
      page.used.set(PAGE_TRACKS);
      page.blocks.set(PAGE_TRACKS * Geometry.TRACK_BLOCKS);
      return page;
    }

    /** What one or the other has. */
    static Page of(Page first, Page second) {
      if (first.masks == null || second.masks == null) {
        return whole();
      }
      Page page = none();
      for (int i = 0; i < PAGE_TRACKS; i++) {
        int mask = first.mask(i) | second.mask(i);
        page.set(i, mask);
        page.used.addAndGet(mask == 0 ? 0 : 1);
        page.blocks.addAndGet(Integer.bitCount(mask));
      }
      return page;
    }

    int mask(int index) {
      short[] found = masks;
      return found == null ? Geometry.WHOLE_TRACK : (short) MASK.getAcquire(found, index) & 0xffff;
    }

    void set(int index, int mask) {
      MASK.setRelease(made(), index, (short) mask);
    }

    private short[] made() {
      short[] found = masks;
      return found == null ? make() : found;
    }

    private synchronized short[] make() {
      short[] found = masks;
      if (found == null) {
        found = new short[PAGE_TRACKS];
        Arrays.fill(found, (short) -1);
        masks = found;
      }
      return found;
    }
  }

  // ---- looking

  /** The mask of a track; none past the end. */
  int mask(long track) {
    Page page = page((int) (track / PAGE_TRACKS));
    return page == null ? 0 : page.mask((int) (track % PAGE_TRACKS));
  }

  private @Nullable Page page(int at) {
    AtomicReferenceArray<@Nullable Page> now = pages;
    return at < now.length() ? now.get(at) : null;
  }

  /** Tracks that have a block. */
  long trackCount() {
    return tracks.get();
  }

  /** Blocks. */
  long blockCount() {
    return blocks.get();
  }

  /** The first track at or after that one that has a block, or -1. */
  long next(long from) {
    if (tracks.get() == 0) {
      return -1;
    }
    AtomicReferenceArray<@Nullable Page> now = pages;
    int index = (int) (from % PAGE_TRACKS);
    for (int p = (int) (from / PAGE_TRACKS); p < now.length(); p++) {
      Page page = now.get(p);
      for (; page != null && index < PAGE_TRACKS; index++) {
        if (page.mask(index) != 0) {
          return (long) p * PAGE_TRACKS + index;
        }
      }
      index = 0;
    }
    return -1;
  }

  /** Takes runs of tracks that have the same mask, which is not 0. */
  @FunctionalInterface
  interface Runs {
    void run(long track, long count, int mask);
  }

  /** Hands all over in order, as they are when their turn comes. */
  void forEach(Runs into) {
    long first = 0;
    long end = 0;
    int mask = 0;
    for (long track = next(0); track >= 0; track = next(end)) {
      int found = mask(track);
      if (track != end || found != mask) {
        handOver(into, first, end, mask);
        first = track;
        mask = found;
      }
      end = track + 1;
    }
    handOver(into, first, end, mask);
  }

  private static void handOver(Runs into, long first, long end, int mask) {
    if (mask != 0) {
      into.run(first, end - first, mask);
    }
  }

  // ---- changing

  /** Gives a track that mask. */
  void set(long track, int mask) {
    int at = (int) (track / PAGE_TRACKS);
    Page page = page(at);
    if (page == null) {
      if (mask == 0) {
        return;
      }
      page = make(at, Page.none());
    }
    int index = (int) (track % PAGE_TRACKS);
    int before = page.mask(index);
    if (before == mask) {
      return;
    }
    page.set(index, mask);
    int more = Integer.bitCount(mask) - Integer.bitCount(before);
    page.blocks.addAndGet(more);
    blocks.addAndGet(more);
    if (before == 0) {
      page.used.incrementAndGet();
      tracks.incrementAndGet();
    } else if (mask == 0) {
      tracks.decrementAndGet();
      if (page.used.decrementAndGet() == 0) {
        pages.compareAndSet(at, page, null);
      }
    }
  }

  /** The page at that place, which is this one where there was none. */
  private synchronized Page make(int at, Page wanted) {
    AtomicReferenceArray<@Nullable Page> now = pages;
    if (at >= now.length()) {
      var longer = new AtomicReferenceArray<@Nullable Page>(Math.max(at + 1, now.length() * 2));
      for (int i = 0; i < now.length(); i++) {
        longer.set(i, now.get(i));
      }
      pages = longer;
      now = longer;
    }
    Page page = now.get(at);
    if (page == null) {
      page = wanted;
      now.set(at, page);
    }
    return page;
  }

  /** Gives those blocks to each of the tracks, besides those that it has. */
  void add(long from, long end, int mask) {
    for (long track = from; track < end; ) {
      int at = (int) (track / PAGE_TRACKS);
      boolean whole = mask == Geometry.WHOLE_TRACK && track % PAGE_TRACKS == 0;
      if (whole && end - track >= PAGE_TRACKS && page(at) == null) {
        put(at, Page.whole());
        track += PAGE_TRACKS;
      } else {
        set(track, mask(track) | mask);
        track++;
      }
    }
  }

  private void put(int at, Page page) {
    tracks.addAndGet(page.used.get());
    blocks.addAndGet(page.blocks.get());
    Page there = make(at, page);
    assert there == page : "page " + at + " was there";
  }

  /** Takes all blocks of the tracks out. */
  void clear(long from, long end) {
    for (long track = next(from); track >= 0 && track < end; track = next(track + 1)) {
      set(track, 0);
    }
  }

  /**
   * What one or the other has; nobody changes either meanwhile, and from then on only the result is
   * changed, which has pages of both.
   */
  static TrackMasks both(TrackMasks one, TrackMasks other) {
    TrackMasks both = new TrackMasks();
    AtomicReferenceArray<@Nullable Page> ones = one.pages;
    AtomicReferenceArray<@Nullable Page> others = other.pages;
    for (int p = 0; p < Math.max(ones.length(), others.length()); p++) {
      Page first = one.page(p);
      Page second = other.page(p);
      if (first != null && second != null) {
        both.put(p, Page.of(first, second));
      } else if (first != null) {
        both.put(p, first);
      } else if (second != null) {
        both.put(p, second);
      }
    }
    return both;
  }
}
