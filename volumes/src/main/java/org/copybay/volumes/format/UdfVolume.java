package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The descriptors of a volume of UDF from its sequences: the main one and the reserve one, which
 * repeats it. Of several of a kind in a sequence the one with the highest number prevails.
 */
final class UdfVolume {
  /** A sequence has 16 blocks or a few more; a longer one is damage. */
  private static final int MAX_BLOCKS = 256;

  private final int blockBytes;
  private final List<Block> blocks;

  private UdfVolume(int blockBytes, List<Block> blocks) {
    this.blockBytes = blockBytes;
    this.blocks = blocks;
  }

  /** A part of a sequence: its length in bytes and its first block. */
  private record Part(long lengthBytes, long location) {
    static Part at(Block block, int offset) {
      return new Part(block.u32(offset), block.u32(offset + 4));
    }
  }

  /**
   * Reads all sequences that the anchors name.
   *
   * @throws RefusalException where one is damaged or lacks a descriptor
   */
  static UdfVolume read(Sectors sectors, List<Block> anchors)
      throws RefusalException, StorageException {
    Set<Part> sequences = new LinkedHashSet<>();
    for (int field : List.of(UdfLayout.MAIN_OFFSET, UdfLayout.RESERVE_OFFSET)) {
      anchors.forEach(anchor -> sequences.add(Part.at(anchor, field)));
    }
    UdfVolume volume = new UdfVolume(anchors.get(0).length(), new ArrayList<>());
    for (Part sequence : sequences) {
      if (sequence.lengthBytes > 0) {
        volume.blocks.addAll(volume.sequence(sectors, sequence));
      }
    }
    if (volume.blocks.isEmpty()) {
      throw new RefusalException("the anchors of UDF name no descriptors");
    }
    return volume;
  }

  int blockBytes() {
    return blockBytes;
  }

  /** The descriptors of all sequences, the main ones first. */
  List<Block> blocks() {
    return blocks;
  }

  /** The primary volume descriptor. */
  Block primary() {
    return prevailing(block -> UdfTag.id(block) == UdfTag.PRIMARY).orElseThrow();
  }

  /** The logical volume descriptor. */
  Block logical() {
    return prevailing(block -> UdfTag.id(block) == UdfTag.LOGICAL_VOLUME).orElseThrow();
  }

  /** The descriptor of the partition with that number, or null. */
  @Nullable Block partition(int number) {
    return prevailing(
            block ->
                UdfTag.id(block) == UdfTag.PARTITION
                    && block.u16(UdfLayout.PARTITION_NUMBER_OFFSET) == number)
        .orElse(null);
  }

  private Optional<Block> prevailing(Predicate<Block> wanted) {
    return blocks.stream()
        .filter(wanted)
        .reduce((kept, next) -> number(next) > number(kept) ? next : kept);
  }

  private static long number(Block block) {
    return block.u32(UdfLayout.SEQUENCE_NUMBER_OFFSET);
  }

  private List<Block> sequence(Sectors sectors, Part first)
      throws RefusalException, StorageException {
    List<Block> found = new ArrayList<>();
    Part part = first;
    long index = 0;
    for (int count = 0; index < part.lengthBytes / blockBytes; count++) {
      long location = part.location + index;
      Block block = count < MAX_BLOCKS ? sectors.read(location * blockBytes, blockBytes) : null;
      if (block == null) {
        throw new RefusalException(
            "the descriptors of UDF from block " + first.location + " on have no end");
      }
      if (ends(block, location)) {
        break;
      }
      index++;
      if (UdfTag.id(block) == UdfTag.POINTER) {
        part = Part.at(block, UdfLayout.NEXT_OFFSET);
        index = 0;
      } else {
        found.add(block);
      }
    }
    requireBoth(found, first.location);
    return found;
  }

  private static boolean ends(Block block, long location) throws RefusalException {
    if (block.blank(0, UdfTag.BYTES)) {
      return true;
    }
    String fault = UdfTag.fault(block, location);
    if (fault != null) {
      throw new RefusalException(
          "the descriptor of UDF in block " + location + " is damaged: " + fault);
    }
    return UdfTag.id(block) == UdfTag.TERMINATING;
  }

  private static void requireBoth(List<Block> found, long location) throws RefusalException {
    Set<Integer> ids = new LinkedHashSet<>();
    found.forEach(block -> ids.add(UdfTag.id(block)));
    if (!ids.contains(UdfTag.PRIMARY) || !ids.contains(UdfTag.LOGICAL_VOLUME)) {
      throw new RefusalException(
          "the descriptors of UDF from block " + location + " on are not complete");
    }
  }
}
