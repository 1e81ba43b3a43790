package org.copybay.volumes.format;

import java.util.ArrayList;
import java.util.List;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The entry of a file or a directory of UDF with the extents of its data. One thread.
 *
 * <pre>
 *                      strategy  type  flags  bytes  attribute  stream     bytes of the   extents  attributes,
 *                                             of it  entry      directory  attributes              extents
 *   file entry           20       27    34     56      112         -          168           172       176
 *   extended             20       27    34     56      136        152         208           212       216
 * </pre>
 *
 * (ECMA-167, 4/14.6, 4/14.9 and 4/14.17.) The lower 3 bits of the flags tell the descriptors of the
 * extents: short with 8 bytes, long with 16, extended with 20, or none, where the data stands in
 * their place. One of another type leads to a block with more of them: 20 length of them 4, 24
 * descriptors (4/14.5). With strategy 4096 the block behind an entry may hold an indirect entry, 36
 * the place of the entry that supersedes it (4/14.7).
 */
final class UdfEntry {
  static final int UNSPECIFIED = 0;
  static final int DIRECTORY = 4;
  static final int REGULAR_FILE = 5;
  static final int STREAM_DIRECTORY = 13;
  static final int REAL_TIME_FILE = 249;

  private static final int INDIRECT_TAG = 259;
  private static final int EXTENTS_TAG = 258;
  private static final int STRATEGY_OFFSET = 20;
  private static final int SUPERSEDED = 4096;

  /** Each change of a file on a medium that is written once adds one. */
  private static final int MAX_SUPERSEDING = 65_536;

  private static final int INDIRECT_OFFSET = 36;
  private static final int TYPE_OFFSET = 27;
  private static final int FLAGS_OFFSET = 34;
  private static final int BYTES_OFFSET = 56;
  private static final int MORE_BYTES_OFFSET = 20;
  private static final int MORE_OFFSET = 24;
  private static final int SHORT = 0;
  private static final int LONG = 1;
  private static final int EXTENDED = 2;
  private static final int EMBEDDED = 3;

  private final UdfSpace space;
  private final FoundFiles found;
  private final UdfAddress icb;
  private final Block block;
  private final boolean extended;
  private final List<Extent> data = new ArrayList<>();
  private boolean holes;

  private UdfEntry(UdfSpace space, FoundFiles found, UdfAddress icb, Block block)
      throws StorageException {
    this.space = space;
    this.found = found;
    this.icb = icb;
    this.block = block;
    extended = UdfTag.holds(block, UdfTag.EXTENDED_FILE_ENTRY, icb.block());
    if (!extended && !UdfTag.holds(block, UdfTag.FILE_ENTRY, icb.block())) {
      throw FoundFiles.corrupt("the file entry of UDF in " + icb.place() + " is damaged");
    }
  }

  /** Reads the entry that prevails at a place; all blocks on the way are structure. */
  static UdfEntry read(UdfSpace space, FoundFiles found, UdfAddress place) throws StorageException {
    UdfAddress icb = place;
    UdfEntry entry = new UdfEntry(space, found, icb, space.read(icb));
    entry.takeBlocks(icb);
    int count = 0;
    for (UdfAddress next = entry.superseding(); next != null; next = entry.superseding()) {
      if (++count > MAX_SUPERSEDING) {
        throw FoundFiles.corrupt(
            "the entries of UDF that supersede " + place.place() + " have no end");
      }
      Block block = space.read(next);
      if (block.blank(0, UdfTag.BYTES)) {
        break;
      }
      found.entry();
      entry = new UdfEntry(space, found, next, block);
      entry.takeBlocks(next);
    }
    entry.readExtents();
    entry.readAttributes();
    return entry;
  }

  private @Nullable UdfAddress superseding() throws StorageException {
    if (block.u16(STRATEGY_OFFSET) != SUPERSEDED || icb.bytes() < 2L * space.blockBytes()) {
      return null;
    }
    UdfAddress behind = UdfAddress.of(space.blockBytes(), icb.block() + 1, icb.reference());
    Block next = space.read(behind);
    if (!UdfTag.holds(next, INDIRECT_TAG, behind.block())) {
      return null;
    }
    UdfAddress address = UdfAddress.at(next, INDIRECT_OFFSET);
    return address.bytes() == 0 ? null : address;
  }

  private void takeBlocks(UdfAddress address) throws StorageException {
    for (Extent extent : space.extents(address)) {
      found.structure(extent.offset(), extent.length());
    }
  }

  private void readAttributes() throws StorageException {
    UdfAddress attributes = UdfAddress.at(block, extended ? 136 : 112);
    if (attributes.bytes() > 0) {
      UdfEntry entry = new UdfEntry(space, found, attributes, space.read(attributes));
      entry.takeBlocks(attributes);
      entry.readExtents();
      entry.takeAsStructure();
    }
  }

  int type() {
    return block.u8(TYPE_OFFSET);
  }

  /** Whether it is a file with data, not a link, a device or the like. */
  boolean file() {
    return type() == UNSPECIFIED || type() == REGULAR_FILE || type() == REAL_TIME_FILE;
  }

  /** How long the file is. CORRUPT where that is no length. */
  long bytes() throws StorageException {
    long upper = block.u32(BYTES_OFFSET + 4);
    if (upper > Integer.MAX_VALUE) {
      throw FoundFiles.corrupt("the file of UDF in " + icb.place() + " has no length");
    }
    return upper << 32 | block.u32(BYTES_OFFSET);
  }

  /** The place of the entry of the directory of its streams, or null. */
  @Nullable UdfAddress streams() {
    UdfAddress streams = extended ? UdfAddress.at(block, 152) : null;
    return streams == null || streams.bytes() == 0 ? null : streams;
  }

  /** The extents with recorded data, in their order; none where the data is in the entry. */
  List<Extent> data() {
    return data;
  }

  /** What identifies the entry: where it lies. */
  long offset() {
    return block.offset();
  }

  void takeAsStructure() throws StorageException {
    for (Extent extent : data) {
      found.structure(extent.offset(), extent.length());
    }
  }

  /** The bytes of a directory. CORRUPT where some are not recorded. */
  DirectoryBytes directory() throws StorageException {
    List<Extent> extents = data;
    if (kind() == EMBEDDED) {
      extents = List.of(new Extent(block.offset() + first(), descriptorBytes()));
    }
    DirectoryBytes bytes = new DirectoryBytes(space.sectors(), extents, bytes());
    if (holes || bytes.left() < bytes()) {
      throw FoundFiles.corrupt("the directory of UDF in " + icb.place() + " is not complete");
    }
    found.directory(bytes());
    return bytes;
  }

  private int kind() {
    return block.u16(FLAGS_OFFSET) & 7;
  }

  /** Where the descriptors of the extents begin. CORRUPT where they do not fit. */
  private int first() throws StorageException {
    int attributes = extended ? 216 : 176;
    long first = attributes + block.u32(attributes - 8);
    if (first + descriptorBytes() > block.length()) {
      throw FoundFiles.corrupt("the file entry of UDF in " + icb.place() + " is too long");
    }
    return (int) first;
  }

  private long descriptorBytes() {
    return block.u32(extended ? 212 : 172);
  }

  private void readExtents() throws StorageException {
    if (kind() == EMBEDDED) {
      return;
    }
    int length =
        switch (kind()) {
          case SHORT -> 8;
          case LONG -> 16;
          case EXTENDED -> 20;
          default ->
              throw FoundFiles.corrupt(
                  "the extents of the file entry of UDF in " + icb.place() + " are not known here");
        };
    Block list = block;
    int at = first();
    long end = at + descriptorBytes();
    while (at + length <= end) {
      UdfAddress address = address(list, at);
      if (address.bytes() == 0) {
        return;
      }
      found.descriptor();
      at += length;
      if (address.type() == UdfAddress.CONTINUATION) {
        list = more(address);
        at = MORE_OFFSET;
        end = MORE_OFFSET + list.u32(MORE_BYTES_OFFSET);
      } else if (address.type() == UdfAddress.RECORDED) {
        for (Extent extent : space.extents(address)) {
          found.descriptor();
          data.add(extent);
        }
      } else {
        holes = true;
      }
    }
  }

  private UdfAddress address(Block list, int at) {
    return switch (kind()) {
      case SHORT -> UdfAddress.of(list.u32(at), list.u32(at + 4), icb.reference());
      case LONG -> UdfAddress.at(list, at);
      default -> UdfAddress.of(list.u32(at), list.u32(at + 12), list.u16(at + 16));
    };
  }

  private Block more(UdfAddress address) throws StorageException {
    takeBlocks(address);
    Block list = space.read(address);
    if (!UdfTag.holds(list, EXTENTS_TAG, address.block())
        || MORE_OFFSET + list.u32(MORE_BYTES_OFFSET) > list.length()) {
      throw FoundFiles.corrupt("the extents of UDF in " + address.place() + " are damaged");
    }
    return list;
  }
}
