package org.copybay.volumes.track;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.copybay.volumes.Findings;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.store.StoreFile;
import org.copybay.volumes.store.TrackStore;
import org.jspecify.annotations.Nullable;

/**
 * Both copies of a superblock. One that does not check is damage even where the other one does: a
 * start would take the one that is left for the newest, which it may not be.
 */
final class SuperblockInspection {
  private static final String WHAT = "superblock";

  private final StoreFile file;
  private final Findings findings;

  private SuperblockInspection(StoreFile file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  /** The copy that a start would take, or null where none is sound. */
  static @Nullable Superblock run(
      TrackStore store, UUID volume, Geometry geometry, Findings findings) throws StorageException {
    try (StoreFile file = store.open(Superblock.FILE)) {
      SuperblockInspection inspection = new SuperblockInspection(file, findings);
      boolean sound = true;
      @Nullable Superblock newest = null;
      for (long at = 0; at <= Superblock.SPACING; at += Superblock.SPACING) {
        boolean blank = inspection.blank(at);
        @Nullable Superblock copy = blank ? null : inspection.copy(at, volume, geometry);
        sound &= copy != null || (blank && inspection.neverWritten(at, newest));
        newest =
            newest == null || (copy != null && copy.sequence() > newest.sequence()) ? copy : newest;
      }
      return sound ? newest : null;
    }
  }

  /** The second copy is first written by the second superblock. */
  private boolean neverWritten(long at, @Nullable Superblock other) {
    if (at > 0 && other != null && other.sequence() == 0) {
      return true;
    }
    findings.damage(WHAT, where(at), "a superblock", "zeros or nothing");
    return false;
  }

  private static String where(long at) {
    return Superblock.FILE + " at byte " + at;
  }

  private boolean blank(long at) throws StorageException {
    if (file.size() <= at) {
      return true;
    }
    ByteBuffer bytes = read(at);
    return bytes != null && bytes.mismatch(ByteBuffer.allocate(Superblock.LENGTH)) < 0;
  }

  private @Nullable ByteBuffer read(long at) throws StorageException {
    if (file.size() < at + Superblock.LENGTH) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocateDirect(Superblock.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    file.read(at, bytes);
    return bytes.clear();
  }

  private @Nullable Superblock copy(long at, UUID volume, Geometry geometry)
      throws StorageException {
    ByteBuffer bytes = read(at);
    if (bytes == null) {
      findings.damage(WHAT, where(at), Superblock.LENGTH + " bytes", (file.size() - at) + " bytes");
      return null;
    }
    int want = Superblock.crc(bytes);
    int got = bytes.getInt(Superblock.CRC_OFFSET);
    if (want != got) {
      findings.damage(WHAT, where(at), hex("checksum", want), hex("checksum", got));
      return null;
    }
    Superblock copy = Superblock.decode(bytes);
    if (copy == null) {
      findings.damage(WHAT, where(at), "a superblock of version 1", "another file or version");
      return null;
    }
    return sane(copy, at, volume, geometry) ? copy : null;
  }

  private boolean sane(Superblock copy, long at, UUID volume, Geometry geometry) {
    if (!copy.volume().equals(volume)) {
      findings.damage(WHAT, where(at), "volume " + volume, "volume " + copy.volume());
      return false;
    }
    if (copy.blockBytes() != geometry.blockBytes()) {
      findings.damage(
          WHAT,
          where(at),
          "blocks of " + geometry.blockBytes() + " bytes",
          "blocks of " + copy.blockBytes() + " bytes");
      return false;
    }
    if (copy.sequence() < 0 || copy.sequence() % 2 * Superblock.SPACING != at) {
      findings.damage(
          WHAT, where(at), at == 0 ? "an even sequence" : "an odd sequence", copy.sequence());
      return false;
    }
    return true;
  }

  static String hex(String what, int value) {
    return String.format("%s %08x", what, value);
  }
}
