package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.StorageException;

/**
 * Finds the file set descriptor of a volume of UDF, with its copy where the metadata of the volume
 * is mirrored.
 */
final class UdfFileSets {
  /*
   * The entry of a metadata file (ECMA-167, 4/14.9 and 4/14.17; OSTA UDF 2.2.13). The attributes
   * are of any length; behind them stand the extents of the file, 8 bytes each: length 4 with the
   * type in the upper two bits, first block 4.
   *
   *                       flags   length of the attributes   of the extents   attributes
   *   file entry           34          168                       172             176
   *   extended             34          208                       212             216
   */
  private static final int FLAGS_OFFSET = 34;
  private static final int KIND_OF_EXTENTS_MASK = 7;
  private static final int ATTRIBUTES_OFFSET = 176;
  private static final int EXTENDED_ATTRIBUTES_OFFSET = 216;
  private static final int EXTENT_BYTES = 8;
  private static final int CONTINUATION_TYPE = 3;

  private final UdfVolume volume;
  private final Sectors sectors;
  private final List<UdfMap> maps;
  private final UdfPartitions partitions;

  private UdfFileSets(Sectors sectors, UdfVolume volume) throws RefusalException {
    this.sectors = sectors;
    this.volume = volume;
    maps = UdfMap.read(volume.logical());
    partitions = new UdfPartitions(sectors, volume, maps);
  }

  /**
   * The descriptors.
   *
   * @throws RefusalException where they are damaged, cannot be found or are not all there is
   */
  static List<Block> find(Sectors sectors, UdfVolume volume)
      throws RefusalException, StorageException {
    return new UdfFileSets(sectors, volume).find();
  }

  private List<Block> find() throws RefusalException, StorageException {
    Block logical = volume.logical();
    if (logical.u32(UdfLayout.BLOCK_BYTES_OFFSET) != volume.blockBytes()) {
      throw new RefusalException(
          "the blocks of the logical volume of UDF have not the length of a sector");
    }
    if (maps.stream().anyMatch(map -> map.kind() == UdfMap.Kind.VIRTUAL)) {
      throw new RefusalException(
          "the volume of UDF has a virtual allocation table, in which its identifier stands once"
              + " more at its end");
    }
    int reference = logical.u16(UdfLayout.FILE_SET_REFERENCE_OFFSET);
    if (reference >= maps.size()) {
      throw new RefusalException("the file set of UDF is in a partition without a map");
    }
    long location = logical.u32(UdfLayout.FILE_SET_BLOCK_OFFSET);
    List<Block> found = candidates(maps.get(reference), location);
    for (Block fileSet : found) {
      requireOnly(fileSet, location);
    }
    return found;
  }

  private List<Block> candidates(UdfMap map, long location)
      throws RefusalException, StorageException {
    int number = map.partitionNumber();
    if (map.kind() != UdfMap.Kind.METADATA) {
      return List.of(partitions.read(number, location));
    }
    List<Block> found = new ArrayList<>();
    for (long file : map.metadataFiles()) {
      Block block = partitions.read(number, inFile(partitions.read(number, file), file, location));
      if (found.stream().noneMatch(other -> other.offset() == block.offset())) {
        found.add(block);
      }
    }
    return found;
  }

  /** The block of the partition in which a block of a metadata file lies. */
  private long inFile(Block entry, long location, long wanted) throws RefusalException {
    boolean extended = UdfTag.holds(entry, UdfTag.EXTENDED_FILE_ENTRY, location);
    if ((!extended && !UdfTag.holds(entry, UdfTag.FILE_ENTRY, location))
        || (entry.u16(FLAGS_OFFSET) & KIND_OF_EXTENTS_MASK) != 0) {
      throw new RefusalException(
          "the entry of the metadata file of UDF in block " + location + " cannot be read");
    }
    int attributes = extended ? EXTENDED_ATTRIBUTES_OFFSET : ATTRIBUTES_OFFSET;
    long first = attributes + entry.u32(attributes - 8);
    long end = Math.min(first + entry.u32(attributes - 4), entry.length());
    long left = wanted;
    for (long at = first; at + EXTENT_BYTES <= end; at += EXTENT_BYTES) {
      long length = entry.u32((int) at);
      long blocks = (length & UdfLayout.EXTENT_LENGTH_MASK) / volume.blockBytes();
      boolean continues = length >>> 30 == CONTINUATION_TYPE;
      if (continues || length == 0) {
        break;
      }
      if (left < blocks) {
        return entry.u32((int) at + 4) + left;
      }
      left -= blocks;
    }
    throw new RefusalException(
        "block " + wanted + " of the metadata file of UDF is not in the extents of its entry");
  }

  private void requireOnly(Block fileSet, long location) throws RefusalException, StorageException {
    String fault = UdfTag.fault(fileSet, location);
    if (UdfTag.id(fileSet) != UdfTag.FILE_SET || fault != null) {
      throw new RefusalException(
          "the file set descriptor of UDF in block "
              + location
              + " of its partition is damaged"
              + (fault == null ? "" : ": " + fault));
    }
    long extent =
        volume.logical().u32(UdfLayout.FILE_SET_LENGTH_OFFSET) & UdfLayout.EXTENT_LENGTH_MASK;
    Block next =
        extent < 2L * volume.blockBytes()
            ? null
            : sectors.read(fileSet.offset() + volume.blockBytes(), volume.blockBytes());
    if (fileSet.u32(UdfLayout.NEXT_FILE_SET_OFFSET) != 0
        || UdfTag.holds(next, UdfTag.FILE_SET, location + 1)) {
      throw new RefusalException("the volume of UDF has more than one file set descriptor");
    }
  }
}
