package org.copybay.fs.transport.jnr;

import jnr.ffi.Pointer;
import jnr.ffi.Struct;
import org.copybay.fs.transport.AttrChange;
import org.copybay.fs.transport.FuseAttr;
import org.copybay.fs.transport.OpenReply;
import org.copybay.fs.transport.Statfs;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.FuseFileInfo;
import ru.serce.jnrfuse.struct.Statvfs;
import ru.serce.jnrfuse.struct.Timespec;

/** The structures of libfuse that answers are made of, and those that requests bring. */
final class Structs {

  /** The size of a request that suits every file. */
  private static final int NAME_MAX = 255;

  private static final long SECOND = 1_000_000_000L;
  private static final long UTIME_NOW = (1 << 30) - 1;
  private static final long UTIME_OMIT = (1 << 30) - 2;

  /** Where struct fuse_file_info has its bits, for which the binding has no setters. */
  private static final int FILE_BITS_OFFSET = 20;

  private static final int FILE_DIRECT_IO = 1;
  private static final int FILE_NON_SEEKABLE = 1 << 3;

  private Structs() {}

  static void put(FuseAttr attr, FileStat stat) {
    stat.st_ino.set(attr.ino());
    stat.st_mode.set(attr.mode());
    stat.st_nlink.set(attr.links());
    stat.st_uid.set(attr.uid());
    stat.st_gid.set(attr.gid());
    stat.st_size.set(attr.size());
    stat.st_blocks.set(attr.blocks());
    stat.st_blksize.set(attr.requestBytes());
    put(attr.accessNanos(), stat.st_atim);
    put(attr.modifyNanos(), stat.st_mtim);
    put(attr.changeNanos(), stat.st_ctim);
  }

  private static void put(long nanos, Timespec time) {
    time.tv_sec.set(Math.floorDiv(nanos, SECOND));
    time.tv_nsec.set(Math.floorMod(nanos, SECOND));
  }

  /** What utimens asks for: each time is that one, now, or left out. */
  static AttrChange times(Timespec access, Timespec modify) {
    return AttrChange.ofTimes(
        access.tv_nsec.longValue() != UTIME_OMIT,
        access.tv_nsec.longValue() == UTIME_NOW,
        nanos(access),
        modify.tv_nsec.longValue() != UTIME_OMIT,
        modify.tv_nsec.longValue() == UTIME_NOW,
        nanos(modify));
  }

  private static long nanos(Timespec time) {
    return AttrChange.nanos(time.tv_sec.longValue(), time.tv_nsec.intValue());
  }

  /**
   * Answers open: no file here is kept in the page cache, whatever the handler allows, because
   * nothing could tell the kernel of a change.
   */
  static void putOpen(long number, OpenReply reply, FuseFileInfo info) {
    info.fh.set(number);
    Pointer memory = Struct.getMemory(info);
    int bits = FILE_DIRECT_IO | (reply.seekable() ? 0 : FILE_NON_SEEKABLE);
    memory.putByte(FILE_BITS_OFFSET, (byte) (memory.getByte(FILE_BITS_OFFSET) | bits));
  }

  static void put(Statfs statfs, Statvfs out) {
    out.f_bsize.set(statfs.blockSize());
    out.f_frsize.set(statfs.blockSize());
    out.f_blocks.set(statfs.blocks());
    out.f_bfree.set(statfs.free());
    out.f_bavail.set(statfs.available());
    out.f_files.set(statfs.files());
    out.f_ffree.set(statfs.filesFree());
    out.f_namemax.set(NAME_MAX);
  }
}
