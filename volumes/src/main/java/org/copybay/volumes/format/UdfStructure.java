package org.copybay.volumes.format;

import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;

/**
 * Takes as structure what a volume of UDF has beside files and directories: recognition sequence,
 * anchors, descriptor sequences, integrity sequence, and the space bitmaps and tables of the
 * partitions.
 *
 * <pre>
 *   logical volume       432 integrity sequence: length 4, block of the medium 4
 *   integrity            28 next part of the sequence: length 4, block of the medium 4
 *   partition            56 unallocated table 8, 64 unallocated bitmap 8, 72 integrity table 8,
 *                        80 freed table 8, 88 freed bitmap 8: length 4, block of the partition 4
 * </pre>
 *
 * (ECMA-167, 3/10.6, 3/10.10 and 4/14.3.)
 */
final class UdfStructure {
  private static final long RECOGNITION_OFFSET = 32768;
  private static final int MIN_STRUCTURE_BYTES = 2048;
  private static final int MAX_STRUCTURES = 64;
  private static final List<String> STRUCTURES =
      List.of("BEA01", "NSR02", "NSR03", "TEA01", "BOOT2", "CD001", "CDW02");
  private static final int INTEGRITY_OFFSET = 432;
  private static final int NEXT_INTEGRITY_OFFSET = 28;
  private static final int INTEGRITY_TAG = 9;

  /** Each mount of a medium that is written once adds one. */
  private static final int MAX_INTEGRITY = 65_536;

  private static final int SPACE_OFFSET = 56;
  private static final int SPACE_END = 96;

  private final Sectors sectors;
  private final FoundFiles found;
  private final UdfVolume volume;
  private final int blockBytes;

  UdfStructure(Sectors sectors, FoundFiles found, UdfVolume volume) {
    this.sectors = sectors;
    this.found = found;
    this.volume = volume;
    blockBytes = volume.blockBytes();
  }

  void take(List<Block> anchors, UdfSpace space) throws StorageException {
    recognition();
    for (Block anchor : anchors) {
      found.structure(anchor.offset(), anchor.length());
      for (int field : List.of(UdfLayout.MAIN_OFFSET, UdfLayout.RESERVE_OFFSET)) {
        take(anchor.u32(field + 4), anchor.u32(field));
      }
    }
    for (Block block : volume.blocks()) {
      found.structure(block.offset(), block.length());
      if (UdfTag.id(block) == UdfTag.PARTITION) {
        spaceOf(block, space);
      }
    }
    integrity();
  }

  /** Blocks of the medium. */
  private void take(long block, long bytes) throws StorageException {
    long blocks = (bytes + blockBytes - 1) / blockBytes;
    found.structure(block * blockBytes, blocks * blockBytes);
  }

  private void recognition() throws StorageException {
    int step = Math.max(MIN_STRUCTURE_BYTES, blockBytes);
    boolean described = false;
    for (int i = 0; i < MAX_STRUCTURES; i++) {
      Block structure = sectors.read(RECOGNITION_OFFSET + (long) i * step, MIN_STRUCTURE_BYTES);
      if (structure == null || STRUCTURES.stream().noneMatch(id -> structure.says(1, id))) {
        return;
      }
      found.structure(structure.offset(), step);
      described |= structure.says(1, "NSR0");
      if (described && structure.says(1, "TEA01")) {
        return;
      }
    }
  }

  private void spaceOf(Block partition, UdfSpace space) throws StorageException {
    int number = partition.u16(UdfLayout.PARTITION_NUMBER_OFFSET);
    if (volume.partition(number) != partition) {
      return;
    }
    for (int at = SPACE_OFFSET; at < SPACE_END; at += 8) {
      UdfAddress address = UdfAddress.of(partition.u32(at), partition.u32(at + 4), 0);
      long blocks = (address.bytes() + blockBytes - 1) / blockBytes;
      for (Extent extent : space.physical(number, address.block(), blocks)) {
        found.structure(extent.offset(), extent.length());
      }
    }
  }

  private void integrity() throws StorageException {
    long bytes = volume.logical().u32(INTEGRITY_OFFSET);
    long block = volume.logical().u32(INTEGRITY_OFFSET + 4);
    long index = 0;
    take(block, bytes);
    for (int count = 0; index < bytes / blockBytes; count++) {
      if (count == MAX_INTEGRITY) {
        throw FoundFiles.corrupt("the integrity sequence of UDF has no end");
      }
      Block read = sectors.read((block + index) * blockBytes, blockBytes);
      if (!UdfTag.holds(read, INTEGRITY_TAG, block + index)) {
        return;
      }
      index++;
      if (read != null && read.u32(NEXT_INTEGRITY_OFFSET) > 0) {
        bytes = read.u32(NEXT_INTEGRITY_OFFSET);
        block = read.u32(NEXT_INTEGRITY_OFFSET + 4);
        index = 0;
        take(block, bytes);
      }
    }
  }
}
