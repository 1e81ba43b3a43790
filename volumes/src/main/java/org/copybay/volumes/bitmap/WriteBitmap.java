package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.LockRank;
import org.copybay.volumes.RankedLock;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.TrackStore;
import org.copybay.volumes.track.ChangeObserver;

/*
 * INV-1 After the death of the process at any point, a region with a clear bit in the file was not
 *       changed since its bit was last cleared (P3). Power loss is the business of IntentLog.
 * INV-2 A bit is cleared only by a copier, for blocks that it copied and synced, and by a reset.
 *
 * The life of a region:
 *
 *   clear ── aboutToChange ──▶ set ── take ──▶ set, no block ── clear ──▶ clear
 *                               ▲                 │
 *                               └── aboutToChange, putBack, a restart (all blocks)
 */
/**
 * Which regions of one volume changed, and in them which blocks. A set bit means that the region
 * may differ from what somebody else holds of it, a clear one that it does not (P3). Bits are in a
 * file and survive the death of the process without a sync; blocks are in memory, are saved at a
 * clean stop, and are all counted as changed after any other.
 *
 * <p>Any thread may call any method, unless it says otherwise. A change whose regions are set
 * already takes no lock, waits for nothing and allocates nothing.
 *
 * <p>A copier, the only one that works on these regions of the bitmap, does this:
 *
 * <ol>
 *   <li>{@link #take} some regions;
 *   <li>wait for the changes in flight: they may have been announced before and not be written yet;
 *   <li>copy {@link Taken#extents}, and sync the target once;
 *   <li>{@link #clear}: regions that changed again meanwhile stay set. When the copy failed, {@link
 *       #putBack}.
 * </ol>
 */
public final class WriteBitmap implements ChangeObserver, AutoCloseable {
  private static final int PAGE_REGIONS = BitmapLayout.PAGE_BYTES * Byte.SIZE;

  // set once
  private final String name;
  private final BitmapFile file;
  private final Grain grain;
  private final int pageShift;
  private final RankedLock resetting = new RankedLock(LockRank.BITMAPS);

  // volatile: replaced as a whole while no change is under way
  private volatile BitmapPage[] pages = {};
  private volatile long size;

  private WriteBitmap(String name, BitmapFile file, int pageRegions) {
    this.name = name;
    this.file = file;
    this.grain = file.grain();
    this.pageShift = Integer.numberOfTrailingZeros(pageRegions);
  }

  /** Makes a bitmap of clear bits, which survives power loss. NO_SPACE. */
  static WriteBitmap create(TrackStore store, String name, Grain grain, long size)
      throws StorageException {
    return create(store, name, grain, size, PAGE_REGIONS);
  }

  /** With pages of that many regions, a power of two from 64 on. */
  static WriteBitmap create(TrackStore store, String name, Grain grain, long size, int pageRegions)
      throws StorageException {
    WriteBitmap made =
        new WriteBitmap(name, BitmapFile.create(store, name, grain, size), pageRegions);
    made.addPages(size);
    return made;
  }

  /** Opens the bits of a file; all blocks of set regions count as changed. NOT_FOUND, CORRUPT. */
  static WriteBitmap open(TrackStore store, String name, long size) throws StorageException {
    return open(store, name, size, PAGE_REGIONS);
  }

  static WriteBitmap open(TrackStore store, String name, long size, int pageRegions)
      throws StorageException {
    WriteBitmap opened = new WriteBitmap(name, BitmapFile.open(store, name), pageRegions);
    opened.load(size, true);
    return opened;
  }

  /** {@link #open} in a store in which nothing may change. */
  static WriteBitmap openForReading(TrackStore store, String name, long size)
      throws StorageException {
    WriteBitmap opened = new WriteBitmap(name, BitmapFile.open(store, name), PAGE_REGIONS);
    opened.load(size, false);
    return opened;
  }

  private void load(long newSize, boolean extend) throws StorageException {
    boolean whole = false;
    try {
      file.requireWhole(newSize, name);
      if (extend) { // to whole pages
        file.extend(newSize);
      }
      addPages(newSize);
      for (BitmapPage page : pages) {
        page.load(regions());
      }
      whole = true;
    } finally {
      if (!whole) {
        close();
      }
    }
  }

  private void addPages(long newSize) {
    BitmapPage[] before = pages;
    long pageRegions = 1L << pageShift;
    int wanted = (int) ((grain.regions(newSize) + pageRegions - 1) >> pageShift);
    BitmapPage[] grown = Arrays.copyOf(before, wanted);
    for (int i = before.length; i < wanted; i++) {
      grown[i] = new BitmapPage(file, (long) i << pageShift, (int) pageRegions);
    }
    pages = grown;
    size = newSize;
  }

  // ---- facts

  /** The name of its file. */
  public String name() {
    return name;
  }

  /** How it divides the volume. */
  public Grain grain() {
    return grain;
  }

  /** Bytes of the volume. */
  public long size() {
    return size;
  }

  /** How many regions there are. */
  public long regions() {
    return grain.regions(size);
  }

  /** How many regions are set. */
  public long regionsSet() {
    long count = 0;
    for (BitmapPage page : pages) {
      count += page.setCount();
    }
    return count;
  }

  /** Whether the region is set. */
  public boolean isSet(long region) {
    return page(region).isSet(index(region));
  }

  /** The first set region from that one on, or -1. */
  public long nextRegion(long from) {
    BitmapPage[] now = pages;
    int index = index(from);
    for (int p = (int) (from >> pageShift); p < now.length; p++) {
      int found = now[p].nextSet(index);
      if (found >= 0) {
        return ((long) p << pageShift) + found;
      }
      index = 0;
    }
    return -1;
  }

  /** The last set region, or -1. */
  public long lastRegion() {
    BitmapPage[] now = pages;
    for (int p = now.length - 1; p >= 0; p--) {
      int found = now[p].setCount() == 0 ? -1 : now[p].lastSet();
      if (found >= 0) {
        return ((long) p << pageShift) + found;
      }
    }
    return -1;
  }

  /** The first clear region from that one on; the number of regions where there is none. */
  public long nextClearRegion(long from) {
    BitmapPage[] now = pages;
    int index = index(from);
    for (int p = (int) (from >> pageShift); p < now.length; p++) {
      int found = now[p].nextClear(index);
      if (found >= 0) {
        return Math.min(((long) p << pageShift) + found, regions());
      }
      index = 0;
    }
    return regions();
  }

  /** The bytes of all changed blocks. */
  public long changedBytes() {
    return Changed.bytes(this);
  }

  /** The first runs of changed blocks from that block on, at most so many. */
  public List<Run> changedBlocks(long fromBlock, int limit) {
    return Changed.blocks(this, fromBlock, limit);
  }

  /** The first runs of set regions from that region on, at most so many. */
  public List<Run> changedRegions(long fromRegion, int limit) {
    return Changed.regions(this, fromRegion, limit);
  }

  /** Bytes of the map: one bit for each region. */
  public long mapBytes() {
    return (regions() + Byte.SIZE - 1) / Byte.SIZE;
  }

  /**
   * Fills the buffer with bytes of the map from that one on: region r is bit r % 8 of byte r / 8.
   */
  public void map(long offset, ByteBuffer target) {
    BitmapPage[] now = pages;
    for (long at = offset; target.hasRemaining(); at++) {
      int p = (int) ((at * Byte.SIZE) >> pageShift);
      long word = p < now.length ? now[p].word(index(at * Byte.SIZE) >> 6) : 0;
      target.put((byte) (word >>> (at % Long.BYTES * Byte.SIZE)));
    }
  }

  /**
   * The blocks of a region that changed, bit i for its i-th one; none of one that the volume lost.
   */
  public int changed(long region) {
    BitmapPage[] now = pages;
    int p = (int) (region >> pageShift);
    return p < now.length ? now[p].changed(index(region), size) : 0;
  }

  private BitmapPage page(long region) {
    return pages[(int) (region >> pageShift)];
  }

  private int index(long region) {
    return (int) region & ((1 << pageShift) - 1);
  }

  // ---- changes

  /**
   * The blocks, then the bits of the regions are set; after this the data may change. Called within
   * the change, see {@link ChangesInFlight}. NO_SPACE, STORE_FAILED: the data must not change.
   */
  @Override
  public void aboutToChange(long offset, long length) throws StorageException {
    if (length <= 0) {
      return;
    }
    long end = offset + length;
    if (offset < 0 || end > size) {
      throw new IllegalArgumentException(
          "change: offset=" + offset + " length=" + length + " size=" + size);
    }
    long region = grain.regionOf(offset);
    long last = end <= grain.start(region + 1) ? region : grain.regionOf(end - 1);
    while (region <= last) {
      long next = Math.min(last + 1, ((region >> pageShift) + 1) << pageShift);
      int from = index(region);
      page(region).announce(from, from + (int) (next - region), offset, end);
      region = next;
    }
  }

  /** Sets all regions, with all of their blocks. NO_SPACE, STORE_FAILED. */
  public void setAll() throws StorageException {
    long all = size;
    if (all > 0) {
      setWhole(0, all);
    }
  }

  /**
   * Sets what another bitmap of the same grain and size has set, block by block. NO_SPACE,
   * STORE_FAILED.
   */
  public void include(WriteBitmap other) throws StorageException {
    if (!other.grain().equals(grain)) {
      throw new IllegalArgumentException("include: grain=" + other.grain() + " want=" + grain);
    }
    for (long r = other.nextRegion(0); r >= 0; r = other.nextRegion(r + 1)) {
      for (Extent changed : Taken.of(grain, size, r, other.changed(r)).extents()) {
        aboutToChange(changed.offset(), changed.length());
      }
    }
  }

  /**
   * Sets the regions that another bitmap of the same grain has set, with all of their blocks: also
   * those that a copier has taken from it. NO_SPACE, STORE_FAILED.
   */
  public void includeRegions(WriteBitmap other) throws StorageException {
    for (long r = other.nextRegion(0); r >= 0 && r < regions(); r = other.nextRegion(r + 1)) {
      setWhole(grain.start(r), 1);
    }
  }

  /** Whether a region that the range touches is set. */
  public boolean touches(long offset, long length) {
    long found = length <= 0 ? -1 : nextRegion(grain.regionOf(offset));
    return found >= 0 && found <= grain.regionOf(offset + length - 1);
  }

  /** Sets all regions that the range touches, with all of their blocks. */
  public void setWhole(long offset, long length) throws StorageException {
    long end = grain.regionOf(offset + length - 1) + 1;
    for (long region = grain.regionOf(offset); region < end; ) {
      long next = Math.min(end, ((region >> pageShift) + 1) << pageShift);
      int from = index(region);
      page(region).setWhole(from, from + (int) (next - region));
      region = next;
    }
  }

  // ---- copiers

  /**
   * Takes the changed blocks of the set regions in [firstRegion, firstRegion + count); the bits
   * stay.
   */
  public Taken take(long firstRegion, int count) {
    if (grain.single()) {
      throw new IllegalStateException("write bitmap " + name + " has no blocks to take");
    }
    long volumeBytes = size;
    long end = Math.min(firstRegion + count, regions());
    long[] regions = new long[(int) Math.max(0, end - firstRegion)];
    int[] masks = new int[regions.length];
    BitmapPage[] now = pages;
    int found = 0;
    for (long r = nextRegion(firstRegion); r >= 0 && r < end; r = nextRegion(r + 1)) {
      regions[found] = r;
      masks[found++] = now[(int) (r >> pageShift)].take(index(r), volumeBytes);
    }
    return new Taken(
        grain, volumeBytes, Arrays.copyOf(regions, found), Arrays.copyOf(masks, found));
  }

  /**
   * Clears the regions that did not change since they were taken; the blocks must be safe at the
   * target. After an error all of them are clear in memory and may be set after a restart.
   */
  public void clear(Taken taken) throws StorageException {
    int at = 0;
    while (at < taken.regionCount()) {
      int p = (int) (taken.region(at) >> pageShift);
      int first = index(taken.region(at)) >> 6;
      int from = at;
      while (at < taken.regionCount() && taken.region(at) >> pageShift == p) {
        at++;
      }
      long[] bits = new long[(index(taken.region(at - 1)) >> 6) - first + 1];
      for (int i = from; i < at; i++) {
        bits[(index(taken.region(i)) >> 6) - first] |= 1L << taken.region(i);
      }
      BitmapPage[] now = pages;
      if (p < now.length) { // else the volume was cut
        now[p].clear(first, bits);
      }
    }
  }

  /** Gives back what was not copied. Bits that a reset cleared meanwhile are written. */
  public void putBack(Taken taken) throws StorageException {
    StorageException failure = null;
    for (var extent : taken.extents()) {
      long end = Math.min(extent.end(), size); // the volume may have been cut
      try {
        aboutToChange(extent.offset(), end - extent.offset());
      } catch (StorageException e) {
        failure = e; // the others must go back all the same
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Clears all, as of one moment between call and return: what ended before is gone, what ends
   * later is there. After an error some of it may be there. Not within a change or a closed gate.
   */
  public void reset(ChangesInFlight changes) throws StorageException {
    try (var held = resetting.enter()) {
      BitmapPage[] now = pages;
      for (BitmapPage page : now) {
        page.beginReset();
      }
      try {
        changes.awaitEarlier();
        for (BitmapPage page : now) {
          page.reset();
        }
      } finally {
        for (BitmapPage page : now) {
          page.endReset();
        }
      }
    }
  }

  /** Makes every bit that was set survive power loss. */
  public void flush() throws StorageException {
    file.flush();
  }

  /** Writes every bit again, of which a failed {@link #flush} may have lost some, and flushes. */
  void rewrite() throws StorageException {
    file.forgive();
    for (BitmapPage page : pages) {
      page.rewrite();
    }
    file.flush();
  }

  // ---- the volume's size

  /** Makes room for a larger size, before {@link #grow} to it. NO_SPACE: nothing changed. */
  void reserve(long newSize) throws StorageException {
    if (newSize > size) {
      file.extend(newSize);
    }
  }

  /** Follows a larger size, for which there is room; what is added is clear. Also in changes. */
  void grow(long newSize) {
    addPages(newSize);
  }

  /** Follows a smaller size, while no change and no reset is under way. */
  void shrink(long newSize) throws StorageException {
    addPages(newSize);
    for (BitmapPage page : pages) {
      page.cut(newSize);
    }
    file.cut(newSize);
  }

  // ---- saved blocks, while no change is under way

  void loadMask(long region, int mask) {
    page(region).loadMask(index(region), mask);
  }

  void forgetBlocks() {
    for (BitmapPage page : pages) {
      page.forgetMasks();
    }
  }

  /** Closes its file; nothing is saved. */
  @Override
  public void close() {
    file.close();
  }
}
