package org.copybay.copy.optical;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.copybay.copy.engine.Job;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Image;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.format.MediumFiles;
import org.jspecify.annotations.Nullable;

/**
 * Reads a volume of which some sectors may be damaged: where that is allowed those of files are
 * read as zeros and remembered. Any thread may call.
 */
final class DamagedSectors {
  /** Files in the log of a job, which keeps 100 lines. */
  private static final int MAX_LISTED = 90;

  private final String volume;
  private final Image image;
  private final long size;
  private final int sectorBytes;
  private final boolean allowed;
  private final LeftOut leftOut;
  private final ConcurrentSkipListSet<Long> damaged = new ConcurrentSkipListSet<>();
  private @Nullable MediumFiles files; // guarded by this: read when the first one is met

  /** Told of a sector before it is read as zeros, by any thread. */
  @FunctionalInterface
  interface LeftOut {
    void sector(Extent place) throws StorageException;
  }

  DamagedSectors(
      String volume, Image image, long size, int sectorBytes, boolean allowed, LeftOut leftOut) {
    this.volume = volume;
    this.image = image;
    this.size = size;
    this.sectorBytes = sectorBytes;
    this.allowed = allowed;
    this.leftOut = leftOut;
  }

  /** How many sectors were read as zeros. */
  int count() {
    return damaged.size();
  }

  /** Reads a piece. ODUP-MEDIA, naming the first sector that cannot be left out. */
  void read(Extent piece, ByteBuffer target) throws StorageException {
    int start = target.position();
    if (damaged
        .subSet(piece.offset() / sectorBytes, (piece.end() + sectorBytes - 1) / sectorBytes)
        .isEmpty()) {
      try {
        image.read(piece.offset(), target);
        return;
      } catch (StorageException e) {
        target.position(start);
      }
    }
    for (long at = piece.offset(); at < piece.end(); ) {
      long next = Math.min(piece.end(), (at / sectorBytes + 1) * sectorBytes);
      readSector(at, target.slice(target.position(), (int) (next - at)));
      target.position(target.position() + (int) (next - at));
      at = next;
    }
  }

  private void readSector(long offset, ByteBuffer target) throws StorageException {
    long sector = offset / sectorBytes;
    if (!damaged.contains(sector)) {
      try {
        image.read(offset, target);
        return;
      } catch (StorageException e) {
        requireLeftOut(sector, e);
        leftOut.sector(new Extent(sector * sectorBytes, sectorBytes));
        damaged.add(sector);
      }
    }
    for (int i = 0; i < target.capacity(); i++) {
      target.put(i, (byte) 0);
    }
  }

  private void requireLeftOut(long sector, StorageException error) throws StorageException {
    String where = "OPT1605: sector " + sector + " of volume " + volume + " cannot be read";
    if (!allowed) {
      throw Odup.MEDIA.refusal(
          where + ": " + error.getMessage(), "mederr=file leaves the data of files out", error);
    }
    String file = fileOf(sector, error);
    if (file == null) {
      throw Odup.MEDIA.refusal(
          "OPT1360: " + where + ", and belongs to no file but to the structure of the volume",
          null,
          error);
    }
  }

  /** The file that a sector belongs to, or null: structure. */
  private synchronized @Nullable String fileOf(long sector, StorageException error)
      throws StorageException {
    MediumFiles known = files;
    if (known == null) {
      try {
        known = MediumFiles.read(image, size);
      } catch (StorageException e) {
        throw Odup.MEDIA.refusal(
            "OPT1360: the directories of volume " + volume + " cannot be read: " + e.getMessage(),
            null,
            error);
      }
      files = known;
    }
    Extent place =
        new Extent(sector * sectorBytes, Math.min(sectorBytes, size - sector * sectorBytes));
    List<String> found = known.structureAt(place) ? List.of() : known.filesAt(place);
    return found.isEmpty() ? null : found.get(0);
  }

  /** The damaged files, each once, and how many sectors there are. */
  Set<String> files() throws StorageException {
    Set<String> found = new TreeSet<>();
    MediumFiles known;
    synchronized (this) {
      known = files;
    }
    for (Long sector : damaged) {
      if (known != null) {
        found.addAll(known.filesAt(new Extent(sector * sectorBytes, sectorBytes)));
      }
    }
    return found;
  }

  /** Tells the job of what was left out. */
  void tell(Job job, boolean list) throws StorageException {
    if (damaged.isEmpty()) {
      return;
    }
    Set<String> files = files();
    if (list) {
      list(job, files.stream().map(file -> "damaged file " + file).toList());
    }
    job.tell(damaged.size() + " sectors of " + files.size() + " files could not be read");
  }

  /** Tells the job of files, as many as its log keeps. */
  static void list(Job job, List<String> lines) {
    lines.stream().limit(MAX_LISTED).forEach(job::tell);
    if (lines.size() > MAX_LISTED) {
      job.tell("and " + (lines.size() - MAX_LISTED) + " more files");
    }
  }
}
