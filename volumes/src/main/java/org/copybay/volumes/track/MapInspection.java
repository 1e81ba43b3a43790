package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * Every page of a checkpoint, one after the other: checksums, what belongs where, the order of the
 * entries, and what no entry may say whatever the others do. Goes on behind a page that is damaged.
 */
final class MapInspection {
  private static final String WHAT = "map";
  private static final int BATCH_PAGES = 64;

  private final String name;
  private final StoreFile file;
  private final MapLayout.Head head;
  private final long homeBlocks;
  private final Findings findings;
  private PointSet points = PointSet.EMPTY;
  private boolean sound = true;

  // of the entry before
  private long track = -1;
  private int owner = -1; // -1 while the entries are live
  private int seen; // blocks that the same owner, or the live map, has in the track

  // of the run of unfilled tracks before
  private boolean prepared;
  private long unfilledEnd;

  private MapInspection(
      String name, StoreFile file, MapLayout.Head head, long homeBlocks, Findings findings) {
    this.homeBlocks = homeBlocks;
    this.name = name;
    this.file = file;
    this.head = head;
    this.findings = findings;
  }

  /** Whether all of it is sound. */
  static boolean run(TrackStore store, Superblock superblock, long homeBlocks, Findings findings)
      throws StorageException {
    String name = MapFile.fileName(superblock.map());
    if (!store.exists(name)) {
      findings.damage(WHAT, name, "checkpoint " + superblock.map(), "no file");
      return false;
    }
    try (StoreFile file = store.open(name)) {
      MapLayout.Head head = head(file, name, superblock, findings);
      if (head == null) {
        return false;
      }
      MapInspection inspection = new MapInspection(name, file, head, homeBlocks, findings);
      inspection.run();
      return inspection.sound;
    }
  }

  private static MapLayout.@Nullable Head head(
      StoreFile file, String name, Superblock superblock, Findings findings)
      throws StorageException {
    String where = name + " page 0";
    if (file.size() < MapLayout.PAGE_BYTES) {
      findings.damage(WHAT, where, MapLayout.PAGE_BYTES + " bytes", file.size() + " bytes");
      return null;
    }
    ByteBuffer page = MapLayout.page();
    file.read(0, page);
    if (!checksum(page.clear(), MapLayout.HEAD_CRC_OFFSET, where, findings)) {
      return null;
    }
    MapLayout.Head head;
    try {
      head = MapLayout.Head.decode(page, name);
    } catch (StorageException e) {
      findings.unreadable(WHAT, where, e);
      return null;
    }
    return fits(head, file, where, superblock, findings) ? head : null;
  }

  private static boolean fits(
      MapLayout.Head head, StoreFile file, String where, Superblock superblock, Findings findings)
      throws StorageException {
    String want = identity(superblock.map(), superblock.volume(), superblock.blockBytes());
    String got = identity(head.number(), head.volume(), head.blockBytes());
    long bytes = head.bytes();
    if (!want.equals(got)) {
      findings.damage(WHAT, where, want, got);
    } else if (head.entryPages() < 0
        || head.pointPages() < 0
        || head.unfilledPages() < 0
        || file.size() < bytes) {
      findings.damage(WHAT, where, "a file of " + bytes + " bytes", file.size() + " bytes");
    } else {
      return true;
    }
    return false;
  }

  private static String identity(long number, UUID volume, int blockBytes) {
    return "checkpoint " + number + " of volume " + volume + ", blocks of " + blockBytes + " bytes";
  }

  private static boolean checksum(ByteBuffer page, int at, String where, Findings findings) {
    int want = MapLayout.crc(page, at);
    int got = page.getInt(at);
    if (want != got) {
      findings.damage(
          WHAT,
          where,
          SuperblockInspection.hex("checksum", want),
          SuperblockInspection.hex("checksum", got));
    }
    return want == got;
  }

  // ---- pages

  private void run() throws StorageException {
    points = points();
    forEachPage(
        1,
        head.entryPages(),
        MapLayout.ENTRIES,
        (page, index) -> {
          for (int at = 0; at < page.length; at += MapLayout.ENTRY_LONGS) {
            entry(page, at, index);
          }
        });
    if (head.mark() < 0 || head.mark() > head.lastPoint()) {
      wrong(where(0), "a mark from 0 to " + head.lastPoint(), "mark " + head.mark());
    }
    forEachPage(
        1 + head.entryPages() + head.pointPages(),
        head.unfilledPages(),
        MapLayout.UNFILLED,
        (page, index) -> {
          for (int at = 0; at < page.length; at += MapLayout.ENTRY_LONGS) {
            unfilled(page, at, index);
          }
        });
  }

  /** Takes the longs of a page that checks. */
  @FunctionalInterface
  private interface Page {
    void page(long[] longs, int index);
  }

  private void forEachPage(int first, int count, short kind, Page into) throws StorageException {
    ByteBuffer batch = ByteBuffer.allocateDirect(BATCH_PAGES * MapLayout.PAGE_BYTES);
    for (int done = 0; done < count; done += BATCH_PAGES) {
      int pages = Math.min(BATCH_PAGES, count - done);
      batch.clear().limit(pages * MapLayout.PAGE_BYTES);
      file.read((long) (first + done) * MapLayout.PAGE_BYTES, batch);
      for (int i = 0; i < pages; i++) {
        int index = first + done + i;
        ByteBuffer page =
            batch
                .slice(i * MapLayout.PAGE_BYTES, MapLayout.PAGE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        long[] longs = decode(page, kind, index);
        if (longs != null) {
          into.page(longs, index);
        }
      }
    }
  }

  private long @Nullable [] decode(ByteBuffer page, short kind, int index) {
    String where = where(index);
    if (!checksum(page, 0, where, findings)) {
      sound = false;
      return null;
    }
    try {
      return MapLayout.decode(page, kind, index, head.number(), name);
    } catch (StorageException e) {
      findings.unreadable(WHAT, where, e);
      sound = false;
      return null;
    }
  }

  private String where(int index) {
    return name + " page " + index + " at byte " + (long) index * MapLayout.PAGE_BYTES;
  }

  private PointSet points() throws StorageException {
    List<PointSet.Point> found = new ArrayList<>();
    forEachPage(
        1 + head.entryPages(),
        head.pointPages(),
        MapLayout.POINTS,
        (page, index) -> {
          for (int at = 0; at < page.length; at += MapLayout.ENTRY_LONGS) {
            int before = found.isEmpty() ? 0 : found.get(found.size() - 1).number();
            PointSet.Point point = MapLayout.point(page, at);
            boolean locked = point.lockedUntilMillis() != 0;
            if (point.number() <= before
                || point.number() > head.lastPoint()
                || point.sizeBytes() < 0
                || (locked && !head.locked())) {
              wrong(
                  where(index),
                  "points with rising numbers up to " + head.lastPoint() + " and a size",
                  point + " after point " + before);
            } else {
              found.add(point);
            }
          }
        });
    return new PointSet(found, head.lastPoint());
  }

  private void wrong(String where, String wanted, String got) {
    findings.damage("map entry", where, wanted, got);
    sound = false;
  }

  // ---- entries

  private void entry(long[] page, int at, int index) {
    long ofTrack = MapLayout.track(page[at]);
    int mask = MapLayout.mask(page[at]);
    boolean live = MapLayout.live(page[at + 1]);
    int number = MapLayout.number(page[at + 1]);
    int asOwner = live ? -1 : number;
    String where = where(index) + ", track " + ofTrack;
    if (ofTrack < track || (ofTrack == track && asOwner < owner)) {
      wrong(
          where,
          "entries by track, live ones first, then by owner",
          describe(live, number)
              + " after "
              + (owner < 0 ? "a live one" : "one of point " + owner)
              + " of track "
              + track);
    }
    boolean same = ofTrack == track && asOwner == owner;
    if (mask == 0 || (same && (seen & mask) != 0)) {
      wrong(
          where,
          "each block once in " + describe(live, number),
          String.format("mask %04x after %04x", mask, same ? seen : 0));
    }
    long last =
        ofTrack * Geometry.TRACK_BLOCKS + Integer.SIZE - 1 - Integer.numberOfLeadingZeros(mask);
    if (last >= homeBlocks) {
      wrong(where, "blocks of the volume, before " + homeBlocks, "block " + last);
    }
    if (live ? number < 0 || number > points.lastNumber() : !points.has(number)) {
      wrong(
          where,
          live ? "a birth from 0 to " + points.lastNumber() : "a point that is there",
          describe(live, number));
    }
    seen = same ? seen | mask : mask;
    track = ofTrack;
    owner = asOwner;
  }

  // ---- what is unfilled

  private void unfilled(long[] page, int at, int index) {
    long first = MapLayout.track(page[at]);
    long count = page[at + 1];
    int mask = MapLayout.mask(page[at]);
    boolean isPrepared = page[at + 2] == 1;
    boolean inOrder = prepared == isPrepared ? first >= unfilledEnd : isPrepared;
    boolean known = isPrepared || page[at + 2] == 0;
    if (!inOrder || !known || !new Unfilled.Run(first, count, mask, isPrepared).fits(homeBlocks)) {
      wrong(
          where(index) + ", unfilled from track " + first,
          "runs of tracks in order, before block " + homeBlocks,
          String.format("%d tracks %04x after track %d", count, mask, unfilledEnd));
    }
    prepared = isPrepared;
    unfilledEnd = first + count;
  }

  private static String describe(boolean live, int number) {
    return live ? "a live piece born at " + number : "a piece of point " + number;
  }
}
