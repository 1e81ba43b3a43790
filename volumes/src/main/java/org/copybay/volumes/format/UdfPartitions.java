package org.copybay.volumes.format;

import java.util.List;
import org.copybay.volumes.StorageException;

/** Where the blocks of the partitions of a volume of UDF lie on the medium. */
final class UdfPartitions {
  /*
   * A sparing table (OSTA UDF 2.2.12), at the beginning of a block of the medium:
   *
   *    0     17                     48       56
   *   +-----+----------------------+--------+----------+--------+----------+--------+--
   *   | tag | "*UDF Sparing Table" | entries| original | mapped | original | mapped | ...
   *   +-----+----------------------+--------+----------+--------+----------+--------+--
   *
   * The number of entries has 2 bytes, each of the others 4. An original is the first block of a
   * packet of the partition that lies elsewhere.
   */
  private static final int NAME_OFFSET = 17;
  private static final String NAME = "*UDF Sparing Table";
  private static final int COUNT_OFFSET = 48;
  private static final int ENTRIES_OFFSET = 56;
  private static final int ENTRY_BYTES = 8;

  private final Sectors sectors;
  private final UdfVolume volume;
  private final List<UdfMap> maps;

  UdfPartitions(Sectors sectors, UdfVolume volume, List<UdfMap> maps) {
    this.sectors = sectors;
    this.volume = volume;
    this.maps = maps;
  }

  /**
   * Reads a block of the partition with that number.
   *
   * @throws RefusalException where it has none, or the block was moved to a spare place
   */
  Block read(int number, long block) throws RefusalException, StorageException {
    Block partition = volume.partition(number);
    if (partition == null || block >= partition.u32(UdfLayout.PARTITION_BLOCKS_OFFSET)) {
      throw outside(number, block);
    }
    for (UdfMap map : maps) {
      if (map.kind() == UdfMap.Kind.SPARABLE && map.partitionNumber() == number) {
        requireInPlace(map, block);
      }
    }
    long place = partition.u32(UdfLayout.PARTITION_START_OFFSET) + block;
    Block found = sectors.read(place * volume.blockBytes(), volume.blockBytes());
    if (found == null) {
      throw outside(number, block);
    }
    return found;
  }

  private static RefusalException outside(int number, long block) {
    return new RefusalException(
        "block " + block + " of partition " + number + " of UDF lies outside of it");
  }

  private void requireInPlace(UdfMap map, long block) throws RefusalException, StorageException {
    int packet = map.packetBlocks();
    boolean read = false;
    for (long table : map.tables()) {
      Block head = sectors.read(table * volume.blockBytes(), volume.blockBytes());
      if (head != null && head.says(NAME_OFFSET, NAME) && packet > 0) {
        requireNotIn(head, map.tableBytes(), block - block % packet);
        read = true;
      }
    }
    if (!read) {
      throw new RefusalException("the sparing tables of UDF are damaged");
    }
  }

  private void requireNotIn(Block head, long tableBytes, long original)
      throws RefusalException, StorageException {
    long end = Math.min(tableBytes, ENTRIES_OFFSET + (long) head.u16(COUNT_OFFSET) * ENTRY_BYTES);
    Block block = head;
    for (long at = ENTRIES_OFFSET; at + ENTRY_BYTES <= end; at += ENTRY_BYTES) {
      int in = (int) (at % block.length());
      if (in == 0) {
        block = next(head.offset() + at);
      }
      if (block.u32(in) == original) {
        throw new RefusalException(
            "the file set descriptor of UDF lies in a spare place, in the packet of block "
                + original);
      }
    }
  }

  private Block next(long offset) throws RefusalException, StorageException {
    Block block = sectors.read(offset, volume.blockBytes());
    if (block == null) {
      throw new RefusalException("a sparing table of UDF lies outside of the medium");
    }
    return block;
  }
}
