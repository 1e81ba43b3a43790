package org.copybay.volumes.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.copybay.volumes.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The entries that Rock Ridge (IEEE P1282) keeps in the system use fields of directory records by
 * the System Use Sharing Protocol (IEEE P1281), and in the continuation areas that they name. An
 * entry is a signature of 2 characters, its length 1, a version 1, and:
 *
 * <pre>
 *   SP   4 0xbe 0xef, 6 bytes to skip 1    in the first record of the root: the protocol is in use
 *   CE   4 block 8, 12 offset 8, 20 length 8                       a continuation area
 *   ST                                                             no entries follow
 *   NM   4 flags 1 (1 continues, 2 and 4 stand for . and ..), 5 part of the name
 *   PX   4 mode of the file 8
 *   CL   4 block 8                         a directory that was moved from here to lie less deep
 *   RE                                     it was moved to here
 * </pre>
 */
final class RockRidge {
  private static final int HEAD_BYTES = 4;
  private static final int NAME_FLAGS_MASK = 6;
  private static final int MODE_MASK = 0xf000;
  private static final int REGULAR_FILE = 0x8000;
  private static final int XA_BYTES = 14;

  /** A record has an area or two; names and links of any use fit into that many. */
  private static final int MAX_AREAS = 64;

  private final Sectors sectors;
  private final FoundFiles found;
  private final int blockBytes;
  private final int skipped;

  private RockRidge(Sectors sectors, FoundFiles found, int blockBytes, int skipped) {
    this.sectors = sectors;
    this.found = found;
    this.blockBytes = blockBytes;
    this.skipped = skipped;
  }

  /**
   * What the entries of a record say.
   *
   * @param name the name, or null where there is none
   * @param child the block of the directory that was moved from here, or -1
   * @param moved whether the directory was moved to here
   * @param special whether it is a link, a device or the like, which has no data
   */
  record Entries(@Nullable String name, long child, boolean moved, boolean special) {
    static final Entries NONE = new Entries(null, -1, false, false);
  }

  /** Reads entries where the first record of the root says that there are some, else null. */
  static @Nullable RockRidge of(IsoRecord root, Sectors sectors, FoundFiles found, int blockBytes) {
    Block use = root.systemUse();
    for (int at : new int[] {0, XA_BYTES}) {
      if (use.length() >= at + 7 && use.says(at, "SP\7\1\u00be\u00ef")) {
        return new RockRidge(sectors, found, blockBytes, use.u8(at + 6));
      }
    }
    return null;
  }

  /** Reads the entries of a record; the continuation areas are structure. */
  Entries read(IsoRecord record) throws StorageException {
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    Entries entries = Entries.NONE;
    Block area = record.systemUse();
    int at = skipped;
    for (int areas = 0; area != null; areas++) {
      if (areas > MAX_AREAS) {
        throw FoundFiles.corrupt(
            "the continuation areas at byte " + area.offset() + " of ISO 9660 have no end");
      }
      Block next = null;
      for (; at + HEAD_BYTES <= area.length(); at += area.u8(at + 2)) {
        int length = area.u8(at + 2);
        if (length < HEAD_BYTES || at + length > area.length() || area.says(at, "ST")) {
          break;
        }
        if (area.says(at, "CE") && length >= 28) {
          next = continuation(area, at);
        } else if (area.says(at, "NM") && length > 5 && (area.u8(at + 4) & NAME_FLAGS_MASK) == 0) {
          name.writeBytes(area.bytes(at + 5, length - 5));
        } else {
          entries = with(entries, area, at, length);
        }
      }
      area = next;
      at = 0;
    }
    return name.size() == 0
        ? entries
        : new Entries(text(name.toByteArray()), entries.child, entries.moved, entries.special);
  }

  private static Entries with(Entries so, Block area, int at, int length) {
    if (area.says(at, "CL") && length >= 12) {
      return new Entries(so.name, area.u32(at + 4), so.moved, so.special);
    }
    if (area.says(at, "RE")) {
      return new Entries(so.name, so.child, true, so.special);
    }
    if (area.says(at, "PX") && length >= 12) {
      long type = area.u32(at + 4) & MODE_MASK;
      return new Entries(so.name, so.child, so.moved, type != 0 && type != REGULAR_FILE);
    }
    return so;
  }

  private Block continuation(Block area, int at) throws StorageException {
    long block = area.u32(at + 4);
    long offset = block * blockBytes + area.u32(at + 12);
    long length = area.u32(at + 20);
    Block next = length > Sectors.MAX_BYTES ? null : sectors.read(offset, (int) length);
    if (next == null) {
      throw FoundFiles.corrupt(
          "the continuation area of ISO 9660 in block " + block + " lies outside of the medium");
    }
    long first = offset / IsoLayout.SECTOR_BYTES * IsoLayout.SECTOR_BYTES;
    long end = (offset + length + IsoLayout.SECTOR_BYTES - 1) / IsoLayout.SECTOR_BYTES;
    found.structure(first, end * IsoLayout.SECTOR_BYTES - first);
    return next;
  }

  /** Names have no declared character set: UTF-8 where they are that, else Latin-1. */
  private static String text(byte[] name) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      return new String(name, StandardCharsets.ISO_8859_1);
    }
  }
}
