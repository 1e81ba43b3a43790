package org.copybay.nativetest.replay;

import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.copybay.nativetest.Shell;

/**
 * Builds what the disk held at one cut after another. One image goes forward with the flushes; the
 * entries behind the last flush are applied to a copy of it.
 */
final class DiskStates {
  private static final int SECTOR = 512;

  private final WriteLog log;
  private final Path flushed;
  private int flushedEntries;

  /** The image is the disk as it was before the log, and is changed. */
  DiskStates(WriteLog log, Path image) {
    this.log = log;
    this.flushed = image;
  }

  /** Makes an image of the cut. The cuts must come in their order. */
  void build(Cut cut, Path image) throws IOException {
    List<WriteLog.Entry> entries = log.entries().subList(0, cut.entries());
    int behindFlush = entries.size();
    while (behindFlush > flushedEntries && !entries.get(behindFlush - 1).flush()) {
      behindFlush--;
    }
    // An entry may flush first and then write: then its own bytes are not flushed yet.
    int lastFlush = Math.max(flushedEntries, behindFlush - 1);
    try (FileChannel disk = FileChannel.open(flushed, WRITE)) {
      for (; flushedEntries < lastFlush; flushedEntries++) {
        apply(entries.get(flushedEntries), disk);
      }
    }
    Shell.run("cp --sparse=always " + flushed + " " + image).ok();
    Random random = new Random(cut.subsetSeed());
    try (FileChannel disk = FileChannel.open(image, WRITE)) {
      for (WriteLog.Entry entry : entries.subList(flushedEntries, entries.size())) {
        if (cut.prefix() || entry.durable()) {
          apply(entry, disk);
        } else {
          applyByChance(entry, disk, random);
        }
      }
    }
  }

  private void apply(WriteLog.Entry entry, FileChannel disk) throws IOException {
    if (entry.writes()) {
      write(log.data(entry), entry.diskOffset(), disk);
    }
  }

  /** A disk may keep all, nothing or some sectors of what it was not told to flush. */
  private void applyByChance(WriteLog.Entry entry, FileChannel disk, Random random)
      throws IOException {
    int chance = random.nextInt(5);
    if (chance < 2) {
      apply(entry, disk);
    } else if (chance < 3) {
      ByteBuffer data = log.data(entry);
      for (int at = 0; at < entry.length(); at += SECTOR) {
        if (random.nextBoolean()) {
          write(data.slice(at, SECTOR), entry.diskOffset() + at, disk);
        }
      }
    }
  }

  private static void write(ByteBuffer data, long offset, FileChannel disk) throws IOException {
    while (data.hasRemaining()) {
      offset += disk.write(data, offset);
    }
  }
}
