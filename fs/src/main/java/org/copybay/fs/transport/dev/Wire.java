package org.copybay.fs.transport.dev;

import java.nio.ByteBuffer;
import org.copybay.fs.transport.AttrReply;
import org.copybay.fs.transport.EntryReply;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Statfs;

/**
 * The structures of {@code linux/fuse.h} that answers are made of: lengths, and how each is written
 * into a little-endian buffer at an offset. Each method returns the length of what it wrote.
 */
final class Wire {

  static final int IN_HEADER = 40;
  static final int WRITE_IN = 40;
  static final int IOCTL_IN = 32;
  static final int OUT_HEADER = 16;
  static final int IOCTL_OUT = 16;
  static final int ATTR = 88;
  static final int ENTRY_OUT = 40 + ATTR;
  static final int ATTR_OUT = 16 + ATTR;
  static final int OPEN_OUT = 16;
  static final int DIRENT = 24;
  static final int NAME_MAX = 255;

  private static final int STATFS_OUT = 80;
  private static final long SECOND = 1_000_000_000L;

  private Wire() {}

  static int putAttr(ByteBuffer out, int at, FuseAttr attr) {
    out.putLong(at, attr.ino());
    out.putLong(at + 8, attr.size());
    out.putLong(at + 16, attr.blocks());
    putTime(out, at + 24, at + 48, attr.accessNanos());
    putTime(out, at + 32, at + 52, attr.modifyNanos());
    putTime(out, at + 40, at + 56, attr.changeNanos());
    out.putInt(at + 60, attr.mode());
    out.putInt(at + 64, attr.links());
    out.putInt(at + 68, attr.uid());
    out.putInt(at + 72, attr.gid());
    out.putInt(at + 76, 0); // rdev: there are no devices
    out.putInt(at + 80, attr.requestBytes());
    out.putInt(at + 84, 0); // flags
    return ATTR;
  }

  static int putEntry(ByteBuffer out, int at, EntryReply reply) {
    out.putLong(at, reply.node());
    out.putLong(at + 8, 0); // generation: no node number is used again
    putTime(out, at + 16, at + 32, reply.entryValidNanos());
    putTime(out, at + 24, at + 36, reply.attrValidNanos());
    putAttr(out, at + 40, reply.attr());
    return ENTRY_OUT;
  }

  static int putAttrReply(ByteBuffer out, int at, AttrReply reply) {
    putTime(out, at, at + 8, reply.attrValidNanos());
    out.putInt(at + 12, 0);
    putAttr(out, at + 16, reply.attr());
    return ATTR_OUT;
  }

  static int putOpen(ByteBuffer out, int at, OpenReply reply) {
    out.putLong(at, reply.handle());
    out.putInt(at + 8, reply.flags());
    out.putInt(at + 12, 0); // backing id
    return OPEN_OUT;
  }

  static int putStatfs(ByteBuffer out, int at, Statfs statfs) {
    out.putLong(at, statfs.blocks());
    out.putLong(at + 8, statfs.free());
    out.putLong(at + 16, statfs.available());
    out.putLong(at + 24, statfs.files());
    out.putLong(at + 32, statfs.filesFree());
    out.putInt(at + 40, statfs.blockSize());
    out.putInt(at + 44, NAME_MAX);
    out.putInt(at + 48, statfs.blockSize());
    for (int i = at + 52; i < at + STATFS_OUT; i += Integer.BYTES) {
      out.putInt(i, 0);
    }
    return STATFS_OUT;
  }

  /** Writes the header of a directory entry; its name goes behind it. */
  static void putDirent(
      ByteBuffer out, int at, long ino, long nextOffset, int nameLength, int mode) {
    out.putLong(at, ino);
    out.putLong(at + 8, nextOffset);
    out.putInt(at + 16, nameLength);
    out.putInt(at + 20, mode >>> 12 & 15);
  }

  /** The length of a directory entry with its name, as a multiple of 8. */
  static int direntLength(int nameLength) {
    return DIRENT + nameLength + 7 & -8;
  }

  private static void putTime(ByteBuffer out, int secondsAt, int nanosAt, long nanos) {
    out.putLong(secondsAt, Math.floorDiv(nanos, SECOND));
    out.putInt(nanosAt, (int) Math.floorMod(nanos, SECOND));
  }
}
