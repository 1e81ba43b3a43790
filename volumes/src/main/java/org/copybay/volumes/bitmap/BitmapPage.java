package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/*
 * Definitions. The word of a region holds its bit; the mask of a region says which of its blocks
 * changed (the refinement). Words have a published form in memory and one in the file; masks are in
 * memory only, 64 together with one word, made when one of them is first needed.
 *
 * INV-1 A bit that is published is in the file. Words are written and published under the lock only:
 *       a set bit is written first, a cleared one is unpublished first.
 * INV-2 The mask of a change is in memory before its bit is looked at, and a bit is unpublished
 *       before its mask is looked at for the last time. So of a change and a clearing that meet, one
 *       sees the other: the change sets the bit again, or the clearing keeps it.
 * INV-3 A word whose masks were not made yet counts as all blocks of each of its set regions. So do
 *       all words where a region is one block: there are no masks, and no copier takes any; a reset
 *       looks at what it keeps in their place (INV-2).
 *
 *   mask of change ──▶ bit seen set ───────────────────────────────▶ data
 *                  └─▶ bit seen clear ─▶ lock ─▶ file ─▶ publish ──▶ data
 *
 * A crash leaves in the file: the old or the new byte of each word under way. Of a setting, whose
 * data was not written yet, either will do; of a clearing too, because what it vouches for is safe.
 */
/** A page of one write bitmap: the bits and masks of a fixed run of regions, under one lock. */
final class BitmapPage {
  // set once
  private final BitmapFile file;
  private final Grain grain;
  private final long firstRegion;
  private final RankedLock lock = new RankedLock(LockRank.BITMAP);

  // atomic: read without the lock; words, and the making of masks, change under the lock only
  private final AtomicLongArray words;
  private final AtomicReferenceArray<@Nullable AtomicIntegerArray> masks;
  private final AtomicInteger setCount = new AtomicInteger();

  // volatile: while a reset is under way, the masks of changes that it must keep
  private volatile @Nullable AtomicReferenceArray<@Nullable AtomicIntegerArray> kept;

  BitmapPage(BitmapFile file, long firstRegion, int regions) {
    this.file = file;
    this.grain = file.grain();
    this.firstRegion = firstRegion;
    this.words = new AtomicLongArray(regions / Long.SIZE);
    this.masks = new AtomicReferenceArray<>(grain.single() ? 0 : words.length());
  }

  // ---- facts, without the lock

  /** How many regions are set. */
  int setCount() {
    return setCount.get();
  }

  /** The published word of 64 regions. */
  long word(int word) {
    return words.get(word);
  }

  boolean isSet(int index) {
    return (words.get(index >> 6) & 1L << index) != 0;
  }

  /** The last set region, or -1. */
  int lastSet() {
    for (int w = words.length() - 1; w >= 0; w--) {
      long word = words.get(w);
      if (word != 0) {
        return (w << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(word);
      }
    }
    return -1;
  }

  /** The first clear region from that one on, or -1. */
  int nextClear(int from) {
    long rest = from < words.length() << 6 ? ~words.get(from >> 6) & -1L << from : 0;
    for (int w = from >> 6; w < words.length(); ) {
      if (rest != 0) {
        return (w << 6) + Long.numberOfTrailingZeros(rest);
      }
      rest = ++w < words.length() ? ~words.get(w) : 0;
    }
    return -1;
  }

  /** The first set region from that one on, or -1. */
  int nextSet(int from) {
    long rest = from < words.length() << 6 ? words.get(from >> 6) & -1L << from : 0;
    for (int w = from >> 6; w < words.length(); ) {
      if (rest != 0) {
        return (w << 6) + Long.numberOfTrailingZeros(rest);
      }
      rest = ++w < words.length() ? words.get(w) : 0;
    }
    return -1;
  }

  /** The blocks of a region that changed, in a volume of that size; 0 when its bit is clear. */
  int changed(int index, long size) {
    if (!isSet(index)) {
      return 0;
    }
    AtomicIntegerArray made = madeOrNull(index >> 6);
    int all = grain.mask(firstRegion + index, size);
    return made == null ? all : made.get(index & 63) & all;
  }

  // ---- changes

  /** {@link WriteBitmap#aboutToChange} for the regions [from, to) of this page. */
  void announce(int from, int to, long start, long end) throws StorageException {
    AtomicReferenceArray<@Nullable AtomicIntegerArray> keep = kept;
    boolean clear = false;
    for (int i = from; i < to; i++) {
      int mask = grain.mask(firstRegion + i, start, end);
      if (keep != null) {
        add(keepers(keep, i >> 6), i, mask);
      }
      if (!grain.single()) { // else INV-3 says it all
        add(masks(i >> 6), i, mask);
      }
      clear |= !isSet(i);
    }
    if (clear) {
      set(from, to);
    }
  }

  private static void add(AtomicIntegerArray to, int index, int mask) {
    if ((to.get(index & 63) & mask) != mask) {
      to.accumulateAndGet(index & 63, mask, (a, b) -> a | b);
    }
  }

  /** Sets the bits of regions [from, to): in the file, then published. */
  private void set(int from, int to) throws StorageException {
    try (var held = lock.enter()) {
      int first = from >> 6;
      int last = (to - 1) >> 6;
      ByteBuffer wanted = BitmapFile.scratch();
      for (int w = first; w <= last; w++) {
        wanted.putLong(words.get(w) | bits(w, from, to));
      }
      file.writeWords(word0() + first, wanted.flip());
      for (int w = first; w <= last; w++) {
        publish(w, words.get(w) | bits(w, from, to));
      }
    }
  }

  /** Sets the bits of regions [from, to), of which all blocks count as changed. */
  void setWhole(int from, int to) throws StorageException {
    AtomicReferenceArray<@Nullable AtomicIntegerArray> keep = kept;
    try (var held = lock.enter()) {
      for (int i = from; i < to; i++) {
        if (keep != null) {
          keepers(keep, i >> 6).set(i & 63, -1);
        }
        AtomicIntegerArray made = madeOrNull(i >> 6);
        if (made != null) { // else INV-3
          made.set(i & 63, -1);
        }
      }
    }
    set(from, to);
  }

  /** The bits of those of the regions [from, to) that lie in a word. */
  private static long bits(int word, int from, int to) {
    long upwards = from > word << 6 ? -1L << from : -1L;
    long downwards = to < (word + 1) << 6 ? ~(-1L << to) : -1L;
    return upwards & downwards;
  }

  private void publish(int word, long value) {
    assert lock.isHeld();
    setCount.addAndGet(Long.bitCount(value) - Long.bitCount(words.get(word)));
    words.set(word, value);
  }

  private long word0() {
    return firstRegion >> 6;
  }

  /** The masks of a word, or null where there are none. */
  private @Nullable AtomicIntegerArray madeOrNull(int word) {
    return grain.single() ? null : masks.get(word);
  }

  /** The masks of a word, made when there are none. */
  private AtomicIntegerArray masks(int word) {
    AtomicIntegerArray made = masks.get(word);
    return made != null ? made : makeMasks(word);
  }

  private AtomicIntegerArray makeMasks(int word) {
    try (var held = lock.enter()) {
      AtomicIntegerArray made = masks.get(word);
      if (made == null) {
        made = new AtomicIntegerArray(Long.SIZE);
        for (long rest = words.get(word); rest != 0; rest &= rest - 1) {
          made.setPlain(Long.numberOfTrailingZeros(rest), -1); // INV-3
        }
        masks.set(word, made);
      }
      return made;
    }
  }

  /** The masks of a word that a reset keeps, made when there are none. */
  private static AtomicIntegerArray keepers(
      AtomicReferenceArray<@Nullable AtomicIntegerArray> keep, int word) {
    AtomicIntegerArray made = keep.get(word);
    if (made == null) {
      keep.compareAndSet(word, null, new AtomicIntegerArray(Long.SIZE));
      made = keep.get(word);
    }
    assert made != null;
    return made;
  }

  // ---- copiers

  /** Takes the blocks of a set region out of its mask; the bit stays. */
  int take(int index, long size) {
    return masks(index >> 6).getAndSet(index & 63, 0) & grain.mask(firstRegion + index, size);
  }

  /**
   * Clears those of the bits whose masks are 0, in words [first, first + bits.length). After an
   * error the bits may be in the file still, and are published as clear: who sets them writes them.
   */
  void clear(int first, long[] bits) throws StorageException {
    try (var held = lock.enter()) {
      boolean cleared = false;
      for (int i = 0; i < bits.length; i++) {
        cleared |= unpublish(first + i, bits[i]);
      }
      if (cleared) {
        ByteBuffer now = BitmapFile.scratch();
        for (int i = 0; i < bits.length; i++) {
          now.putLong(words.get(first + i));
        }
        file.writeWords(word0() + first, now.flip());
      }
    }
  }

  /** INV-2: the bits first, then a look at the masks, then back what changed in between. */
  private boolean unpublish(int word, long bits) {
    long before = words.get(word);
    long clear = unchanged(word, before & bits);
    if (clear == 0) {
      return false;
    }
    publish(word, before & ~clear);
    clear = unchanged(word, clear);
    publish(word, before & ~clear);
    return clear != 0;
  }

  /** Those of the regions whose masks are 0, and which no reset under way keeps. */
  private long unchanged(int word, long bits) {
    AtomicIntegerArray made = madeOrNull(word);
    if (made == null && !grain.single()) {
      return 0;
    }
    AtomicReferenceArray<@Nullable AtomicIntegerArray> keep = kept;
    AtomicIntegerArray keeping = keep == null ? null : keep.get(word);
    long found = 0;
    for (long rest = bits; rest != 0; rest &= rest - 1) {
      int i = Long.numberOfTrailingZeros(rest);
      if ((made == null || made.get(i) == 0) && (keeping == null || keeping.get(i) == 0)) {
        found |= rest & -rest;
      }
    }
    return found;
  }

  // ---- reset

  /** From here on changes are remembered apart too. */
  void beginReset() {
    kept = new AtomicReferenceArray<>(words.length());
  }

  /** Clears all but the changes that are remembered; those before {@link #beginReset} ended. */
  void reset() throws StorageException {
    AtomicReferenceArray<@Nullable AtomicIntegerArray> keep = kept;
    if (keep == null) {
      throw new IllegalStateException("reset of a page without its beginning");
    }
    try (var held = lock.enter()) {
      long[] all = new long[words.length()];
      for (int w = 0; w < all.length; w++) {
        if (words.get(w) != 0 || madeOrNull(w) != null) {
          if (!grain.single()) {
            resetMasks(masks(w), keep, w);
          }
          all[w] = -1;
        }
      }
      clear(0, all);
    }
  }

  /** A change adds to the kept masks first, so what is taken from it here comes back at once. */
  private static void resetMasks(
      AtomicIntegerArray made, AtomicReferenceArray<@Nullable AtomicIntegerArray> keep, int word) {
    for (int i = 0; i < Long.SIZE; i++) {
      made.set(i, 0);
      AtomicIntegerArray keeping = keep.get(word);
      if (keeping != null) {
        add(made, i, keeping.get(i));
      }
    }
  }

  void endReset() {
    kept = null;
  }

  // ---- called while no change is under way

  /** Publishes the bits of the file, without masks. */
  void load(long regions) throws StorageException {
    ByteBuffer read = BitmapFile.scratch().limit(words.length() * Long.BYTES);
    file.readWords(word0(), read);
    read.flip();
    try (var held = lock.enter()) {
      for (int w = 0; w < words.length(); w++) {
        publish(w, read.getLong() & inside(w, regions));
      }
    }
  }

  /** The mask of a set region as it was saved. */
  void loadMask(int index, int mask) {
    AtomicIntegerArray made = masks.get(index >> 6);
    if (made == null) {
      made = new AtomicIntegerArray(Long.SIZE);
      masks.set(index >> 6, made);
    }
    made.set(index & 63, mask);
  }

  /** Forgets all masks (INV-3). */
  void forgetMasks() {
    for (int w = 0; w < masks.length(); w++) {
      masks.set(w, null);
    }
  }

  /** Clears what lies past the end of a volume of that size. */
  void cut(long size) throws StorageException {
    long regions = grain.regions(size);
    try (var held = lock.enter()) {
      ByteBuffer now = BitmapFile.scratch();
      for (int w = 0; w < words.length(); w++) {
        publish(w, words.get(w) & inside(w, regions));
        now.putLong(words.get(w));
        AtomicIntegerArray made = grain.single() || words.get(w) == 0 ? madeOrNull(w) : masks(w);
        for (int i = 0; made != null && i < Long.SIZE; i++) {
          made.set(i, made.get(i) & grain.mask(firstRegion + (w << 6) + i, size));
        }
      }
      file.writeWords(word0(), now.flip());
    }
  }

  /** Writes all published words again, of which a failed sync may have lost some. */
  void rewrite() throws StorageException {
    try (var held = lock.enter()) {
      ByteBuffer now = BitmapFile.scratch();
      for (int w = 0; w < words.length(); w++) {
        now.putLong(words.get(w));
      }
      file.writeWords(word0(), now.flip());
    }
  }

  /** The bits of a word that belong to one of that many regions. */
  private long inside(int word, long regions) {
    long left = regions - firstRegion - ((long) word << 6);
    return left >= Long.SIZE ? -1L : left <= 0 ? 0 : (1L << left) - 1;
  }
}
