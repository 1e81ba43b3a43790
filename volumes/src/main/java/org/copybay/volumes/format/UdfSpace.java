package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.copybay.volumes.Extent;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;

/**
 * Where the extents of a volume of UDF lie on the medium: by the map of their partition, in a
 * metadata file or in spare packets. One thread.
 */
final class UdfSpace {
  /*
   * A sparing table is drawn in UdfPartitions. Of the originals those from 0xfffffff0 on stand for
   * no packet. The metadata map has, behind the two files, the entry of its bitmap at 48, or
   * 0xffffffff (OSTA UDF 2.2.10).
   */
  private static final String SPARING_TABLE = "*UDF Sparing Table";
  private static final int SPARING_NAME_OFFSET = 17;
  private static final int SPARING_COUNT_OFFSET = 48;
  private static final int SPARING_ENTRIES_OFFSET = 56;
  private static final int SPARING_ENTRY_BYTES = 8;
  private static final long NO_PACKET = 0xffff_fff0L;
  private static final int METADATA_BITMAP_OFFSET = 48;
  private static final long NO_FILE = 0xffff_ffffL;

  private final Sectors sectors;
  private final FoundFiles found;
  private final UdfVolume volume;
  private final List<UdfMap> maps;

  /** For the number of a partition: the blocks of the medium by the packets that lie elsewhere. */
  private final Map<Integer, Spare> spares = new HashMap<>();

  /** For the index of a metadata map: the extents of its file by the offset in the file. */
  private final Map<Integer, NavigableMap<Long, Extent>> metadata = new HashMap<>();

  private record Spare(int packetBlocks, NavigableMap<Long, Long> packets) {}

  /**
   * Reads the maps with what they need.
   *
   * @throws StorageException UNSUPPORTED for a virtual partition; CORRUPT, STORE_FAILED
   */
  UdfSpace(Sectors sectors, FoundFiles found, UdfVolume volume)
      throws RefusalException, StorageException {
    this.sectors = sectors;
    this.found = found;
    this.volume = volume;
    maps = UdfMap.read(volume.logical());
    for (UdfMap map : maps) {
      if (map.kind() == UdfMap.Kind.VIRTUAL) {
        throw new StorageException(
            Fault.UNSUPPORTED,
            "directories of UDF with a virtual allocation table are not read here");
      }
      if (map.kind() == UdfMap.Kind.SPARABLE) {
        spares.put(map.partitionNumber(), spare(map));
      }
    }
    for (int i = 0; i < maps.size(); i++) {
      if (maps.get(i).kind() == UdfMap.Kind.METADATA) {
        metadata(i, maps.get(i));
      }
    }
  }

  int blockBytes() {
    return volume.blockBytes();
  }

  Sectors sectors() {
    return sectors;
  }

  /** The extents on the medium, in the order of the bytes, in whole blocks. CORRUPT. */
  List<Extent> extents(UdfAddress address) throws StorageException {
    long blocks = (address.bytes() + blockBytes() - 1) / blockBytes();
    if (address.reference() >= maps.size()) {
      throw FoundFiles.corrupt(address.place() + " of UDF is in no partition");
    }
    UdfMap map = maps.get(address.reference());
    if (map.kind() != UdfMap.Kind.METADATA) {
      return physical(map.partitionNumber(), address.block(), blocks);
    }
    return inMetadata(address, blocks * blockBytes());
  }

  private List<Extent> inMetadata(UdfAddress address, long bytes) throws StorageException {
    NavigableMap<Long, Extent> file = metadata.getOrDefault(address.reference(), new TreeMap<>());
    List<Extent> extents = new ArrayList<>();
    long at = address.block() * blockBytes();
    long end = at + bytes;
    while (at < end) {
      Map.Entry<Long, Extent> part = file.floorEntry(at);
      long skip = part == null ? 0 : at - part.getKey();
      if (part == null || skip >= part.getValue().length()) {
        throw FoundFiles.corrupt(address.place() + " of UDF lies outside of the metadata file");
      }
      long length = Math.min(part.getValue().length() - skip, end - at);
      extents.add(new Extent(part.getValue().offset() + skip, length));
      at += length;
    }
    return extents;
  }

  /** One block. CORRUPT also where it does not lie in the medium. */
  Block read(UdfAddress address) throws StorageException {
    UdfAddress one = UdfAddress.of(blockBytes(), address.block(), address.reference());
    return read(extents(one).get(0).offset(), one.place());
  }

  private Block read(long offset, String place) throws StorageException {
    Block block = sectors.read(offset, blockBytes());
    if (block == null) {
      throw FoundFiles.corrupt(place + " of UDF lies outside of the medium");
    }
    return block;
  }

  /** Extents of the partition with that number. */
  List<Extent> physical(int number, long first, long blocks) throws StorageException {
    Block partition = volume.partition(number);
    if (partition == null) {
      throw FoundFiles.corrupt("partition " + number + " of UDF has no descriptor");
    }
    long start = partition.u32(UdfLayout.PARTITION_START_OFFSET);
    Spare spare = spares.get(number);
    List<Extent> extents = new ArrayList<>();
    long at = first;
    long end = first + blocks;
    if (spare != null) {
      long packet = first - first % spare.packetBlocks;
      for (Map.Entry<Long, Long> moved : spare.packets.subMap(packet, end).entrySet()) {
        long from = Math.max(moved.getKey(), at);
        long to = Math.min(moved.getKey() + spare.packetBlocks, end);
        add(extents, start + at, from - at);
        add(extents, moved.getValue() + from - moved.getKey(), to - from);
        at = to;
      }
    }
    add(extents, start + at, end - at);
    return extents;
  }

  private void add(List<Extent> extents, long block, long blocks) {
    if (blocks > 0) {
      extents.add(new Extent(block * blockBytes(), blocks * blockBytes()));
    }
  }

  private Spare spare(UdfMap map) throws StorageException {
    Block table = null;
    for (long location : map.tables()) {
      long offset = location * blockBytes();
      long blocks = (map.tableBytes() + blockBytes() - 1) / blockBytes();
      found.structure(offset, blocks * blockBytes());
      Block head = read(offset, "sparing table " + location);
      if (table == null && head.says(SPARING_NAME_OFFSET, SPARING_TABLE)) {
        table = head;
      }
    }
    if (table == null || map.packetBlocks() == 0) {
      throw FoundFiles.corrupt("the sparing tables of UDF are damaged");
    }
    TreeMap<Long, Long> packets = new TreeMap<>();
    long end =
        SPARING_ENTRIES_OFFSET + (long) table.u16(SPARING_COUNT_OFFSET) * SPARING_ENTRY_BYTES;
    Block block = table;
    for (long at = SPARING_ENTRIES_OFFSET; at < end; at += SPARING_ENTRY_BYTES) {
      int in = (int) (at % blockBytes());
      block = in == 0 ? read(table.offset() + at, "a sparing table") : block;
      if (block.u32(in) < NO_PACKET) {
        packets.put(block.u32(in), block.u32(in + 4));
      }
    }
    return new Spare(map.packetBlocks(), packets);
  }

  /** The files are structure as a whole; the first of them tells where metadata lies. */
  private void metadata(int index, UdfMap map) throws StorageException {
    int physical = -1;
    for (int i = 0; i < maps.size(); i++) {
      UdfMap other = maps.get(i);
      if (other.kind() != UdfMap.Kind.METADATA
          && other.partitionNumber() == map.partitionNumber()) {
        physical = i;
      }
    }
    List<Long> files = new ArrayList<>(map.metadataFiles());
    files.add(map.logical().u32(map.at() + METADATA_BITMAP_OFFSET));
    for (long file : files) {
      if (file != NO_FILE) {
        UdfAddress icb = UdfAddress.of(blockBytes(), file, Math.max(physical, 0));
        UdfEntry entry = UdfEntry.read(this, found, icb);
        entry.takeAsStructure();
        metadata.putIfAbsent(index, byOffset(entry.data()));
      }
    }
  }

  private static NavigableMap<Long, Extent> byOffset(List<Extent> extents) {
    NavigableMap<Long, Extent> file = new TreeMap<>();
    long at = 0;
    for (Extent extent : extents) {
      file.put(at, extent);
      at += extent.length();
    }
    return file;
  }
}
