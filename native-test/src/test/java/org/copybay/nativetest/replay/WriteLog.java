package org.copybay.nativetest.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The log of a disk in the format of dm-log-writes: a superblock of one sector, then each request
 * in the order in which it was done, as one sector of header (little-endian: sector of the disk,
 * count of sectors, flags, length of other data; 8 bytes each) and its data.
 */
final class WriteLog implements AutoCloseable {
  private static final int SECTOR = 512;
  private static final long MAGIC = 0x6a73_6677_736872L;
  private static final long FLUSH = 1;
  private static final long FUA = 2;
  private static final long DISCARD = 4;
  private static final long MARK = 8;

  private final FileChannel channel;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * One request.
   *
   * @param flush all before it is on the disk for sure
   * @param durable it is on the disk itself for sure
   * @param diskOffset where it wrote, in bytes
   * @param length how much it wrote, in bytes; 0 for a flush alone
   * @param dataOffset where its bytes lie in the log
   * @param end the length of the log behind it
   */
  record Entry(
      boolean flush, boolean durable, long diskOffset, int length, long dataOffset, long end) {

    boolean writes() {
      return length > 0;
    }
  }

  private WriteLog(FileChannel channel) {
    this.channel = channel;
  }

  /** Reads the entries of the log up to that length of it. */
  static WriteLog open(Path file, long length) throws IOException {
    WriteLog log = new WriteLog(FileChannel.open(file, StandardOpenOption.READ));
    boolean read = false;
    try {
      log.readEntries(length);
      read = true;
      return log;
    } finally {
      if (!read) {
        log.close();
      }
    }
  }

  private void readEntries(long length) throws IOException {
    ByteBuffer header = read(0, SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    if (header.getLong(0) != MAGIC || header.getInt(24) != SECTOR) {
      throw new IOException("no write log of sectors of 512 bytes");
    }
    for (long at = SECTOR; at < length; ) {
      header = read(at, SECTOR).order(ByteOrder.LITTLE_ENDIAN);
      long flags = header.getLong(16);
      if ((flags & (DISCARD | MARK)) != 0) {
        // The file system is mounted without discard, and nobody sets marks.
        throw new IOException("unexpected entry in the log: offset=" + at + " flags=" + flags);
      }
      int bytes = Math.toIntExact(header.getLong(8) * SECTOR);
      long end = at + SECTOR + bytes;
      entries.add(
          new Entry(
              (flags & FLUSH) != 0,
              (flags & FUA) != 0,
              header.getLong(0) * SECTOR,
              bytes,
              at + SECTOR,
              end));
      at = end;
    }
  }

  List<Entry> entries() {
    return entries;
  }

  /** The bytes that an entry wrote. */
  ByteBuffer data(Entry entry) throws IOException {
    return read(entry.dataOffset, entry.length);
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new IOException("the log ends early: offset=" + offset + " length=" + length);
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
