package org.copybay.volumes.format;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.copybay.volumes.StorageException;

/**
 * Whether a medium of ISO 9660 carries a checksum of its own bytes, the label with them, that a new
 * label makes wrong. Programs that check media write one into the application use of the primary
 * descriptor, as in "ISO MD5SUM = ...", "md5sum=..." or "sha256sum=..."; libisofs puts tags into
 * sectors of their own, the first of them behind the volume descriptors.
 */
final class IsoChecksum {
  private static final Pattern SUM = Pattern.compile("(?i)sum ?= ?[0-9a-f]{32}");
  private static final String TAG = "libisofs_sb_checksum_tag_v1";

  /** Where the tree of a medium begins at the earliest that has such a tag. */
  private static final long TREE_OFFSET = 32L * IsoLayout.SECTOR_BYTES;

  private IsoChecksum() {}

  /** Looks at the named descriptors and at what stands behind the last one of the set. */
  static boolean present(Sectors sectors, List<Block> named, long end) throws StorageException {
    for (Block sector : named) {
      byte[] use = sector.bytes(IsoLayout.APPLICATION_OFFSET, IsoLayout.APPLICATION_BYTES);
      if (SUM.matcher(new String(use, StandardCharsets.ISO_8859_1)).find()) {
        return true;
      }
    }
    for (long at = end; at <= TREE_OFFSET; at += IsoLayout.SECTOR_BYTES) {
      Block sector = sectors.read(at, IsoLayout.SECTOR_BYTES);
      if (sector != null && sector.says(0, TAG)) {
        return true;
      }
    }
    return false;
  }
}
