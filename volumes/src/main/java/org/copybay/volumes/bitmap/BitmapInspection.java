package org.copybay.volumes.bitmap;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.journal.RecoverMode;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * The write bitmaps and the intent log of a volume that nobody has open, looked at without changing
 * anything. Bits have no checksum: of them only what lies past the end is seen, and, after a clean
 * stop, that there are as many as were saved.
 */
public final class BitmapInspection {
  private static final String WHAT = "write bitmap";

  private final TrackStore store;
  private final long size;
  private final Findings findings;

  private BitmapInspection(TrackStore store, long size, Findings findings) {
    this.store = store;
    this.size = size;
    this.findings = findings;
  }

  /**
   * A bitmap that must be there.
   *
   * @param file the name of its file
   * @param grain how it divides the volume
   */
  public record Wanted(String file, Grain grain) {}

  /**
   * Looks at the files of these bitmaps.
   *
   * @param size bytes of the volume
   * @param recover what the end of the last run is taken for
   */
  public static void run(
      TrackStore store, List<Wanted> bitmaps, long size, RecoverMode recover, Findings findings)
      throws StorageException {
    if (bitmaps.isEmpty()) {
      return; // an intent log without a bitmap says nothing
    }
    BitmapInspection inspection = new BitmapInspection(store, size, findings);
    IntentLayout.@Nullable Found log = inspection.log();
    for (Wanted bitmap : bitmaps) {
      inspection.bitmap(bitmap, log, recover);
    }
  }

  // ---- the intent log

  private IntentLayout.@Nullable Found log() throws StorageException {
    String name = BitmapSet.LOG_NAME;
    String what = "intent log";
    if (!store.exists(name)) {
      findings.damage(what, name, "the file", "no file");
      return null;
    }
    try (StoreFile file = store.open(name)) {
      if (file.size() < IntentLayout.FILE_BYTES) {
        findings.damage(what, name, IntentLayout.FILE_BYTES + " bytes", file.size() + " bytes");
        return null;
      }
      IntentLayout.Header header = null;
      try {
        header = IntentLayout.Header.decode(Direct.read(file, 0, Sealed.SECTOR_BYTES), name);
      } catch (StorageException e) {
        findings.damage(what, name + " at byte 0", "a header that checks", e.getMessage());
      }
      List<ZoneSet> generations = new ArrayList<>();
      for (int slot = 0; slot < IntentLayout.SLOTS; slot++) {
        generation(file, slot, generations);
      }
      if (header == null || generations.size() < IntentLayout.SLOTS) {
        return null;
      }
      if (header.clean() && generations.stream().anyMatch(zones -> zones.count() > 0)) {
        findings.damage(what, name, "no zones after a clean stop", "some");
      }
      return new IntentLayout.Found(header, generations);
    }
  }

  private void generation(StoreFile file, int slot, List<ZoneSet> into) throws StorageException {
    long at = IntentLayout.slotOffset(slot);
    String where = BitmapSet.LOG_NAME + " at byte " + at;
    ByteBuffer sector = Direct.read(file, at, Sealed.SECTOR_BYTES);
    try {
      into.add(IntentLayout.decode(sector, "generation " + slot, IntentLayout.MAX_ZONES));
    } catch (StorageException e) {
      findings.damage("intent log", where, "a generation that checks", e.getMessage());
    }
  }

  // ---- a bitmap

  private void bitmap(Wanted wanted, IntentLayout.@Nullable Found log, RecoverMode recover)
      throws StorageException {
    if (!store.exists(wanted.file)) {
      findings.damage(WHAT, wanted.file, "the file", "no file");
      return;
    }
    try (StoreFile file = store.open(wanted.file)) {
      if (header(file, wanted) && length(file, wanted)) {
        Bits bits = new Bits(file, wanted.grain.regions(size));
        bits.pastTheEnd(wanted);
        if (log != null) {
          afterStop(wanted, bits, log, recover);
        }
      }
    }
  }

  private boolean header(StoreFile file, Wanted wanted) throws StorageException {
    String where = wanted.file + " at byte 0";
    try {
      Grain grain = BitmapFile.header(file, wanted.file);
      if (!grain.equals(wanted.grain)) {
        findings.damage(WHAT, where, wanted.grain, grain);
      }
      return grain.equals(wanted.grain);
    } catch (StorageException e) {
      findings.damage(WHAT, where, "a header that checks", e.getMessage());
      return false;
    }
  }

  /** A start gives it whole pages, and refuses one that lacks bits. */
  private boolean length(StoreFile file, Wanted wanted) throws StorageException {
    long least = BitmapFile.leastBytes(wanted.grain.regions(size));
    if (file.size() < least) {
      findings.damage(WHAT, wanted.file, "at least " + least + " bytes", file.size() + " bytes");
      return false;
    }
    return true;
  }

  private void afterStop(Wanted wanted, Bits bits, IntentLayout.Found log, RecoverMode recover)
      throws StorageException {
    String saved = SavedRefinement.name(wanted.file);
    boolean there = store.exists(saved);
    if (!log.header().clean()) {
      if (there) {
        findings.note(
            "saved blocks", saved, "no file in a run", "a file", "the next mount removes it");
      }
      if (recover.lostUnsynced(log.header().origin(), store.origin())) {
        powerLoss(wanted, bits, log);
      }
    } else if (there) {
      try (StoreFile file = store.open(saved)) {
        new SavedInspection(wanted, bits, log.header().run()).run(file, saved);
      }
    } else {
      findings.note(
          "saved blocks",
          saved,
          "a file after a clean stop",
          "no file",
          "every block of a changed region counts as changed");
    }
  }

  private void powerLoss(Wanted wanted, Bits bits, IntentLayout.Found log) throws StorageException {
    List<Extent> zones = new ArrayList<>();
    log.generations().forEach(generation -> zones.addAll(generation.extents(size)));
    zones.sort(Comparator.comparingLong(Extent::offset));
    long next = 0;
    long more = 0;
    for (Extent zone : zones) {
      long first = Math.max(next, wanted.grain.regionOf(zone.offset()));
      next = Math.max(next, wanted.grain.regionOf(zone.end() - 1) + 1);
      for (long region = first; region < next; region++) {
        more += bits.isSet(region) ? 0 : 1;
      }
    }
    findings.note(
        WHAT,
        wanted.file,
        "bits that were synced",
        zones.size() + " zones that were not",
        "after power loss the next mount sets " + more + " regions more");
  }

  // ---- bits

  /** The bits of a bitmap, a buffer of them at a time. */
  private final class Bits {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final StoreFile file;
    final long regions;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long bufferFirst;

    Bits(StoreFile file, long regions) {
      this.file = file;
      this.regions = regions;
    }

    /** The word of regions [64 * word, 64 * word + 64), also past the end. */
    long word(long word) throws StorageException {
      long index = word - bufferFirst;
      if (index < 0 || index >= buffer.limit() / Long.BYTES) {
        long left = file.size() - BitmapLayout.wordOffset(word);
        int bytes = (int) Math.min(BUFFER_BYTES, left / Long.BYTES * Long.BYTES);
        buffer = Direct.read(file, BitmapLayout.wordOffset(word), bytes);
        bufferFirst = word;
        index = 0;
      }
      return buffer.getLong((int) index * Long.BYTES);
    }

    boolean isSet(long region) throws StorageException {
      return (word(region / Long.SIZE) & 1L << region) != 0;
    }

    /** The first set region from one on, or -1. */
    long next(long from) throws StorageException {
      for (long region = from; region < regions; ) {
        long rest = word(region / Long.SIZE) >>> region;
        if (rest != 0) {
          long found = region + Long.numberOfTrailingZeros(rest);
          return found < regions ? found : -1;
        }
        region = (region / Long.SIZE + 1) * Long.SIZE;
      }
      return -1;
    }

    /** What a growth that did not end has set there is not looked at. */
    void pastTheEnd(Wanted wanted) throws StorageException {
      long words = (file.size() - BitmapLayout.BITS_OFFSET) / Long.BYTES;
      for (long word = regions / Long.SIZE; word < words; word++) {
        long left = regions - word * Long.SIZE;
        long outside = left <= 0 ? -1L : -1L << left;
        if ((word(word) & outside) != 0) {
          findings.note(
              WHAT,
              wanted.file + " at byte " + BitmapLayout.wordOffset(word),
              "clear bits past the end",
              "set ones",
              "the next mount does not look at them");
          return;
        }
      }
    }
  }

  /** The saved refinement of one bitmap, after a clean stop. */
  private final class SavedInspection {
    private final Wanted wanted;
    private final Bits bits;
    private final long run;

    SavedInspection(Wanted wanted, Bits bits, long run) {
      this.wanted = wanted;
      this.bits = bits;
      this.run = run;
    }

    void run(StoreFile file, String name) throws StorageException {
      if (file.size() < RefinementLayout.FIRST_MASK_OFFSET) {
        wrong(name, RefinementLayout.FIRST_MASK_OFFSET + " bytes", file.size() + " bytes");
        return;
      }
      RefinementLayout header;
      try {
        header = RefinementLayout.decode(Direct.read(file, 0, Sealed.SECTOR_BYTES), name);
      } catch (StorageException e) {
        wrong(name + " at byte 0", "a header that checks", e.getMessage());
        return;
      }
      long set = 0;
      for (long region = bits.next(0); region >= 0; region = bits.next(region + 1)) {
        set++;
      }
      if (header.run() != run || header.volumeBytes() != size) {
        wrong(
            name + " at byte 0", describe(run, size), describe(header.run(), header.volumeBytes()));
        return;
      }
      if (header.masks() != set) {
        findings.damage(
            WHAT,
            wanted.file,
            header.masks() + " changed regions, as the clean stop left it",
            set + " changed regions");
        return;
      }
      if (wanted.grain.single()) {
        return; // no masks
      }
      long end = RefinementLayout.FIRST_MASK_OFFSET + set * Integer.BYTES;
      if (file.size() < end) {
        wrong(name, end + " bytes", file.size() + " bytes");
      } else {
        masks(file, name, header);
      }
    }

    private static String describe(long run, long volumeBytes) {
      return "run " + run + ", " + volumeBytes + " bytes";
    }

    private void wrong(String where, String want, String got) {
      findings.damage(
          "saved blocks",
          where,
          want,
          got,
          "without it every block of a changed region counts as changed: remove the file");
    }

    private void masks(StoreFile file, String name, RefinementLayout header)
        throws StorageException {
      CRC32C crc = new CRC32C();
      long at = RefinementLayout.FIRST_MASK_OFFSET;
      long end = at + header.masks() * Integer.BYTES;
      long region = -1;
      while (at < end) {
        ByteBuffer masks = Direct.read(file, at, (int) Math.min(Bits.BUFFER_BYTES, end - at));
        crc.update(masks.duplicate());
        while (masks.hasRemaining()) {
          region = bits.next(region + 1);
          int mask = masks.getInt();
          int all = wanted.grain.mask(region, size);
          if (mask == 0 || (mask & ~all) != 0) {
            wrong(
                name + " at byte " + (at + masks.position() - Integer.BYTES),
                String.format("some of the blocks %08x of region %d", all, region),
                String.format("%08x", mask));
          }
        }
        at += masks.limit();
      }
      if ((int) crc.getValue() != header.maskCrc()) {
        wrong(
            name + " from byte " + RefinementLayout.FIRST_MASK_OFFSET,
            String.format("checksum of masks %08x", header.maskCrc()),
            String.format("%08x", (int) crc.getValue()));
      }
    }
  }
}
