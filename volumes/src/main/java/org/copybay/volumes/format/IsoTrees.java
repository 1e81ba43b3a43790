package org.copybay.volumes.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.StorageException;

/**
 * Reads the volume descriptors of ISO 9660 and the tree below each. Structure is, beside the
 * directories: the descriptors, the path tables, the first sector of the catalogue of El Torito,
 * and the sectors before the descriptors where they hold a partition table. Of a medium with
 * several sessions it is the set at sector 16, as for {@link IsoLabel}.
 *
 * <pre>
 *   primary, supplementary   128 block bytes 4, 132 bytes of a path table 8, 140 path tables 4 and
 *                            4 little-endian, 148 path tables 4 and 4 big-endian, 156 root 34
 *   boot record              7 "EL TORITO SPECIFICATION", 71 sector of the catalogue 4
 * </pre>
 */
final class IsoTrees {
  private static final int MAX_DESCRIPTORS = 64;
  private static final int BOOT_RECORD = 0;
  private static final String EL_TORITO = "EL TORITO SPECIFICATION";
  private static final int CATALOGUE_OFFSET = 71;
  private static final int BLOCK_BYTES_OFFSET = 128;
  private static final int TABLE_BYTES_OFFSET = 132;
  private static final int TABLES_OFFSET = 140;
  private static final int TABLES_BIG_ENDIAN_OFFSET = 148;
  private static final int ROOT_OFFSET = 156;
  private static final int PARTITION_BYTES = 512;

  private final Sectors sectors;
  private final FoundFiles found;

  private IsoTrees(Sectors sectors, FoundFiles found) {
    this.sectors = sectors;
    this.found = found;
  }

  /** Reads the trees; false where the medium is none of ISO 9660. STORE_FAILED, CORRUPT. */
  static boolean read(Sectors sectors, FoundFiles found) throws StorageException {
    return new IsoTrees(sectors, found).read();
  }

  private boolean read() throws StorageException {
    List<Block> descriptors = descriptors();
    if (descriptors.isEmpty()) {
      return false;
    }
    systemArea();
    List<Block> named = new ArrayList<>();
    for (Block descriptor : descriptors) {
      found.structure(descriptor.offset(), descriptor.length());
      if (IsoLayout.named(descriptor)) {
        named.add(descriptor);
        pathTables(descriptor);
      } else if (IsoLayout.type(descriptor) == BOOT_RECORD && descriptor.says(7, EL_TORITO)) {
        found.structure(
            descriptor.u32(CATALOGUE_OFFSET) * IsoLayout.SECTOR_BYTES, IsoLayout.SECTOR_BYTES);
      }
    }
    if (named.stream().noneMatch(d -> IsoLayout.type(d) == IsoLayout.PRIMARY)) {
      throw FoundFiles.corrupt("the primary volume descriptor of ISO 9660 is missing");
    }
    named.sort(Comparator.comparingInt(IsoTrees::rank));
    Set<Long> roots = new HashSet<>();
    for (Block descriptor : named) {
      IsoRecord root = IsoRecord.at(descriptor, ROOT_OFFSET);
      if (roots.add(root.data(blockBytes(descriptor)).offset())) {
        new IsoTree(sectors, found, blockBytes(descriptor), charset(descriptor)).read(root);
        found.endTree();
      }
    }
    return true;
  }

  /** The set with its terminator, where it has one. */
  private List<Block> descriptors() throws StorageException {
    List<Block> descriptors = new ArrayList<>();
    for (int i = 0; i < MAX_DESCRIPTORS; i++) {
      long offset = IsoLayout.FIRST_OFFSET + (long) i * IsoLayout.SECTOR_BYTES;
      Block sector = sectors.read(offset, IsoLayout.SECTOR_BYTES);
      if (sector == null || !IsoLayout.standard(sector)) {
        return descriptors;
      }
      descriptors.add(sector);
      if (IsoLayout.type(sector) == IsoLayout.TERMINATOR) {
        return descriptors;
      }
    }
    throw FoundFiles.corrupt(
        "the volume descriptors of ISO 9660 have no end within " + MAX_DESCRIPTORS);
  }

  /** The names of Joliet are wanted first, those of unknown character sets last. */
  private static int rank(Block descriptor) {
    if (IsoLayout.joliet(descriptor)) {
      return 0;
    }
    return IsoLayout.type(descriptor) == IsoLayout.PRIMARY ? 1 : 2;
  }

  private static Charset charset(Block descriptor) {
    return IsoLayout.joliet(descriptor) ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
  }

  private static int blockBytes(Block descriptor) throws StorageException {
    int bytes = descriptor.u16(BLOCK_BYTES_OFFSET);
    if (bytes < 512 || bytes > IsoLayout.SECTOR_BYTES || Integer.bitCount(bytes) != 1) {
      throw FoundFiles.corrupt("the blocks of ISO 9660 have " + bytes + " bytes");
    }
    return bytes;
  }

  private void pathTables(Block descriptor) throws StorageException {
    long bytes = descriptor.u32(TABLE_BYTES_OFFSET);
    for (int i = 0; i < 2; i++) {
      pathTable(descriptor, descriptor.u32(TABLES_OFFSET + 4 * i), bytes);
      int bigEndian = (int) descriptor.u32(TABLES_BIG_ENDIAN_OFFSET + 4 * i);
      pathTable(descriptor, Integer.reverseBytes(bigEndian) & 0xffff_ffffL, bytes);
    }
  }

  private void pathTable(Block descriptor, long block, long bytes) throws StorageException {
    if (block > 0) {
      int blockBytes = blockBytes(descriptor);
      long blocks = (bytes + blockBytes - 1) / blockBytes;
      found.structure(block * blockBytes, blocks * blockBytes);
    }
  }

  /** A partition table in the first sectors makes them structure; else readers skip them. */
  private void systemArea() throws StorageException {
    Block first = sectors.read(0, 2 * PARTITION_BYTES);
    if (first != null
        && (first.says(PARTITION_BYTES - 2, "U\u00aa")
            || first.says(PARTITION_BYTES, "EFI PART")
            || first.says(PARTITION_BYTES, "PM"))) {
      found.structure(0, IsoLayout.FIRST_OFFSET);
    }
  }
}
