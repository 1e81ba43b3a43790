package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A partition map in a logical volume descriptor of UDF (ECMA-167, 3/10.7; OSTA UDF 2.2.8 to
 * 2.2.10), by which a partition reference becomes a partition:
 *
 * <pre>
 *   type 1       0 type 1, 1 length 1, 4 partition number 2
 *   type 2       0 type 1, 1 length 1, 5 name 23, 38 partition number 2
 *     sparable   40 blocks of a packet 2, 42 number of tables 1, 44 bytes of a table 4,
 *                48 first block of each table, up to 4 times 4
 *     metadata   40 block of the metadata file 4, 44 block of its mirror 4
 * </pre>
 *
 * @param kind what kind of map
 * @param logical the descriptor that it stands in
 * @param at where in it
 */
record UdfMap(Kind kind, Block logical, int at) {
  enum Kind {
    PLAIN,
    SPARABLE,
    METADATA,
    VIRTUAL
  }

  private static final int PLAIN_TYPE = 1;
  private static final int NAMED_TYPE = 2;
  private static final int PLAIN_BYTES = 6;
  private static final int NAMED_BYTES = 64;
  private static final int NAME_OFFSET = 5;

  /**
   * The maps of a logical volume descriptor.
   *
   * @throws RefusalException where they do not fit it or are of a kind that is not known
   */
  static List<UdfMap> read(Block logical) throws RefusalException {
    List<UdfMap> maps = new ArrayList<>();
    long end = UdfLayout.MAPS_OFFSET + logical.u32(UdfLayout.MAPS_LENGTH_OFFSET);
    int at = UdfLayout.MAPS_OFFSET;
    for (long i = 0; i < logical.u32(UdfLayout.MAPS_COUNT_OFFSET); i++) {
      int room = (int) Math.min(end, logical.length()) - at;
      Kind kind = room < PLAIN_BYTES ? null : kind(logical, at, room);
      if (kind == null) {
        throw new RefusalException("partition map " + i + " of UDF is damaged or not known here");
      }
      maps.add(new UdfMap(kind, logical, at));
      at += logical.u8(at + 1);
    }
    return maps;
  }

  private static @Nullable Kind kind(Block logical, int at, int room) {
    int type = logical.u8(at);
    int length = logical.u8(at + 1);
    if (type == PLAIN_TYPE && length == PLAIN_BYTES) {
      return Kind.PLAIN;
    }
    if (type != NAMED_TYPE || length != NAMED_BYTES || room < NAMED_BYTES) {
      return null;
    }
    if (logical.says(at + NAME_OFFSET, "*UDF Sparable Partition")) {
      return Kind.SPARABLE;
    }
    if (logical.says(at + NAME_OFFSET, "*UDF Metadata Partition")) {
      return Kind.METADATA;
    }
    return logical.says(at + NAME_OFFSET, "*UDF Virtual Partition") ? Kind.VIRTUAL : null;
  }

  int partitionNumber() {
    return logical.u16(at + (kind == Kind.PLAIN ? 4 : 38));
  }

  int packetBlocks() {
    return logical.u16(at + 40);
  }

  long tableBytes() {
    return logical.u32(at + 44);
  }

  /** Where the sparing tables begin, as blocks of the medium. */
  List<Long> tables() {
    List<Long> tables = new ArrayList<>();
    for (int i = 0; i < Math.min(logical.u8(at + 42), 4); i++) {
      tables.add(logical.u32(at + 48 + 4 * i));
    }
    return tables;
  }

  /** Where the metadata file and its mirror have their entries, as blocks of the partition. */
  List<Long> metadataFiles() {
    return List.of(logical.u32(at + 40), logical.u32(at + 44));
  }
}
