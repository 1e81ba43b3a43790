package org.copybay.volumes.format;

import java.time.Instant;
import java.util.Set;

/**
 * The descriptors of UDF in which the label of a volume stands, each one block behind a {@link
 * UdfTag}, little-endian. Offsets of the fields in bytes (ECMA-167, 3/10 and 4/14.1; OSTA UDF 2.2):
 *
 * <pre>
 *   primary volume       16 sequence number 4, 24 volume identifier 32, 376 recorded 12
 *   anchor               16 main sequence 8, 24 reserve sequence 8    (length 4, block 4)
 *   pointer              16 sequence number 4, 20 next part of the sequence 8
 *   implementation use   16 sequence number 4, 21 "*UDF LV Info", 116 logical volume identifier 128
 *   partition            16 sequence number 4, 22 number 2, 188 first block 4, 192 blocks 4
 *   logical volume       16 sequence number 4, 84 logical volume identifier 128, 212 block bytes 4,
 *                        248 file set (length 4, block 4, partition reference 2),
 *                        264 length of the maps 4, 268 number of maps 4, 440 maps
 *   file set             16 recorded 12, 112 logical volume identifier 128,
 *                        304 file set identifier 32, 448 length of the next extent 4
 * </pre>
 *
 * The volume set identifier (primary volume, 72) is no name of the volume but the identity of the
 * set, of which readers make the UUID: it stays.
 */
final class UdfLayout {
  static final int SEQUENCE_NUMBER_OFFSET = 16;

  static final int MAIN_OFFSET = 16;
  static final int RESERVE_OFFSET = 24;
  static final int NEXT_OFFSET = 20;

  static final int PARTITION_NUMBER_OFFSET = 22;
  static final int PARTITION_START_OFFSET = 188;
  static final int PARTITION_BLOCKS_OFFSET = 192;

  static final int BLOCK_BYTES_OFFSET = 212;
  static final int FILE_SET_LENGTH_OFFSET = 248;
  static final int FILE_SET_BLOCK_OFFSET = 252;
  static final int FILE_SET_REFERENCE_OFFSET = 256;
  static final int MAPS_LENGTH_OFFSET = 264;
  static final int MAPS_COUNT_OFFSET = 268;
  static final int MAPS_OFFSET = 440;

  static final int NEXT_FILE_SET_OFFSET = 448;

  /** The upper two bits of the length of an extent are its type. */
  static final long EXTENT_LENGTH_MASK = 0x3fff_ffffL;

  private static final int VOLUME_ID_OFFSET = 24;
  private static final int VOLUME_ID_BYTES = 32;
  private static final int VOLUME_RECORDED_OFFSET = 376;
  private static final int LOGICAL_VOLUME_ID_OFFSET = 84;
  private static final int LOGICAL_VOLUME_ID_BYTES = 128;
  private static final int LV_INFO_OFFSET = 21;
  private static final String LV_INFO = "*UDF LV Info";
  private static final int LV_INFO_ID_OFFSET = 116;
  private static final int FILE_SET_RECORDED_OFFSET = 16;
  private static final int FILE_SET_VOLUME_ID_OFFSET = 112;
  private static final int FILE_SET_ID_OFFSET = 304;
  private static final int FILE_SET_ID_BYTES = 32;

  private UdfLayout() {}

  /** The volume identifier of a primary volume descriptor. */
  static String volumeId(Block primary) {
    return UdfText.decode(primary.bytes(VOLUME_ID_OFFSET, VOLUME_ID_BYTES));
  }

  /** The logical volume identifier of a logical volume descriptor, which readers show as label. */
  static String logicalVolumeId(Block logical) {
    return UdfText.decode(logical.bytes(LOGICAL_VOLUME_ID_OFFSET, LOGICAL_VOLUME_ID_BYTES));
  }

  /** The field of the time at which a primary volume descriptor was recorded. */
  static byte[] recorded(Block primary) {
    return primary.bytes(VOLUME_RECORDED_OFFSET, UdfTime.BYTES);
  }

  /** Whether a descriptor has a part of the label, or is what leads to one. */
  static boolean labelled(Block block) {
    return switch (UdfTag.id(block)) {
      case UdfTag.PRIMARY, UdfTag.ANCHOR, UdfTag.LOGICAL_VOLUME, UdfTag.FILE_SET -> true;
      case UdfTag.IMPLEMENTATION_USE -> block.says(LV_INFO_OFFSET, LV_INFO);
      default -> false;
    };
  }

  /**
   * Writes identifier and time into a labelled descriptor and seals it. A file set identifier is
   * one more only where it repeats one of the old identifiers of the volume; else it names the
   * files, and stays.
   */
  static void relabel(Block block, String identifier, Instant created, Set<String> old) {
    switch (UdfTag.id(block)) {
      case UdfTag.PRIMARY -> {
        block.put(VOLUME_ID_OFFSET, UdfText.encode(identifier, VOLUME_ID_BYTES));
        block.put(VOLUME_RECORDED_OFFSET, UdfTime.encode(created));
      }
      case UdfTag.LOGICAL_VOLUME -> putLogicalVolumeId(block, LOGICAL_VOLUME_ID_OFFSET, identifier);
      case UdfTag.IMPLEMENTATION_USE -> putLogicalVolumeId(block, LV_INFO_ID_OFFSET, identifier);
      case UdfTag.FILE_SET -> {
        putLogicalVolumeId(block, FILE_SET_VOLUME_ID_OFFSET, identifier);
        block.put(FILE_SET_RECORDED_OFFSET, UdfTime.encode(created));
        if (old.contains(UdfText.decode(block.bytes(FILE_SET_ID_OFFSET, FILE_SET_ID_BYTES)))) {
          block.put(FILE_SET_ID_OFFSET, UdfText.encode(identifier, FILE_SET_ID_BYTES));
        }
      }
      default -> {
        return;
      }
    }
    UdfTag.seal(block);
  }

  private static void putLogicalVolumeId(Block block, int at, String identifier) {
    block.put(at, UdfText.encode(identifier, LOGICAL_VOLUME_ID_BYTES));
  }
}
