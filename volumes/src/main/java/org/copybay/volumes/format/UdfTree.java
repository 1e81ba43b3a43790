package org.copybay.volumes.format;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.copybay.volumes.Extent;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the directories of a volume of UDF. Streams of a file are data of that file; streams of a
 * directory or of the system, and what a symbolic link or a device has, are structure. One thread,
 * once.
 *
 * <pre>
 *   file set (ECMA-167, 4/14.1)          400 root 16, 448 next extent of file sets 16,
 *                                        464 directory of the streams of the system 16
 *   file identifier (4/14.4)             18 kind 1, 19 bytes of the name 1, 20 entry 16,
 *                                        36 bytes of implementation use 2, 38 that, the name,
 *                                        zeros to a multiple of 4
 * </pre>
 */
final class UdfTree {
  private static final int FILE_SET_EXTENT_OFFSET = 248;
  private static final int ROOT_OFFSET = 400;
  private static final int SYSTEM_STREAMS_OFFSET = 464;
  private static final int MAX_FILE_SETS = 64;

  private static final int IDENTIFIER_TAG = 257;
  private static final int IDENTIFIER_BYTES = 38;
  private static final int KIND_OFFSET = 18;
  private static final int DIRECTORY = 0x02;
  private static final int DELETED = 0x04;
  private static final int PARENT = 0x08;
  private static final int SIXTEEN_BITS = 16;

  private final UdfSpace space;
  private final FoundFiles found;
  private final Deque<Directory> open = new ArrayDeque<>();
  private final Set<Long> visited = new HashSet<>();

  /** Where directories are that an entry led to: each is read once, whatever leads there. */
  private final Set<UdfAddress> led = new HashSet<>();

  /** A directory to be read; in one of streams, the file that they belong to, or -1 for none. */
  private record Directory(String path, UdfAddress icb, boolean streams, int file) {}

  private UdfTree(UdfSpace space, FoundFiles found) {
    this.space = space;
    this.found = found;
  }

  /**
   * Reads the tree; false where the medium is none of UDF.
   *
   * @throws RefusalException where the descriptors of the volume are damaged
   */
  static boolean read(Sectors sectors, FoundFiles found) throws RefusalException, StorageException {
    if (!UdfAnchors.announced(sectors)) {
      return false;
    }
    List<Block> anchors = UdfAnchors.find(sectors);
    UdfVolume volume = UdfVolume.read(sectors, anchors);
    if (volume.logical().u32(UdfLayout.BLOCK_BYTES_OFFSET) != volume.blockBytes()) {
      throw FoundFiles.corrupt("the blocks of UDF have not the length of a sector");
    }
    UdfSpace space = new UdfSpace(sectors, found, volume);
    new UdfStructure(sectors, found, volume).take(anchors, space);
    new UdfTree(space, found).read(UdfAddress.at(volume.logical(), FILE_SET_EXTENT_OFFSET));
    found.endTree();
    return true;
  }

  private void read(UdfAddress fileSets) throws StorageException {
    fileSets(fileSets);
    while (!open.isEmpty()) {
      Directory directory = open.remove();
      UdfEntry entry = UdfEntry.read(space, found, directory.icb);
      if (visited.add(entry.offset())) {
        read(directory, entry);
      }
    }
  }

  private void fileSets(UdfAddress first) throws StorageException {
    UdfAddress extent = first;
    long index = 0;
    for (int count = 0; index < extent.bytes() / space.blockBytes(); count++) {
      if (index == 0) {
        takeAsStructure(space.extents(extent));
      }
      UdfAddress address =
          UdfAddress.of(space.blockBytes(), extent.block() + index, extent.reference());
      Block fileSet = space.read(address);
      if (!UdfTag.holds(fileSet, UdfTag.FILE_SET, address.block())) {
        if (count == 0) {
          throw FoundFiles.corrupt("the file set of UDF in " + first.place() + " is damaged");
        }
        return;
      }
      if (count == MAX_FILE_SETS) {
        throw FoundFiles.corrupt("the volume of UDF has more than " + count + " file sets");
      }
      open.add(new Directory("", UdfAddress.at(fileSet, ROOT_OFFSET), false, -1));
      streams("", UdfAddress.at(fileSet, SYSTEM_STREAMS_OFFSET), -1);
      UdfAddress next = UdfAddress.at(fileSet, UdfLayout.NEXT_FILE_SET_OFFSET);
      index = next.bytes() > 0 ? 0 : index + 1;
      extent = next.bytes() > 0 ? next : extent;
    }
  }

  private void streams(String path, @Nullable UdfAddress icb, int file) {
    if (icb != null && icb.bytes() > 0) {
      open.add(new Directory(path, icb, true, file));
    }
  }

  private void takeAsStructure(List<Extent> extents) throws StorageException {
    for (Extent extent : extents) {
      found.structure(extent.offset(), extent.length());
    }
  }

  private void read(Directory directory, UdfEntry entry) throws StorageException {
    int wanted = directory.streams ? UdfEntry.STREAM_DIRECTORY : UdfEntry.DIRECTORY;
    if (entry.type() != wanted) {
      throw FoundFiles.corrupt("in " + directory.icb.place() + " of UDF there is no directory");
    }
    entry.takeAsStructure();
    streams(directory.path, entry.streams(), -1);
    DirectoryBytes bytes = entry.directory();
    while (bytes.left() > 0) {
      found.entry();
      Block head = bytes.next(IDENTIFIER_BYTES);
      int used = head.u16(36) + head.u8(19);
      Block rest = bytes.next((IDENTIFIER_BYTES + used + 3) / 4 * 4 - IDENTIFIER_BYTES);
      Block whole = joined(head, rest);
      if (!UdfTag.holds(whole, IDENTIFIER_TAG, whole.u32(12))) {
        throw FoundFiles.corrupt(
            "the file identifier of UDF at byte " + head.offset() + " is damaged");
      }
      if ((head.u8(KIND_OFFSET) & (DELETED | PARENT)) == 0) {
        identified(directory, whole);
      }
    }
  }

  private static Block joined(Block head, Block rest) {
    byte[] bytes = new byte[head.length() + rest.length()];
    Block joined = new Block(head.offset(), bytes);
    joined.put(0, head.bytes(0, head.length()));
    joined.put(head.length(), rest.bytes(0, rest.length()));
    return joined;
  }

  private void identified(Directory directory, Block identifier) throws StorageException {
    UdfAddress icb = UdfAddress.at(identifier, 20);
    if (icb.bytes() == 0) {
      return;
    }
    String name = name(identifier.bytes(IDENTIFIER_BYTES + identifier.u16(36), identifier.u8(19)));
    if ((identifier.u8(KIND_OFFSET) & DIRECTORY) != 0 && !directory.streams) {
      if (led.add(icb)) {
        open.add(new Directory(found.directory(directory.path, name), icb, false, -1));
      }
      return;
    }
    UdfEntry entry = UdfEntry.read(space, found, icb);
    if (directory.streams && directory.file >= 0) {
      found.data(directory.file, entry.data());
    } else if (directory.streams || !entry.file()) {
      entry.takeAsStructure();
    } else {
      int file = found.file(directory.path, name, entry.bytes(), entry.data());
      streams(directory.path, entry.streams(), file);
    }
  }

  /** A name: 8 and characters of one byte, or 16 and characters of two, big-endian. */
  private static String name(byte[] field) {
    if (field.length == 0) {
      return "";
    }
    Charset charset =
        field[0] == SIXTEEN_BITS ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1;
    return new String(field, 1, field.length - 1, charset);
  }
}
