package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.copybay.volumes.StorageException;

/**
 * How a medium is recognized as one of UDF, and where its descriptors are found.
 *
 * <p>From byte 32768 on stand structures that name the standards the medium follows, NSR02 or NSR03
 * among them (ECMA-167, 2/8.3: Volume recognition sequence). Each begins a block of its own, or
 * 2048 bytes behind the one before where blocks are smaller. Anchors stand in at least two of the
 * blocks 256, N - 256 and N, the last one; while a medium is open, in 512 (OSTA UDF 2.2.3).
 */
final class UdfAnchors {
  private static final long RECOGNITION_OFFSET = 32768;
  private static final int MIN_STRUCTURE_BYTES = 2048;
  private static final int MAX_STRUCTURES = 64;
  private static final int MIN_BLOCK_BYTES = 512;
  private static final long FIRST = 256;
  private static final Set<String> NSR = Set.of("NSR02", "NSR03");
  private static final Set<String> OTHERS = Set.of("BEA01", "TEA01", "BOOT2", "CD001", "CDW02");

  private UdfAnchors() {}

  /**
   * Whether the medium says that it is one of UDF. Behind a descriptor of ISO 9660 the others stand
   * in its sectors, and farther off may be data of a file, which need not be readable.
   */
  static boolean announced(Sectors sectors) throws StorageException {
    Block first = sectors.read(RECOGNITION_OFFSET, MIN_STRUCTURE_BYTES);
    if (first != null && IsoLayout.standard(first)) {
      return announced(sectors, MIN_STRUCTURE_BYTES);
    }
    for (int step = MIN_STRUCTURE_BYTES; step <= Sectors.MAX_BYTES; step *= 2) {
      if (announced(sectors, step)) {
        return true;
      }
    }
    return false;
  }

  private static boolean announced(Sectors sectors, int step) throws StorageException {
    for (int i = 0; i < MAX_STRUCTURES; i++) {
      Block structure = sectors.read(RECOGNITION_OFFSET + (long) i * step, MIN_STRUCTURE_BYTES);
      if (structure == null) {
        return false;
      }
      if (NSR.stream().anyMatch(name -> structure.says(1, name))) {
        return true;
      }
      if (OTHERS.stream().noneMatch(name -> structure.says(1, name))) {
        return false;
      }
    }
    return false;
  }

  /**
   * The anchors of a medium, each a block in length. Where one may stand there may be data of a
   * file instead, so only the first has to be readable where there are others.
   *
   * @throws RefusalException where there is none
   */
  static List<Block> find(Sectors sectors) throws RefusalException, StorageException {
    StorageException unread = null;
    for (int blockBytes = MIN_BLOCK_BYTES; blockBytes <= Sectors.MAX_BYTES; blockBytes *= 2) {
      StorageException unreadFirst = null;
      long last = sectors.size() / blockBytes - 1;
      List<Block> found = new ArrayList<>();
      for (long location : new TreeSet<>(List.of(FIRST, 512L, last - 256, last))) {
        try {
          Block block = sectors.read(location * blockBytes, blockBytes);
          if (block != null && UdfTag.holds(block, UdfTag.ANCHOR, location)) {
            found.add(block);
          }
        } catch (StorageException e) {
          unread = e;
          unreadFirst = location == FIRST ? e : unreadFirst;
        }
      }
      if (!found.isEmpty() && unreadFirst != null) {
        throw unreadFirst;
      }
      if (!found.isEmpty()) {
        return found;
      }
    }
    if (unread != null) {
      throw unread;
    }
    throw new RefusalException(
        "the medium says that it is one of UDF, but it has no undamaged anchor");
  }
}
